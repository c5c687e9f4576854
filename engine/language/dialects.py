"""What names mean in NumPy, in PyTorch, in `math`, and without a prefix; what methods and attributes mean.

Where the libraries differ, the prefix or a keyword decides (`dim=`, `unbiased=` against `axis=`, `ddof=`). A bare call
has the meaning of the operator reference, which is NumPy's, and warns where PyTorch would give another result; where
its arguments are ambiguous it is refused.
"""

from __future__ import annotations

import ast
import itertools
import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tidegraph.engine.graph import REGISTRY, Fix, ProgramError, Variable, literal, nearest
from tidegraph.engine.language import creation, layers, torch_functions
from tidegraph.engine.language.expressions import MAX_LIST, ExpressionEvaluator
from tidegraph.engine.language.objects import (
    BoundCall,
    Known,
    Meaning,
    Namespace,
    NotStatic,
    Opaque,
    OperatorReference,
    Results,
    Tensor,
    is_number,
)
from tidegraph.engine.messages.catalogue import Message
from tidegraph.engine.ops.aliases import OPERATORS

SPACES = {
    "np": "numpy",
    "numpy": "numpy",
    "torch": "torch",
    "F": "torch.nn.functional",
    "nn": "torch.nn",
    "math": "math",
    "Math": "math",
    "jnp": "numpy",
    "jax": "jax",
    "optim": "torch.optim",
    "scipy": "scipy",
}
"""Libraries by the names that programs give them without an import."""

INNER = {
    "numpy": {"linalg", "random", "fft", "special"},
    "torch": {
        "nn",
        "linalg",
        "special",
        "fft",
        "optim",
        "autograd",
        "utils",
        "cuda",
        "random",
        "backends",
        "distributions",
    },
    "torch.nn": {"functional", "init", "utils", "modules"},
    "jax": {"numpy", "nn", "scipy", "random", "lax"},
    "scipy": {"special", "stats", "linalg"},
    "jax.scipy": {"special"},
}
DIALECTS = {"numpy": "numpy", "jax.numpy": "numpy", "torch": "torch", "torch.nn.functional": "torch"}

CONSTANTS: dict[str, Any] = {
    "pi": math.pi,
    "e": math.e,
    "inf": math.inf,
    "nan": math.nan,
    "newaxis": None,
    "tau": math.tau,
    "Inf": math.inf,
    "NaN": math.nan,
}
DTYPES = {
    "float", "float16", "float32", "float64", "double", "half", "bfloat16", "int", "int8", "int16", "int32", "int64",
    "long", "short", "uint8", "bool", "bool_", "device", "dtype", "no_grad", "enable_grad", "inference_mode",
    "contiguous_format", "Generator", "strided", "cfloat", "complex64", "complex128", "Size", "float_",
}  # fmt: skip
PASSED = {
    "clone", "contiguous", "copy", "cpu", "cuda", "double", "float", "half", "numpy", "to", "type", "astype", "type_as",
    "requires_grad_", "retain_grad", "bfloat16", "pin_memory", "conj", "resolve_conj", "data_ptr", "cfloat",
}  # fmt: skip
"""Methods that change where and how an array is stored, and no number."""

SAME_AS_NUMPY = ("autograd.numpy", "cupy", "jax.numpy")
"""Libraries whose functions are NumPy's."""

ALIASES = {"ln": "log", "logistic": "sigmoid", "sgn": "sign", "arcosh": "arccosh", "arsinh": "arcsinh",
           "artanh": "arctanh",
           "power_": "power", "arctg": "arctan", "tg": "tan", "fabs": "abs", "lgamma": "lgamma", "fmax": "maximum",
           "fmin": "minimum"}  # fmt: skip
"""Names of books and other libraries for operators."""

TEXTBOOK = {
    "ln": "log",
    "logistic": "sigmoid",
    "sgn": "sign",
    "arctg": "arctan",
    "tg": "tan",
    "\N{GREEK SMALL LETTER SIGMA}": "sigmoid",
}


def of_program(tree: ast.Module) -> str:
    """The library that a program is written for, `torch` or `numpy`; nothing if both or none."""
    found: set[str] = set()
    for node in ast.walk(tree):
        names: list[str] = []
        match node:
            case ast.Import(names=parts):
                names = [p.name.split(".")[0] for p in parts]
            case ast.ImportFrom(module=module):
                names = [(module or "").split(".")[0]]
            case ast.Attribute(value=ast.Name(id=name)):
                names = [{"F": "torch", "nn": "torch", "np": "numpy"}.get(name, name)]
        found.update(n for n in names if n in ("torch", "numpy"))
    return found.pop() if len(found) == 1 else ""


def namespace(name: str) -> Namespace | None:
    """The library that a name stands for without an import."""
    return Namespace(SPACES[name], name) if name in SPACES else None


def inner(space: Namespace, name: str) -> Namespace | None:
    """A part of a library."""
    if space.name == "other" or name in INNER.get(space.name, ()):
        return Namespace("other" if space.name == "other" else f"{space.name}.{name}", f"{space.written}.{name}")
    return None


def imported(ev: ExpressionEvaluator, node: ast.Import | ast.ImportFrom) -> None:
    """An import binds what the language has under the name that the program gives it, and is passed over otherwise."""
    if isinstance(node, ast.Import):
        for part in node.names:
            if part.name in SAME_AS_NUMPY:
                ev.frames[-1][part.asname or "np"] = Namespace("numpy", part.asname or "np")
                continue
            root = part.name.split(".")[0]
            if root in STANDARD:
                ev.frames[-1][part.asname or root] = Namespace(root, part.asname or root)
                continue
            if root not in ("numpy", "torch", "math", "jax", "scipy"):
                space = Namespace("other", part.asname or root)
            else:
                space = Namespace(part.name if part.asname else root, part.asname or root)
            ev.frames[-1][part.asname or root] = space
        return
    module = node.module or ""
    if module == "micrograd.engine":
        return
    if module.split(".")[0] not in ("numpy", "torch", "math", "jax", "scipy"):
        for part in node.names:
            name = part.asname or part.name
            if part.name in STANDARD.get(module, {}):
                ev.frames[-1][name] = Meaning(part.name, STANDARD[module][part.name])
            elif module in ("dataclasses", "typing", "__future__", "collections.abc"):
                ev.frames[-1].setdefault(name, Opaque(part.name))
            elif bare(part.name) is None:
                ev.frames[-1].setdefault(name, Namespace("other", name))
        return
    space = Namespace(module, module)
    for part in node.names:
        deeper = inner(space, part.name)
        found = deeper or member(space, part.name)
        if found is not None:
            ev.frames[-1][part.asname or part.name] = found


