"""Functions that exported JAX code defines, where NumPy's change an array in place. Their source is copied."""

# mypy: disable-error-code="import-not-found, import-untyped"
from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np


def windows(x: Any, kernel: Any, stride: Any, dilation: Any) -> Any:
    """Every window of the last axes: ... x counts x kernel."""
    first = x.ndim - len(kernel)
    for n, (k, s, d) in enumerate(zip(kernel, stride, dilation)):
        count = (x.shape[first + n] - d * (k - 1) - 1) // s + 1
        places = s * np.arange(count)[:, None] + d * np.arange(k)
        x = jnp.moveaxis(jnp.take(x, places, axis=first + n), first + n + 1, -1)
    return x


def overlap_add(columns: Any, sizes: Any, kernel: Any, stride: Any, padding: Any, dilation: Any) -> Any:
    """The adjoint of `windows`: ... x counts x kernel added back to where the windows were."""
    n = len(kernel)
    counts = columns.shape[-2 * n : -n]
    spans = [max(m + 2 * p, (c - 1) * s + d * (k - 1) + 1) for m, c, k, s, p, d in
             zip(sizes, counts, kernel, stride, padding, dilation)]  # fmt: skip
    whole = jnp.zeros((*columns.shape[: -2 * n], *spans))
    for offset in np.ndindex(*kernel):
        at = [slice(o * d, o * d + s * (c - 1) + 1, s) for o, d, s, c in zip(offset, dilation, stride, counts)]
        whole = whole.at[(..., *at)].add(columns[(..., *offset)])
    return whole[(..., *(slice(p, p + m) for p, m in zip(padding, sizes)))]


def index_add(x: Any, indices: Any, source: Any, axis: int) -> Any:
    return x.at[(slice(None),) * (axis % x.ndim) + (indices.astype(int),)].add(source)


def scatter_add(x: Any, indices: Any, source: Any, axis: int) -> Any:
    places = list(jnp.indices(indices.shape))
    places[axis] = indices.astype(int)
    return x.at[tuple(places)].add(source)


def lasting(indices: Any, shape: Any, axis: int) -> Any:
    """Which indices along an axis no later one overwrites."""
    places = list(jnp.indices(indices.shape))
    places[axis] = indices.astype(int)
    order = jnp.arange(indices.size).reshape(indices.shape)
    return jnp.zeros(shape, int).at[tuple(places)].max(order)[tuple(places)] == order


def running_place(x: Any, axis: int, largest: bool) -> Any:
    """Where along an axis the largest (or smallest) element so far stands, the last of equals."""
    axis %= x.ndim
    best = (jax.lax.cummax if largest else jax.lax.cummin)(x, axis=axis)
    order = jnp.broadcast_to(jnp.arange(x.shape[axis]).reshape((-1,) + (1,) * (x.ndim - axis - 1)), x.shape)
    return jax.lax.cummax(jnp.where((x == best) | jnp.isnan(x), order, 0), axis=axis)


def erfc(x: Any) -> Any:
    return jax.scipy.special.erfc(x)


def dropout(x: Any, p: float, seed: int) -> Any:
    kept = np.random.default_rng(seed).random(x.shape, np.float32) >= p
    return x * kept / (1 - p)


HELPERS: dict[str, tuple[str, ...]] = {}
"""The helpers that a helper calls."""
