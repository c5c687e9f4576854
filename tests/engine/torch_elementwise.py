"""PyTorch's spelling of the elementwise operators and of the reductions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch")
F = torch.nn.functional

Row = Callable[..., Any]


def dims(x: Any, axis: Any) -> Any:
    """An axis attribute as PyTorch wants it: None is all of them."""
    return tuple(range(x.ndim)) if axis is None else axis


def successive(reduce: Row, x: Any, axis: Any, keepdims: bool) -> Any:
    """A reduction over several axes where PyTorch has it over one."""
    axes = (
        sorted(a % x.ndim for a in (axis if isinstance(axis, tuple) else (axis,)))
        if axis is not None
        else range(x.ndim)
    )
    for a in reversed(axes):
        x = reduce(x, a, keepdim=keepdims)
    return reduce(x) if not x.ndim else x


def flat_last(x: Any, axis: Any) -> Any:
    """The reduced axes as one, the last."""
    axes = (
        [a % x.ndim for a in (axis if isinstance(axis, tuple) else (axis,))]
        if axis is not None
        else list(range(x.ndim))
    )
    return x.movedim(axes, list(range(-len(axes), 0))).flatten(x.ndim - len(axes)) if x.ndim else x[None]


def median(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The mean of the two middle elements, as in NumPy."""
    middle = torch.quantile(flat_last(x, axis), 0.5, -1)
    return middle.reshape(x.amax(axis, keepdim=True).shape) if keepdims else middle


class Polygamma(torch.autograd.Function):
    """By the Hurwitz zeta function: PyTorch's own trigamma is good to nine digits."""

    @staticmethod
    def forward(ctx: Any, x: Any, n: int) -> Any:
        ctx.save_for_backward(x)
        ctx.n = n
        return torch.digamma(x) if n == 0 else (-1) ** (n + 1) * math.factorial(n) * torch.special.zeta(n + 1.0, x)

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        return g * Polygamma.apply(ctx.saved_tensors[0], ctx.n + 1), None


