"""Calls: what is called, with which arguments, and what it comes to.

What is called is an operator, a function that the language defines by operators (`dialects`), a `def`, a layer, or one
of the functions of Python that work on what is known at parse time.
"""

from __future__ import annotations

import ast
import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tidegraph.engine.graph import REGISTRY, Fix, Variable, nearest
from tidegraph.engine.graph.kinds import Trait
from tidegraph.engine.language import creation, dialects, layers, torch_functions
from tidegraph.engine.language.expressions import ExpressionEvaluator, as_operand
from tidegraph.engine.language.layers import Class, Layer, Method, Module
from tidegraph.engine.language.objects import (
    IGNORED,
    BoundCall,
    Function,
    Known,
    Meaning,
    Namespace,
    NotStatic,
    Opaque,
    OperatorReference,
    Tensor,
    is_number,
    shown_signature,
    signature_of,
)
from tidegraph.engine.messages.catalogue import Message
from tidegraph.engine.ops.aliases import INSTEAD, OPERATORS

ROLES = ("input", "target", "parameter")
DRAWS = ("normal", "uniform", "xavier", "he", "orthogonal")

NUMERIC: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "ceil": math.ceil,
    "cos": math.cos,
    "exp": math.exp,
    "floor": math.floor,
    "log": math.log,
    "log10": math.log10,
    "log2": math.log2,
    "maximum": max,
    "minimum": min,
    "power": pow,
    "sin": math.sin,
    "sqrt": math.sqrt,
    "tan": math.tan,
    "tanh": math.tanh,
}
"""Operators whose result is known at parse time where their operands are."""


def application(ev: ExpressionEvaluator, node: ast.Call) -> Any:
    """The value of a call."""
    special = before_lookup(ev, node)
    if special is not None:
        return special[0]
    callee = called(ev, node)
    values, keywords, texts = ev.arguments(node)
    return apply(ev, node, callee, values, keywords, texts)


def before_lookup(ev: ExpressionEvaluator, node: ast.Call) -> tuple[Any] | None:
    """Calls that are recognised by how they are written."""
    if isinstance(node.func, ast.Name) and ev.find(node.func.id) is None and node.func.id not in ev.later:
        name = node.func.id
        if name in ROLES:
            texts = any(isinstance(a, ast.Constant) and isinstance(a.value, str) for a in node.args)
            inside = "" if texts else ", ".join(ast.unparse(a) for a in node.args)
            right = f"{ev.assigning or 'x'}: {name}" + (f"[{inside}]" if inside else "")
            line = node.lineno
            fix = None
            if ev.assigning and ev.lines[line - 1].lstrip().startswith(ev.assigning) and node.end_lineno == line:
                text = ev.lines[line - 1]
                indent = len(text) - len(text.lstrip())
                _, end = ev.place(node, end=True)
                fix = Fix(line, indent + 1, line, end, right)
            raise ev.error(node, "declaration-called", fix=fix, corrected=right[:200], role=name)
        if name == "super":
            return (Opaque("super"),)
        if name == "print":
            return (None,)
        if name in DRAWS:
            raise ev.error(node, "draw-outside-declaration", name=name, variable=ev.assigning or "W")
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call):
        inner = node.func.value
        if isinstance(inner.func, ast.Name) and inner.func.id == "super":
            return (of_super(ev, node),)
    return None


def of_super(ev: ExpressionEvaluator, node: ast.Call) -> Any:
    """`super().__init__(...)` and calls of an inherited method."""
    assert isinstance(node.func, ast.Attribute)
    this = ev.find("self")
    method = this.inherited(node.func.attr, ev.find("__class__")) if isinstance(this, Module) else None
    if method is None:
        if node.func.attr == "__init__":
            return None
        raise ev.error(node, "no-such-attribute", name=node.func.attr)
    values, keywords, texts = ev.arguments(node)
    return method.apply(ev, node, values, keywords, texts)


def called(ev: ExpressionEvaluator, node: ast.Call) -> Any:
    """What a call calls."""
    func = node.func
    if isinstance(func, ast.Name):
        found = ev.find(func.id)
        if found is None and func.id not in ev.later:
            found = dialects.bare(func.id)
            if found is None:
                raise unknown_function(ev, node, func.id)
            return found
        return ev.lookup(func, func.id) if found is None else found
    if isinstance(func, ast.Attribute):
        space = ev.namespace(func.value)
        if space is not None:
            return ev.member(func, space, func.attr)
        base = ev.expression(func.value)
        return method(ev, func, base)
    return ev.expression(func)


