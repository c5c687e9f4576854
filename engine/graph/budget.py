"""What a piece of work may still cost, counted while it is done, so that it ends where its budget does.

Costs are known before a run only for one plan. How many graphs are derived, how often a plan is run and how much text
is written depends on the request. Whoever starts the work puts it inside a `Budget`; what does it calls `spend` with
what it is about to do. Outside of a budget `spend` does nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextvars import ContextVar, Token
from time import monotonic, thread_time
from typing import Literal

from tidegraph.engine.graph.errors import TidegraphError
from tidegraph.engine.messages.catalogue import Message

Quantity = Literal["operators", "elements", "statements", "evaluations", "work", "memory", "response", "steps"]
"""Operators built in graphs; elements of one array; statements read; operators evaluated; floating-point operations;
bytes of arrays held at once; bytes of the answer; steps that are written with their equations."""

HELD: frozenset[Quantity] = frozenset({"elements", "memory"})
"""The quantities that are not added up: of what is held one after another, the most counts."""

_current: ContextVar[Budget | None] = ContextVar("budget", default=None)


class BudgetError(TidegraphError):
    """Work that was stopped because its budget was spent."""


class TooLarge(BudgetError):
    """More of one `quantity` than the `limit`: `value`, or more."""

    def __init__(self, quantity: str, value: int, limit: int) -> None:
        super().__init__("run-too-large", quantity=Message(f"spent-{quantity}"), value=value, limit=limit)
        self.quantity = quantity
        self.value = value
        self.limit = limit


class TooLong(BudgetError):
    """More than `seconds` of time."""

    def __init__(self, seconds: float) -> None:
        super().__init__("run-too-long", seconds=seconds)
        self.seconds = seconds


class Cancelled(BudgetError):
    """Nobody waits for the result any more."""

    def __init__(self) -> None:
        super().__init__("run-cancelled")


class Budget:
    """Limits by quantity, of `seconds` on the clock and of `computing` seconds of the thread that enters it.

    Used as a context. `stop` may be called from another thread; the work then ends at its next step.
    """

    __slots__ = ("_limits", "_spent", "_token", "computing", "deadline", "over", "seconds", "stopped", "until")

    def __init__(
        self, limits: Mapping[Quantity, int], seconds: float = math.inf, computing: float | None = None
    ) -> None:
        self._limits = limits
        self._spent: dict[str, int] = {}
        self.seconds = seconds
        self.computing = computing
        self.deadline = monotonic() + seconds
        self.until = math.inf
        self.stopped = False
        self.over: BudgetError | None = None
        self._token: Token[Budget | None] | None = None

    def __enter__(self) -> Budget:
        if self.computing is not None:
            self.until = thread_time() + self.computing
        self._token = _current.set(self)
        return self

    def __exit__(self, *raised: object) -> None:
        assert self._token is not None
        _current.reset(self._token)
        # Work that catches errors has caught this one too: its result is not whole, or its own error is a consequence.
        if self.over is not None and raised[1] is not self.over:
            raise self.over from None

    def spent(self, quantity: Quantity) -> int:
        """How much of a quantity was spent so far."""
        return self._spent.get(quantity, 0)

    def stop(self) -> None:
        """End the work at its next step."""
        self.stopped = True

    def spend(self, quantity: Quantity, amount: int) -> None:
        """Spend `amount` of a quantity. Raises BudgetError if that is more than there is, or the time is over."""
        spent = self._spent
        before = spent.get(quantity, 0)
        total = spent[quantity] = max(before, amount) if quantity in HELD else before + amount
        limit = self._limits.get(quantity)
        if limit is not None and total > limit:
            self.over = TooLarge(quantity, total, limit)
        elif self.stopped:
            self.over = Cancelled()
        elif monotonic() > self.deadline:
            self.over = TooLong(self.seconds)
        elif self.computing is not None and thread_time() > self.until:
            self.over = TooLong(self.computing)
        else:
            return
        raise self.over


def current_budget() -> Budget | None:
    """The budget that this work is inside of, if any."""
    return _current.get()


def spend(quantity: Quantity, amount: int = 1) -> None:
    """Spend `amount` of the budget that this work is inside of, if any."""
    budget = _current.get()
    if budget is not None:
        budget.spend(quantity, amount)
