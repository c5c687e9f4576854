"""Running sums and products along an axis.

All their gradients, of any order and with zeros among the factors, come from one operator: the first-order linear
recurrence s[i] = a[i] s[i-1] + b[i]. Its adjoint is the recurrence backward, so the family is closed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegraph.engine.graph import ShapeError, Type, Variable, literal
from tidegraph.engine.graph.kinds import Way
from tidegraph.engine.ops.arithmetic import equal, exp, subtract, where
from tidegraph.engine.ops.declare import Case, Primitive, normal_axis, primitive, scattered
from tidegraph.engine.ops.shape import getitem, put, reshape

RUNNING = (Case(((4,),)), Case(((3, 4),), {"axis": 0}), Case(((2, 3),), {"axis": -1}), Case(((2, 3),)))


def along(axis: int, part: Any) -> tuple[Any, ...]:
    """The index that takes `part` of one axis and all of those before it."""
    return (*[slice(None)] * axis, part)


def flipped(x: Variable, axis: int) -> Variable:
    """The axis in reverse, as a view."""
    return getitem(x, key=along(axis, slice(None, None, -1)))


def shifted(x: Variable, axis: int) -> Variable:
    """Every element moved one place along the axis; 0 comes in."""
    return put(getitem(x, key=along(axis, slice(None, -1))), shape=x.shape, key=along(axis, slice(1, None)))


def before(products: Variable, axis: int) -> Variable:
    """From the running products, those of the elements before each; 1 for the first."""
    shape = (products.shape[axis], *[1] * (products.ndim - axis - 1))
    if not products.shape[axis]:
        return products
    return shifted(products, axis) + put(literal(1.0), shape=shape, key=(0,) * len(shape))


def infer_running(x: Variable, *, axis: int | None = None) -> Type:
    """The input's shape; one axis where the array is flattened."""
    shape = x.shape if axis is not None or x.ndim == 1 else (x.size,)
    if axis is not None:
        normal_axis(axis, x.ndim)
    return Type(shape, "int" if x.kind == "bool" else x.kind)


def running(kernel: Any) -> Any:
    """The kernel of a ufunc that accumulates."""

    def accumulate(x: Any, out: Any, *, axis: int | None) -> None:
        if axis is None:
            kernel.accumulate(x.reshape(-1), 0, out.dtype, out)
        else:
            kernel.accumulate(x, axis, out.dtype, out)

    return accumulate


def straight(rule: Any) -> Any:
    """The rule of a running operator, over the flattened array where no axis is given."""

    def vjp(g: Variable, y: Variable, x: Variable, *, axis: int | None) -> Variable:
        if axis is not None:
            return rule(g, y, x, axis % x.ndim)
        if x.ndim == 1:
            return rule(g, y, x, 0)
        return reshape(rule(g, y, reshape(x, shape=(x.size,)), 0), shape=x.shape)

    return (vjp,)


cumsum: Primitive = primitive(
    "cumsum",
    infer=infer_running,
    kernel=running(np.add),
    linear=True,
    vjp=straight(lambda g, y, x, axis: flipped(cumsum(flipped(g, axis), axis=axis), axis)),
    latex=r"\operatorname{{cumsum}}\left({0}\right)",
    backward=Way.REVERSED,
    doc="Running sum along an axis; without one, of the flattened array.",
    workspace=lambda width, x, *, axis: width * x.size if axis is None and scattered(x) else 0,
    cases=RUNNING,
)

cumprod = primitive(
    "cumprod",
    infer=infer_running,
    kernel=running(np.multiply),
    vjp=straight(lambda g, y, x, axis: before(y, axis) * recurrence(x, g, axis=axis, transposed=True)),
    latex=r"\operatorname{{cumprod}}\left({0}\right)",
    analytic=True,
    backward=Way.ADJOINT,
    doc="Running product along an axis; without one, of the flattened array.",
    workspace=lambda width, x, *, axis: width * x.size if axis is None and scattered(x) else 0,
    cases=RUNNING,
)


def _logcumsumexp_back(g: Variable, y: Variable, x: Variable, axis: int) -> Variable:
    """The gradient decays from place to place by exp(y[i-1] - y[i]), which is at most 1: nothing overflows."""
    earlier, later = (getitem(y, key=along(axis, part)) for part in (slice(None, -1), slice(1, None)))
    decay = put(_exp_difference(earlier, later), shape=y.shape, key=along(axis, slice(1, None)))
    return _exp_difference(x, y) * recurrence(decay, g, axis=axis, transposed=True)


def _exp_difference(a: Variable, b: Variable) -> Variable:
    """exp(a - b), and 0 where both are minus infinity."""
    return exp(where(equal(a, -np.inf), -np.inf, subtract(a, b)))


logcumsumexp = primitive(
    "logcumsumexp",
    infer=lambda x, *, axis=None: Type(infer_running(x, axis=axis).shape),
    kernel=running(np.logaddexp),
    vjp=straight(_logcumsumexp_back),
    latex=r"\operatorname{{logcumsumexp}}\left({0}\right)",
    backward=Way.ADJOINT,
    doc="Logarithm of the running sum of exponentials along an axis, without overflow.",
    flops=25,
    workspace=lambda width, x, *, axis: width * x.size if axis is None and scattered(x) else 0,
    cases=RUNNING,
)


def _infer_recurrence(a: Variable, b: Variable, *, axis: int = -1, transposed: bool = False) -> Type:
    normal_axis(axis, b.ndim)
    if a.shape != b.shape:
        raise ShapeError("recurrence-shapes", a=a.shape, b=b.shape)
    return Type(b.shape)


def _recurrence(a: Any, b: Any, out: Any, *, axis: int, transposed: bool) -> None:
    """Log2(n) passes, each joining neighbours twice as far apart (Hillis and Steele 1986)."""
    out[...] = b
    s, a = np.moveaxis(out, axis, 0), np.moveaxis(a, axis, 0)
    if transposed:
        s, a = s[::-1], a[:0:-1]
    else:
        a = a[1:]
    factor = np.zeros_like(s)
    factor[1:] = a
    step = 1
    while step < len(s):
        s[step:] += factor[step:] * s[:-step]
        factor[step:] *= factor[:-step]
        step *= 2


def _recurrence_back(
    g: Variable, y: Variable, a: Variable, b: Variable, *, axis: int, transposed: bool
) -> tuple[Variable, Variable]:
    adjoint = recurrence(a, g, axis=axis, transposed=not transposed)
    forward, backward = (adjoint, y) if transposed else (y, adjoint)
    return shifted(forward, axis % y.ndim) * backward, adjoint


recurrence: Primitive = primitive(
    "recurrence",
    infer=_infer_recurrence,
    kernel=_recurrence,
    vjp=_recurrence_back,
    latex=r"\operatorname{{recurrence}}\left({0}, {1}\right)",
    analytic=True,
    backward=Way.RECURRENCE,
    doc="Linear recurrence s[i] = a[i] s[i-1] + b[i] along an axis, or its adjoint s[i] = a[i+1] s[i+1] + b[i].",
    flops=lambda a, b, *, axis, transposed: 3 * a.size * max(b.shape[axis] - 1, 0).bit_length(),
    workspace=lambda width, a, b, *, axis, transposed: width * (2 * a.size - a.size // max(a.shape[axis], 1)),
    cases=(
        Case(((5,), (5,))),
        Case(((2, 3), (2, 3)), {"axis": 0}),
        Case(((2, 3), (2, 3)), {"transposed": True}),
    ),
)
