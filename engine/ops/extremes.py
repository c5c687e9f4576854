"""Largest and smallest elements, where they stand, and whether any or all hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tidegraph.engine.graph import ShapeError, Type, Variable
from tidegraph.engine.graph.kinds import Way
from tidegraph.engine.ops import latex as tex
from tidegraph.engine.ops.arithmetic import equal, logical_and
from tidegraph.engine.ops.cumulative import cumsum
from tidegraph.engine.ops.declare import Case, normal_axes, normal_axis, primitive, reduced, scattered
from tidegraph.engine.ops.reductions import REDUCTIONS, spread, sum

ALONG = (Case(((4,),)), Case(((3, 4),), {"axis": 0}), Case(((2, 3, 4),), {"axis": 1, "keepdims": True}))


def _infer_extreme(x: Variable, *, axis: Any = None, keepdims: bool = False) -> Type:
    if 0 in [n for n, kept in zip(x.shape, reduced(x.shape, axis, True), strict=True) if kept]:
        raise ShapeError("extreme-of-nothing")
    return Type(reduced(x.shape, axis, keepdims), x.kind)


def reducing(ufunc: Any) -> Callable[..., None]:
    """The kernel of a ufunc that reduces."""

    def kernel(x: Any, out: Any, *, axis: Any, keepdims: bool) -> None:
        ufunc.reduce(x, axis, out.dtype, out, keepdims)

    return kernel


def _shared(g: Variable, y: Variable, x: Variable, *, axis: Any, keepdims: bool) -> Variable:
    ties = equal(x, spread(y, x, axis, keepdims))
    return spread(g / sum(ties, axis=axis, keepdims=keepdims), x, axis, keepdims) * ties


def _first(g: Variable, y: Variable, x: Variable, *, axis: Any, keepdims: bool) -> Variable:
    axes = normal_axes(axis, x.ndim)
    if axis is None or len(axes) != 1:
        return _shared(g, y, x, axis=axis, keepdims=keepdims)
    ties = equal(x, spread(y, x, axis, keepdims))
    return spread(g, x, axis, keepdims) * logical_and(ties, equal(cumsum(ties, axis=axes[0]), 1))


def _extreme(name: str, ufunc: Any, sign: str, first: bool, doc: str) -> Any:
    return primitive(
        name,
        infer=_infer_extreme,
        kernel=reducing(ufunc),
        vjp=(_first if first else _shared,),
        latex=tex.under(rf"\{sign}"),
        symbol=rf"\{sign}",
        backward=Way.SELECTED,
        doc=doc,
        kink="the first of equals along one axis, equal shares over several" if first else "equals share the gradient",
        cases=REDUCTIONS,
    )


amax = _extreme("amax", np.maximum, "max", False, "Largest element over axes; equals share the gradient.")
amin = _extreme("amin", np.minimum, "min", False, "Smallest element over axes; equals share the gradient.")
max = _extreme(
    "max",
    np.maximum,
    "max",
    True,
    "Largest element over axes, all by default; along one axis the first of equals gets the gradient.",
)
min = _extreme(
    "min",
    np.minimum,
    "min",
    True,
    "Smallest element over axes, all by default; along one axis the first of equals gets the gradient.",
)


def _infer_place(x: Variable, *, axis: int | None = None, keepdims: bool = False) -> Type:
    if not (x.size if axis is None else x.shape[normal_axis(axis, x.ndim)]):
        raise ShapeError("extreme-of-nothing")
    return Type(reduced(x.shape, axis, keepdims), "int")


def _copied_along(width: int, x: Variable, *, axis: int | None, **attributes: Any) -> int:
    """NumPy looks for extremes along the last axis, of a copy where it has to."""
    last = axis is None or axis % x.ndim == x.ndim - 1
    return 0 if last and not scattered(x) else width * x.size


argmax = primitive(
    "argmax",
    infer=_infer_place,
    kernel=lambda x, out, *, axis, keepdims: np.argmax(x, axis, out, keepdims=keepdims),
    latex=tex.under(r"\operatorname{arg\,max}"),
    symbol=r"\operatorname{arg\,max}",
    doc="Index of the first largest element along an axis or of the flattened array; stops the gradient.",
    workspace=_copied_along,
    cases=ALONG,
)

argmin = primitive(
    "argmin",
    infer=_infer_place,
    kernel=lambda x, out, *, axis, keepdims: np.argmin(x, axis, out, keepdims=keepdims),
    latex=tex.under(r"\operatorname{arg\,min}"),
    symbol=r"\operatorname{arg\,min}",
    doc="Index of the first smallest element along an axis or of the flattened array; stops the gradient.",
    workspace=_copied_along,
    cases=ALONG,
)


def _infer_holds(x: Variable, *, axis: Any = None, keepdims: bool = False) -> Type:
    return Type(reduced(x.shape, axis, keepdims), "bool")


any = primitive(
    "any",
    infer=_infer_holds,
    kernel=reducing(np.logical_or),
    latex=tex.under(r"\bigvee"),
    symbol=r"\bigvee",
    doc="Whether any element over axes is not 0; stops the gradient.",
    cases=REDUCTIONS,
)

all = primitive(
    "all",
    infer=_infer_holds,
    kernel=reducing(np.logical_and),
    latex=tex.under(r"\bigwedge"),
    symbol=r"\bigwedge",
    doc="Whether all elements over axes are not 0; stops the gradient.",
    cases=REDUCTIONS,
)
