"""Errors that a user can cause: each says what is wrong and, where it can, what would be right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tidegraph.engine.messages.catalogue import Message, Parameter, advice, plain

CODE = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True)
class Fix:
    """A range of the program (lines and columns count from 1, the end is exclusive) and the text that corrects it."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as a problem document carries it."""
        places = {name: getattr(self, name) for name in ("line", "column", "end_line", "end_column")}
        return {"range": places, "text": self.text}


class TidegraphError(Exception):
    """Base of every error caused by a program, a value or a request, never by the engine itself.

    `code` names the message and `parameters` fill it: `ShapeError("inner-sizes", a=(5, 4), b=(3,))`. The catalogue has
    its text and its hint in every language (docs/messages.md). `hint` replaces the catalogue's hint, as text that is
    the same in all languages (a call, a signature) or as a message. `context` says where it happened.
    """

    def __init__(
        self, code: str, /, hint: str | Message | None = None, context: Message | None = None, **parameters: Parameter
    ) -> None:
        super().__init__(code)
        self.code = code
        self.parameters: Mapping[str, Any] = parameters
        self.context = context
        self.given_hint = hint

    def describe(self, language: str | None = None) -> str:
        """What is wrong, in a language."""
        literal = not CODE.fullmatch(self.code)
        said: Parameter = self.code if literal else Message(self.code, **self.parameters)
        if self.context is not None:
            said = Message("in-context", context=self.context, problem=said)
        return said.text(language) if isinstance(said, Message) else self.code

    def advise(self, language: str | None = None) -> str:
        """What would be right, in a language, or nothing."""
        if isinstance(self.given_hint, Message):
            return self.given_hint.text(language)
        if self.given_hint or not CODE.fullmatch(self.code):
            return self.given_hint or ""
        return advice(Message(self.code, **self.parameters), language)

    @property
    def message(self) -> str:
        """What is wrong, in English."""
        return self.describe()

    @property
    def hint(self) -> str:
        """What would be right, in English, or nothing."""
        return self.advise()

    def inside(self, context: Message | None) -> Message | None:
        """The context of this error when it is raised again further out, in `context`."""
        if context is None or self.context is None:
            return context or self.context
        return Message("in-context", context=context, problem=self.context)

    def plain_parameters(self) -> dict[str, Any]:
        """The parameters as JSON."""
        return {name: plain(value) for name, value in self.parameters.items()}

    def __str__(self) -> str:
        return self.message


class ShapeError(TidegraphError):
    """Shapes or attributes that do not fit an operator."""


class InputError(TidegraphError):
    """A value, a name or an option given at run time that does not fit the graph."""


class ProgramError(TidegraphError):
    """A program that is not in the language. `line` and `column` are 1-based; `fix` corrects the text where it can."""

    def __init__(
        self,
        code: str,
        /,
        hint: str | Message | None = None,
        line: int = 1,
        column: int = 1,
        *,
        fix: Fix | None = None,
        context: Message | None = None,
        **parameters: Parameter,
    ) -> None:
        super().__init__(code, hint, context, **parameters)
        self.line = line
        self.column = column
        self.fix = fix

    def __str__(self) -> str:
        hint = f" ({self.hint})" if self.hint else ""
        return f"line {self.line}, column {self.column}: {self.message}{hint}"


@dataclass(frozen=True)
class ProgramWarning:
    """A program that runs, and may not mean what its author meant: the message, and the line (1-based) it is about."""

    message: Message
    line: int

    def to_dict(self, language: str | None = None) -> dict[str, Any]:
        """Plain data, as answers carry it beside their content."""
        return {**self.message.to_dict(), "message": self.message.text(language), "line": self.line}
