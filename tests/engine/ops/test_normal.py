"""The normal distribution against its tables, its symmetries, and its own inverse."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.engine.known import check, gradients, value

INF, NAN = math.inf, math.nan
QUANTILES = {0.5: 0.0, 0.975: 1.959963984540054, 0.999: 3.090232306167813, 1e-10: -6.361340902404056}
"""Tabled quantiles of the standard normal distribution."""


def test_quantiles_are_those_of_the_tables() -> None:
    check("ndtri(p)", {"p": list(QUANTILES)}, list(QUANTILES.values()), tolerance=4e-15)
    np.testing.assert_array_equal(value("ndtri(p)", p=[0.0, 1.0]), [-INF, INF])


def test_probabilities_and_quantiles_undo_each_other() -> None:
    x = np.linspace(-6, 3, 37)
    np.testing.assert_allclose(value("ndtri(ndtr(x))", x=x), x, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(
        value("erf(erfinv(x))", x=np.linspace(-0.999, 0.999, 41)), np.linspace(-0.999, 0.999, 41)
    )


def test_probabilities_are_areas() -> None:
    x = [-1.5, 0.0, 0.3, 2.0]
    check("ndtr(x)", {"x": x}, [math.erfc(-v / math.sqrt(2)) / 2 for v in x], tolerance=1e-15)
    check("log_ndtr(x)", {"x": x}, [math.log(math.erfc(-v / math.sqrt(2)) / 2) for v in x], tolerance=1e-14)


def test_far_tails_keep_their_digits() -> None:
    # Mills' ratio as its asymptotic series: log Phi(-x) = -x^2 / 2 - log(x sqrt(2 pi)) + log(1 - 1/x^2 + 3/x^4 - ...).
    wanted = -5000 - math.log(100 * math.sqrt(2 * math.pi)) + math.log1p(-1e-4 + 3e-8 - 15e-12)
    assert value("log_ndtr(x)", x=-100.0) == pytest.approx(wanted, rel=1e-15)
    check("erfcx(x)", {"x": [0.0, 1e8]}, [1, 1e-8 / math.sqrt(math.pi)], tolerance=1e-15)
    assert value("erfcx(x)", x=1.0) == pytest.approx(math.e * math.erfc(1), rel=1e-14)


def test_the_entropy_of_a_probability() -> None:
    check("entr(x)", {"x": [0.0, 0.5, 1.0, -1.0]}, [0, math.log(2) / 2, 0, -INF])
    assert math.isnan(value("entr(x)", x=NAN))


def test_hand_computed_gradients() -> None:
    density = [math.exp(-x * x / 2) / math.sqrt(2 * math.pi) for x in (0.0, 1.5)]
    np.testing.assert_allclose(gradients("ndtr(x)", x=[0.0, 1.5])["x"], density, rtol=1e-14)
    np.testing.assert_allclose(gradients("ndtri(p)", p=[0.5])["p"], [math.sqrt(2 * math.pi)], rtol=1e-14)
    np.testing.assert_allclose(gradients("erfinv(x)", x=[0.0])["x"], [math.sqrt(math.pi) / 2], rtol=1e-14)
    np.testing.assert_allclose(gradients("log_ndtr(x)", x=[-40.0])["x"], [40 + 1 / 40 - 2 / 40**3], rtol=1e-6)
