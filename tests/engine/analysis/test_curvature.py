"""Second derivatives beside what they are by hand."""

import numpy as np
import pytest

from tests.engine.programs import REGRESSION
from tidegraph import InputError, parse
from tidegraph.engine.analysis.curvature import Curvature

QUADRATIC = "w: parameter[2] = [1, 2]\nA = [[3, 1], [1, 2]]\nJ = w @ A @ w / 2"


def test_a_quadratics_hessian_is_its_matrix():
    found = Curvature(parse(QUADRATIC)).hessian()
    np.testing.assert_allclose(found.matrix, [[3, 1], [1, 2]], atol=1e-12)
    np.testing.assert_allclose(found.eigenvalues, (5 + np.array([-1, 1]) * 5**0.5) / 2)
    assert found.definite == "minimum"
    assert found.condition == pytest.approx((5 + 5**0.5) / (5 - 5**0.5))


def test_newton_reaches_a_quadratics_minimum_in_one_step_and_gradient_descent_does_not():
    gradient, newton = Curvature(parse(QUADRATIC)).steps(learning_rate=0.1)
    assert newton.after == pytest.approx(0, abs=1e-20)
    np.testing.assert_allclose(newton.parameters["w"], 0, atol=1e-12)
    np.testing.assert_allclose(gradient.parameters["w"], [1 - 0.5, 2 - 0.5])
    assert newton.before == gradient.before == 7.5
    assert 0 < gradient.after < gradient.before


def test_curvature_along_the_gradient():
    found = Curvature(parse(QUADRATIC)).along()
    g = np.array([5.0, 5.0])
    assert found.slope == pytest.approx(-g @ g)
    assert found.curvature == pytest.approx(g @ [[3, 1], [1, 2]] @ g)
    assert found.best == pytest.approx(50 / 175)
    assert found.actual == pytest.approx(found.change)
    saddle = Curvature(parse("w: parameter[2] = [1, 1]\nJ = w[0] ** 2 - w[1] ** 2"))
    assert saddle.hessian().definite == "saddle"
    downhill = saddle.along(np.array([0.0, 1.0]))
    assert downhill.curvature == pytest.approx(-2)
    assert downhill.best is None


def test_values_and_variables_of_the_callers_choice():
    own = Curvature(parse(REGRESSION), {"x": np.zeros(4)}, wrt=["W1"])
    np.testing.assert_allclose(own.hessian().matrix, 0.1 * np.eye(20), atol=1e-12)
    with pytest.raises(InputError, match="h is computed"):
        Curvature(parse(REGRESSION), wrt=["h"])


def test_a_parameter_that_the_target_ignores_has_no_curvature():
    found = Curvature(parse("a: parameter = 3\nb: parameter[2]\nJ = a ** 3")).hessian()
    np.testing.assert_allclose(found.matrix, np.diag([18.0, 0, 0]))
    assert found.definite == "flat"
    assert found.condition == float("inf")


def test_limits_are_named():
    with pytest.raises(InputError, match=r"Hessian of 441 parameters has 194,481 entries"):
        Curvature(parse("W: parameter[21, 21]\nJ = sum(W ** 2)")).hessian()
    with pytest.raises(InputError, match="not finite"):
        Curvature(parse("w: parameter = 0\nJ = sqrt(w)")).hessian()
