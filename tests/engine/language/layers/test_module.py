"""Layers: the mode of the whole program, and where their parameters are drawn."""

from __future__ import annotations

import pytest

import tidegraph
from tidegraph.engine.language.sizes import resized

DROPS = """n = 4
net = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3), nn.Dropout(0.5))
{mode}
x: input[n, 3]
h = F.dropout(dropout(net(x), 0.3), 0.2)
J = sum(h * F.dropout(h, 0.1, training=False))
"""


def dropouts(graph: tidegraph.Graph) -> list[bool]:
    """Which of the graph's dropouts act."""
    return [o.attributes["training"] for o in graph.operators if "seed" in o.attributes]


@pytest.mark.parametrize(
    ("mode", "training", "acting", "running"),
    [
        ("net.train()", None, [True, True, True, False], False),
        ("net.eval()", None, [True, True, False], True),
        ("net.eval()", True, [True, True, True, False], False),
        ("net.train()", False, [False, False, False], True),
    ],
)
def test_the_mode_of_the_whole_program_goes_before_its_own(
    mode: str, training: bool | None, acting: list[bool], running: bool
) -> None:
    graph = tidegraph.parse(DROPS.format(mode=mode), training=training)
    assert dropouts(graph) == acting
    assert ("net.1.running_mean" in graph.leaves()) is running
    assert dropouts(resized(graph, {"n": 5})) == acting


def test_parameters_are_drawn_where_their_layer_is() -> None:
    graph = tidegraph.parse(
        "class Net(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.fc = nn.Linear(3, 4)\n"
        "    def forward(self, x):\n"
        "        return self.fc(x).sum()\n"
        "net = Net()\n"
        "x: input[2, 3]\n"
        "J = net(x)\n"
    )
    nodes = {node["id"]: node["scope"] for node in tidegraph.trace(graph).to_dict()["graph"]["nodes"]}
    assert (nodes["net.fc.weight"], nodes["net.fc.bias"], nodes["x"], nodes["J"]) == ("net", "net", "", "")
