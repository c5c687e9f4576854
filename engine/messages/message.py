"""A message is a code and parameters; a language turns it into text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, Union

Parameter: TypeAlias = Union[str, int, float, "Message", Sequence["Parameter"]]
"""What fills a message. A sequence of whole numbers is a shape: `(5, 4)` is written [5, 4]. Any other sequence is a
list of words. A whole number counts something and is written for readers (10,000); pass text to keep its digits."""


class Message:
    """One message: `Message("unknown-name", name="W3")`. Equal codes and parameters make equal messages."""

    __slots__ = ("code", "parameters")

    code: str
    parameters: Mapping[str, Parameter]

    def __init__(self, code: str, /, **parameters: Parameter) -> None:
        self.code = code
        self.parameters = parameters

    def text(self, language: str = "en") -> str:
        """The message in a language; in English where the language does not have it."""
        from tidegraph.engine.messages.catalogue import text

        return text(self, language)

    def to_dict(self) -> dict[str, Any]:
        """Plain data: `{"code": ..., "parameters": {...}}`, as answers and traces carry it."""
        return {"code": self.code, "parameters": {name: plain(value) for name, value in self.parameters.items()}}

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        parameters = "".join(f", {name}={value!r}" for name, value in self.parameters.items())
        return f"Message({self.code!r}{parameters})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash(self.code)


def plain(value: Parameter) -> Any:
    """A parameter as JSON."""
    if isinstance(value, Message):
        return value.to_dict()
    if isinstance(value, (str, int, float)):
        return value
    return [plain(part) for part in value]
