"""`y[i] = v` and `self.a = v`: an element or a part changed. Arrays never change; the name gets a new version."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from tidegraph.engine.graph import Variable, constant
from tidegraph.engine.graph.budget import spend
from tidegraph.engine.language.creation import joined_array
from tidegraph.engine.language.dialects import require_gradient
from tidegraph.engine.language.layers import Module
from tidegraph.engine.language.objects import Known, NotStatic, Tensor, is_number
from tidegraph.engine.language.subscripts import known_index, slice_of
from tidegraph.engine.ops.declare import as_variable


def name_modules(value: Any, name: str) -> None:
    """Layers in a list or a dict take its name and their place in it."""
    parts = value.items() if isinstance(value, dict) else enumerate(value)
    for key, part in parts:
        if isinstance(part, Module):
            part.rename(f"{name}.{key}", None)


def store_attribute(parser: Any, target: ast.Attribute, value: Any) -> None:
    """`self.fc1 = nn.Linear(4, 3)`."""
    ev = parser.expressions
    base = ev.expression(target.value)
    if isinstance(base, Module):
        base.assign(ev, target.attr, value)
        return
    if target.attr == "requires_grad" and isinstance(target.value, ast.Name):
        require_gradient(parser, target.value, base)
        return
    if target.attr in ("data", "grad"):
        raise ev.error(target, "update-not-here", name=ast.unparse(target)[:40])
    raise ev.error(target, "attribute-not-assigned", name=ast.unparse(target)[:40])


def store_element(parser: Any, target: ast.Subscript, value: Any) -> None:
    """`y[i] = v`: a list or a dict changes; an array's name gets a new version."""
    ev = parser.expressions
    base = ev.expression(target.value)
    if isinstance(base, Module):
        base.assign(ev, str(ev.known(target.slice)), value)
        return
    if isinstance(base, dict):
        base[ev.key(target.slice)] = value
        return
    if isinstance(base, list):
        position = slice_of(ev, target.slice) if isinstance(target.slice, ast.Slice) else ev.known(target.slice)
        try:
            base[position] = value
        except (IndexError, TypeError):
            raise ev.error(
                target.slice, "no-such-element", index=ast.unparse(target.slice)[:40], count=len(base)
            ) from None
        return
    if isinstance(base, (tuple, str, range)):
        raise ev.error(target, "tuple-does-not-change")
    if not isinstance(target.value, (ast.Name, ast.Attribute, ast.Subscript)):
        raise ev.error(target, "only-names-here")
    array = ev.operand(base, target)
    if is_number(array) or not isinstance(array, Variable):
        raise ev.error(target, "no-axes-to-index", thing=ast.unparse(target.value)[:40])
    changed = updated(ev, target, array, value)
    load = target.value
    if isinstance(base, (Known, Tensor)) or isinstance(load, ast.Name):
        parser.store(load, changed)
    else:
        parser.store(load, changed, False)


def updated(ev: Any, target: ast.Subscript, array: Variable, value: Any) -> Variable:
    """The array with other elements at an index."""
    new = ev.operand(value, target)
    if isinstance(new, (list, tuple)):
        new = joined_array(ev, list(new))
    new = as_variable(new)
    try:
        key = known_index(ev, target.slice)
    except NotStatic:
        return at_variable(ev, target, array, new)
    spend("elements", array.size)
    mask = np.zeros(array.shape, bool)
    try:
        mask[key] = True
        region = np.empty(array.shape, bool)[key].shape
    except (IndexError, TypeError, ValueError):
        raise ev.error(target.slice, "index-outside", index=ast.unparse(target.slice)[:40], shape=array.shape) from None
    if new.shape not in ((), region) and not fits(new.shape, region):
        raise ev.error(target, "update-shape", shape=new.shape, region=region)
    if mask.all() and region == array.shape:
        return ev.call(target, "broadcast_to", [new], {"shape": array.shape})
    if new.shape:
        if new.shape != region:
            new = ev.call(target, "broadcast_to", [new], {"shape": region})
        new = ev.call(target, "put", [new], {"shape": array.shape, "key": key})
    return ev.call(target, "where", [constant(mask), new, array], {})


def fits(shape: tuple[int, ...], region: tuple[int, ...]) -> bool:
    """Whether a shape broadcasts to another."""
    try:
        return np.broadcast_shapes(shape, region) == region
    except ValueError:
        return False


def at_variable(ev: Any, target: ast.Subscript, array: Variable, new: Variable) -> Variable:
    """`y[mask] = v` and `y[i] = v` where the index is known only when the graph runs."""
    parts = target.slice.elts if isinstance(target.slice, ast.Tuple) else [target.slice]
    first = ev.operand(ev.expression(parts[0]), parts[0])
    if len(parts) == 1 and isinstance(first, Variable):
        if first.kind == "bool" and (not new.shape or new.shape == array.shape):
            mask = first
            while mask.ndim < array.ndim:
                mask = ev.call(target, "expand_dims", [mask], {"axis": -1})
            return ev.call(target, "where", [mask, new, array], {})
        if first.kind != "bool" and not first.shape and fits(new.shape, array.shape[1:]):
            places = constant(np.arange(array.shape[0]).reshape((-1,) + (1,) * (array.ndim - 1)))
            mask = ev.call(target, "equal", [places, first], {})
            return ev.call(target, "where", [mask, new, array], {})
    raise ev.error(target, "update-at-variable", name=ast.unparse(target.value)[:40])
