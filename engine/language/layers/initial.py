"""First values of parameters: `nn.init`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tidegraph.engine.language.expressions import ExpressionEvaluator
from tidegraph.engine.language.layers.module import ONES, ZEROS
from tidegraph.engine.language.objects import (
    Known,
)


def is_parameter(ev: ExpressionEvaluator, value: Any) -> bool:
    """Whether a variable is a parameter of a layer."""
    return any(parameter.made is value for parameter in ev.parameters)


def _initialise(draw: Callable[..., Any]) -> Callable[..., Any]:
    """`nn.init...`: another first value of a parameter that nothing has used yet."""

    def apply(ev: ExpressionEvaluator, node: Any, x: Any, *numbers: Any, **named: Any) -> Any:
        value = ev.operand(x.made if isinstance(x, Known) else x, node)
        named = {
            k: ev.static(v) for k, v in named.items() if k not in ("mode", "nonlinearity", "gain", "generator", "a")
        }
        for parameter in ev.parameters:
            if parameter.made is value:
                initial = draw(*[ev.static(n) for n in numbers], **named)
                if isinstance(initial, float):
                    initial = np.full(parameter.shape, initial)
                parameter.initial, parameter.made = initial, None
        return x

    return apply


INITIALISERS: dict[str, Any] = {
    "constant_": _initialise(lambda val=0.0: float(val)),
    "kaiming_normal_": _initialise(lambda *a: ("he", ())),
    "kaiming_uniform_": _initialise(lambda *a: ("he", ())),
    "normal_": _initialise(lambda mean=0.0, std=1.0: ("normal", (float(mean), float(std)))),
    "ones_": _initialise(lambda: ONES),
    "trunc_normal_": _initialise(lambda mean=0.0, std=1.0, **k: ("normal", (float(mean), float(std)))),
    "uniform_": _initialise(lambda a=0.0, b=1.0: ("uniform", (float(a), float(b)))),
    "xavier_normal_": _initialise(lambda *a: ("xavier", ())),
    "xavier_uniform_": _initialise(lambda *a: ("xavier", ())),
    "zeros_": _initialise(lambda: ZEROS),
}