def names() -> list[str]:
    """Every function without a prefix, for hints."""
    return [*BARE, *PYTHON, *creation.COMMON, *OPERATORS, *TEXTBOOK]


def bare(name: str) -> Any:
    """What a name means without a prefix, or None."""
    if name in PYTHON:
        return Meaning(name, PYTHON[name])
    if name in BARE:
        return Meaning(name, BARE[name])
    if name in creation.COMMON:
        return Meaning(name, creation.COMMON[name])
    if name in TEXTBOOK:
        return OperatorReference(TEXTBOOK[name], "", name)
    if name in REGISTRY or OPERATORS.get(name) in REGISTRY:
        return OperatorReference(name, "", name)
    if name in ("masked_fill", "chunk", "unbind", "expand", "index_select", "hstack", "vstack", "narrow", "softmin",
                "column_stack", "floor_divide", "view", "repeat_interleave"):  # fmt: skip
        return Meaning(name, torch_functions.METHODS.get(name) or torch_functions.FUNCTIONAL[name])
    if name in ("tensor", "Tensor"):
        return Meaning(name, creation.tensor)
    if name == "array":
        return Meaning(name, creation.numpy_array)
    if name == "Value":
        return Meaning(name, creation.micrograd_value)
    return None


def registered(name: str, dialect: str, written: str) -> OperatorReference | None:
    """An operator of the registry under a name of a library."""
    plain = ALIASES.get(name, name)
    plain = OPERATORS.get(plain, plain)
    if plain in REGISTRY and name not in ("after", "bounded_log", "put", "recurrence", "resample", "take_each", "pick"):
        return OperatorReference(plain, dialect, written)
    return None


def member(space: Namespace, name: str) -> Any:
    """What a library calls by a name, or None."""
    written = f"{space.written}.{name}"
    deeper = inner(space, name)
    if deeper is not None:
        return deeper
    match space.name:
        case "torch":
            for table in (torch_functions.FUNCTIONS, creation.TORCH):
                if name in table:
                    return Meaning(written, table[name])
            if name in CONSTANTS:
                return CONSTANTS[name]
            if name in DTYPES:
                return Opaque(name)
            if name in torch_functions.FUNCTIONAL and name in ("dropout", "embedding", "cosine_similarity"):
                return Meaning(written, torch_functions.FUNCTIONAL[name])
            if name == "meshgrid" and "meshgrid" not in REGISTRY:
                return Meaning(written, creation.meshgrid)
            return registered(name, "torch", written)
        case "torch.nn.functional":
            if name in torch_functions.FUNCTIONAL:
                return Meaning(written, torch_functions.FUNCTIONAL[name])
            if name == "one_hot":
                return Meaning(written, creation.one_hot)
            return registered(name, "torch", written)
        case "torch.linalg" | "torch.special" | "torch.fft":
            if space.name == "torch.linalg" and name in torch_functions.LINALG:
                return Meaning(written, torch_functions.LINALG[name])
            if name in ("softmax", "log_softmax"):
                return Meaning(written, torch_functions.FUNCTIONAL[name])
            return registered(name, "torch", written)
        case "torch.nn" | "torch.nn.modules":
            return layers.layer(name)
        case "torch.nn.init":
            return Meaning(written, layers.INITIALISERS[name]) if name in layers.INITIALISERS else None
        case "torch.random" | "numpy.random" | "jax.random":
            if name in ("default_rng", "RandomState"):
                return Meaning(written, default_rng)
            return Meaning(written, creation.NUMPY_RANDOM[name]) if name in creation.NUMPY_RANDOM else None
        case "torch.cuda" | "torch.backends" | "torch.utils" | "torch.distributions":
            return Opaque(name) if name in ("is_available", "device_count") else None
        case "numpy" | "jax.numpy":
            for numpy_table in (NUMPY, creation.NUMPY):
                if name in numpy_table:
                    return Meaning(written, numpy_table[name])
            if name in CONSTANTS:
                return CONSTANTS[name]
            if name in DTYPES or name.startswith(("float", "int", "uint")):
                return Opaque(name)
            return registered(name, "numpy", written)
        case "math":
            if name in CONSTANTS:
                return CONSTANTS[name]
            return Meaning(written, MATH[name]) if name in MATH else registered(name, "math", written)
        case (
            "numpy.linalg" | "numpy.fft" | "scipy.special" | "scipy.linalg" | "jax.nn" | "jax.scipy.special" | "jax.lax"
        ):
            if space.name == "numpy.linalg" and name in ("eigh", "eigvalsh", "qr", "slogdet", "svd"):
                return Meaning(written, torch_functions.LINALG[name])
            return registered(name, "numpy", written)
        case "other":
            return Opaque(name)
        case "functools" | "itertools" | "collections":
            return Meaning(written, STANDARD[space.name][name]) if name in STANDARD[space.name] else None
    return None


def unknown_member(ev: ExpressionEvaluator, node: ast.Attribute, space: Namespace, name: str) -> ProgramError:
    """The error of a name that a library does not have here."""
    written = f"{space.written}.{name}"
    if space.name == "torch.optim" or (space.name == "torch.nn.utils" and name.startswith("clip_grad")):
        return ev.error(node, "optimizer-not-here", name=written)
    if space.name in ("torch.autograd", "jax") and name in ("grad", "backward", "value_and_grad"):
        return ev.error(node, "gradient-by-itself", name=written)
    if space.name.startswith("torch.nn") and space.name != "torch.nn.functional":
        close = nearest(name, layers.names())
        hint = Message("did-you-mean", name=f"{space.written}.{close.parameters['name']}") if close else None
        return ev.error(node, "unknown-layer", hint, fix=member_fix(ev, node, close), name=written)
    table = {"torch": [*torch_functions.FUNCTIONS, *creation.TORCH], "numpy": [*NUMPY, *creation.NUMPY]}
    close = nearest(name, [*table.get(space.name, ()), *REGISTRY])
    hint = Message("did-you-mean", name=f"{space.written}.{close.parameters['name']}") if close else None
    return ev.error(node, "unknown-in-library", hint, fix=member_fix(ev, node, close), name=written)


