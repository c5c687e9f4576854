"""A step of a run as data, and the words that say what happens in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tidegraph.engine.graph import Operator, Variable
from tidegraph.engine.messages.catalogue import SPOKEN, Message, listed
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
    message: Message
    variable: str | None = None
    through: str | None = None
    parts: tuple[int, ...] = ()
    index: int = 0
    count: int = 1
    final: bool = False
    how: dict[str, str] | None = None
    texts: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def text(self) -> str:
        """The sentence, in the language of whoever is being answered."""
        language = SPOKEN.get()
        if language not in self.texts:
            self.texts[language] = self.message.text(language)
        return self.texts[language]

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
            "message": self.message.to_dict(),
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


def plus(terms: Iterable[str]) -> str:
    """Terms with a plus between them."""
    return " + ".join(enclosed(t) for t in terms)


def size_of(variable: Variable) -> Message:
    """A shape in a sentence."""
    match variable.shape:
        case ():
            return Message("size-number")
        case (n,):
            return Message("size-vector", n=n)
        case (m, n):
            return Message("size-matrix", rows=m, columns=n)
        case shape:
            return Message("size-array", shape=shape)


def sentence(operator: Operator, names: Mapping[Variable, str]) -> Message:
    """What an operator does, in one plain sentence: what comes out, of what size, and what that is."""
    results = listed([names[v] for v in operator.outputs])
    size = size_of(operator.outputs[0])
    return Message("step-operator", outputs=results, size=size, what=described(operator, names))
