"""Operators of users: `declare` makes a function on arrays, or on expressions, an operator like every other."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, overload

import numpy as np

from tidegraph.engine.graph import REGISTRY, InputError, Shape, Type, Variable, VjpRule
from tidegraph.engine.ops.declare import Composite, Op, Primitive, broadcast

FAMILY = "custom"


@overload
def declare(function: Callable[..., Variable | tuple[Variable, ...]], /) -> Composite: ...


@overload
def declare(
    name: str,
    /,
    *,
    kernel: Callable[..., Any],
    vjp: Sequence[VjpRule | None] | None = None,
    shape: Callable[..., Shape] | None = None,
    **described: Any,
) -> Primitive: ...


def declare(
    what: str | Callable[..., Any],
    /,
    *,
    kernel: Callable[..., Any] | None = None,
    vjp: Sequence[VjpRule | None] | None = None,
    shape: Callable[..., Shape] | None = None,
    **described: Any,
) -> Op:
    """Declares an operator, which programs and expressions can use from then on.

    As a decorator, `@declare` takes a function of expressions: its body is the inside of a circle that opens, and it is
    differentiated as its body is. With a name, `kernel(*arrays, **attributes)` computes the result with NumPy: its
    parameters are the inputs, those with a default (other than None) the attributes. `vjp` has one function an input,
    `(g, y, *inputs, **attributes)`, which returns the gradient of that input as an expression (None: no gradient).
    `shape(*shapes, **attributes)` is the shape of the result, by default that of the inputs broadcast together; a
    kernel without `shape` is elementwise. `described` takes `doc`, `latex`, `symbol`, `domain` and the other fields
    that `engine/ops/declare.py` describes.

    A declared operator can be declared again; an InputError is raised for the name of a built-in one.
    """
    name = what if isinstance(what, str) else what.__name__
    known = REGISTRY.get(name)
    if known is not None and known.family != FAMILY:
        raise InputError("operator-exists", name=name)
    if not name.isidentifier():
        raise InputError("operator-not-a-name", name=name)
    REGISTRY.pop(name, None)
    made: Op
    if not isinstance(what, str):
        made = Composite(what, name, **described)
    else:
        if kernel is None:
            raise InputError("operator-without-kernel", name=name)
        made = _primitive(name, kernel, vjp, shape, described)
    made.family = FAMILY
    return made


def _primitive(
    name: str,
    kernel: Callable[..., Any],
    vjp: Sequence[VjpRule | None] | None,
    shape: Callable[..., Shape] | None,
    described: dict[str, Any],
) -> Primitive:
    def infer(*inputs: Variable, **attributes: Any) -> Type:
        shapes = [v.shape for v in inputs]
        return Type(broadcast(*shapes) if shape is None else tuple(shape(*shapes, **attributes)))

    def compute(*arrays: Any, **attributes: Any) -> None:
        *inputs, out = arrays
        np.copyto(out, kernel(*inputs, **attributes))

    # The operator's signature is the kernel's.
    infer.__signature__ = _signature(kernel)  # type: ignore[attr-defined]
    described.setdefault("doc", (inspect.getdoc(kernel) or f"{name}, declared by the user.").split("\n\n")[0])
    described.setdefault("portable", False)
    return Primitive(
        name,
        infer=infer,
        kernel=compute,
        vjp=None if vjp is None else tuple(vjp),
        elementwise=shape is None,
        **described,
    )


def _signature(kernel: Callable[..., Any]) -> inspect.Signature:
    """The inputs and attributes of a kernel: a parameter with a default other than None is an attribute."""
    positional, keyword = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY
    if isinstance(kernel, np.ufunc):
        names = ("x",) if kernel.nin == 1 else tuple("abcdefgh"[: kernel.nin])
        return inspect.Signature([inspect.Parameter(n, positional) for n in names])
    parameters = inspect.signature(kernel).parameters.values()
    inputs = [p for p in parameters if p.kind is not keyword and p.default in (None, p.empty)]
    others = [p.replace(kind=keyword) for p in parameters if p not in inputs]
    return inspect.Signature([*inputs, *others])