def member_fix(ev: ExpressionEvaluator, node: ast.Attribute, close: Message | None) -> Fix | None:
    """The fix that replaces a misspelt name after a dot."""
    if close is None:
        return None
    line, end = ev.place(node, end=True)
    return Fix(line, end - len(node.attr), line, end, str(close.parameters["name"]))


# Attributes and methods


def attribute(ev: ExpressionEvaluator, node: ast.Attribute, text: ast.expr, base: Variable, name: str) -> Any:
    """An attribute of an array."""
    match name:
        case "T":
            return ev.call(node, "transpose", [base], {}, [text])
        case "mT" | "mH":
            return ev.call(node, "swapaxes", [base, -2, -1], {}, [text])
        case "H":
            return ev.call(node, "transpose", [base], {}, [text])
        case "shape" | "size" | "ndim":
            return getattr(base, name)
        case "data":
            return ev.call(node, "detach", [base], {}, [text])
        case "real":
            return base
        case "requires_grad" | "is_leaf":
            return base.leaf is not None and base.leaf.role == "parameter"
        case "dtype" | "device" | "layout":
            return Opaque(name)
        case "grad":
            raise ev.error(node, "gradient-by-itself", name=f"{ast.unparse(text)[:40]}.grad")
    if name in torch_functions.METHODS or name in PASSED or registered(name, "", name) or name in METHOD_NAMES:
        raise ev.error(
            node,
            "method-not-called",
            name=name,
            corrected=f"{ast.unparse(text)[:40]}.{name}()",
            fix=ev.replace(node, f"{ast.unparse(text)}.{name}()"),
        )
    close = nearest(name, ["T", "mT", "shape", "size", "ndim", *torch_functions.METHODS, *REGISTRY])
    raise ev.error(node, "no-attribute", close, name=name, attributes=[".T", ".mT", ".shape", ".size", ".ndim"])


METHOD_NAMES = {"size", "dim", "numel", "item", "tolist", "detach", "long", "int", "bool", "nelement", "ndimension"}


def method(ev: ExpressionEvaluator, func: ast.Attribute, value: Any, name: str) -> Any:
    """A method of an array, to be called with the other arguments."""
    if is_number(value):
        if name in ("item", "sqrt", "exp") or name in PASSED:
            value = literal(value)
        else:
            raise ev.error(func, "no-such-attribute", name=name)
    if not isinstance(value, Variable):
        raise ev.error(func, "no-such-attribute", name=name)
    shape = value.shape
    match name:
        case "size":
            return BoundCall(lambda dim=None: shape if dim is None else shape[ev.static(dim)])
        case "dim" | "ndimension":
            return BoundCall(lambda: len(shape))
        case "numel" | "nelement":
            return BoundCall(lambda: value.size)
        case "item" if value.size != 1:
            raise ev.error(func, "item-of-many", x=ast.unparse(func.value)[:40], shape=shape)
        case "detach" | "item" | "tolist":
            return BoundCall(lambda: ev.call(func, "detach", [value], {}, [func.value]))
        case "long" | "int" | "short":
            return BoundCall(lambda: whole(ev, func, value))
        case "bool":
            return BoundCall(lambda: value if value.kind == "bool" else ev.call(func, "not_equal", [value, 0], {}))
        case "to" | "type" | "astype":
            return BoundCall(lambda *a, **k: typed(ev, func, value, [*a, *k.values()]))
        case "float" | "double" | "half" if value.kind == "bool":
            return BoundCall(lambda: ev.call(func, "multiply", [value, 1.0], {}))
        case "new_zeros" | "new_ones" | "new_full":
            return Meaning(name, getattr(creation, name[4:]))
        case "new_tensor":
            return Meaning(name, creation.tensor)
        case "backward":
            raise ev.error(func, "backward-is-a-statement")
    if name in PASSED:
        return BoundCall(lambda *a, **k: value)
    if name.endswith("_") and not name.startswith("_"):
        raise ev.error(
            func, "in-place-method", name=name, variable=ast.unparse(func.value)[:40], plain=name.rstrip("_")
        )
    if name in torch_functions.TORCH_ONLY:
        return Meaning(name, torch_functions.METHODS.get(name) or torch_functions.FUNCTIONAL[name], (value,))
    if name in ("dot", "transpose", "flatten", "swapaxes") and name in METHODS:
        return Meaning(name, METHODS[name], (value,))
    if ev.dialect == "torch" and name in torch_functions.METHODS:
        return Meaning(name, torch_functions.METHODS[name], (value,))
    if name in METHODS:
        return Meaning(name, METHODS[name], (value,))
    if name in BARE:
        return Meaning(name, BARE[name], (value,))
    found = registered(name, "", name)
    if found is not None:
        return BoundOperator(found, value, func.value)
    if name in creation.COMMON:
        raise ev.error(func, "no-attribute", name=name, attributes=[".T", ".mT", ".shape", ".size", ".ndim"])
    close = nearest(name, [*torch_functions.METHODS, *METHOD_NAMES, *REGISTRY])
    raise ev.error(func, "not-an-operator", close, fix=member_fix(ev, func, close), name=name)


class BoundOperator:
    """An operator as a method of its first operand."""

    def __init__(self, reference: OperatorReference, value: Variable, text: ast.expr) -> None:
        self.reference = reference
        self.value = value
        self.text = text

    def apply(
        self, ev: ExpressionEvaluator, node: ast.expr, values: list[Any], keywords: dict[str, Any], texts: Any
    ) -> Any:
        """Call it with the other arguments."""
        return ev.calls.operate(ev, node, self.reference, [self.value, *values], keywords, [self.text, *texts])


def whole(ev: ExpressionEvaluator, node: ast.expr, value: Variable) -> Variable:
    """An array as whole numbers: leaves and comparisons hold such already."""
    if value.kind != "float" or value.leaf is not None:
        return value
    return ev.call(node, "trunc", [value], {})


def typed(ev: ExpressionEvaluator, node: ast.expr, value: Variable, given: list[Any]) -> Variable:
    """An array of another type: only the way to and from truth values changes numbers."""
    names = {getattr(g, "name", str(g)).rpartition(".")[2] for g in given}
    if names & {"bool", "bool_"} and value.kind != "bool":
        return ev.call(node, "not_equal", [value, 0], {})
    if value.kind == "bool" and names & {"float", "float32", "float64", "double"}:
        return ev.call(node, "multiply", [value, 1.0], {})
    return value


