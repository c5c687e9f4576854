"""`y[i] = v` and its kin: the name gets a new version, and gradients flow to what was put and what was left."""

from __future__ import annotations

import numpy as np
import pytest

import tidegraph
from tests.engine.language.reading import refused, value

X = np.arange(6.0).reshape(2, 3)


@pytest.mark.parametrize(
    "update",
    [
        "y[0] = 7",
        "y[1, 2] = -1",
        "y[:, 1] = v[:2]",
        "y[0] = v",
        "y[:] = 0",
        "y[::-1, 1:] = 5",
        "y[0, [0, 2]] = 9",
        "y[1] += v",
        "y[:, 0] *= 2",
        "y[-1] -= 1",
        "y[y > 2] = 0",
    ],
)
def test_an_update_is_that_of_numpy(update: str) -> None:
    v = np.array([10.0, 20.0, 30.0])
    here = {"y": X.copy(), "v": v}
    exec(update, here)
    np.testing.assert_array_equal(value("y", f"y = 1 * x\n{update}", x=X, v=v), here["y"])


def test_at_an_index_that_is_a_variable() -> None:
    np.testing.assert_array_equal(value("y", "y = 1 * x\ny[i] = 9", x=X, i=1.0), [[0, 1, 2], [9, 9, 9]])


def test_earlier_readers_keep_the_earlier_version() -> None:
    np.testing.assert_array_equal(value("z - y", "y = 1 * x\nz = y\ny[0] = 0", x=X), [[0, 1, 2], [0, 0, 0]])


def test_gradients_of_what_was_put_and_what_was_overwritten() -> None:
    graph = tidegraph.parse("x: parameter[3]\na: parameter\ny = x * x\ny[1] = 5 * a\nJ = sum(y)")
    _, gradients = tidegraph.value_and_grad(graph)(x=np.array([1.0, 2.0, 3.0]), a=2.0)
    np.testing.assert_array_equal(gradients["x"], [2, 0, 6])
    assert gradients["a"] == 5


def test_layers_in_a_list_take_its_name_and_their_place() -> None:
    graph = tidegraph.parse("fs = [nn.Linear(2, 2), nn.Linear(2, 2)]\nx: input[2]\nJ = sum(fs[1](fs[0](x)))")
    assert list(graph.leaves("parameter")) == ["fs.0.weight", "fs.0.bias", "fs.1.weight", "fs.1.bias"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("y[5] = 1", "index-outside"),
        ("y[0] = ones(4)", "update-shape"),
        ("t = (1, 2)\nt[0] = 3", "tuple-does-not-change"),
        ("l = [1 * x, x]\nl[7] = 3", "no-such-element"),
        ("y.data = 3", "update-not-here"),
        ("y.color = 3", "attribute-not-assigned"),
        ("c = 3\nc[0] = 1", "index-outside"),
    ],
)
def test_refused(line: str, code: str) -> None:
    error = refused(f"x: input[2, 3]\ny = 1 * x\n{line}")
    assert (error.code, error.line) == (code, 2 + line.count("\n") + 1)
