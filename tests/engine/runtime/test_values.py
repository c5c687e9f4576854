"""First values: what the program gives, or a draw that depends on the seed and the name alone."""

from __future__ import annotations

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.runtime.values import initial_value, initial_values


def first(program: str, seed: int = 0) -> dict[str, np.ndarray]:
    return initial_values(tidegraph.parse(program), seed)


def test_a_draw_depends_on_the_seed_and_the_name_alone() -> None:
    short = first("W: parameter[3, 4]\nJ = sum(W)")
    long = first("a: input\nW: parameter[3, 4]\nb: input[7]\nJ = sum(W) * a + sum(b)")
    np.testing.assert_array_equal(short["W"], long["W"])
    assert not np.array_equal(short["W"], first("W: parameter[3, 4]\nJ = sum(W)", seed=1)["W"])
    assert not np.array_equal(short["W"], first("V: parameter[3, 4]\nJ = sum(V)")["V"])


@pytest.mark.parametrize(
    "declaration", ["input[4, 5]", "parameter[4, 5]", "parameter[4]", "target", "input[0]", "parameter[0, 3]"]
)
def test_default_draws_are_finite_and_fit(declaration: str) -> None:
    program = f"v: {declaration}\nJ = sum(v)"
    value = first(program)["v"]
    assert value.dtype == np.float64
    assert value.shape == tidegraph.parse(program).find("v").shape
    assert np.isfinite(value).all()


def test_small_draws_are_readable() -> None:
    value = first("v: input[10]\nJ = sum(v)")["v"]
    np.testing.assert_array_equal(value, value.round(2))


@pytest.mark.parametrize(
    ("draw", "mean", "std"),
    [
        ("normal(3, 0.5)", 3.0, 0.5),
        ("uniform(-1, 3)", 1.0, 4 / np.sqrt(12)),
        ("xavier()", 0.0, np.sqrt(2 / (300 + 200))),
        ("he()", 0.0, np.sqrt(2 / 200)),
        ("zeros()", 0.0, 0.0),
        ("ones()", 1.0, 0.0),
    ],
)
def test_named_draws_have_the_moments_of_their_definition(draw: str, mean: float, std: float) -> None:
    value = first(f"W: parameter[300, 200] = {draw}\nJ = sum(W)")["W"]
    assert value.mean() == pytest.approx(mean, abs=0.02)
    assert value.std() == pytest.approx(std, rel=0.02, abs=1e-12)


def test_uniform_stays_between_its_bounds_whatever_their_order() -> None:
    for bounds in ("(-1, 2)", "(2, -1)"):
        value = first(f"v: input[1000] = uniform{bounds}\nJ = sum(v)")["v"]
        assert value.min() >= -1
        assert value.max() <= 2


def test_a_given_value_is_a_copy_in_double_precision() -> None:
    program = "a: input[2] = [1, 2]\nb: input[2, 2] = 3\nlam = 0.1\nJ = sum(a) + sum(b) * lam"
    values = first(program)
    assert values["a"].tolist() == [1, 2]
    assert values["b"].tolist() == [[3, 3], [3, 3]]
    assert values["lam"] == 0.1
    assert {v.dtype for v in values.values()} == {np.dtype(np.float64)}


@pytest.mark.parametrize(
    ("suits", "holds"),
    [
        ("index:3", lambda v: np.isin(v, [0, 1, 2]).all()),
        ("binary", lambda v: np.isin(v, [0, 1]).all()),
        ("sign", lambda v: np.isin(v, [-1, 1]).all()),
        ("positive", lambda v: (v > 0).all()),
        ("distribution", lambda v: np.allclose(v.sum(-1), 1) and (v >= 0).all()),
    ],
)
@pytest.mark.parametrize("shape", ["5", "4, 5", "0", "0, 3"])
def test_draws_suit_the_operator_that_reads_them(suits: str, holds: object, shape: str) -> None:
    variable = tidegraph.parse(f"y: target[{shape}]").find("y")
    value = initial_value("y", variable, 0, suits)
    assert value.shape == variable.shape
    if value.size:
        assert holds(value)  # type: ignore[operator]


def test_the_first_value_of_a_target_suits_its_loss() -> None:
    """The loss asks, also through the scope that it opens to."""
    asking = [op for op in tidegraph.ops.REGISTRY.values() if op.suits]
    for op in asking:
        assert not op.inputs or set(op.suits) <= set(op.inputs)