def of_tensor(base: Any, name: str) -> Any:
    """Methods that leave a tensor what it is before it has a name."""
    if isinstance(base, Tensor) and name in PASSED | {"long", "int"}:
        if name == "requires_grad_":
            base.role = "parameter"
        return BoundCall(lambda *a, **k: base)
    return None


def method_of_object(ev: ExpressionEvaluator, node: ast.Attribute, base: Any, name: str) -> Any:
    """A method of a list, a dict or a text."""
    if isinstance(base, (tuple, list)) and name == "numel":
        return BoundCall(lambda: math.prod(base))
    if isinstance(base, list) and name in (
        "append",
        "extend",
        "insert",
        "pop",
        "reverse",
        "clear",
        "index",
        "copy",
        "count",
    ):
        return BoundCall(lambda *a: of_list(ev, node, base, name, list(a)))
    if isinstance(base, dict) and name in ("items", "keys", "values", "get", "update", "pop", "setdefault", "copy"):
        return BoundCall(lambda *a, **k: of_dict(ev, node, base, name, list(a), k))
    if isinstance(base, str) and name in (
        "upper",
        "lower",
        "format",
        "join",
        "strip",
        "split",
        "startswith",
        "endswith",
        "replace",
    ):
        return BoundCall(lambda *a: getattr(base, name)(*[ev.static(v) for v in a]) if name != "format" else base)
    if isinstance(base, tuple) and name in ("index", "count"):
        return BoundCall(lambda v: getattr(base, name)(ev.static(v)))
    if isinstance(base, (tuple, list)) and (name in REGISTRY or name in torch_functions.METHODS or name in ("T", "mT")):
        what = f"torch.stack(({ast.unparse(node.value)[:40]}))" if isinstance(base, list) else ""
        raise ev.error(node, "method-of-list", name=name, corrected=what or "stack((a, b))")
    raise ev.error(node, "no-such-attribute", name=name)


def of_list(ev: ExpressionEvaluator, node: ast.expr, base: list[Any], name: str, given: list[Any]) -> Any:
    """A method of a list."""
    try:
        match name:
            case "append":
                return base.append(*given)
            case "extend":
                return base.extend(ev.iterable(node, *given))
            case "insert":
                return base.insert(ev.static(given[0]), given[1])
            case "index" | "count":
                return getattr([ev.plain(v) for v in base], name)(ev.static(given[0]))
            case _:
                return getattr(base, name)(*[ev.static(v) for v in given])
    except (TypeError, IndexError, ValueError, NotStatic):
        raise ev.error(node, "not-used-like-this", name=name) from None


def of_dict(
    ev: ExpressionEvaluator, node: ast.expr, base: dict[Any, Any], name: str, given: list[Any], more: dict[str, Any]
) -> Any:
    """A method of a dict."""
    try:
        match name:
            case "items":
                return list(base.items())
            case "keys" | "values":
                return list(getattr(base, name)())
            case "update":
                for part in given:
                    base.update(part)
                base.update(more)
                return None
            case _:
                return getattr(base, name)(*[ev.static(given[0]), *given[1:]] if given else [])
    except (TypeError, KeyError, ValueError, NotStatic):
        raise ev.error(node, "not-used-like-this", name=name) from None


def effect(ev: ExpressionEvaluator, node: ast.Call, space: Namespace, name: str) -> bool:
    """A call of a library's function as a statement: what has no part in the graph is passed over."""
    if space.name == "other" or name in ("manual_seed", "seed", "set_printoptions", "set_default_dtype",
                                         "set_grad_enabled",
                                         "use_deterministic_algorithms", "manual_seed_all", "empty_cache"):  # fmt: skip
        return True
    if space.name == "torch.nn.init":
        ev.expression(node)
        return True
    return False


def require_gradient(parser: Any, target: ast.Name, base: Any) -> None:
    """`x.requires_grad_()`: the leaf becomes a parameter."""
    value = base.made if isinstance(base, Known) else base
    if not isinstance(value, Variable) or value.leaf is None or value.leaf.role == "parameter":
        return
    ev: ExpressionEvaluator = parser.expressions
    if any(value in operator.inputs for operator in ev.operators):
        return
    made = Tensor(value.shape, value.leaf.initial, "parameter")
    parser.assigned[:] = [(n, v) for n, v in parser.assigned if v is not value and v is not base]
    parser.name(target, made)


def is_annotation(node: ast.expr) -> bool:
    """Whether an annotation is a type of Python, not a role."""
    text = ast.unparse(node).replace("torch.", "").replace("np.", "")
    names = ("int", "float", "bool", "str", "list", "tuple", "dict", "Tensor", "ndarray", "List", "Tuple", "Dict",
             "Any",
             "Optional", "Callable", "nn.Module")  # fmt: skip
    return re.split(r"\W", text)[0] in names or text.startswith("nn.")


def is_ignored_decorator(node: ast.expr) -> bool:
    """Decorators that change nothing in a graph."""
    return any(
        word in ast.unparse(node) for word in ("staticmethod", "classmethod", "property", "jit", "compile", "cache")
    )


def is_ignored_context(text: str) -> bool:
    """Contexts that change nothing in a graph, and those that stop gradients."""
    return any(word in text for word in ("no_grad", "enable_grad", "inference_mode", "autocast", "device", "profile"))


def joined_array(ev: ExpressionEvaluator, value: Any) -> Any:
    """A list with variables in it as one array."""
    if creation._holds(value) or any(isinstance(v, Variable) for v in value):
        return creation.stacked(ev, ast.Constant(0), list(value))
    return value


# Without a prefix


def wants(keywords: dict[str, Any], words: Sequence[str]) -> bool:
    """Whether a keyword is of one library's."""
    return any(word in keywords for word in words)


TORCH_WORDS = ("dim", "unbiased", "correction", "keepdim")
NUMPY_WORDS = ("axis", "ddof", "keepdims")


def plain(ev: ExpressionEvaluator, node: ast.expr, name: str, values: Sequence[Any], keywords: dict[str, Any]) -> Any:
    """The operator of the registry itself."""
    texts = list(node.args) if isinstance(node, ast.Call) else []
    if is_method(node, values):
        texts = [node.func.value, *texts]  # type: ignore[attr-defined]
    return ev.calls.operate(ev, node, OperatorReference(name, "numpy", name), list(values), keywords, texts)


