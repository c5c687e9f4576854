"""The health check: each finding has its evidence, and a healthy network has none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.analysis.health import check_health

HEALTHY = """
X: input[8, 3]
y: target[8, 1]
W1: parameter[3, 4]
W2: parameter[4, 1]
h = tanh(X @ W1)
L = mse_loss(h @ W2, y)
"""


def codes(program: str, values: dict[str, Any] | None = None, **options: Any) -> dict[str, str]:
    """Where each finding is, by its code; each says what it found and what to try, in both languages."""
    found = check_health(tidegraph.parse(program), values, **options)
    for finding in found:
        assert finding.evidence
        for language in ("en", "zh"):
            texts = [finding.message.text(language), finding.advice.text(language)]
            assert finding.place in texts[0]
            assert all("health-" not in text for text in texts)
    return {finding.code: finding.place for finding in found}


def test_a_healthy_network_has_no_findings() -> None:
    assert codes(HEALTHY, learning_rate=0.1) == {}


def test_gradients_that_vanish_and_explode() -> None:
    layers = "".join(f"W{i}: parameter[4, 4]\n" for i in range(12)) + "h = x\n"
    deep = "x: input[4, 4]\n" + layers + "".join(f"h = sigmoid(h @ W{i})\n" for i in range(12)) + "L = sum(h ** 2)"
    assert codes(deep).get("vanishing") == "W0"
    steep = "x: input[4, 4]\n" + layers + "".join(f"h = h @ W{i}\n" for i in range(12)) + "L = mean(h)"
    weights = {f"W{i}": 5 * np.eye(4) + 0.1 * np.arange(16).reshape(4, 4) for i in range(12)}
    weights["W11"] = weights["W11"] * 1e-4
    assert "exploding" not in codes(steep, weights)
    weights = {f"W{i}": (1e-4 if i == 0 else 1) * (5 * np.eye(4) + np.arange(16).reshape(4, 4)) for i in range(12)}
    assert codes(steep, weights).get("exploding") == "W0"


@pytest.mark.parametrize(("activation", "expected"), [("sigmoid", "vanishing"), ("relu", None)])
def test_gradients_that_vanish_in_a_stack_of_weights(activation: str, expected: str | None) -> None:
    stack = "x: input[4]\nW: parameter[9, 4, 4] = he()\nh = x\n"
    program = f"{stack}for i in range(9):\n    h = {activation}(W[i] @ h)\nJ = sum(h ** 2)\n"
    found = codes(program)
    assert found.get("vanishing") == (expected and "h_2")


def test_gradients_that_vanish_over_the_steps_of_a_recurrent_network() -> None:
    weights = "U: parameter[3, 2]\nW: parameter[3, 3] = uniform(-0.2, 0.2)\n"
    loop = "h: input[3] = zeros()\nfor t in range(12):\n    h = tanh(U @ X[t] + W @ h)\nJ = sum(h ** 2)\n"
    program = f"X: input[12, 2]\n{weights}{loop}"
    assert codes(program).get("vanishing") == "h_2"


def test_dead_and_saturated_units() -> None:
    program = "X: input[6, 2]\nW: parameter[2, 3]\nb: parameter[3]\nh = ACT(X @ W + b)\nL = sum(h ** 2)"
    assert codes(program.replace("ACT", "relu"), {"b": [-100, 1, 1]}) == {"dead": "h"}
    assert codes(program.replace("ACT", "tanh"), {"b": [50, 50, -50]}).get("saturated") == "h"
    assert codes(program.replace("ACT", "sigmoid"), {"b": [50, 50, -50]}).get("saturated") == "h"


def test_symmetric_initial_values() -> None:
    assert codes(HEALTHY, {"W1": np.full((3, 4), 0.5), "W2": np.ones((4, 1))})["symmetric"] == "W1"


def test_parameters_without_a_gradient() -> None:
    program = HEALTHY + "V: parameter[2, 2]\nu = sum(V)\nJ = L * 1"
    assert codes(program, target="J") == {"unused": "V"}
    assert codes("x: input[3]\nw: parameter[3]\nh = relu(w * x)\nL = sum(h)", {"x": [1, 1, 1], "w": [-1, -2, -3]}) == {
        "no-gradient": "w",
        "dead": "h",
    }


def test_softmax_applied_twice() -> None:
    program = "X: input[5, 3]\ny: target[5] = [0, 1, 2, 0, 1]\nW: parameter[3, 3]\np = softmax(X @ W)\n"
    assert codes(program + "L = cross_entropy(p, y)").get("softmax-twice") == "p"
    assert "softmax-twice" not in codes(program + "L = cross_entropy(X @ W, y) + 0 * sum(p)")


def test_features_of_different_scales() -> None:
    random = np.random.default_rng(0)
    X = random.normal(size=(8, 3)) * np.array([1, 1, 1000])
    assert codes(HEALTHY, {"X": X}).get("scales") == "X"


def test_a_learning_rate_beyond_two_over_curvature() -> None:
    program = "w: parameter = 3\nL = 5 * w ** 2"
    assert codes(program, learning_rate=0.19) == {}
    found = check_health(tidegraph.parse(program), learning_rate=0.21)
    assert [finding.code for finding in found] == ["learning-rate"]
    assert found[0].evidence["curvature"] == pytest.approx(10)
    assert found[0].evidence["limit"] == pytest.approx(0.2)


def test_values_and_gradients_that_are_not_finite() -> None:
    assert codes("x: input = -1\ny = log(x)\nJ = y * 2") == {"nonfinite": "y"}
    assert codes("x: input[2] = [0, 1]\nJ = sum(where(x > 0, sqrt(x), 0))").keys() == {"nonfinite-gradient"}


def test_what_the_program_does_not_name_is_called_by_its_expression() -> None:
    (found,) = check_health(tidegraph.parse("x: input[2] = [0, 4]\nJ = sum(1 / x)"))
    assert found.place == "divide"
    assert found.message.text().startswith("1 \u2298 x is the first value")


def test_a_parameter_behind_an_operator_without_a_gradient() -> None:
    assert codes("x: input = 2\nw: parameter = 1\nu: parameter = 3\nJ = x * w + floor(u)") == {"no-gradient": "u"}


def test_the_infinity_of_a_mask_is_no_fault_by_itself() -> None:
    masked = "x: parameter[3] = [1.0, 2, 3]\nm: input[3] = {}\ns = where(m > 0, x, -inf)\nJ = sum(softmax(s) * x)"
    assert codes(masked.format([1, 0, 1])) == {}
    assert codes(masked.format([0, 0, 0])) == {"nonfinite": "softmax"}
    assert codes("x: parameter = inf\nJ = 2 * x") == {"nonfinite": "x"}


REGRESSION = "X: input[6, 3] = uniform(0, 1)\nW: parameter[3, 4] = normal()\nb: parameter[4] = [-100, 0, 0, 0]\n"


@pytest.mark.parametrize("rectifier", ["relu(z)", "maximum(z, 0)", "where(z > 0, z, 0)"])
def test_dead_units_of_a_rectifier_however_it_is_written(rectifier: str) -> None:
    program = f"{REGRESSION}v: parameter[4] = normal()\nz = X @ W + b\nh = {rectifier}\nJ = mean((h @ v) ** 2)"
    assert codes(program) == {"dead": "h"}
    assert "dead" not in codes(program.replace(rectifier, "leaky_relu(z)"))


@pytest.mark.parametrize("between", ["", " * 1.0", ".reshape(4, 3)"])
def test_a_softmax_twice_with_something_between(between: str) -> None:
    program = "X: input[4, 3] = normal()\nW: parameter[3, 3] = normal()\ny: target[4] = [0, 1, 2, 0]\n"
    assert codes(f"{program}p = softmax(X @ W){between}\nJ = cross_entropy(p, y)") == {"softmax-twice": "p"}
    twice = "A = softmax(X @ X.T)\nB = softmax((A @ X @ W) @ X.T)\nJ = mean((B @ X) ** 2)"
    assert "softmax-twice" not in codes(program + twice)


def test_gradients_that_explode_through_large_matrices() -> None:
    layers = "".join(f"W{i}: parameter[4, 4] = normal(0, 5)\nh{i + 1} = W{i} @ h{i}\n" for i in range(6))
    assert codes(f"h0: input[4] = normal()\n{layers}J = sum(h6 ** 2)").keys() == {"exploding"}


def test_two_layers_of_zeros_are_symmetric() -> None:
    program = "X: input[4, 3] = normal()\nW: parameter[3, 5] = zeros()\nv: parameter[5] = zeros()\n"
    program += "J = mean((tanh(X @ W) @ v - 1) ** 2)"
    assert codes(program)["symmetric"] == "W"
