"""Class labels as whole numbers: what a score or a weight is for the class that each label names."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegraph.engine.graph import InputError, Shape, ShapeError, Type, Variable
from tidegraph.engine.graph.kinds import Way
from tidegraph.engine.ops import latex as tex
from tidegraph.engine.ops.declare import Case, Primitive, normal_axis, primitive


def check_labels(shape: Shape, y: Variable, axis: int) -> None:
    """Labels have the shape of the scores without the axis of classes."""
    axis = normal_axis(axis, len(shape))
    wanted = shape[:axis] + shape[axis + 1 :]
    if y.shape != wanted:
        raise ShapeError("label-shape", labels=y.shape, scores=shape, needed=wanted)
    if not shape[axis] and y.size:
        raise ShapeError("no-classes")


def _infer_pick(x: Variable, y: Variable, *, axis: int = -1, ignore_index: int | None = None) -> Type:
    check_labels(x.shape, y, axis)
    return Type(y.shape)


def _infer_unpick(g: Variable, y: Variable, *, shape: Any, axis: int = -1, ignore_index: int | None = None) -> Type:
    check_labels(tuple(shape), y, axis)
    return Type(tuple(shape))


def places(y: Any, count: int, ignore_index: int | None) -> tuple[Any, Any]:
    """Labels as an index, and which of them are ignored; an InputError for a label that is no class."""
    ignored = np.equal(y, ignore_index) if ignore_index is not None else np.zeros(np.shape(y), bool)
    fits = (y >= 0) & (y < count) & (np.floor(y) == y)
    if not np.all(fits | ignored):
        wrong = np.asarray(y)[~(fits | ignored)].flat[0]
        raise InputError("unknown-label", label=f"{wrong:g}", count=count, last=count - 1)
    return np.where(ignored, 0, y).astype(np.intp), ignored


def _pick(x: Any, y: Any, out: Any, *, axis: int, ignore_index: int | None) -> None:
    if not out.size:
        return
    index, ignored = places(y, x.shape[axis], ignore_index)
    axis %= x.ndim
    np.copyto(out, np.take_along_axis(x, np.expand_dims(index, axis), axis).reshape(out.shape))
    np.copyto(out, 0, where=ignored)


def _unpick(g: Any, y: Any, out: Any, *, shape: Shape, axis: int, ignore_index: int | None) -> None:
    out[...] = 0
    if not g.size:
        return
    index, ignored = places(y, out.shape[axis], ignore_index)
    axis %= out.ndim
    np.put_along_axis(out, np.expand_dims(index, axis), np.expand_dims(np.where(ignored, 0, g), axis), axis)


def _label_bound(operands: Any, attributes: Any) -> str:
    return f"index:{operands[0].shape[attributes['axis']]}"


pick: Primitive = primitive(
    "pick",
    infer=_infer_pick,
    kernel=_pick,
    vjp=(lambda g, p, x, y, **how: unpick(g, y, shape=x.shape, **how), None),
    jvp=lambda t, p, x, y, **how: None if t[0] is None else pick(t[0], y, **how),
    latex=lambda arguments, operator: tex.Tex(
        rf"{tex.braced(arguments[0].at(tex.ATOM))}_{{[{arguments[1].text}]}}", tex.ATOM
    ),
    symbol=r"[\,y\,]",
    suits={"y": _label_bound},
    flops=0,
    workspace=lambda width, x, y, **how: (width + 15) * y.size,
    analytic=True,
    backward=Way.PLACED,
    doc="For each label the element of the scores that it names along an axis; 0 for the label to ignore.",
    cases=(
        Case(((4, 3), (4,)), integers={1: 3}),
        Case(((2, 3, 4), (2, 4)), {"axis": 1, "ignore_index": 1}, integers={1: 3}),
        Case(((3,), ()), integers={1: 3}),
    ),
)

unpick: Primitive = primitive(
    "unpick",
    infer=_infer_unpick,
    kernel=_unpick,
    vjp=(lambda h, u, g, y, *, shape, **how: pick(h, y, **how), None),
    jvp=lambda t, u, g, y, **how: None if t[0] is None else unpick(t[0], y, **how),
    latex=r"\operatorname{{unpick}}\left({0}, {1}\right)",
    symbol=r"[\,y\,]^\top",
    flops=0,
    workspace=lambda width, g, y, **how: (width + 17) * y.size,
    analytic=True,
    backward=Way.TAKEN,
    doc="Zeros of a shape with an element for each label at the class that it names: the gradient of pick.",
    cases=(Case(((4,), (4,)), {"shape": (4, 3)}, integers={1: 3}),),
)
