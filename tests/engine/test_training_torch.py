"""A whole run of training, and a whole Hessian, beside PyTorch's."""

import numpy as np
import pytest

from tests.engine.programs import CLASSIFIER, REGRESSION
from tidegraph import data, initial_values, optim, parse
from tidegraph.engine.analysis.curvature import Curvature
from tidegraph.engine.training.loop import Settings, Training

torch = pytest.importorskip("torch")

MOONS = data.generate("moons", 100, seed=1)


def test_a_run_equals_the_same_run_in_pytorch():
    training = Training(parse(CLASSIFIER), MOONS, optim.Adam(learning_rate=0.05), settings=Settings(seed=3))
    tensors = {n: torch.tensor(v, requires_grad=True) for n, v in training.first.items()}
    oracle = torch.optim.Adam(list(tensors.values()), lr=0.05)
    for step in range(25):
        rows = data.minibatch(100, 10, step, seed=3)
        hidden = torch.tanh(torch.tensor(MOONS.inputs[rows]) @ tensors["W1"] + tensors["b1"])
        loss = torch.nn.functional.cross_entropy(hidden @ tensors["W2"], torch.tensor(MOONS.targets[rows]))
        oracle.zero_grad()
        loss.backward()
        report = training.step()
        assert report.loss == pytest.approx(loss.item(), abs=1e-10)
        assert report.gradient_norms["W1"] == pytest.approx(tensors["W1"].grad.norm().item(), abs=1e-10)
        oracle.step()
    for name, tensor in tensors.items():
        np.testing.assert_allclose(training.state.parameters[name], tensor.detach().numpy(), rtol=0, atol=1e-10)


def test_a_networks_hessian_equals_pytorch():
    graph = parse(REGRESSION)
    start = {n: torch.tensor(v) for n, v in initial_values(graph).items()}

    def objective(w1, w2):
        error = w2 @ torch.tanh(w1 @ start["x"]) - start["y"]
        return (error**2).sum() / 2 + 0.05 * ((w1**2).sum() + (w2**2).sum())

    blocks = torch.autograd.functional.hessian(objective, (start["W1"], start["W2"]))
    expected = np.block([[blocks[i][j].reshape([(20, 15)[i], (20, 15)[j]]).numpy() for j in (0, 1)] for i in (0, 1)])
    found = Curvature(graph).hessian()
    assert found.slices == {"W1": slice(0, 20), "W2": slice(20, 35)}
    np.testing.assert_allclose(found.matrix, expected, atol=1e-10)
