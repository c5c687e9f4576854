"""Stages at work: what each computes by itself adds up to the gradients of the whole graph."""

from __future__ import annotations

import numpy as np

import tidegraph
from tidegraph.engine.parallel.blocks import Blocks
from tidegraph.engine.parallel.partition import placed
from tidegraph.engine.parallel.stages import Execution

PROGRAM = """
x: input[4, 3]
W1: parameter[5, 4]
W2: parameter[2, 5]
unused: parameter[2]
J = sum((W2 @ tanh(W1 @ x)) ** 2)
"""


def test_every_cut_gives_the_gradients_of_the_whole_graph() -> None:
    graph = tidegraph.parse(PROGRAM)
    _, wanted = tidegraph.value_and_grad(graph, keep="training")()
    blocks = Blocks(graph)
    for cut in range(1, len(blocks)):
        phases = [operators for _, _, operators in placed(blocks, (0, cut)).phases()]
        found = Execution(blocks, phases).run({})
        assert found.keys() == wanted.keys()
        for name, gradient in wanted.items():
            np.testing.assert_allclose(found[name], gradient, rtol=1e-13)


def test_a_stage_receives_only_what_it_reads() -> None:
    blocks = Blocks(tidegraph.parse(PROGRAM))
    phases = [operators for _, _, operators in placed(blocks, (0, len(blocks) - 1)).phases()]
    run = Execution(blocks, phases)
    assert run.functions[0][1] == {}
    assert run.functions[1][1]
