"""Tensor parallelism: divided products give the same values and gradients."""

import numpy as np
import pytest

from tidegraph import InputError, parse, value_and_grad
from tidegraph.engine.parallel.shard import divisible, shard

ROWS = """
x: input[4]
y: target[3]
W1: parameter[5, 4]
W2: parameter[3, 5]
h = relu(W1 @ x)
o = W2 @ h
J = squared_error(o, y)
"""
COLUMNS = """
X: input[6, 4]
Y: target[6, 3]
W1: parameter[4, 7]
W2: parameter[3, 7]
H = tanh(X @ W1)
O = H @ W2.T
J = cross_entropy(O, Y) + sum(W1 ** 2)
"""
STACKED = "X: input[5, 4]\nW: parameter[3, 4, 4]\nA = X\nfor i in range(3):\n    A = tanh(A @ W[i])\nJ = sum(A ** 2)"
BATCHED = "X: input[2, 5, 4]\nW: parameter[4, 4]\nJ = sum(tanh(X @ W)) + sum(W @ X[0].T)"


@pytest.mark.parametrize("devices", [1, 2, 3])
@pytest.mark.parametrize("program", [ROWS, COLUMNS, STACKED, BATCHED], ids=["rows", "columns", "stacked", "batched"])
def test_values_and_gradients_stay_the_same(program, devices):
    values, gradients = value_and_grad(parse(program), keep="training")()
    divided = shard(parse(program), devices)
    found, slopes = value_and_grad(divided.graph, keep="training")()
    np.testing.assert_allclose(found["J"], values["J"], rtol=1e-13)
    assert set(slopes) == set(gradients)
    for name, gradient in gradients.items():
        np.testing.assert_allclose(slopes[name], gradient, rtol=1e-10, atol=1e-13)


def test_every_device_works_on_its_part():
    divided = shard(parse(COLUMNS), 3)
    assert len(divided.products) == 2
    assert set(divided.device.values()) == {0, 1, 2}
    widths = [o.outputs[0].shape[-1] for o in divided.device if o.op.name == "matmul" and o.inputs[1].shape[0] == 4]
    assert sum(widths) == 7
    assert max(widths) - min(widths) <= 1
    assert divided.graph.variables.keys() >= set(parse(COLUMNS).named.values())


def test_only_products_with_parameters_wide_enough_are_divided():
    assert [p.operator.outputs[0].shape for p in divisible(parse(COLUMNS), 4)] == [(6, 7)]
    assert len(divisible(parse(STACKED), 4)) == 3
    assert [p.returns for p in divisible(parse(COLUMNS), 2)] == [False, True]
    with pytest.raises(InputError, match="number of devices"):
        shard(parse(COLUMNS), 0)
