"""Operators of networks: numbers from the literature, reproducibility, and what their errors say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tidegraph


def run(program: str, dtype: str = "float64", **values: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Every value and gradient of a program; without a scalar, of the sum of its `y`."""
    graph = tidegraph.parse(program)
    if graph.target is None:
        graph = tidegraph.parse(f"{program}\nJ = sum(y)")
    return tidegraph.value_and_grad(graph, dtype=dtype)(values)


GRID = "x: input[1, 3, 3] = [[[0, 1, 2], [3, 4, 5], [6, 7, 8]]]\n"
KERNEL = "K: parameter[1, 1, 2, 2] = [[[[0, 1], [2, 3]]]]\n"


def test_convolution_of_the_book() -> None:
    """Dive into Deep Learning, section 7.2: cross-correlation, the kernel not flipped."""
    values, gradients = run(f"{GRID}{KERNEL}y = conv2d(x, K)")
    np.testing.assert_array_equal(values["y"], [[[19, 25], [37, 43]]])
    np.testing.assert_array_equal(gradients["K"], [[[[8, 12], [20, 24]]]])


def test_transposed_convolution_of_the_book() -> None:
    """Dive into Deep Learning, section 14.10."""
    values, _ = run(f"x: input[1, 2, 2] = [[[0, 1], [2, 3]]]\n{KERNEL}y = conv_transpose2d(x, K)")
    np.testing.assert_array_equal(values["y"], [[[0, 0, 1], [0, 4, 6], [4, 12, 9]]])


def test_pooling_of_the_book() -> None:
    """Dive into Deep Learning, section 7.5."""
    values, _ = run(f"{GRID}y = max_pool2d(x, 2, 1)\nz = avg_pool2d(x, 2, 1)")
    np.testing.assert_array_equal(values["y"], [[[4, 5], [7, 8]]])
    np.testing.assert_array_equal(values["z"], [[[2, 3], [5, 6]]])


@pytest.mark.parametrize("kernel", [1, 2, 3, 4])
def test_same_padding_keeps_the_sizes(kernel: int) -> None:
    graph = tidegraph.parse(f'x: input[2, 7, 6]\nK: parameter[3, 2, {kernel}, 3]\ny = conv2d(x, K, padding="same")')
    assert graph.find("y").shape == (3, 7, 6)


def test_convolution_costs_two_operations_for_each_product() -> None:
    graph = tidegraph.parse("x: input[8, 4, 9, 9]\nK: parameter[6, 2, 3, 3]\ny = conv2d(x, K, groups=2)")
    operator = next(o for o in graph.operators if o.op.name == "convolution")
    assert operator.op.flops(operator) == 2 * (8 * 6 * 7 * 7) * (2 * 3 * 3)


def test_the_first_of_equals_takes_the_gradient_of_a_maximum() -> None:
    _, gradients = run("x: parameter[1, 1, 4] = [[[0, 0, 1, 1]]]\ny = max_pool1d(x, 2)")
    np.testing.assert_array_equal(gradients["x"], [[[1, 0, 1, 0]]])


def test_maximum_passes_nan_on() -> None:
    values, _ = run("x: input[1, 6]\ny = max_pool1d(x, 3)", x=[[0.0, np.nan, 1.0, 2.0, 3.0, -np.inf]])
    np.testing.assert_array_equal(values["y"], [[np.nan, 3.0]])


def test_dropout_depends_on_its_seed_alone() -> None:
    program = "x: parameter[100, 50] = ones()\ny = dropout(x, 0.2, seed=7)"
    values, gradients = run(program)
    assert set(np.unique(values["y"])) == {0.0, 1.25}
    assert abs(values["y"].mean() - 1) < 0.05
    np.testing.assert_array_equal(values["y"], gradients["x"])
    np.testing.assert_array_equal(values["y"], run(program)[0]["y"])
    np.testing.assert_array_equal(values["y"], run(program, "float32")[0]["y"])
    assert (values["y"] != run(program.replace("seed=7", "seed=8"))[0]["y"]).any()


def test_dropout_at_its_ends() -> None:
    values, _ = run("x: parameter[4] = ones()\ny = dropout(x, 1)\nz = dropout(x, 0)\nw = dropout(x, training=False)")
    assert not values["y"].any()
    assert values["z"].all()
    assert values["w"].all()


