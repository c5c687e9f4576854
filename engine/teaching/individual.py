"""Individual numbers: each learner's name draws other values, small whole numbers for which the answer stays simple."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from zlib import crc32

import numpy as np

from tidegraph.engine.graph import Variable
from tidegraph.engine.runtime.function import function
from tidegraph.engine.runtime.values import initial_value, suited
from tidegraph.engine.teaching.exercise import Exercise, Posed

VARIANTS = 32
"""Sets of numbers of one question: a static page has the key of each."""

TRIES = 40
"""Draws of which the simplest is taken."""

LARGEST = 3
"""Whole numbers are drawn from -LARGEST to LARGEST, without 0."""

KINDS = ("whole", "positive", "quarters")
"""What is drawn: the first that the program can compute with."""


def variant_of(learner: str) -> int:
    """The set of numbers of a learner: the same wherever the question is asked."""
    # A lone surrogate is replaced as a browser's TextEncoder does it.
    return crc32(re.sub("[\ud800-\udfff]", "\ufffd", learner.strip()).encode()) % VARIANTS


def pose(exercise: Exercise, learner: str = "", values: Mapping[str, Any] | None = None, seed: int = 0) -> Posed:
    """A question with the numbers of a learner, or those that all learners share."""
    if exercise.question.individual is None:
        return exercise.at(values, seed)
    return variant(exercise, variant_of(learner), values, seed)


def variant(exercise: Exercise, number: int, values: Mapping[str, Any] | None = None, seed: int = 0) -> Posed:
    """One of the sets of numbers: of several draws the one whose answer is the simplest.

    Every number of the run is finite: where the program takes a logarithm or a root, the numbers are positive, and
    quarters below 1 where they have to be (the inverse of a hyperbolic tangent).
    """
    run = function(exercise.graph, exercise.graph.variables)
    for kind in KINDS:
        best: tuple[float, Posed] | None = None
        for attempt in range(TRIES):
            posed = exercise.at({**(values or {}), **draw(exercise, number * TRIES + attempt, kind)}, seed)
            if not all(np.isfinite(value).all() for value in run(posed.values)[0].values()):
                continue
            cost = effort(posed)
            if best is None or cost < best[0]:
                best = (cost, posed)
            if cost == 0:
                break
        if best is not None:
            return best[1]
    return exercise.at({**(values or {}), **draw(exercise, number * TRIES)}, seed)


def draw(exercise: Exercise, seed: int, kind: str = "whole") -> dict[str, np.ndarray]:
    """Small numbers of one of KINDS for the declared variables that differ from learner to learner."""
    variables = exercise.graph.variables
    suits = suited(exercise.graph.operators)
    return {n: simple_numbers(n, variables[n], seed, suits.get(variables[n], ""), kind) for n in names(exercise)}


def names(exercise: Exercise) -> list[str]:
    """The variables that differ from learner to learner: those that the author names, or all that are declared."""
    leaves = exercise.graph.leaves("input", "target", "parameter")
    return list(exercise.question.individual or [n for n, v in leaves.items() if n not in exercise.graph.sizes])


def simple_numbers(name: str, variable: Variable, seed: int, suits: str, kind: str) -> np.ndarray:
    """The numbers of one variable: small, not 0, and as its operators need them."""
    if suits and suits != "positive":
        bare = Variable(variable.shape, variable.kind, leaf=variable.leaf and type(variable.leaf)(variable.leaf.role))
        return initial_value(name, bare, seed, suits)
    random = np.random.default_rng([seed, crc32(name.encode())])
    size = random.integers(1, LARGEST + 1, variable.shape).astype(float)
    if kind == "quarters":
        return size / 4
    if kind == "positive" or suits == "positive":
        return size
    return size * random.choice([-1.0, 1.0], variable.shape)


def effort(posed: Posed) -> float:
    """How hard an answer is to work out by hand: digits after the point, size, and whether it says nothing at all."""
    answer = posed.answer
    if not isinstance(answer, (np.ndarray, np.generic, float)):
        return 0.0
    numbers = np.asarray(answer, float).ravel()
    if not np.isfinite(numbers).all():
        return 1e9
    cost = 0.0
    for value in numbers:
        decimals = next((d for d in range(4) if abs(value - round(float(value), d)) < 1e-9), 6)
        cost += max(decimals - 1, 0) * 2 + (abs(value) > 50) * 3
    cost += 5.0 * bool(np.all(numbers == 0))
    # A number that a typical mistake gives too would tell nothing.
    return cost + 2.0 * (len(posed.wrongs) < 2)