def torch_meaning(
    ev: ExpressionEvaluator, node: ast.expr, name: str, values: Sequence[Any], keywords: dict[str, Any]
) -> Any:
    """PyTorch's function of a name."""
    texts = list(node.args) if isinstance(node, ast.Call) else []
    if is_method(node, values):
        texts = [node.func.value, *texts]  # type: ignore[attr-defined]
    function = torch_functions.METHODS.get(name) or torch_functions.FUNCTIONAL[name]
    return ev.calls.mean(ev, node, Meaning(name, function), values, keywords, texts)


def spread_of(name: str) -> Callable[..., Any]:
    """`std` and `var`: NumPy's, with a warning, unless a keyword is PyTorch's."""

    def spread(ev: ExpressionEvaluator, node: Any, *values: Any, **keywords: Any) -> Any:
        if wants(keywords, TORCH_WORDS):
            return torch_meaning(ev, node, name, values, keywords)
        if not wants(keywords, NUMPY_WORDS) and ev.dialect != "numpy":
            ev.warn(node, "spread-divides-by-n", name=name)
        return plain(ev, node, name, values, keywords)

    return spread


def bare_median(ev: ExpressionEvaluator, node: Any, *values: Any, **keywords: Any) -> Any:
    """The median: NumPy's, with a warning for an even count, unless a keyword is PyTorch's."""
    if wants(keywords, ("dim", "keepdim")):
        return torch_meaning(ev, node, "median", values, keywords)
    result = plain(ev, node, "median", values, keywords)
    x = ev.operand(values[0], node)
    axis = ev.plain(keywords.get("axis", values[1] if len(values) > 1 else None))
    if isinstance(x, Variable) and ev.dialect != "numpy" and "axis" not in keywords:
        try:
            even = torch_functions.counted(x, axis) % 2 == 0
        except Exception:
            even = False
        if even:
            ev.warn(node, "median-of-even", count=torch_functions.counted(x, axis))
    return result


def is_method(node: Any, values: Sequence[Any]) -> bool:
    """Whether a call is written as a method of its first operand."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and len(node.args) < len(values)


def extreme_of(name: str) -> Callable[..., Any]:
    """`max` and `min`: over all elements, along a named axis, or elementwise of several operands."""
    elementwise = "maximum" if name == "max" else "minimum"

    def extreme(ev: ExpressionEvaluator, node: Any, *values: Any, **keywords: Any) -> Any:
        if not values and keywords:
            return plain(ev, node, name, values, keywords)
        if wants(keywords, ("dim", "keepdim")):
            return torch_meaning(ev, node, name, values, keywords)
        keywords.pop("default", None)
        if wants(keywords, ("axis", "keepdims")):
            return plain(ev, node, name, values, keywords)
        if keywords:
            raise ev.error(
                node, "no-argument", f"{name}(x, axis=0), {name}(a, b)", name=name, argument=next(iter(keywords))
            )
        if len(values) == 1:
            return of_one(ev, node, values[0])
        if any(isinstance(v, (tuple, list)) for v in values[1:]):
            raise ev.error(node, "axis-must-be-named", name=name, axis=str(ev.plain(values[1])))
        if is_method(node, values):
            return of_method(ev, node, values)
        return folded(ev, node, values)

    def of_one(ev: ExpressionEvaluator, node: Any, value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            if not value:
                raise ev.error(node, "nothing-to-compare", name=name)
            return folded(ev, node, value) if len(value) > 1 else value[0]
        if isinstance(value, Known) and isinstance(value.value, list) and all(is_number(v) for v in value.value):
            compute = max if name == "max" else min
            return ev.known_result(node, lambda x: compute(x), lambda x: plain(ev, node, name, [x], {}), value)
        return plain(ev, node, name, [value], {})

    def of_method(ev: ExpressionEvaluator, node: Any, values: Sequence[Any]) -> Any:
        second = ev.plain(values[1])
        if isinstance(second, int) and not isinstance(second, bool) and len(values) == 2:
            if ev.reads_results(node, values[0], second):
                return torch_meaning(ev, node, name, values, keywords={})
            if ev.dialect == "numpy":
                return plain(ev, node, name, values[:1], {"axis": second})
            x = ast.unparse(node.func.value)[:40]
            raise ev.error(node, "method-axis-ambiguous", x=x, name=name, axis=str(second), elementwise=elementwise)
        return folded(ev, node, values)

    def folded(ev: ExpressionEvaluator, node: Any, values: Sequence[Any]) -> Any:
        result = values[0]
        texts = (
            list(node.args) if isinstance(node, ast.Call) and len(node.args) == len(values) else [node] * len(values)
        )
        text = texts[0]
        for value, other in zip(values[1:], texts[1:], strict=False):
            result = ev.calls.operate(ev, node, OperatorReference(elementwise), [result, value], {}, [text, other])
            text = node
        return result

    return extreme


def bare_sum(ev: ExpressionEvaluator, node: Any, *values: Any, **keywords: Any) -> Any:
    """The sum of an array's elements, or of a list of variables as in Python."""
    if values and isinstance(values[0], (list, tuple)) and not isinstance(values[0], Results):
        parts = list(values[0])
        start = values[1] if len(values) > 1 else keywords.get("start")
        if not keywords and len(values) == 1 and parts and all(is_number(v) for v in parts):
            return sum(parts)
        if start is not None:
            parts.insert(0, start)
        if not parts:
            return 0
        if not any(isinstance(p, (list, tuple)) for p in parts):
            total = parts[0]
            for part in parts[1:]:
                total = ev.binary(node, ast.Add(), total, part)
            return total
    return plain(ev, node, "sum", values, keywords)


def bare_repeat(ev: ExpressionEvaluator, node: Any, *values: Any, **keywords: Any) -> Any:
    """`repeat`: a function repeats elements, as NumPy's; a method with the same arguments is ambiguous."""
    if not is_method(node, values) or wants(keywords, ("axis", "repeats")):
        return plain(ev, node, "repeat", values, keywords)
    x = ev.operand(values[0], node)
    counts = [ev.plain(v) for v in values[1:]]
    if len(counts) == 1 and isinstance(counts[0], (tuple, list)):
        counts = list(counts[0])
    if (
        len(counts) >= 2
        and isinstance(x, Variable)
        and (len(counts) > 2 or not isinstance(counts[1], int) or counts[1] >= x.ndim)
    ):
        return torch_meaning(ev, node, "repeat", values, keywords)
    if ev.dialect == "numpy":
        return plain(ev, node, "repeat", values, keywords)
    name = ast.unparse(node.func.value)[:40]
    inside = ", ".join(ast.unparse(a) for a in node.args)
    one = inside if len(node.args) == 1 else f"({inside})"
    raise ev.error(
        node,
        "repeat-ambiguous",
        x=name,
        count=inside[:40],
        tiled=f"tile({name}, {one})",
        each=f"repeat_interleave({name}, {inside})" if len(node.args) == 1 else f"np.repeat({name}, {inside})",
    )


