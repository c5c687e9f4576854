"""Programs kept compiled: for other values one runs again without being read, differentiated, planned and written out.

What is kept depends on nothing but what it is kept under, so all requests of a process share it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cache
from typing import Any, TypeVar

import numpy as np
import orjson

from tidegraph.app.api import quotas
from tidegraph.app.api.arrays import decode
from tidegraph.app.api.schemas.runs import RunRequest
from tidegraph.app.http.caching import BoundedCache
from tidegraph.app.http.problems import Problem, exceeded
from tidegraph.app.settings import Settings
from tidegraph.engine.exchange.node_link import graph_from_data
from tidegraph.engine.graph import Graph, ProgramError
from tidegraph.engine.language.parser import parse
from tidegraph.engine.runtime import plan as plans
from tidegraph.engine.runtime.function import MAX_IDLE_FRAMES, Function
from tidegraph.engine.runtime.plan import Plan
from tidegraph.engine.runtime.values import check_values, initial_values
from tidegraph.engine.teaching.exercise import Exercise
from tidegraph.engine.trace.outline import Outline
from tidegraph.engine.trace.structure import Structure

T = TypeVar("T")

GRAPH, FUNCTION, FRAME, WORDS = 600, 1200, 2000, 3000
"""Bytes an operator takes, measured: as part of a graph, compiled, in each thread's frame, and written out."""


@cache
def kept(limit: int) -> BoundedCache[Any]:
    """What is kept of compiled programs, as much as fits into `limit` bytes."""
    return BoundedCache(limit)


class Program:
    """The program of a request: its graph, what it is compiled to, and its first values."""

    def __init__(self, request: RunRequest, settings: Settings) -> None:
        self.request = request
        self.settings = settings
        if request.program is not None:
            quotas.check_program(request.program, settings)
            source: Hashable = request.program
        else:
            source = orjson.dumps([request.graph, request.scopes, request.target])
        self.key = (source, *sorted(request.sizes.items()), request.training)
        self.kept = kept(settings.compiled_bytes)
        drawn = getattr(request, "outline", None) is not None
        limit = settings.max_graph_operators if drawn else settings.max_operators
        self.graph = self.made("graph", lambda: read(request, settings, limit))
        if len(self.graph.operators) > limit:
            raise ProgramError("too-many-operators", limit=limit)

    def made(self, what: Hashable, make: Callable[[], T]) -> T:
        """What `make` makes of the program, `what` being all that it depends on besides."""
        found: T = self.kept.made((self.key, what), lambda: weighed(make()))
        return found

    def check(self) -> None:
        """Refuse a run that costs too much, and values that do not fit."""
        target, dtype = self.request.target, self.request.dtype
        self.admit(lambda: plans.plan(self.graph, target, dtype=dtype, trace=True))
        check_values(self.graph, self.request.values)

    def admit(self, plan: Callable[[], Plan]) -> None:
        """Refuse a run that costs too much by its plan, which is asked for where the cost is not known yet."""
        named = ("cost", self.request.target, self.request.dtype)
        self.made(named, lambda: quotas.Cost.of(plan())).check(self.settings)

    def values(self) -> dict[str, np.ndarray]:
        """What the request gives to declared variables, and what the seed draws for the others."""
        seed, given = self.request.seed, self.request.values
        missing = frozenset(self.graph.leaves()).difference(given)
        if not missing:
            return given
        return self.made(("first", seed, missing), lambda: initial_values(self.graph, seed, given)) | given


def read(request: RunRequest, settings: Settings, limit: int | None = None) -> Graph:
    """The graph of `request`, from its program or from its data, of so many operators at most."""
    if request.program is not None:
        quotas.check_program(request.program, settings)
        return parse(
            request.program,
            sizes=request.sizes,
            max_operators=limit or settings.max_operators,
            training=request.training,
        )
    assert request.graph is not None
    nodes = request.graph.get("nodes", [])
    if not isinstance(nodes, list) or not all(isinstance(node, dict) for node in nodes):
        raise Problem(422, "nodes-not-objects")
    if not all(isinstance(node.get("id", ""), str) for node in nodes):
        raise Problem(422, "node-id-not-text")
    if len(nodes) > 4 * settings.max_operators:
        raise exceeded(422, "nodes", len(nodes), 4 * settings.max_operators, "nodes")
    decoded = [node | {"value": first_value(node)} for node in nodes]
    return graph_from_data({**request.graph, "nodes": decoded}, request.scopes, request.target)


def first_value(node: dict[str, Any]) -> np.ndarray | None:
    """The value that a node of a graph brings; a summary or none is drawn from the seed."""
    value = node.get("value")
    if value is None or isinstance(value, dict) or node.get("role") == "intermediate":
        return None
    return decode(str(node.get("id", "a node")), value)


def weighed(made: T) -> tuple[T, int]:
    """What was made, and about how many bytes it takes."""
    return made, 500 + weight(made)


def weight(made: Any) -> int:
    """Bytes of a graph, of first values, of something compiled with a frame for each thread that waits."""
    match made:
        case Graph():
            return GRAPH * len(made.operators)
        case dict():
            return sum(array.nbytes for array in made.values())
        case Function():
            operators, plan = len(made.plan.operators), made.plan
            frame = FRAME * operators + plan.peak_bytes + plan.result_bytes
            return FUNCTION * operators + GRAPH * operators + MAX_IDLE_FRAMES * frame
        case Exercise(plan=plan) if plan is not None:
            return FUNCTION * len(plan.operators) + GRAPH * len(plan.operators) + MAX_IDLE_FRAMES * plan.peak_bytes
        case Structure():
            return weight(made.function) + WORDS * len(made.plan.operators)
        case Outline():
            return GRAPH * len(made.graph.operators)
        case _:
            return 0
