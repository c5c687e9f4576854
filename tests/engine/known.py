"""What a user computes with one call of an operator: its value, its gradients, and the error of a wrong call."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tidegraph


def value(call: str, /, dtype: str = "float64", **inputs: Any) -> Any:
    """The value of a call, `topk(x, k=2)`, or those of the names on its left, `v, i = topk(x, k=2)`."""
    names, _, _ = call.rpartition(" = ") if " = " in call else ("result", "", "")
    line = call if " = " in call else f"result = {call}"
    wanted = [name.strip() for name in names.split(",")]
    (values,) = tidegraph.function(tidegraph.parse(declared("input", inputs) + line), wanted, dtype)(inputs)
    return [values[name] for name in wanted] if len(wanted) > 1 else values[wanted[0]]


def gradients(call: str, /, constants: dict[str, Any] | None = None, **inputs: Any) -> dict[str, np.ndarray]:
    """The gradients of the sum of a call with respect to the inputs; `constants` have none."""
    constants = constants or {}
    text = declared("target", constants) + declared("parameter", inputs) + f"J = sum({call})"
    return tidegraph.value_and_grad(tidegraph.parse(text))({**inputs, **constants})[1]


def refusal(call: str, /, **shapes: list[int]) -> str:
    """The message and the hint of the error that a call with arrays of these shapes raises."""
    text = declared("input", {name: np.empty(shape) for name, shape in shapes.items()})
    with pytest.raises(tidegraph.TidegraphError) as caught:
        tidegraph.parse(f"{text}result = {call}")
    return f"{caught.value} {caught.value.hint or ''}"


def declared(role: str, inputs: dict[str, Any]) -> str:
    """The lines that declare arrays of the inputs' shapes."""
    return "".join(f"{name}: {role}{list(np.shape(x)) or ''}\n" for name, x in inputs.items())


def check(call: str, inputs: dict[str, Any], expected: Any, tolerance: float = 1e-12) -> None:
    """The value of a call is the expected one, shape included."""
    found = value(call, **inputs)
    assert np.shape(found) == np.shape(expected)
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)