def unknown_function(ev: ExpressionEvaluator, node: ast.Call, name: str) -> Exception:
    """The error of a call of something unknown."""
    if name in INSTEAD:
        return ev.error(node.func, "not-an-operator", Message("write-instead", text=INSTEAD[name]), name=name)
    defined = [n for frame in ev.frames[1:] for n, v in frame.items() if callable_value(v)]
    close = nearest(name, [*defined, *ev.later, *REGISTRY, *dialects.names()])
    if name.startswith(("make_", "load_", "fetch_", "read_")):
        return ev.error(node.func, "library-not-here", name=name)
    if name in ("grad", "value_and_grad"):
        return ev.error(node.func, "gradient-by-itself", name=name)
    if name in OF_PYTHON:
        return ev.error(node.func, "nothing-of-python", name=name)
    if name in SIGNS:
        meant = Message("did-you-mean", name=SIGNS[name])
        return ev.error(node.func, "not-an-operator", meant, fix=ev.replace(node.func, SIGNS[name]), name=name)
    if (close is None or len(name) == 1) and len(name) <= 2 and ev.open_world:
        corrected = f"{name}*({', '.join(ast.unparse(a) for a in node.args)})"
        product = ev.replace(node, corrected)
        return ev.error(node.func, "not-a-product", fix=product, name=name, corrected=corrected[:200])
    fix = ev.fix_name(node.func, close)
    return ev.error(node.func, "not-an-operator", close, fix=fix, name=name)


OF_PYTHON = {
    "__import__", "breakpoint", "compile", "delattr", "dir", "eval", "exec", "exit", "format", "globals", "hasattr",
    "help", "hex", "id", "iter", "locals", "memoryview", "next", "object", "open", "quit", "setattr", "type", "vars",
}  # fmt: skip
"""Functions of Python that have no part in a computation."""

SIGNS = {"Σ": "sum", "∑": "sum", "Π": "prod", "∏": "prod"}
"""Signs of formulas that stand for a function."""


def callable_value(value: Any) -> bool:
    """Whether a value can be called."""
    return isinstance(value, (Function, OperatorReference, Meaning, Module, Class, Layer, BoundCall, Method))


def method(ev: ExpressionEvaluator, func: ast.Attribute, base: Any) -> Any:
    """A method: of an array, of a list, of a layer."""
    name = func.attr
    if isinstance(base, Module):
        return base.method_of(ev, func, name)
    if isinstance(base, (Class, Layer)):
        return base.method_of(ev, func, name)
    if isinstance(base, (Opaque, type(None))):
        return Opaque(name)
    if hasattr(base, "declare") or isinstance(base, Tensor):
        passed = dialects.of_tensor(base, name)
        if passed is not None:
            return passed
    known_list = isinstance(base, Known) and isinstance(base.value, list)
    if isinstance(base, (list, dict, str)) or (known_list and name in ("append", "extend", "insert", "pop", "index")):
        return dialects.method_of_object(ev, func, base.use() if isinstance(base, Known) else base, name)
    if isinstance(base, (Function, OperatorReference, Meaning)):
        raise ev.error(func, "no-such-attribute", name=name)
    value = ev.operand(base, func.value)
    if isinstance(value, (tuple, list)):
        return dialects.method_of_object(ev, func, value, name)
    return dialects.method(ev, func, value, name)


def apply(
    ev: ExpressionEvaluator,
    node: ast.expr,
    callee: Any,
    values: list[Any],
    keywords: dict[str, Any],
    texts: Sequence[ast.expr],
) -> Any:
    """Call a value."""
    match callee:
        case OperatorReference():
            return operate(ev, node, callee, values, keywords, texts)
        case Meaning():
            return mean(ev, node, callee, values, keywords, texts)
        case Function():
            return ev.call_function(node, callee, values, keywords)
        case Module() | Class() | Layer():
            return callee.apply(ev, node, values, keywords, texts)
        case BoundCall():
            return bound_call(ev, node, callee, values, keywords)
        case Opaque():
            return Opaque(callee.name)
        case Variable() | Known() | Tensor() | int() | float():
            raise not_a_function(ev, node, callee)
        case Namespace():
            code = library_code(callee.written) if callee.name == "other" else "library-called"
            raise ev.error(node, code, name=callee.written)
        case Method() | dialects.BoundOperator():
            return callee.apply(ev, node, values, keywords, texts)
        case _:
            raise ev.error(node, "not-callable", thing=ev.described(callee))


