"""Losses: known values, labels, stability, and what their errors say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tidegraph


def run(program: str, dtype: str = "float64", **values: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    return tidegraph.value_and_grad(tidegraph.parse(program), dtype=dtype)(values)


def test_equal_scores_cost_the_logarithm_of_the_number_of_classes() -> None:
    values, gradients = run("o: parameter[2, 10] = zeros()\ny: target[2] = [3, 7]\nJ = cross_entropy(o, y)")
    assert values["J"] == pytest.approx(np.log(10))
    assert gradients["o"][0, 3] == pytest.approx(-0.45)


def test_labels_and_probabilities_agree() -> None:
    program = "o: parameter[2, 3]\ny: target[2] = [2, 0]\np: target[2, 3] = [[0, 0, 1], [1, 0, 0]]\n"
    values, _ = run(
        f"{program}L = cross_entropy(o, y, label_smoothing=0.1)\nJ = cross_entropy(o, p, label_smoothing=0.1)"
    )
    assert values["L"] == pytest.approx(values["J"])


def test_ignored_labels_count_for_nothing() -> None:
    program = "o: parameter[3, 4]\ny: target[3]\nJ = cross_entropy(o, y)"
    values, gradients = run(program, y=[1, -100, 2])
    shown = np.exp(values["o"]) / np.exp(values["o"]).sum(1, keepdims=True)
    assert values["J"] == pytest.approx(-(np.log(shown[0, 1]) + np.log(shown[2, 2])) / 2)
    assert not gradients["o"][1].any()


@pytest.mark.parametrize(
    ("label", "message"), [(4, "label 4"), (-1, "label -1"), (1.5, "label 1.5"), (np.nan, "label nan")]
)
def test_a_label_that_is_no_class_is_refused(label: float, message: str) -> None:
    with pytest.raises(tidegraph.InputError, match=message):
        run("o: parameter[1, 4]\ny: target[1]\nJ = cross_entropy(o, y)", y=[label])


def test_labels_are_drawn_from_the_classes() -> None:
    values = tidegraph.initial_values(tidegraph.parse("o: parameter[50, 4]\ny: target[50]\nJ = cross_entropy(o, y)"))
    assert set(values["y"]) == {0, 1, 2, 3}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_large_scores_do_not_overflow(dtype: str) -> None:
    for loss in ("cross_entropy(o, y)", "binary_cross_entropy_with_logits(o, y)", "soft_margin_loss(o, y)"):
        values, gradients = run(f"o: parameter[2] = [1000, -1000]\ny: target[2] = [0, 1]\nJ = {loss}", dtype)
        assert np.isfinite(values["J"]), loss
        assert np.isfinite(gradients["o"]).all(), loss


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_certain_probabilities_cost_at_most_a_hundred(dtype: str) -> None:
    values, gradients = run(
        'p: parameter[4] = [0, 1, 0, 1]\ny: target[4] = [0, 1, 1, 0]\nJ = binary_cross_entropy(p, y, reduction="sum")',
        dtype,
    )
    assert values["J"] == 200
    np.testing.assert_allclose(gradients["p"], [1, -1, -1e12, 1e12], rtol=1e-5)


def test_divergence_of_equal_distributions_is_zero() -> None:
    values, _ = run('y: target[3] = [0.5, 0.5, 0]\nJ = kl_div(log(y + 1e-300), y, reduction="sum")')
    assert values["J"] == 0


def test_the_gradient_passes_where_a_margin_is_just_met() -> None:
    _, gradients = run(
        "a: parameter[1] = [1]\nb: parameter[1] = [1]\ny: target[1] = [1]\nJ = margin_ranking_loss(a, b, y)"
    )
    assert gradients["a"] == -1


def test_reductions() -> None:
    values, _ = run(
        "o: parameter[2, 3]\ny: target[2, 3]\n"
        'n = mse_loss(o, y, reduction="none")\ns = mse_loss(o, y, reduction="sum")\nJ = mse_loss(o, y)'
    )
    assert values["n"].shape == (2, 3)
    assert values["s"] == pytest.approx(values["n"].sum())
    assert values["J"] == pytest.approx(values["n"].mean())


@pytest.mark.parametrize(
    ("call", "message", "hint"),
    [
        ("mse_loss(o, v)", "equal shapes, not [4, 3] and [3]", ""),
        ('mse_loss(o, o, reduction="men")', "reduction 'men' is not known", "did you mean mean?"),
        ("cross_entropy(o, v)", "the labels have shape [3]; scores of shape [4, 3] need labels of shape [4]", ""),
        ("cross_entropy(o, i, i)", "the class weights have shape [4]; there are 3 classes", ""),
        ("huber_loss(o, o, delta=0)", "delta is positive", ""),
        ("triplet_margin_loss(i, i, v)", "do not broadcast", ""),
    ],
)
def test_errors_say_what_is_wrong(call: str, message: str, hint: str) -> None:
    with pytest.raises(tidegraph.ProgramError) as error:
        tidegraph.parse(f"o: input[4, 3]\nv: input[3]\ni: input[4]\nJ = {call}")
    assert message in error.value.message
    assert hint in error.value.hint
