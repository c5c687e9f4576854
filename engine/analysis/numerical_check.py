"""Gradients checked numerically: the analytic gradient of every declared variable beside one that needs no rule.

Where every operator on the way is known for complex numbers, the complex step: Im f(x + ih) / h has no difference in
it, so h can be tiny and the derivative comes out to the last digits (Squire and Trapp, Using Complex Variables to
Estimate Derivatives of Real Functions, 1998). Elsewhere, central differences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from tidegraph.engine.autodiff.reverse import reachable
from tidegraph.engine.graph import Graph, Operator, Variable, ancestors
from tidegraph.engine.graph.budget import spend
from tidegraph.engine.runtime.function import value_and_grad
from tidegraph.engine.runtime.lowering import kernel_of

STEP = 6e-6
"""Step of the central difference: the cube root of float64's precision, where rounding and truncation balance."""

COMPLEX_STEP = 1e-30
"""Step along the imaginary axis: so small that its square is nothing beside any number."""

TOLERANCE = 1e-6

KINK = 1e-3
"""How far apart the slopes to both sides are at a kink, relative to the gradient: curvature makes far less."""

EPSILON = float(np.finfo(np.float64).eps)
DIFFERENCES, COMPLEX = "central differences", "complex step"

ROUNDING = {DIFFERENCES: EPSILON / STEP / TOLERANCE, COMPLEX: EPSILON / TOLERANCE}
"""How large a gradient must be, beside its target and 1, for six of its digits to rise above rounding."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One variable's gradient, analytic and numerical, in its own shape.

    `error` is the largest difference, relative to the largest of both gradients' elements, or to what can be
    told from rounding where that is more. `method` says where the numerical gradient comes from: `complex step`
    or `central differences`. Where the slopes to the left and to the right differ and the analytic gradient is one of
    them or between them, the point is a kink: `kinks` are the operators on the way that document theirs, `left` and
    `right` both slopes, and the kink is no error.
    """

    analytic: np.ndarray
    numerical: np.ndarray
    error: float
    method: str = DIFFERENCES
    left: np.ndarray | None = None
    right: np.ndarray | None = None
    kinks: tuple[str, ...] = ()

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
    """Compare gradients with numerical ones, in float64; one or two runs towards the target for every element.

    `wrt` are declared variables, by default all on a path to the target; sizes, which no run can move, are left out.
    At a kink (relu at 0) the two may differ rightly: a central difference sees both sides, the gradient is one of them.
    """
    names = [name for name in (graph.leaves() if wrt is None else wrt) if name not in graph.sizes]
    goal = graph.resolve_target(target)
    found, gradients = value_and_grad(graph, target, wrt=names, seed=seed)(values)
    start = {name: np.array(found[name], dtype=np.float64) for name in graph.leaves()}
    forward = value_and_grad(graph, graph.names[goal], keep="prediction", seed=seed)
    known = {v: found[name] for name, v in graph.variables.items()}
    operators = ancestors([goal])

    def along(name: str, moved: np.ndarray) -> float:
        return float(forward({**start, name: moved})[0][graph.names[goal]])

    checked = {}
    for name in names:
        if name in gradients:
            analytic = np.array(gradients[name])
            numerical, method = complex_steps(operators, known, graph.find(name), goal), COMPLEX
            if numerical is None:
                left, right = one_sided(partial(along, name), start[name])
                numerical, method = (left + right) / 2, DIFFERENCES
            least = ROUNDING[method] * max(1.0, abs(float(found[graph.names[goal]])))
            scale = max(least, *(float(np.abs(g).max(initial=0.0)) for g in (analytic, numerical)))
            gaps = np.abs(analytic - numerical)
            error = float(gaps.max(initial=0.0) / scale)
            documented = kinks_between(operators, graph.find(name)) if method == DIFFERENCES else ()
            if documented:
                low, high = np.minimum(left, right), np.maximum(left, right)
                room = TOLERANCE * scale + 1e-3 * (high - low)
                kinked = (high - low > KINK * scale) & (low - room <= analytic) & (analytic <= high + room)
                if kinked.any():
                    error = float(np.where(kinked, 0.0, gaps).max(initial=0.0) / scale)
                    checked[name] = Checked(analytic, numerical, error, method, left, right, documented)
                    continue
            checked[name] = Checked(analytic, numerical, error, method)
    return checked


def kinks_between(operators: Sequence[Operator], wrt: Variable) -> tuple[str, ...]:
    """The operators on the way from a variable that document a kink, compositions included, by name."""
    moving = reachable(operators, [wrt])
    found: dict[str, None] = {}
    for operator in operators:
        if any(v in moving for v in operator.inputs):
            if getattr(operator.op, "kink", ""):
                found[operator.op.name] = None
            scope = operator.origin.scope
            while scope is not None:
                if getattr(scope.op, "kink", ""):
                    found[scope.name] = None
                scope = scope.parent
    return tuple(found)


def one_sided(target: Callable[[np.ndarray], float], start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The slopes of `target` to the left and to the right along every element of its argument."""
    lefts, rights = np.empty(start.shape), np.empty(start.shape)
    moved = start.copy()
    middle = target(moved)
    for index in np.ndindex(start.shape):
        here = float(start[index])
        step = STEP * max(1.0, abs(here))
        ends = []
        for there in (here + step, here - step):
            moved[index] = there
            ends.append((there, target(moved)))
        moved[index] = here
        (right, above), (left, below) = ends
        lefts[index] = (middle - below) / (here - left)
        rights[index] = (above - middle) / (right - here)
    return lefts, rights


def complex_steps(
    operators: Sequence[Operator], known: Mapping[Variable, np.ndarray], wrt: Variable, goal: Variable
) -> np.ndarray | None:
    """The slope of `goal` along every element of `wrt`, or None where an operator knows no complex numbers.

    `operators` are those that the goal needs, `known` are all values; what does not depend on `wrt` stays as it is.
    """
    moving = reachable(operators, [wrt])
    path = [o for o in operators if any(v in moving for v in o.inputs)]
    if not all(o.op.analytic and all(v.kind == "float" for v in o.outputs) for o in path):
        return None
    slopes = np.zeros(wrt.shape)
    start = np.array(known[wrt], dtype=np.complex128)
    with np.errstate(all="ignore"):
        for index in np.ndindex(wrt.shape):
            moved = start.copy()
            moved[index] += 1j * COMPLEX_STEP
            spend("evaluations", len(path))
            arrays = {wrt: moved}
            for operator in path:
                arrays.update(zip(operator.outputs, computed(operator, arrays, known), strict=True))
            slopes[index] = arrays[goal].imag / COMPLEX_STEP if goal in arrays else 0.0
    return slopes if np.isfinite(slopes).all() else None


def computed(
    operator: Operator, arrays: Mapping[Variable, np.ndarray], known: Mapping[Variable, np.ndarray]
) -> Sequence[np.ndarray]:
    """An operator's outputs for complex inputs."""
    inputs = [
        np.array(v.literal) if v.literal is not None else arrays[v] if v in arrays else known[v]
        for v in operator.inputs
    ]
    if operator.op.view:
        return (operator.op.kernel(*inputs, **operator.attributes),)
    outputs = [np.empty(v.shape, np.complex128) for v in operator.outputs]
    kernel_of(operator, np.dtype(np.float64))(*inputs, *outputs)
    return outputs
