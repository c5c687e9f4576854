"""A training pass as blocks: every operator once, backward beside forward, FLOPs that add up."""

from __future__ import annotations

import pytest

import tidegraph
from tidegraph.engine.graph import InputError
from tidegraph.engine.parallel.blocks import Blocks

PROGRAM = "x: input[4, 3]\nW: parameter[5, 4]\nh = relu(W @ x)\nJ = sum(h ** 2)"


def test_every_operator_is_in_one_block() -> None:
    blocks = Blocks(tidegraph.parse(PROGRAM))
    assert [o.op.name for block in blocks.forward for o in block] == ["matmul", "relu", "power", "sum"]
    assert set(blocks.order) == set(blocks.plan.operators)
    assert len(blocks.order) == len(set(blocks.order))
    assert sum(f + b for f, b in blocks.flops) == blocks.plan.flops


def test_blocks_of_given_sizes() -> None:
    blocks = Blocks(tidegraph.parse(PROGRAM), groups=[1, 3])
    assert [len(block) for block in blocks.forward] == [1, 3]
    assert len(blocks) == 2


def test_a_target_that_is_declared_has_no_blocks() -> None:
    with pytest.raises(InputError):
        Blocks(tidegraph.parse("J: parameter"), "J")
