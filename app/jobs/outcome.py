"""What workers have in common, and what crosses the border of a process: a result, or the error that came instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

T = TypeVar("T")
Given = TypeVar("Given")


class Died(Exception):
    """A worker ended in the middle of its work."""


class Missing(Exception):
    """The scheduler or the workers of a cluster cannot be reached; `what` says which."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Workers(Protocol):
    """Where heavy runs are computed: processes of this machine or of a cluster."""

    async def run(self, work: Callable[[Given], T], given: Given, seconds: float) -> T:
        """`work(given)` on a worker. Raises what it raises, BudgetError, Died or Missing."""

    def warm(self) -> None:
        """Start what the first run would wait for."""

    async def close(self) -> None:
        """Leave the workers."""


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
