"""A plan as data: a straight-line list of calls of primitives, which kernels elsewhere run (`static/runtime`).

Nothing that runs it differentiates anything: the gradient is among the calls.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from tidegraph.engine.graph import Variable
from tidegraph.engine.runtime.plan import Plan


def portable(
    plan: Plan, values: Mapping[str, Variable], gradients: Mapping[str, Variable], parts: Mapping[str, Variable]
) -> dict[str, Any]:
    """`plan` as JSON-ready data. Arrays are numbered; `arrays` has the shape and the kind of each.

    `leaves` and `values`, `gradients` and `contributions` say which of them are which; `constants` are known numbers;
    a call is `[operator, inputs, outputs, attributes]`, the first `forward` of them being the forward pass.
    `missing` are the operators for which there is no kernel but the server's.
    """
    numbers: dict[Variable, int] = {}
    constants: list[list[Any]] = []

    def number(variable: Variable) -> int:
        found = numbers.get(variable)
        if found is None:
            found = numbers[variable] = len(numbers)
            if variable.literal is not None:
                constants.append([found, plain_attribute(variable.literal)])
            elif variable.leaf is not None and isinstance(variable.leaf.initial, np.ndarray) and variable not in named:
                constants.append([found, plain_attribute(variable.leaf.initial.tolist())])
        return found

    named = set(plan.leaves.values())
    leaves = {name: number(variable) for name, variable in plan.leaves.items()}
    order = [o for o in plan.operators if o in plan.forward] + [o for o in plan.operators if o not in plan.forward]
    calls = [
        [
            o.op.name,
            [number(v) for v in o.inputs],
            [number(v) for v in o.outputs],
            {name: plain_attribute(value) for name, value in o.attributes.items()},
        ]
        for o in order
    ]
    results = {
        "values": {name: number(v) for name, v in values.items()},
        "gradients": {name: number(v) for name, v in gradients.items()},
        "contributions": [number(v) for v in parts.values()],
    }
    return {
        "dtype": str(plan.dtype),
        "arrays": [[list(v.shape), v.kind] for v in numbers],
        "constants": constants,
        "leaves": leaves,
        "calls": calls,
        "forward": sum(o in plan.forward for o in order),
        **results,
        "missing": sorted({o.op.name for o in plan.operators if not o.op.portable}),
    }


def plain_attribute(value: Any) -> Any:
    """An attribute as JSON: slices and arrays as tagged objects, tuples as lists, NaN and infinities as words."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, slice):
        return {"slice": [value.start, value.stop, value.step]}
    if value is Ellipsis:
        return {"ellipsis": True}
    if isinstance(value, np.ndarray):
        return {"array": value.tolist()}
    if isinstance(value, (list, tuple)):
        return [plain_attribute(v) for v in value]
    if isinstance(value, np.generic):
        return value.item()
    return value
