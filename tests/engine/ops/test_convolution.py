"""Convolutions against loops over windows, and their transposes against what they undo."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine.known import check, gradients, refusal, value

RANDOM = np.random.default_rng(5)


def convolved(x: Any, w: Any, stride: int = 1, padding: int = 0, dilation: int = 1, groups: int = 1) -> np.ndarray:
    """One number of the result at a time: batch x channels x rows x columns, the kernel not flipped."""
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    features, channels, height, width = w.shape
    counts = [(n - dilation * (k - 1) - 1) // stride + 1 for n, k in zip(x.shape[2:], (height, width), strict=True)]
    y = np.zeros((len(x), features, *counts))
    for b, f, i, j, c, u, v in np.ndindex(*y.shape, channels, height, width):
        channel = f // (features // groups) * channels + c
        y[b, f, i, j] += w[f, c, u, v] * x[b, channel, i * stride + u * dilation, j * stride + v * dilation]
    return y


@pytest.mark.parametrize(
    ("options", "kernel"),
    [
        ({}, (3, 2, 2, 2)),
        ({"stride": 2, "padding": 1}, (3, 2, 3, 3)),
        ({"dilation": 2}, (1, 2, 2, 3)),
        ({"groups": 2, "padding": 1}, (4, 1, 2, 2)),
    ],
)
def test_a_convolution_is_a_sum_over_every_window(options: dict[str, int], kernel: tuple[int, ...]) -> None:
    x, w = RANDOM.normal(size=(2, 2, 5, 6)), RANDOM.normal(size=kernel)
    text = "".join(f", {name}={number}" for name, number in options.items())
    check(f"conv2d(x, w{text})", {"x": x, "w": w}, convolved(x, w, **options))


def test_one_axis_by_hand() -> None:
    inputs = {"x": [[1.0, 2.0, 4.0, 8.0]], "w": [[[1.0, -1.0]]], "b": [10.0]}
    check("conv1d(x, w, b)", inputs, [[9, 8, 6]])
    check('conv1d(x, w, b, padding="same")', inputs, [[9, 8, 6, 18]])
    found = gradients("conv1d(x, w, b)", **inputs)
    np.testing.assert_array_equal(found["x"], [[1, 0, 0, -1]])
    np.testing.assert_array_equal(found["w"], [[[7, 14]]])
    np.testing.assert_array_equal(found["b"], [3])


def test_a_transposed_convolution_adds_the_kernel_at_every_element() -> None:
    inputs = {"x": [[1.0, 10.0]], "w": [[[1.0, 2.0, 3.0]]]}
    check("conv_transpose1d(x, w)", inputs, [[1, 12, 23, 30]])
    check("conv_transpose1d(x, w, stride=2)", inputs, [[1, 2, 13, 20, 30]])
    check("conv_transpose1d(x, w, stride=2, padding=1, output_padding=1)", inputs, [[2, 13, 20, 30]])


def test_the_transpose_is_the_adjoint() -> None:
    x, w = RANDOM.normal(size=(1, 2, 6, 5)), RANDOM.normal(size=(3, 2, 2, 3))
    y = RANDOM.normal(size=(1, 3, 3, 2))
    forward = value("conv2d(x, w, stride=2)", x=x, w=w)
    back = value("conv_transpose2d(y, w, stride=2)", y=y, w=w)
    assert np.vdot(forward, y) == pytest.approx(np.vdot(back, x[..., : back.shape[2], : back.shape[3]]))


@pytest.mark.parametrize(
    ("call", "x", "w", "message"),
    [
        ("conv2d(x, w)", [1, 3, 5, 5], [4, 2, 3, 3], "x has 3 channels, the kernel expects 2"),
        ("conv1d(x, w)", [3, 5], [4, 3], "needs a kernel of 3 axes"),
        ("conv1d(x, w)", [1, 3, 2], [4, 3, 3], "add padding or use a smaller kernel"),
        ('conv1d(x, w, stride=2, padding="same")', [1, 3, 5], [4, 3, 3], "needs a stride of 1"),
        ('conv1d(x, w, padding="full")', [1, 3, 5], [4, 3, 3], '"same", "valid" or one number'),
        ("conv1d(x, w, groups=3)", [1, 4, 3], [4, 2, 2], "do not divide into 3 groups"),
        ("conv_transpose1d(x, w, output_padding=3)", [1, 2, 3], [2, 1, 2], "smaller than the stride or the dilation"),
    ],
)
def test_wrong_calls_state_what_is_needed(call: str, x: list[int], w: list[int], message: str) -> None:
    assert message in refusal(call, x=x, w=w)
