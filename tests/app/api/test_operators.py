"""The operators as the API describes them."""

from __future__ import annotations

import pytest

from tidegraph.app.api.operators import describe_all, written
from tidegraph.engine.ops import REGISTRY
from tidegraph.engine.ops.declare import Composite


def test_every_operator_is_described_once_in_the_order_of_the_registry() -> None:
    found = describe_all()
    assert [one.name for one in found] == list(REGISTRY)
    assert all(one.signature.startswith(f"{one.name}(") and one.latex and one.doc and one.family for one in found)
    assert {one.name for one in found if one.opens} == {n for n, op in REGISTRY.items() if isinstance(op, Composite)}


def test_what_the_language_changes_is_the_words() -> None:
    english, chinese = describe_all("en"), describe_all("zh")
    same = ("name", "signature", "latex", "differentiable", "family", "opens")
    for one, other in zip(english, chinese, strict=True):
        assert all(getattr(one, field) == getattr(other, field) for field in same)
        assert one.doc != other.doc, one.name
        assert bool(one.kink) == bool(other.kink), one.name


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("add", r"\mathbf{a} + \mathbf{b}"),
        ("matmul", r"\mathbf{a} \mathbf{b}"),
        ("sigmoid", r"\sigma\left(\mathbf{x}\right)"),
        ("abs", r"\left| \mathbf{x} \right|"),
        ("deg2rad", r"\mathbf{x} \tfrac{\pi}{180}"),
    ],
)
def test_an_operator_is_written_as_in_an_equation(name: str, latex: str) -> None:
    assert written(REGISTRY[name]) == latex  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "differentiable"), [("exp", True), ("floor", False), ("argmax", False), ("where", True)]
)
def test_which_operators_pass_gradients_on(name: str, differentiable: bool) -> None:
    (one,) = [one for one in describe_all() if one.name == name]
    assert one.differentiable is differentiable
