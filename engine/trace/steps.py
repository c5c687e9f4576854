"""A step of a run as data, and the words that say what happens in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tidegraph.engine.graph import Operator, Variable
from tidegraph.engine.ops.latex import enclosed
from tidegraph.engine.trace.phrases import described


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happens, with places for numbers in its equation; see docs/architecture.md for the fields.

    `parts` are the numbers of the contributions that make up the one that it tells of.
    """

    phase: str
    kind: str
    operator: str | None
    scope: str
    inputs: list[str]
    outputs: list[str]
    equation: dict[str, str]
    text: str
    variable: str | None = None
    through: str | None = None
    parts: tuple[int, ...] = ()
    index: int = 0
    count: int = 1
    final: bool = False
    how: dict[str, str] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain data; a forward step has no backward fields."""
        data: dict[str, Any] = {
            "phase": self.phase,
            "kind": self.kind,
            "operator": self.operator,
            "scope": self.scope,
            "inputs": self.inputs,
            "outputs": self.outputs,
            "equation": self.equation,
            "text": self.text,
        }
        if self.phase == "backward":
            data |= {
                "variable": self.variable,
                "through": self.through,
                "parts": list(self.parts),
                "index": self.index,
                "count": self.count,
                "final": self.final,
                "how": self.how,
            }
        return data


def join(names: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else list(names))


def plus(terms: Iterable[str]) -> str:
    """Terms with a plus between them."""
    return " + ".join(enclosed(t) for t in terms)


def size_in_words(variable: Variable) -> str:
    """A shape as a sentence says it."""
    match variable.shape:
        case ():
            return "a number"
        case (n,):
            return f"a vector of {n}"
        case (m, n):
            return f"a {m} by {n} matrix"
        case shape:
            return f"an array of {' by '.join(map(str, shape))}"


def sentence(operator: Operator, names: Mapping[Variable, str]) -> str:
    """What an operator does, in one plain sentence: what comes out, of what size, and what that is."""
    results = join([names[v] for v in operator.outputs])
    size = size_in_words(operator.outputs[0])
    return f"{results}, {size}, is {described(operator, names)}."
