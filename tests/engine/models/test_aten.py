"""Rules of PyTorch's calls, one by one, without PyTorch: what a call with ATen's arguments computes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.graph import Variable
from tidegraph.engine.models.aten import RULES, Calls, NoRule, ints
from tidegraph.engine.models.builder import Builder

X = np.array([[1.0, -2.0, 3.0], [0.5, 4.0, -1.0]])


def computed(name: str, x: np.ndarray = X, shape: tuple[int, ...] = (), **given: Any) -> np.ndarray:
    """The result of a call on `self` with other arguments; arrays among them are leaves."""
    b = Builder()

    def variable(value: Any) -> Any:
        return value if isinstance(value, Variable) else b.constant(np.asarray(value))

    own = b.leaf("x", x.shape, "input", x)
    mapped = {k: b.leaf(k, v.shape, "input", v) if isinstance(v, np.ndarray) else v for k, v in given.items()}
    found = RULES[name](Calls(b, variable), SimpleNamespace(self=own, **mapped), SimpleNamespace(shape=shape))
    model = b.model([own], [("y", found[0] if isinstance(found, tuple) else found)])
    (values,) = tidegraph.function(model.graph, model.outputs)(model.values)
    return values[model.outputs[0]]


@pytest.mark.parametrize(
    ("name", "given", "wanted"),
    [
        ("relu", {}, [[1, 0, 3], [0.5, 4, 0]]),
        ("asin", {"x": np.array([1.0])}, [np.pi / 2]),
        ("mul", {"other": 2.0}, 2 * X),
        ("add", {"other": X, "alpha": 3}, 4 * X),
        ("sub", {"other": X, "alpha": 3}, -2 * X),
        ("maximum", {"other": 0 * X}, [[1, 0, 3], [0.5, 4, 0]]),
        ("logical_and", {"other": np.array([[1.0, 0.0, 1.0]])}, [[True, False, True]] * 2),
        ("fix", {"x": np.array([-1.5, 1.5])}, [-1, 1]),
        ("atan2", {"x": np.array([1.0]), "other": np.array([1.0])}, [np.pi / 4]),
    ],
)
def test_elementwise(name: str, given: dict[str, Any], wanted: Any) -> None:
    x = given.pop("x", X)
    np.testing.assert_allclose(computed(name, x, **given), wanted, rtol=1e-12)


def test_every_rule_is_entered_under_a_name_of_pytorchs() -> None:
    assert len(RULES) > 300
    assert all(name.isidentifier() for name in RULES)


@pytest.mark.parametrize(("given", "wanted"), [([], None), ([3], 3), ([1, 2], (1, 2)), (5, 5), (None, None)])
def test_lists_of_whole_numbers_are_attributes(given: Any, wanted: Any) -> None:
    assert ints(given) == wanted


def test_a_number_that_is_computed_has_no_rule_where_it_must_be_known() -> None:
    from tidegraph.engine.models.aten import number

    b = Builder()
    assert number(2) == 2.0
    assert number(b.constant(np.array(1.5))) == 1.5
    with pytest.raises(NoRule):
        number(b.leaf("x", (), "input"))
