"""The kinds of declarations: every declared trait, condition and fusion is used, and every one is documented."""

from __future__ import annotations

import inspect
from enum import Enum

import pytest

from tidegraph.engine.graph import REGISTRY, kinds
from tidegraph.engine.graph.kinds import Condition, Fusion, Line, Trait, Way
from tidegraph.engine.ops import Primitive
from tidegraph.engine.runtime.lowering import CONDITIONS, FUSIONS

PRIMITIVES = [op for op in REGISTRY.values() if isinstance(op, Primitive)]


def test_every_trait_belongs_to_an_operator() -> None:
    assert {trait for op in REGISTRY.values() for trait in op.traits} == set(Trait)


def test_every_condition_and_fusion_is_declared_and_can_be_lowered() -> None:
    lines = [kind for op in PRIMITIVES for kind in op.lowering if isinstance(kind, Line)]
    assert {condition for line in lines for condition in line.when} == set(Condition) == set(CONDITIONS)
    fused = {kind for op in PRIMITIVES for kind in op.lowering if isinstance(kind, Fusion)}
    assert fused == set(Fusion) == set(FUSIONS)


@pytest.mark.parametrize("kind", [Trait, Condition, Fusion])
def test_every_member_is_documented(kind: type[Enum]) -> None:
    source = inspect.getsource(kind)
    for member in kind:
        assert f'{member.name} = auto()\n    """' in source


def test_ways_have_names_of_their_own() -> None:
    assert len({way.value for way in Way}) == len(Way)
    assert kinds.Factor("{own}") == kinds.Factor("{own}")