DATA = ("csv", "data", "datasets", "json", "mnist", "pandas", "pd", "pickle", "requests", "sklearn", "torchvision")
"""What libraries are called that read data."""


def library_code(written: str) -> str:
    """The message of a library that is not here: one that reads data, or another one."""
    return "library-not-here" if set(written.lower().split(".")) & set(DATA) else "other-library"


def bound_call(
    ev: ExpressionEvaluator, node: ast.expr, callee: BoundCall, values: list[Any], keywords: dict[str, Any]
) -> Any:
    """Call a method of an object."""
    try:
        signature_of(callee.function).bind(*values, **keywords)
    except TypeError:
        raise ev.error(node, "arguments-do-not-fit", name=ast.unparse(node)[:40].split("(")[0]) from None
    with ev.errors_at(node, "method"):
        try:
            return callee.function(*values, **keywords)
        except NotStatic:
            raise ev.not_known(node) from None


def not_a_function(ev: ExpressionEvaluator, node: ast.expr, callee: Any) -> Exception:
    """The error of `(a + b)(c)` and `x(y + 1)`: a product is written with a sign."""
    assert isinstance(node, ast.Call)
    func = ast.unparse(node.func)
    if isinstance(node.func, ast.BinOp):
        func = f"({func})"
    inside = ", ".join(ast.unparse(a) for a in node.args)
    corrected = f"{func}*({inside})"
    return ev.error(node, "variable-called", fix=ev.replace(node, corrected), name=func[:60], corrected=corrected[:200])


def operate(
    ev: ExpressionEvaluator,
    node: ast.expr,
    reference: OperatorReference,
    arguments: Sequence[Any],
    given: Mapping[str, Any],
    texts: Sequence[ast.expr],
) -> Any:
    """Apply an operator of the registry to arguments as people write them."""
    name = OPERATORS.get(reference.name, reference.name)
    op: Any = REGISTRY[name]
    operands = list(arguments)
    texts = list(texts)
    while len(texts) < len(operands):
        texts.append(node)
    order = op.order(lambda n: ev.plain(operands[n]) if n < len(operands) else None)
    first_attribute = next((n for n, p in enumerate(order) if p in op.attributes), len(order))
    if name in NUMERIC and not given and operands and all(ev.numeric(v) for v in operands):
        return ev.known_result(
            node, NUMERIC[name], lambda *xs: ev.call(node, name, [ev.operand(x) for x in xs], {}, texts), *operands
        )
    count = len(operands) if op.variadic else first_attribute
    inputs, rest = operands[:count], operands[count:]
    input_texts, rest_texts = texts[:count], texts[count:]
    if op.variadic and operands and isinstance(operands[0], (tuple, list)):
        first = texts[0]
        input_texts = list(first.elts) if isinstance(first, (ast.Tuple, ast.List)) else [first] * len(operands[0])
        inputs, rest, rest_texts = list(operands[0]), operands[1:], texts[1:]
    values = [ev.operand(v, t) for v, t in zip(inputs, [*input_texts, *[node] * len(inputs)], strict=False)]
    others = list(op.attributes) if op.variadic else list(order[count:])
    if len(others) == 1 and len(rest) > 1:
        rest = [tuple(rest)]
    if len(rest) > len(others):
        raise ev.error(node, "takes-operands", op.signature, name=name, takes=count, given=len(operands))
    keywords: dict[str, Any] = {}
    taken = set() if op.variadic else set(order[: len(values)])
    places = {k.arg: k for k in node.keywords} if isinstance(node, ast.Call) else {}
    by_place = [(o, r, t) for o, r, t in zip(others, rest, [*rest_texts, *[node] * len(rest)], strict=False)]
    for word, value, place in [*by_place, *((k, v, places.get(k, node)) for k, v in given.items())]:
        key = op.parameter(word)
        if key is None and word in IGNORED:
            continue
        if key is None:
            raise ev.error(place, "no-argument", op.signature, name=name, argument=word)
        if key in keywords or key in taken:
            raise ev.error(place, "given-twice", op.signature, name=name, argument=key)
        keywords[key] = argument(ev, op, key, value, place)
    if Trait.DROPOUT in getattr(op, "traits", ()):
        keywords.setdefault("training", ev.mode is not False)
        keywords.setdefault("seed", ev.next_seed())
    dialects.watch(ev, node, reference, name, values, keywords)
    return ev.call(node, name, values, keywords, input_texts)


