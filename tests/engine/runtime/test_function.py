"""A compiled graph: what it is called with, what it returns, and that threads do not disturb each other."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.graph import InputError
from tidegraph.engine.runtime.function import MAX_IDLE_FRAMES

PROGRAM = "x: input[3]\nW: parameter[3, 3]\nh = tanh(W @ x)\nJ = sum(h ** 2)"


def test_it_returns_values_and_gradients_by_name() -> None:
    values, gradients = tidegraph.value_and_grad(tidegraph.parse(PROGRAM), keep="training")(x=np.ones(3), W=np.eye(3))
    assert values.keys() == {"J"}
    assert gradients.keys() == {"W"}
    np.testing.assert_allclose(values["J"], 3 * np.tanh(1) ** 2)


def test_unknown_and_computed_names_are_refused() -> None:
    run = tidegraph.value_and_grad(tidegraph.parse(PROGRAM))
    for name in ("z", "h"):
        with pytest.raises(InputError):
            run({name: np.ones(3)})


def test_a_function_of_named_results() -> None:
    (found,) = tidegraph.function(tidegraph.parse(PROGRAM), ["h"])(x=np.zeros(3))
    np.testing.assert_array_equal(found["h"], np.zeros(3))


def test_many_threads_get_their_own_results() -> None:
    run = tidegraph.value_and_grad(tidegraph.parse(PROGRAM))

    def one(number: int) -> bool:
        values, _ = run(x=np.full(3, float(number)), W=np.eye(3))
        return bool(np.allclose(values["h"], np.tanh(number)))

    with ThreadPoolExecutor(2 * MAX_IDLE_FRAMES) as pool:
        assert all(pool.map(one, range(200)))


@pytest.mark.parametrize(
    ("program", "values", "message"),
    [
        ("E: parameter[3, 2]\nX: input[2]\ny = E[X]\nJ = sum(y)", {"X": [5, 1]}, "line 3, X: 5 is not an index"),
        ("E: parameter[3, 2]\nX: input[2, 1]\n\ny = E[X.T]\nJ = sum(y)", {"X": [[0], [7]]}, "line 4, X: 7 is not"),
        ("E: parameter[3, 2]\nX: input[2]\ny = E[X + 1]\nJ = sum(y)", {"X": [0, 2]}, "line 3: 3 is not an index"),
        ("o: input[2, 3]\nt: target[2]\nJ = cross_entropy(o, t)", {"t": [0, 3]}, "line 3, t: there is no label 3"),
    ],
)
def test_values_that_an_operator_refuses_are_named_with_the_line(
    program: str, values: dict[str, list[float]], message: str
) -> None:
    graph = tidegraph.parse(program)
    with pytest.raises(InputError, match=re.escape(message)):
        tidegraph.value_and_grad(graph)({**tidegraph.initial_values(graph), **values})
