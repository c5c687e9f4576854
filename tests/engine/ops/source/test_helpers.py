"""Functions that exported NumPy code defines: by hand, and each with the helpers that it calls."""

from __future__ import annotations

import ast
import builtins
import inspect
import math

import numpy as np

from tests.engine.ops.source.spelled import used_names
from tidegraph.engine.ops.source import helpers


def test_every_helper_names_the_helpers_that_it_calls() -> None:
    functions = [node for node in ast.parse(inspect.getsource(helpers)).body if isinstance(node, ast.FunctionDef)]
    names = {function.name for function in functions}
    for function in functions:
        used = used_names(function) - {"np", "math", "Any"} - set(dir(builtins))
        assert used & names == used, function.name
        needed = set(helpers.HELPERS.get(function.name, ()))
        assert used <= needed, function.name
        assert needed <= names, function.name


def test_special_functions_at_known_places() -> None:
    assert helpers.sigmoid(np.array([-1000.0, 0.0, 1000.0])).tolist() == [0, 0.5, 1]
    np.testing.assert_allclose(helpers.polygamma(1, np.array([1.0])), math.pi**2 / 6, rtol=1e-14)
    np.testing.assert_allclose(helpers.polygamma(0, np.array([0.5])), -0.5772156649015329 - 2 * math.log(2), rtol=1e-14)
    np.testing.assert_allclose(helpers.erfinv(np.array([0.0, math.erf(0.3), -math.erf(2)])), [0, 0.3, -2], rtol=1e-14)
    np.testing.assert_allclose(helpers.sinc(np.array([0.0, 0.5]), 0), [1, 2 / math.pi], rtol=1e-15)
    np.testing.assert_allclose(helpers.sinc(np.array([0.0]), 2), [-(math.pi**2) / 3], rtol=1e-14)
    np.testing.assert_allclose(helpers.logsumexp(np.array([1e4, 1e4])), 1e4 + math.log(2), rtol=1e-15)


def test_indices() -> None:
    x, places = np.array([5.0, 6.0, 7.0]), np.array([2.0, 0.0, 2.0])
    assert helpers.index_add(x, places, np.array([1.0, 2.0, 3.0]), 0).tolist() == [7, 6, 11]
    assert helpers.gather(x, places.astype(int), 0).tolist() == [7, 5, 7]
    assert helpers.lasting(places, (3,), 0).tolist() == [False, True, True]
    assert helpers.pick(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1, -100]), 1, -100).tolist() == [2, 0]
    assert helpers.put(np.array([1.0, 2.0]), (3,), [1, 1]).tolist() == [0, 3, 0]
    assert helpers.running_place(np.array([1.0, 3.0, 3.0, 2.0]), 0, True).tolist() == [0, 1, 2, 2]


def test_recurrences_and_matrices() -> None:
    a, b = np.array([9.0, 2.0, 3.0]), np.ones(3)
    assert helpers.recurrence(a, b, 0, False).tolist() == [1, 3, 10]
    assert helpers.recurrence(a, b, 0, True).tolist() == [9, 4, 1]
    np.testing.assert_allclose(helpers.cofactor(np.array([[1.0, 2.0], [3.0, 4.0]])), [[4, -3], [-2, 1]])
    quarter = np.array([[0.0, -math.pi / 2], [math.pi / 2, 0.0]])
    np.testing.assert_allclose(helpers.matrix_exp(quarter), [[0, -1], [1, 0]], atol=1e-14)


def test_windows_and_what_adds_them_back() -> None:
    x = np.arange(5.0)[None]
    assert helpers.windows(x, (2,), (2,), (1,)).tolist() == [[[0, 1], [2, 3]]]
    assert helpers.unfold(x, (2,), (3,), (1,), (1,)).tolist() == [[0, 2], [0, 3]]
    assert helpers.overlap_add(np.ones((1, 4, 2)), (5,), (2,), (1,), (0,), (1,)).tolist() == [[1, 2, 2, 2, 1]]
    assert helpers.avg_pool(x, (3,), (2,), (2,), (0,), True).tolist() == [[0.5, 2.5, 4]]
    assert helpers.convolution(x, np.array([[[1.0, -1.0]]]), (1,), (0,), (1,), 1).tolist() == [[-1] * 4]
