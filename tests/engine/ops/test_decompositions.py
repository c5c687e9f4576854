"""Matrices that NumPy refuses are NaN, one by one; the rest is what linear algebra promises."""

from __future__ import annotations

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.graph import ProgramError


def values_of(program: str) -> dict[str, np.ndarray]:
    (values,) = tidegraph.function(tidegraph.parse(program))()
    return values


def test_a_singular_matrix_has_no_inverse_and_no_solution() -> None:
    v = values_of(
        "A: input = [[1, 2], [2, 4]]\nb: input[2]\nB = inv(A)\nx = solve(A, b)\nd = det(A)\ns, l = slogdet(A)"
    )
    assert np.isnan(v["B"]).all()
    assert np.isnan(v["x"]).all()
    assert (v["d"], v["s"], v["l"]) == (0, 0, -np.inf)


def test_only_the_singular_matrix_of_a_stack_is_nan() -> None:
    v = values_of("A: input = [[[1, 2], [2, 4]], [[2, 0], [0, 2]]]\nb: input[2] = [2, 4]\nB = inv(A)\nx = solve(A, b)")
    assert np.isnan(v["B"][0]).all()
    assert np.isnan(v["x"][0]).all()
    np.testing.assert_array_equal(v["B"][1], [[0.5, 0], [0, 0.5]])
    np.testing.assert_array_equal(v["x"][1], [1, 2])


def test_a_matrix_that_is_not_positive_definite_has_no_cholesky_factor() -> None:
    assert np.isnan(values_of("A: input = [[1, 2], [2, 1]]\nL = cholesky(A)")["L"]).all()


def test_nan_goes_through_every_decomposition() -> None:
    graph = tidegraph.parse(
        "A: input[2, 2]\nu, s, vt = svd(A)\nw, V = eigh(A)\nq, r = qr(A)\nP = pinv(A)\nB = inv(A)\nd = det(A)"
    )
    (values,) = tidegraph.function(graph)(A=np.full((2, 2), np.nan))
    for name in ("u", "s", "vt", "w", "V", "q", "r", "P", "B", "d"):
        assert np.isnan(values[name]).any(), name


def test_factors_multiply_to_the_matrix() -> None:
    v = values_of(
        "A: input[3, 2]\nu, s, vt = svd(A)\nq, r = qr(A)\na = u * s @ vt\nb = q @ r\n"
        "S = A.T @ A + 1\nL = cholesky(S)\nc = L @ L.T\nw, V = eigh(S)\nd = V * w @ V.T\n"
        "e = matrix_power(S, 3)\nf = matrix_power(S, -1)"
    )
    for name in ("a", "b"):
        np.testing.assert_allclose(v[name], v["A"], rtol=0, atol=1e-12)
    for name in ("c", "d"):
        np.testing.assert_allclose(v[name], v["S"], rtol=0, atol=1e-12)
    np.testing.assert_allclose(v["e"], v["S"] @ v["S"] @ v["S"], rtol=1e-12)
    np.testing.assert_allclose(v["f"] @ v["S"], np.eye(2), rtol=0, atol=1e-10)


def test_equal_eigenvalues_have_a_gradient_and_their_vectors_have_none() -> None:
    program = "A: parameter = [[2, 0], [0, 2]]\nw, V = eigh(A)\nJ = sum(w ** 2)\nK = sum(V @ [1, 2])"
    graph = tidegraph.parse(program)
    np.testing.assert_allclose(tidegraph.value_and_grad(graph, "J")()[1]["A"], [[4, 0], [0, 4]])
    assert not np.isfinite(tidegraph.value_and_grad(graph, "K")()[1]["A"]).all()


@pytest.mark.parametrize("call", ["det(x)", "inv(x)", "solve(x, v)", "cholesky(x)", "eigh(x)", "matrix_power(x, 2)"])
def test_a_matrix_that_is_not_square_is_refused(call: str) -> None:
    with pytest.raises(ProgramError, match="needs a square matrix or a stack of them, not \\[2, 3\\]"):
        tidegraph.parse(f"x: input[2, 3]\nv: input[2]\ny = {call}")
