"""What crosses the border of a process: a result, or the error that came instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Given = TypeVar("Given")


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """A result, or an error as its class, its arguments and its fields: not every error can be pickled by itself."""

    result: T | None = None
    error: tuple[type[Exception], tuple[Any, ...], dict[str, Any]] | None = None

    def unpack(self) -> T:
        """The result. Raises the error that came instead."""
        if self.error is not None:
            kind, arguments, fields = self.error
            raised = kind.__new__(kind, *arguments)
            raised.args = arguments
            vars(raised).update(fields)
            raise raised
        return self.result  # type: ignore[return-value]


def attempt(work: Callable[[Given], T], given: Given) -> Outcome[T]:
    """The outcome of `work(given)`."""
    try:
        return Outcome(work(given))
    except Exception as error:
        return Outcome(error=(type(error), error.args, dict(vars(error))))