def argument(ev: ExpressionEvaluator, op: Any, key: str, value: Any, place: Any) -> Any:
    """An argument of an operator: an operand, or an attribute, which must be known at parse time."""
    if key in op.inputs or (key in op.scalars and not is_number(value)):
        return ev.operand(value, place)
    try:
        found = ev.static(value, place)
    except NotStatic:
        text = place.value if isinstance(place, ast.keyword) else place
        raise ev.not_known(text) from None
    if isinstance(value, Known) and isinstance(found, float) and value.name:
        ev.warn(place, "attribute-not-differentiated", name=value.name, argument=key, operator=op.name)
    if isinstance(found, np.ndarray):
        found = found.tolist()
    return found.name if isinstance(found, Opaque) else found


SYNONYMS = {
    "axis": "dim",
    "dim": "axis",
    "keepdims": "keepdim",
    "keepdim": "keepdims",
    "input": "x",
    "a": "x",
    "x": "input",
    "other": "y",
    "correction": "ddof",
    "axes": "dims",
    "dims": "axes",
    "size": "shape",
    "shape": "size",
    "split_size": "split_size_or_sections",
    "tensors": "arrays",
}


def mean(
    ev: ExpressionEvaluator,
    node: ast.expr,
    meaning: Meaning,
    values: Sequence[Any],
    keywords: Mapping[str, Any],
    texts: Sequence[ast.expr],
) -> Any:
    """Call a function that the language defines by operators: its arguments by its signature, its operators noted."""
    signature = signature_of(meaning.function)
    parameters = signature.parameters
    open_ended = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    given = {}
    for word, value in keywords.items():
        key = word if word in parameters or open_ended else SYNONYMS.get(word, word)
        if key not in parameters and word in IGNORED:
            continue
        if key not in parameters and not open_ended:
            shown = shown_signature(meaning.name, signature)
            place = next((k for k in getattr(node, "keywords", ()) if k.arg == word), node)
            raise ev.error(place, "no-argument", shown, name=meaning.name, argument=word)
        given[key] = value
    context = [ev] if next(iter(parameters), "") == "ev" else []
    place = [node] if "node" in list(parameters)[:2] else []
    if meaning.bound and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        texts = [node.func.value, *texts]
    everything = [*meaning.bound, *values]
    try:
        bound = signature.bind(*context, *place, *everything, **given)
    except TypeError:
        shown = shown_signature(meaning.name, signature)
        raise ev.error(node, "arguments-do-not-fit", shown, name=meaning.name) from None
    converted: dict[str, Any] = {}
    raw = not meaning.function.__module__.startswith((creation.__name__, torch_functions.__name__))
    try:
        for name, value in bound.arguments.items():
            converted[name] = converted_argument(ev, node, parameters[name], value, raw)
    except NotKnown as unknown:
        if unknown.name in ("axis", "dim", "dims"):
            shown = shown_signature(meaning.name, signature).replace("tensors", "(a, b)")
            raise ev.error(node, "arguments-do-not-fit", shown, name=meaning.name) from None
        place_of = next((t for v, t in zip(everything, texts, strict=False) if v is unknown.value), None)
        raise (
            ev.error(node, "must-be-known", name=unknown.name) if place_of is None else ev.not_known(place_of)
        ) from None
    bound.arguments.update(converted)
    with ev.errors_at(node, meaning.name, everything, texts):
        result = meaning.function(*bound.args, **bound.kwargs)
    ev.record(node, result)
    return result


class NotKnown(Exception):
    """An argument that must be known at parse time, and is not."""

    def __init__(self, name: str, value: Any) -> None:
        super().__init__()
        self.name = name
        self.value = value


def converted_argument(
    ev: ExpressionEvaluator, node: ast.AST, parameter: inspect.Parameter, value: Any, raw: bool
) -> Any:
    """An argument as its parameter takes it."""
    if parameter.kind is parameter.VAR_POSITIONAL:
        return tuple(convert(ev, node, parameter, v, raw) for v in value)
    return value if parameter.kind is parameter.VAR_KEYWORD else convert(ev, node, parameter, value, raw)