def bare_split(ev: ExpressionEvaluator, node: Any, *values: Any, **keywords: Any) -> Any:
    """`split`: NumPy gives the number of parts or where to cut, PyTorch their size; ambiguous without a keyword."""
    if wants(keywords, ("dim", "split_size_or_sections", "split_size")):
        return torch_meaning(ev, node, "split", values, keywords)
    if wants(keywords, ("axis", "indices_or_sections")) or ev.dialect == "numpy":
        return plain(ev, node, "split", values, keywords)
    x = ev.operand(values[0], node) if values else None
    parts = ev.plain(values[1]) if len(values) > 1 else None
    axis = ev.plain(values[2]) if len(values) > 2 else 0
    if isinstance(x, Variable) and isinstance(axis, int) and -x.ndim <= axis < x.ndim:
        n = x.shape[axis]
        if isinstance(parts, int) and parts and parts * parts == n:
            return plain(ev, node, "split", values, keywords)
        if isinstance(parts, (list, tuple)) and sum(p for p in parts if isinstance(p, int)) != n:
            return plain(ev, node, "split", values, keywords)
    name = ast.unparse(node.func.value if is_method(node, values) else node.args[0])[:40]
    amount = ast.unparse(node.args[0 if is_method(node, values) else 1])[:40]
    raise ev.error(node, "split-ambiguous", x=name, parts=amount)


def bare_pad(ev: ExpressionEvaluator, node: Any, *values: Any, **keywords: Any) -> Any:
    """`pad`: NumPy's pairs begin at the first axis, PyTorch's at the last; ambiguous where that matters."""
    if wants(keywords, ("pad", "value")):
        return torch_meaning(ev, node, "pad", values, keywords)
    x = ev.operand(values[0], node) if values else None
    width = ev.plain(values[1]) if len(values) > 1 else None
    flat = isinstance(width, (tuple, list)) and all(isinstance(n, int) for n in width)
    if wants(keywords, ("pad_width", "constant_values")) or not flat or ev.dialect == "numpy":
        return plain(ev, node, "pad", values, keywords)
    assert isinstance(width, (tuple, list))
    if len(width) > 2 and len(width) % 2 == 0:
        return torch_meaning(ev, node, "pad", values, keywords)
    if isinstance(x, Variable) and x.ndim > 1 and len(width) == 2:
        name = ast.unparse(node.args[0])[:40]
        raise ev.error(node, "pad-ambiguous", x=name, width=str(tuple(width)))
    return plain(ev, node, "pad", values, keywords)


def bare_norm(ev: ExpressionEvaluator, node: Any, *values: Any, **keywords: Any) -> Any:
    """`norm`: of a matrix with an order, NumPy's is that of the matrix, `torch.norm`'s that of its elements."""
    if wants(keywords, ("dim", "p", "keepdim")) or is_method(node, values):
        if wants(keywords, ("axis", "ord", "keepdims")):
            return plain(ev, node, "norm", values, keywords)
        return torch_meaning(ev, node, "norm", values, keywords)
    x = ev.operand(values[0], node) if values else None
    order = ev.plain(values[1]) if len(values) > 1 else None
    if (
        isinstance(x, Variable)
        and x.ndim > 1
        and order not in (None, "fro", "nuc")
        and len(values) == 2
        and not wants(keywords, ("axis",))
        and ev.dialect != "numpy"
    ):
        raise ev.error(node, "norm-ambiguous", x=ast.unparse(node.args[0])[:40], order=str(order))
    return plain(ev, node, "norm", values, keywords)


def bare_transpose(ev: ExpressionEvaluator, node: Any, *values: Any, **keywords: Any) -> Any:
    """`transpose`: two axes exchanged, or all in another order."""
    if len(values) == 3 or wants(keywords, ("dim0", "dim1")):
        return torch_meaning(ev, node, "transpose", values, keywords)
    if len(values) > 3:
        values = (values[0], tuple(values[1:]))
    return plain(ev, node, "transpose", values, keywords)


def bare_dot(ev: ExpressionEvaluator, node: Any, *values: Any, **keywords: Any) -> Any:
    """`dot` of vectors; of matrices NumPy's is the matrix product."""
    operands = [ev.operand(v, node) for v in values]
    name = "dot"
    if len(operands) == 2 and not keywords:
        dims = [v.ndim if isinstance(v, Variable) else np.ndim(v) for v in operands]
        name = "multiply" if 0 in dims else "matmul" if max(dims) > 1 else "dot"
    texts = list(node.args) if isinstance(node, ast.Call) else []
    if is_method(node, values):
        texts = [node.func.value, *texts]
    return ev.calls.operate(ev, node, OperatorReference(name), operands, keywords, texts)


def numpy_reduction(name: str) -> Callable[..., Any]:
    """A reduction of NumPy's, whose second argument is an axis."""

    def reduce(ev: ExpressionEvaluator, node: Any, *values: Any, **keywords: Any) -> Any:
        if values and isinstance(values[0], (list, tuple)):
            values = (joined_array(ev, list(values[0])), *values[1:])
        return plain(ev, node, name, values, keywords)

    return reduce


def shape_of(ev: ExpressionEvaluator, node: Any, a: Any) -> tuple[int, ...]:
    """The sizes of an array, of a number, or of nested lists of numbers."""
    array = ev.operand(a, node)
    return array.shape if isinstance(array, Variable) else np.shape(array)


def ndim_of(ev: ExpressionEvaluator, node: Any, a: Any) -> int:
    """How many axes an array has."""
    return len(shape_of(ev, node, a))


def size_of(ev: ExpressionEvaluator, node: Any, a: Any) -> int:
    """How many elements an array has."""
    return math.prod(shape_of(ev, node, a))


def default_rng(seed: Any = None) -> Namespace:
    """NumPy's generator of random numbers: its methods draw from the seed of the request."""
    return Namespace("numpy.random", "rng")


def percentile(ev: ExpressionEvaluator, node: Any, a: Any, q: Any, *values: Any, **keywords: Any) -> Any:
    """The quantile at q percent."""
    share = ev.binary(node, ast.Div(), q, 100)
    return plain(ev, node, "quantile", [a, share, *values], keywords)