def test_attention_to_the_past_alone() -> None:
    program = (
        "q: input[3, 2]\nk: input[3, 2]\nv: input[3, 2]\ny = scaled_dot_product_attention(q, k, v, is_causal=True)"
    )
    values, gradients = run(program)
    np.testing.assert_allclose(values["y"][0], values["v"][0])
    _, gradients = run(f"{program}\nJ = sum(y[0])")
    assert not gradients["v"][1:].any()


def test_a_mask_of_truth_values_says_which_keys_count() -> None:
    program = (
        "q: parameter[2, 3]\nk: input[4, 3]\nv: input[4, 3]\nm: input[2, 4] = [[1, 0, 0, 0], [0, 0, 0, 0]]\n"
        "y = scaled_dot_product_attention(q, k, v, m > 0)"
    )
    values, gradients = run(program)
    np.testing.assert_allclose(values["y"], np.stack([values["v"][0], np.zeros(3)]))
    assert not gradients["q"].any()


def test_normalisation_at_zero_has_a_gradient() -> None:
    for operator in ("layer_norm(x)", "rms_norm(x)", "normalize(x)", "cosine_similarity(x, x)"):
        _, gradients = run(f"x: parameter[3] = zeros()\ny = {operator}")
        assert np.isfinite(gradients["x"]).all(), operator


def test_batch_norm_by_the_batch_or_by_what_was_found_earlier() -> None:
    program = "x: input[50, 2]\nm: input[2] = [1, 2]\nv: input[2] = [4, 9]\n"
    values, _ = run(f"{program}y = batch_norm(x, training=True)\nz = batch_norm(x, m, v, eps=0)")
    np.testing.assert_allclose(values["y"].mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(values["y"].var(0), 1, rtol=1e-4)
    np.testing.assert_allclose(values["z"], (values["x"] - [1, 2]) / [2, 3])


def test_resampling() -> None:
    values, _ = run(
        "x: input[1, 1, 2] = [[[1, 3]]]\ny = interpolate(x, 4)\n"
        'z = interpolate(x, 3, mode="linear", align_corners=True)'
    )
    np.testing.assert_array_equal(values["y"], [[[1, 1, 3, 3]]])
    np.testing.assert_array_equal(values["z"], [[[1, 2, 3]]])


def test_a_circle_of_a_composition_opens() -> None:
    graph = tidegraph.parse(
        "x: input[2, 3]\nh: input[2, 4]\nW: parameter[12, 3]\nU: parameter[12, 4]\ny = gru_cell(x, h, W, U)"
    )
    assert {"gru_cell", "gru_cell.linear"} <= graph.scopes.keys()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("conv2d(x, W)", "x has 3 channels, the kernel expects 2"),
        ("conv2d(x, W, groups=2)", "do not divide into 2 groups"),
        ("conv1d(x, W)", "conv1d needs a kernel of 3 axes, not of shape [4, 2, 3, 3]"),
        ('conv2d(x, V, padding="sam")', "padding 'sam' is not known"),
        ('conv2d(x, V, stride=2, padding="same")', "needs a stride of 1"),
        ("conv2d(x, V, stride=0)", "stride"),
        ("max_pool2d(x, 9)", "does not fit"),
        ("max_pool2d(x, 2, padding=2)", "more than half"),
        ("linear(x, V)", "a weight of shape [outputs, inputs]"),
        ("layer_norm(x, b)", "the last axes of [1, 3, 5, 5] are not [4]"),
        ("batch_norm(x)", "running mean"),
        ("group_norm(x, num_groups=2)", "3 channels do not divide into 2 groups"),
        ("interpolate(x)", "either size or scale_factor"),
        ('interpolate(x, 3, mode="linear")', "not known for 2 axes"),
        ("pixel_shuffle(x, 2)", "multiple of 4 channels"),
        ("dropout(x, 1.5)", "p is a probability"),
        ("glu(x)", "halves an axis"),
        ("multi_head_attention(s, s, s, P, P, num_heads=3)", "4 features do not divide into 3 heads"),
    ],
)
def test_errors_say_what_is_wrong(call: str, message: str) -> None:
    program = f"""
x: input[1, 3, 5, 5]
s: input[6, 4]
W: parameter[4, 2, 3, 3]
V: parameter[4, 3, 3, 3]
P: parameter[12, 4]
b: parameter[4]
y = {call}"""
    with pytest.raises(tidegraph.ProgramError) as error:
        tidegraph.parse(program)
    assert message in error.value.message
    assert error.value.line == 8
