"""What names mean in NumPy, in PyTorch, in `math`, and without a prefix; what methods and attributes mean.

Where the libraries differ, the prefix or a keyword decides (`dim=`, `unbiased=` against `axis=`, `ddof=`). A bare call
has the meaning of the operator reference, which is NumPy's, and warns where PyTorch would give another result; where
its arguments are ambiguous it is refused.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Sequence
from typing import Any

from tidegraph.engine.graph import REGISTRY, Fix, ProgramError, Variable, literal, nearest
from tidegraph.engine.language import creation, layers, torch_functions
from tidegraph.engine.language.expressions import ExpressionEvaluator
from tidegraph.engine.language.objects import (
    BoundCall,
    Known,
    Meaning,
    Namespace,
    Opaque,
    OperatorReference,
    Tensor,
    is_number,
)
from tidegraph.engine.language.python_names import MATH, PYTHON, STANDARD, of_dict, of_list, whole
from tidegraph.engine.language.unprefixed import BARE, METHODS, NUMPY, default_rng
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


LIBRARY = re.compile(r"\b(?:import|torch|numpy|np|nn|F)\b")
"""What a program that is written for a library cannot do without."""


def of_program(tree: ast.Module, text: str) -> str:
    """The library that a program is written for, `torch` or `numpy`; nothing if both or none."""
    if not LIBRARY.search(text):
        return ""
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
    if space.name.startswith("torch.nn") and space.name not in ("torch.nn.functional", "torch.nn.init"):
        close = nearest(name, layers.names())
        hint = Message("did-you-mean", name=f"{space.written}.{close.parameters['name']}") if close else None
        return ev.error(node, "unknown-layer", hint, fix=member_fix(ev, node, close), name=written)
    table = {
        "torch": [*torch_functions.FUNCTIONS, *creation.TORCH, *REGISTRY],
        "numpy": [*NUMPY, *creation.NUMPY, *REGISTRY],
        "torch.nn.init": list(layers.INITIALISERS),
    }
    close = nearest(name, table.get(space.name, list(REGISTRY)))
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