def numpy_order(name: str) -> Callable[..., Any]:
    """`sort` and `argsort` of NumPy, which flatten where the axis is None."""

    def order(ev: ExpressionEvaluator, node: Any, a: Any, axis: Any = -1, kind: Any = None, stable: Any = None) -> Any:
        x = ev.operand(a, node)
        if ev.static(axis) is None and isinstance(x, Variable):
            x, axis = ev.call(node, "reshape", [x], {"shape": (x.size,)}), 0
        return plain(ev, node, name, [x], {"axis": axis})

    return order


BARE: dict[str, Any] = {
    "dot": bare_dot,
    "max": extreme_of("max"),
    "median": bare_median,
    "min": extreme_of("min"),
    "norm": bare_norm,
    "pad": bare_pad,
    "repeat": bare_repeat,
    "split": bare_split,
    "std": spread_of("std"),
    "sum": bare_sum,
    "transpose": bare_transpose,
    "var": spread_of("var"),
}
METHODS: dict[str, Any] = {"dot": bare_dot, "transpose": bare_transpose, "norm": bare_norm}

NUMPY: dict[str, Any] = {
    "ndim": ndim_of,
    "shape": shape_of,
    "size": size_of,
    "average": numpy_reduction("mean"),
    "column_stack": torch_functions.column_stack,
    "dot": bare_dot,
    "dstack": torch_functions.dstack,
    "floor_divide": torch_functions.floor_divide,
    "hstack": torch_functions.hstack,
    "vstack": torch_functions.vstack,
    "percentile": percentile,
    "sort": numpy_order("sort"),
    "argsort": numpy_order("argsort"),
    **{
        name: numpy_reduction(name)
        for name in ("max", "min", "sum", "mean", "std", "var", "median", "prod", "amax", "amin")
    },
}


# Python's own


def python_range(*ends: int) -> range:
    """Whole numbers up to an end."""
    if (
        not 1 <= len(ends) <= 3
        or not all(isinstance(n, (int, np.integer)) for n in ends)
        or (len(ends) == 3 and not ends[2])
    ):
        from tidegraph.engine.graph import ShapeError

        raise ShapeError("range-of-whole-numbers")
    return range(*(int(n) for n in ends))


def python_len(ev: ExpressionEvaluator, node: Any, x: Any) -> Any:
    """The length of a list, or of an array's first axis."""
    value = x.value if isinstance(x, Known) else x
    if isinstance(value, (list, tuple, dict, str, range)):
        if isinstance(x, Known):
            x.use()
        return len(value)
    if hasattr(x, "elements"):
        return len(x.elements())
    array = ev.operand(x, node)
    if not isinstance(array, Variable) or not array.ndim:
        raise ev.error(node, "no-length", thing=ev.described(x))
    return array.shape[0]


def python_number(kind: type) -> Callable[..., Any]:
    """`int`, `float`, `bool` of what is known; of a variable the variable itself."""

    def convert(ev: ExpressionEvaluator, node: Any, x: Any = 0) -> Any:
        if isinstance(x, Variable):
            return x if kind is float else whole(ev, node, x)
        if isinstance(x, Known) and kind is float and is_number(x.value):
            return x
        try:
            return ev.checked(node, kind(ev.static(x, node)))
        except (ValueError, TypeError, OverflowError, NotStatic):
            raise ev.error(node, "not-number", thing=ev.described(x)) from None

    return convert


def python_enumerate(ev: ExpressionEvaluator, node: Any, xs: Any, start: int = 0) -> Any:
    """Elements with their numbers."""
    return [(start + i, x) for i, x in enumerate(ev.iterable(node, xs))]


def python_zip(ev: ExpressionEvaluator, node: Any, *sequences: Any, **options: Any) -> Any:
    """Elements side by side, as many as the shortest has."""
    return list(zip(*(ev.iterable(node, s) for s in sequences), strict=False))


def python_list(ev: ExpressionEvaluator, node: Any, xs: Any = ()) -> Any:
    """A list of the elements."""
    return list(ev.iterable(node, xs)) if not isinstance(xs, tuple) or xs else []


def python_tuple(ev: ExpressionEvaluator, node: Any, xs: Any = ()) -> Any:
    """A tuple of the elements."""
    return tuple(python_list(ev, node, xs))


def python_dict(ev: ExpressionEvaluator, node: Any, pairs: Any = (), **more: Any) -> Any:
    """A dict."""
    return {**dict(pairs if isinstance(pairs, dict) else ev.iterable(node, pairs) if pairs else ()), **more}


def python_reversed(ev: ExpressionEvaluator, node: Any, xs: Any) -> Any:
    """The elements from the last to the first."""
    return ev.iterable(node, xs)[::-1]


def python_sorted(ev: ExpressionEvaluator, node: Any, xs: Any, key: Any = None, reverse: Any = False) -> Any:
    """The elements in order."""
    return sorted((ev.static(x, node) for x in ev.iterable(node, xs)), reverse=bool(reverse))


def python_map(ev: ExpressionEvaluator, node: Any, function: Any, *sequences: Any) -> Any:
    """A function of each element."""
    columns = [ev.iterable(node, s) for s in sequences]
    return [ev.calls.apply(ev, node, function, list(xs), {}, [node] * len(xs)) for xs in zip(*columns, strict=False)]


def python_round(ev: ExpressionEvaluator, node: Any, x: Any, digits: Any = None, **more: Any) -> Any:
    """A number rounded, known where the number is."""
    if ev.numeric(x):
        return round(ev.static(x), digits)
    keywords = {**more, **({"decimals": digits} if digits is not None else {})}
    return plain(ev, node, "round", [x], keywords)


def python_any(name: str) -> Callable[..., Any]:
    """`any` and `all` of a list known at parse time, or of an array."""

    def decide(ev: ExpressionEvaluator, node: Any, x: Any, *more: Any, **keywords: Any) -> Any:
        if isinstance(x, list) and not any(isinstance(v, Variable) for v in x):
            return (any if name == "any" else all)(ev.truth(v, node) for v in x)
        return plain(ev, node, name, [x, *more], keywords)

    return decide


def python_isinstance(ev: ExpressionEvaluator, node: Any, x: Any, kinds: Any) -> bool:
    """Whether a value is of a type, by the type's name."""
    kinds = kinds if isinstance(kinds, tuple) else (kinds,)
    wanted = {getattr(k, "name", "").rpartition(".")[2] for k in kinds}
    value = x.value if isinstance(x, Known) else x
    if isinstance(x, (Variable, Tensor)):
        return bool(wanted & {"Tensor", "tensor", "ndarray", "array"})
    if isinstance(x, layers.Module):
        return bool(wanted & {k.name for k in x.kinds()})
    return type(value).__name__ in wanted


