"""A run of a structure: its arrays, where the first NaN or infinity arose, and the numbers of equations."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from tidegraph.engine.notation.latex import array_latex
from tidegraph.engine.notation.numbers import DIGITS
from tidegraph.engine.ops.latex import Tex, fill
from tidegraph.engine.runtime.values import initial_values
from tidegraph.engine.trace.structure import Structure

TOGETHER = 100_000
"""Elements of a run that fit a processor's cache when they are copied."""


def all_finite(arrays: Collection[np.ndarray]) -> bool:
    """Whether every number is finite; small arrays are looked at together."""
    if sum(array.size for array in arrays) > TOGETHER:
        return all(np.isfinite(array).all() for array in arrays)
    return not arrays or bool(np.isfinite(np.concatenate([array.ravel() for array in arrays])).all())


class Run:
    """The arrays of one run: `values` and `gradients` by name, `contributions` in the order of the backward steps."""

    def __init__(self, structure: Structure, values: Mapping[str, Any] | None = None, seed: int = 0) -> None:
        """Run `structure` with `values`; what is not given is drawn from the seed."""
        given = dict(values or {})
        given = {**initial_values(structure.graph, seed, given), **given}
        self.structure = structure
        self.values: dict[str, np.ndarray]
        self.gradients: dict[str, np.ndarray]
        self.values, self.gradients, parts = structure.function(given)
        self.contributions: list[np.ndarray] = structure.results.all_parts(self.gradients, parts)
        self._sums: dict[tuple[int, ...], np.ndarray] = {}

    def contribution(self, parts: tuple[int, ...]) -> np.ndarray:
        """One contribution, or the sum of several."""
        if len(parts) == 1:
            return self.contributions[parts[0]]
        if parts not in self._sums:
            first, *others = (self.contributions[n] for n in parts)
            for other in others:
                first = np.asarray(first + other)
            self._sums[parts] = first
        return self._sums[parts]

    def array(self, key: str) -> np.ndarray:
        """The array that a slot names: `v:W1`, `g:W1`, `c:3+7`."""
        kind, _, name = key.partition(":")
        if kind == "v":
            return self.values[name]
        if kind == "g":
            return self.gradients[name]
        return self.contribution(tuple(map(int, name.split("+"))))

    @cached_property
    def finite(self) -> bool:
        """Whether every number of the run is finite."""
        return all_finite([*self.values.values(), *self.gradients.values(), *self.contributions])

    @cached_property
    def first_nonfinite(self) -> str | None:
        """The operator in which the first NaN or infinity arose, or the leaf that held one already."""
        if self.finite:
            return None
        graph = self.structure.graph
        for name in graph.leaves():
            if not np.isfinite(self.values[name]).all():
                return name
        for operator in graph.operators:
            if not all(np.isfinite(self.values[graph.names[v]]).all() for v in operator.outputs):
                return self.structure.ids[operator]
        return None

    @cached_property
    def first_nonfinite_backward(self) -> str | None:
        """The operator through which the first gradient came that is NaN or infinite, in the order of the steps."""
        if self.finite:
            return None
        for contribution, array in zip(self.structure.contributions, self.contributions, strict=True):
            if not np.isfinite(array).all():
                return self.structure.ids[contribution.operator]
        return None


class Writing:
    """How the numbers of one run are written into equations; an array that appears in many is written once.

    `tangents` are arrays besides the run's own, which slots call `t:W1`.
    """

    def __init__(
        self,
        run: Run,
        digits: int = DIGITS,
        scientific: bool = False,
        tangents: Mapping[str, np.ndarray] | None = None,
    ) -> None:
        self.run = run
        self.tangents = tangents or {}
        self.digits = digits
        self.scientific = scientific
        self._known: dict[str, Tex] = {}

    def number(self, key: str) -> Tex:
        """The numbers of the array that a slot names."""
        known = self._known.get(key)
        if known is None:
            array = self.tangents[key[2:]] if key.startswith("t:") else self.run.array(key)
            known = self._known[key] = array_latex(array, self.digits, self.scientific)
        return known

    def fill(self, equation: Mapping[str, str]) -> dict[str, str]:
        """An equation with numbers in the places of its slots.

        Where both sides of the numeric form read the same, its left side is in symbols: `bare`, which has no other use.
        """
        made = {
            form: fill(text, self.number) if "⟦" in text else text for form, text in equation.items() if form != "bare"
        }
        if "bare" in equation:
            left, _, right = made["numeric"].rpartition(" = ")
            if left == right:
                made["numeric"] = f"{equation['bare']} = {right}"
        return made