def convert(ev: ExpressionEvaluator, node: ast.AST, parameter: inspect.Parameter, value: Any, raw: bool = True) -> Any:
    """An argument as the function takes it: an operand, any object, or what is known at parse time.

    `raw` says that `Any` takes objects as they are, rather than their values where those are known.
    """
    kind = str(parameter.annotation)
    if kind.startswith("Variable"):
        if isinstance(value, (list, tuple)) and not isinstance(value, str):
            value = creation.joined_array(ev, value)
        value = ev.operand(value, node)
        return as_operand(value) if value is not None else None
    if kind == "Any" and not raw:
        try:
            return ev.static(value, node)
        except NotStatic:
            return value
    if kind in ("Any", "Raw", "ExpressionEvaluator") or isinstance(value, (Function, OperatorReference, Meaning)):
        return value
    if kind.startswith("Arrays"):
        found = ev.iterable(node, value)  # type: ignore[arg-type]
        return [as_operand(ev.operand(v, node)) for v in found]
    try:
        return ev.static(value, node)
    except NotStatic:
        raise NotKnown(parameter.name, value) from None


def effect(parser: Any, node: ast.Call) -> bool:
    """Carry out a statement that is a call, or pass it over; False if it computes something that goes nowhere."""
    ev: ExpressionEvaluator = parser.expressions
    if isinstance(node.func, ast.Name):
        name = node.func.id
        found = ev.find(name)
        if found is None and name in ("print", "display", "breakpoint", "exit", "del"):
            return True
        if isinstance(found, (Function, Module)) or name in ev.later:
            return application(ev, node) is None
        return isinstance(found, Opaque)
    if not isinstance(node.func, ast.Attribute):
        return False
    name = node.func.attr
    space = ev.namespace(node.func.value)
    if space is not None:
        return dialects.effect(ev, node, space, name)
    if name == "__init__":
        application(ev, node)
        return True
    if name == "backward":
        backward(parser, node)
        return True
    if name in layers.INITIALISERS:
        inner = node.func.value
        parameter = inner.value if isinstance(inner, ast.Attribute) and inner.attr == "data" else inner
        call = ast.copy_location(ast.Call(node.func, [parameter, *node.args], node.keywords), node)
        values, keywords, texts = ev.arguments(call)
        if layers.is_parameter(ev, values[0]):
            mean(ev, call, Meaning(name, layers.INITIALISERS[name]), values, keywords, texts)
            return True
    base = ev.expression(node.func.value)
    if isinstance(base, Opaque) or name in (
        "grad",
        "retain_grad",
        "requires_grad_",
        "register_buffer",
        "register_parameter",
    ):
        if isinstance(base, Module):
            application(ev, node)
        elif name == "requires_grad_" and isinstance(node.func.value, ast.Name):
            dialects.require_gradient(parser, node.func.value, base)
        return True
    if isinstance(base, Module):
        application(ev, node)
        return name in (
            "train",
            "eval",
            "to",
            "cuda",
            "cpu",
            "double",
            "float",
            "apply",
            "zero_grad",
            "append",
            "extend",
            "add_module",
            "half",
            "load_state_dict",
            "requires_grad_",
            "reset_parameters",
        )
    if isinstance(base, (list, dict)) or (isinstance(base, Known) and isinstance(base.value, list)):
        application(ev, node)
        return name in (
            "append",
            "extend",
            "insert",
            "update",
            "pop",
            "clear",
            "reverse",
            "sort",
            "remove",
            "setdefault",
        )
    if name.endswith("_") and not name.endswith("__"):
        raise ev.error(
            node, "in-place-method", name=name, variable=ast.unparse(node.func.value)[:40], plain=name.rstrip("_")
        )
    return False


def backward(parser: Any, node: ast.Call) -> None:
    """`y.backward()` names the target; with a gradient v, the target is dot(v, y)."""
    ev: ExpressionEvaluator = parser.expressions
    assert isinstance(node.func, ast.Attribute)
    value = ev.operand(ev.expression(node.func.value), node)
    given = [k.value for k in node.keywords if k.arg == "gradient"] or node.args[:1]
    if not isinstance(value, Variable):
        raise ev.error(node, "backward-of-constant")
    if value.size != 1 and not given:
        name = ast.unparse(node.func.value)[:60]
        raise ev.error(node, "target-not-scalar", name=name, shape=value.shape)
    if given:
        seed = ev.operand(ev.expression(given[0]), given[0])
        weighted = ev.call(node, "multiply", [value, seed], {})
        value = ev.call(node, "sum", [weighted], {})
    if parser.target is not None:
        ev.warn(node, "backward-twice")
    parser.target = value
    if value not in ev.titles and not any(v is value for _, v in parser.assigned):
        parser.name(ast.copy_location(ast.Name("loss", ast.Store()), node), value)
