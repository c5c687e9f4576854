"""Gradients checked numerically: the analytic gradient of every declared variable beside finite differences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.graph import Graph
from engine.plan import value_and_grad

STEP = 6e-6
"""Step of the central difference: the cube root of float64's precision, where rounding and truncation balance."""

TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Checked:
    """One variable's gradient, analytic and numerical, in its own shape.

    `error` is the largest difference, relative to the largest of both gradients' elements and 1.
    """

    analytic: np.ndarray
    numerical: np.ndarray
    error: float
    method: str = "central differences"

    @property
    def agrees(self) -> bool:
        """Whether they agree to six digits."""
        return bool(self.error <= TOLERANCE)


def check(
    graph: Graph,
    values: Mapping[str, Any] | None = None,
    target: str | None = None,
    wrt: Iterable[str] | None = None,
    seed: int = 0,
) -> dict[str, Checked]:
    """Compare gradients with central differences, in float64; two runs of the target for every element.

    `wrt` are declared variables, by default all on a path to the target. At a kink (relu at 0) the two may differ
    rightly: the difference sees both sides, the gradient is one of them.
    """
    names = list(graph.leaves() if wrt is None else wrt)
    run = value_and_grad(graph, target, wrt=names, seed=seed)
    goal = graph.names[graph.resolve_target(target)]
    found, gradients = run(values)
    start = {name: np.array(found[name], dtype=np.float64) for name in graph.leaves()}
    forward = value_and_grad(graph, goal, keep="prediction", seed=seed)
    checked = {}
    for name in names:
        if name not in gradients:
            continue
        analytic = gradients[name]
        numerical = np.empty(analytic.shape)
        moved = start[name].copy()
        for index in np.ndindex(analytic.shape):
            here = float(start[name][index])
            step = STEP * max(1.0, abs(here))
            ends = []
            for there in (here + step, here - step):
                moved[index] = there
                ends.append((there, float(forward({**start, name: moved})[0][goal])))
            moved[index] = here
            (right, above), (left, below) = ends
            numerical[index] = (above - below) / (right - left)
        scale = max(1.0, *(float(np.abs(g).max(initial=0.0)) for g in (analytic, numerical)))
        difference = np.abs(analytic - numerical).max(initial=0.0) / scale
        checked[name] = Checked(np.array(analytic), numerical, float(difference))
    return checked
