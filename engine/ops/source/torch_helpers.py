"""Functions that exported PyTorch code defines where PyTorch has none. Their source is copied as it stands here."""

# mypy: disable-error-code="import-not-found, import-untyped"
from __future__ import annotations

from typing import Any

import numpy as np
import torch


def put(g: Any, shape: Any, key: Any) -> Any:
    """Zeros with `g` added at an index."""
    places = np.arange(int(np.prod(shape))).reshape(shape)[key].reshape(-1)
    out = torch.zeros(int(np.prod(shape)), dtype=g.dtype)
    return out.index_add(0, torch.tensor(places), g.reshape(-1)).reshape(shape)


def recurrence(a: Any, b: Any, axis: int, transposed: bool) -> Any:
    """s[i] = a[i] s[i-1] + b[i] along an axis, or its adjoint s[i] = a[i+1] s[i+1] + b[i]."""
    a, b = a.movedim(axis, 0), b.movedim(axis, 0)
    n = len(b)
    if n == 0:
        return b.movedim(0, axis)
    rows = [b[n - 1] if transposed else b[0]]
    for i in range(1, n):
        rows.append(a[n - i] * rows[-1] + b[n - 1 - i] if transposed else a[i] * rows[-1] + b[i])
    return torch.stack(rows[::-1] if transposed else rows).movedim(0, axis)


def pick(x: Any, y: Any, dim: int, ignore_index: Any = None) -> Any:
    """For each label the element of x that it names along an axis."""
    ignored = y == ignore_index if ignore_index is not None else torch.zeros_like(y, dtype=torch.bool)
    places = torch.where(ignored, 0, y).long().unsqueeze(dim % x.ndim)
    return torch.where(ignored, 0.0, x.gather(dim, places).squeeze(dim))


def unpick(g: Any, y: Any, shape: Any, dim: int, ignore_index: Any = None) -> Any:
    """Zeros with an element for each label at the class that it names."""
    ignored = y == ignore_index if ignore_index is not None else torch.zeros_like(y, dtype=torch.bool)
    places = torch.where(ignored, 0, y).long().unsqueeze(dim % len(shape))
    part = torch.where(ignored, 0.0, g).unsqueeze(dim % len(shape))
    return torch.zeros(shape).scatter(dim, places, part)


def symmetric(x: Any) -> Any:
    return (x + x.mT) / 2


def dropout(x: Any, p: float, seed: int) -> Any:
    kept = np.random.default_rng(seed).random(tuple(x.shape), np.float32) >= p
    return x * torch.from_numpy(kept) / (1 - p)


def dft(z: Any, axis: int, inverse: bool) -> Any:
    """The Fourier transform of pairs of real and imaginary parts, without a factor."""
    whole, axis = torch.complex(z[..., 0], z[..., 1]), axis % z.ndim
    found = torch.fft.ifft(whole, dim=axis, norm="forward") if inverse else torch.fft.fft(whole, dim=axis)
    return torch.view_as_real(found)


def lasting(indices: Any, shape: Any, axis: int) -> Any:
    """Which indices along an axis no later one overwrites."""
    order = torch.arange(indices.numel()).reshape(indices.shape)
    last = torch.zeros(shape, dtype=torch.long).scatter_reduce(axis, indices.long(), order, "amax")
    return last.gather(axis, indices.long()) == order


def resample(x: Any, matrices: Any) -> Any:
    """The last axes, each multiplied by its matrix."""
    for axis, matrix in zip(range(-len(matrices), 0), matrices):
        matrix = torch.as_tensor(matrix, dtype=x.dtype)
        x = torch.tensordot(x, matrix, dims=([x.ndim + axis], [1])).movedim(-1, axis)
    return x


HELPERS: dict[str, tuple[str, ...]] = {}
"""The helpers that a helper calls."""