class LogGamma(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return torch.lgamma(x)

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        return g * Polygamma.apply(ctx.saved_tensors[0], 0)


def derivative(f: Row, x: Any, order: int) -> Any:
    """A derivative of any order of an elementwise function."""
    y = f(x)
    for _ in range(order):
        (y,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    return y


def recurrence(a: Any, b: Any, axis: int = -1, transposed: bool = False) -> Any:
    """Element by element."""
    a, b = a.unbind(axis), list(b.unbind(axis))
    for i in range(len(b) - 2, -1, -1) if transposed else range(1, len(b)):
        b[i] = b[i] + (a[i + 1] * b[i + 1] if transposed else a[i] * b[i - 1])
    return torch.stack(b, axis)


ARITHMETIC: dict[str, Row] = {
    "logical_and": torch.logical_and,
    "logical_or": torch.logical_or,
    "logical_xor": torch.logical_xor,
    "logical_not": torch.logical_not,
    "isfinite": torch.isfinite,
    "isinf": torch.isinf,
    "isnan": torch.isnan,
    "arctan2": torch.arctan2,
    "hypot": torch.hypot,
    "logaddexp": torch.logaddexp,
    "xlogy": torch.xlogy,
    "lerp": torch.lerp,
    "clip": torch.clip,
    "remainder": torch.remainder,
    "fmod": torch.fmod,
    "floor": torch.floor,
    "ceil": torch.ceil,
    "trunc": torch.trunc,
    "round": torch.round,
    "nan_to_num": torch.nan_to_num,
}

ELEMENTARY: dict[str, Row] = {
    "expm1": torch.expm1,
    "exp2": torch.exp2,
    "log1p": torch.log1p,
    "log2": torch.log2,
    "log10": torch.log10,
    "rsqrt": torch.rsqrt,
    "cbrt": lambda x: x ** (1 / 3),
    "square": torch.square,
    "reciprocal": torch.reciprocal,
    "sin": torch.sin,
    "cos": torch.cos,
    "tan": torch.tan,
    "arcsin": torch.arcsin,
    "arccos": torch.arccos,
    "arctan": torch.arctan,
    "sinh": torch.sinh,
    "cosh": torch.cosh,
    "arcsinh": torch.arcsinh,
    "arccosh": torch.arccosh,
    "arctanh": torch.arctanh,
    "sinc": lambda x, order=0: derivative(torch.sinc, x, order),
    "logit": torch.logit,
    "erf": torch.erf,
    "erfc": torch.erfc,
    "lgamma": LogGamma.apply,
    "digamma": lambda x: Polygamma.apply(x, 0),
    "polygamma": lambda x, n=1: Polygamma.apply(x, n),
}

ACTIVATIONS: dict[str, Row] = {
    "softplus": F.softplus,
    "logsigmoid": F.logsigmoid,
    "elu": F.elu,
    "selu": F.selu,
    "celu": F.celu,
    "leaky_relu": F.leaky_relu,
    "prelu": F.prelu,
    "hardtanh": F.hardtanh,
    "relu6": F.relu6,
    "hardsigmoid": lambda x: F.relu6(x + 3) / 6,  # its own kernel holds 1/6 in float32
    "hardswish": F.hardswish,
    "silu": F.silu,
    "mish": F.mish,
    "gelu": F.gelu,
    "softsign": F.softsign,
    "tanhshrink": F.tanhshrink,
    "softshrink": F.softshrink,
    "hardshrink": F.hardshrink,
    "threshold": F.threshold,
}

REDUCTIONS: dict[str, Row] = {
    "prod": lambda x, axis=None, keepdims=False: successive(torch.prod, x, axis, keepdims),
    "max": lambda x, axis=None, keepdims=False: x.amax(dims(x, axis), keepdim=keepdims),
    "min": lambda x, axis=None, keepdims=False: x.amin(dims(x, axis), keepdim=keepdims),
    "amax": lambda x, axis=None, keepdims=False: x.amax(dims(x, axis), keepdim=keepdims),
    "amin": lambda x, axis=None, keepdims=False: x.amin(dims(x, axis), keepdim=keepdims),
    "any": lambda x, axis=None, keepdims=False: successive(torch.any, x, axis, keepdims),
    "all": lambda x, axis=None, keepdims=False: successive(torch.all, x, axis, keepdims),
    "argmax": lambda x, axis=None, keepdims=False: torch.argmax(x, axis, keepdim=keepdims),
    "argmin": lambda x, axis=None, keepdims=False: torch.argmin(x, axis, keepdim=keepdims),
    "var": lambda x, axis=None, ddof=0, keepdims=False: x.var(axis, correction=ddof, keepdim=keepdims),
    "std": lambda x, axis=None, ddof=0, keepdims=False: x.std(axis, correction=ddof, keepdim=keepdims),
    "norm": lambda x, ord=None, axis=None, keepdims=False: (
        torch.linalg.norm(x, ord, axis, keepdim=keepdims)
        if axis is None or isinstance(axis, int) or ord is not None
        else torch.linalg.vector_norm(x, 2, axis, keepdim=keepdims)
    ),
    "vector_norm": lambda x, ord=2, axis=None, keepdims=False: torch.linalg.vector_norm(x, ord, axis, keepdim=keepdims),
    "logsumexp": lambda x, axis=None, keepdims=False: torch.logsumexp(x, dims(x, axis), keepdim=keepdims),
    "cumsum": lambda x, axis=None: x.flatten().cumsum(0) if axis is None else x.cumsum(axis),
    "cumprod": lambda x, axis=None: x.flatten().cumprod(0) if axis is None else x.cumprod(axis),
    "logcumsumexp": lambda x, axis=None: x.flatten().logcumsumexp(0) if axis is None else x.logcumsumexp(axis),
    "recurrence": recurrence,
    "sort": lambda x, axis=-1, descending=False: torch.sort(x, axis, descending)[0],
    "argsort": lambda x, axis=-1, descending=False: torch.argsort(x, axis, descending),
    "topk": lambda x, k, axis=-1, largest=True: torch.topk(x, k, axis, largest),
    "median": median,
}

TABLE = {**ARITHMETIC, **ELEMENTARY, **ACTIVATIONS, **REDUCTIONS}