def python_getattr(ev: ExpressionEvaluator, node: Any, x: Any, name: str, default: Any = None) -> Any:
    """An attribute by its name."""
    found = ast.copy_location(ast.Attribute(ast.Constant(0), str(name), ast.Load()), node)
    if hasattr(x, "attribute_of"):
        return x.attribute_of(ev, found, name)
    return attribute(ev, found, ast.Constant(0), ev.operand(x), name)


def python_partial(ev: ExpressionEvaluator, node: Any, function: Any, *first: Any, **fixed: Any) -> Any:
    """A function some of whose arguments are given."""

    def call(*values: Any, **keywords: Any) -> Any:
        arguments = [*first, *values]
        return ev.calls.apply(ev, node, function, arguments, {**fixed, **keywords}, [node] * len(arguments))

    return BoundCall(call)


def python_reduce(ev: ExpressionEvaluator, node: Any, function: Any, xs: Any, *start: Any) -> Any:
    """A function of two arguments applied to elements from the left."""
    values = [*start, *ev.iterable(node, xs)]
    if not values:
        raise ev.error(node, "nothing-to-compare", name="reduce")
    result = values[0]
    for value in values[1:]:
        result = ev.calls.apply(ev, node, function, [result, value], {}, [node, node])
    return result


def python_combined(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of `itertools` on sequences; numbers are taken as they are known."""

    def combine(ev: ExpressionEvaluator, node: Any, *sequences: Any, repeat: Any = None, **named: Any) -> Any:
        given = [ev.static(s) if ev.numeric(s) else ev.iterable(node, s) for s in sequences]
        more = {} if repeat is None else {"repeat": ev.static(repeat)}
        found = list(itertools.islice(function(*given, **more), MAX_LIST + 1))
        if len(found) > MAX_LIST:
            raise ev.error(node, "list-too-long", limit=MAX_LIST)
        return found

    return combine


STANDARD: dict[str, dict[str, Any]] = {
    "functools": {"partial": python_partial, "reduce": python_reduce},
    "itertools": {
        name: python_combined(getattr(itertools, name))
        for name in ("chain", "combinations", "pairwise", "permutations", "product")
    },
    "collections": {"OrderedDict": python_dict},
}
"""Functions of Python's standard library that arrange what is known at parse time."""

PYTHON: dict[str, Any] = {
    "all": python_any("all"),
    "any": python_any("any"),
    "bool": python_number(bool),
    "dict": python_dict,
    "enumerate": python_enumerate,
    "float": python_number(float),
    "getattr": python_getattr,
    "int": python_number(int),
    "isinstance": python_isinstance,
    "len": python_len,
    "list": python_list,
    "map": python_map,
    "range": python_range,
    "reversed": python_reversed,
    "round": python_round,
    "set": python_list,
    "sorted": python_sorted,
    "str": lambda x="": str(x),
    "tuple": python_tuple,
    "zip": python_zip,
}


def of_numbers(name: str, compute: Callable[..., Any], operator: str) -> Callable[..., Any]:
    """A function of `math`: known where its arguments are, and an operator of the graph."""

    def apply(ev: ExpressionEvaluator, node: Any, *values: Any) -> Any:
        def build(*operands: Any) -> Any:
            if name == "log" and len(operands) == 2:
                parts = [ev.call(node, "log", [ev.operand(v, node)], {}) for v in operands]
                return ev.call(node, "divide", parts, {})
            return ev.call(node, operator, [ev.operand(v, node) for v in operands], {})

        if all(ev.numeric(v) for v in values):
            if all(is_number(v) for v in values):
                try:
                    return ev.checked(node, compute(*values))
                except (ValueError, OverflowError, TypeError, ZeroDivisionError):
                    raise ev.error(node, "outside-domain", name=f"math.{name}") from None
            return ev.known_result(node, compute, build, *values)
        return build(*values)

    return apply


MATH: dict[str, Any] = {
    name: of_numbers(name, getattr(math, name), operator)
    for name, operator in {
        "acos": "arccos", "acosh": "arccosh", "asin": "arcsin", "asinh": "arcsinh", "atan": "arctan",
        "atan2": "arctan2",
        "atanh": "arctanh", "ceil": "ceil", "cos": "cos", "cosh": "cosh", "erf": "erf", "erfc": "erfc", "exp": "exp",
        "exp2": "exp2", "expm1": "expm1", "fabs": "abs", "floor": "floor", "fmod": "fmod", "hypot": "hypot",
        "lgamma": "lgamma", "log": "log", "log10": "log10", "log1p": "log1p", "log2": "log2", "pow": "power",
        "sin": "sin", "sinh": "sinh", "sqrt": "sqrt", "tan": "tan", "tanh": "tanh", "trunc": "trunc",
    }.items()
    if hasattr(math, name)
}  # fmt: skip
MATH["prod"] = lambda ev, node, xs: math.prod(ev.static(x, node) for x in ev.iterable(node, xs))
MATH["isqrt"] = lambda n: math.isqrt(n)
MATH["gcd"] = lambda *ns: math.gcd(*ns)
MATH["factorial"] = lambda n: math.factorial(n) if isinstance(n, int) and 0 <= n <= 20 else math.inf
MATH["comb"] = lambda n, k: math.comb(n, k) if n <= 60 else math.inf

SCORES = {"cross_entropy": "softmax", "binary_cross_entropy_with_logits": "sigmoid"}
"""Losses that take scores, and what they apply to them themselves."""


def watch(
    ev: ExpressionEvaluator,
    node: ast.expr,
    reference: OperatorReference,
    name: str,
    values: Sequence[Any],
    keywords: dict[str, Any],
) -> None:
    """Warn of a call that may mean something else than its author thinks."""
    applied = SCORES.get(name)
    first = values[0] if values else None
    if applied is None or not isinstance(first, Variable) or first.operator is None:
        return
    made = first.operator
    scope = made.origin.scope
    by = {made.op.name, getattr(getattr(scope, "op", None), "name", "")}
    if applied in by and name == "cross_entropy":
        ev.warn(node, "softmax-before-cross-entropy")
    elif applied in by:
        ev.warn(node, "sigmoid-before-loss")
