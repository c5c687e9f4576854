"""Errors that a user can cause: each says what is wrong and, where it can, what would be right."""

from __future__ import annotations


class TidegraphError(Exception):
    """Base of every error caused by a program, a value or a request, never by the engine itself."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ShapeError(TidegraphError):
    """Shapes or attributes that do not fit an operator."""


class InputError(TidegraphError):
    """A value, a name or an option given at run time that does not fit the graph."""


class ProgramError(TidegraphError):
    """A program that is not in the language. `line` and `column` are 1-based."""

    def __init__(self, message: str, hint: str = "", line: int = 1, column: int = 1) -> None:
        super().__init__(message, hint)
        self.line = line
        self.column = column

    def __str__(self) -> str:
        hint = f" ({self.hint})" if self.hint else ""
        return f"line {self.line}, column {self.column}: {self.message}{hint}"
