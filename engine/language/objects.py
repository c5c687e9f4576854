"""What an expression of a program can be besides a variable of the graph: values known at parse time, functions,
modules of names, and tensors that become variables once they have a name."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from tidegraph.engine.graph import Variable

Draw = tuple[str, tuple[float, ...]]

MAX_LIST = 100_000
"""The longest list that is known at parse time."""


@dataclass(slots=True, eq=False)
class Known:
    """A number or a list known at parse time, which is a variable of the graph wherever an expression uses it.

    `make` builds the variable, once. `sources` are what the value was computed from. `static` says that the program
    uses the value while it is parsed: in brackets, `range`, a condition, an attribute.
    """

    value: Any
    make: Callable[[], Variable]
    sources: tuple[Known, ...] = ()
    name: str = ""
    made: Variable | None = None
    static: bool = False

    def variable(self) -> Variable:
        """The variable of the graph."""
        if self.made is None:
            self.made = self.make()
        return self.made

    def use(self) -> Any:
        """The value, for use at parse time."""
        pending = [self]
        while pending:
            known = pending.pop()
            if not known.static:
                known.static = True
                pending += known.sources
        return self.value


@dataclass(slots=True, eq=False)
class Tensor:
    """`torch.tensor(...)`, `randn(...)`, `nn.Parameter(...)`: an array or a draw that has no name yet."""

    shape: tuple[int, ...]
    initial: np.ndarray | Draw | None
    role: str = "input"
    made: Variable | None = None


class Results(tuple[Any, ...]):
    """Several results with names, as `values` and `indices` of `torch.max(x, dim=1)`."""

    fields: tuple[str, ...] = ()

    @classmethod
    def named(cls, **results: Any) -> Results:
        """The results in order, each under its name."""
        made = cls(results.values())
        made.fields = tuple(results)
        return made


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A `def` or a lambda of the program, with the names around it and the defaults taken where it stands."""

    name: str
    arguments: ast.arguments
    body: tuple[ast.stmt, ...] | ast.expr
    line: int
    frames: tuple[dict[str, Any], ...]
    defaults: Mapping[str, Any] = field(default_factory=dict)

    @property
    def parameters(self) -> list[str]:
        """The names of the positional parameters."""
        return [a.arg for a in (*self.arguments.posonlyargs, *self.arguments.args)]


@dataclass(frozen=True, slots=True)
class OperatorReference:
    """An operator by name, as a value: `act = tanh`. `dialect` is the library whose name it is."""

    name: str
    dialect: str = ""
    written: str = ""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A function that the language defines by others: `torch.std`, `masked_fill`, `arange`."""

    name: str
    function: Callable[..., Any]
    bound: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Namespace:
    """A library or a part of it: `torch.nn`. `written` is what the program calls it."""

    name: str
    written: str


@dataclass(frozen=True, slots=True)
class Opaque:
    """What is passed over: a dtype, a device."""

    name: str


class NotStatic(Exception):
    """An expression that is not known at parse time."""


class Returned(Exception):
    """A `return` was reached."""

    def __init__(self, value: Any, node: ast.AST) -> None:
        super().__init__()
        self.value = value
        self.node = node


class LoopEnd(Exception):
    """A `break`, or a `continue` where `goes_on`."""

    def __init__(self, goes_on: bool) -> None:
        super().__init__()
        self.goes_on = goes_on


def is_number(value: Any) -> bool:
    """Whether a value is a plain number."""
    return isinstance(value, (bool, int, float))


def numbers_in(value: Any) -> np.ndarray | None:
    """Nested lists of plain numbers as an array; None if they are anything else."""
    if not isinstance(value, (list, tuple)) or not _plain(value):
        return None
    try:
        array = np.array(value)
    except ValueError:
        return None
    return array.astype(np.float64) if array.dtype.kind in "bif" else None


def _plain(value: Sequence[Any]) -> bool:
    """Whether nested lists hold plain numbers only."""
    return all(_plain(v) if isinstance(v, (list, tuple)) else isinstance(v, (bool, int, float)) for v in value)


IGNORED = {
    "dtype",
    "device",
    "out",
    "inplace",
    "requires_grad",
    "memory_format",
    "layout",
    "pin_memory",
    "non_blocking",
    "generator",
    "size_average",
    "reduce",
    "copy",
    "name",
    "need_weights",
    "average_attn_weights",
    "casting",
    "order",
    "indexing",
}
"""Arguments that say where and how an array is stored: they change no number and are passed over."""


class BoundCall:
    """A method of a variable or of an object, to be called with the rest of the arguments."""

    def __init__(self, function: Callable[..., Any], text: ast.expr | None = None) -> None:
        self.function = function
        self.text = text


@cache
def signature_of(function: Callable[..., Any]) -> inspect.Signature:
    """The signature of a function that the language defines."""
    return inspect.signature(function)


def shown_signature(name: str, signature: inspect.Signature) -> str:
    """A signature as a hint: `std(x, dim=None, keepdim=False)`."""
    shown = []
    for parameter in signature.parameters.values():
        if parameter.name in ("ev", "node"):
            continue
        stars = "*" if parameter.kind is parameter.VAR_POSITIONAL else ""
        default = "" if parameter.default is parameter.empty else f"={parameter.default!r}"
        shown.append(f"{stars}{parameter.name}{default}")
    return f"{name}({', '.join(shown)})"
