"""Models that courses use, in PyTorch's own spelling: the same text runs in PyTorch, with the same gradients."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tidegraph

torch = pytest.importorskip("torch")

MODELS = sorted((Path(__file__).parent / "models").glob("*.py"))


def in_torch(program: str) -> tuple[float, dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The loss, the values of all leaves and the gradients, from PyTorch in float64."""
    names: dict[str, Any] = {"__name__": "__main__"}
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(0)
    single = torch.Tensor.float
    torch.Tensor.float = torch.Tensor.double
    try:
        warnings.simplefilter("ignore")
        exec(compile(program, "model", "exec"), names)
    finally:
        torch.set_default_dtype(torch.float32)
        torch.Tensor.float = single
        warnings.resetwarnings()
    values: dict[str, np.ndarray] = {}
    slopes: dict[str, np.ndarray] = {}
    for name, value in names.items():
        if isinstance(value, torch.nn.Module):
            for path, parameter in value.named_parameters(remove_duplicate=False):
                values[f"{name}.{path}"] = parameter.detach().numpy()
                if parameter.grad is not None:
                    slopes[f"{name}.{path}"] = parameter.grad.numpy()
        elif isinstance(value, torch.Tensor) and value.is_leaf and name != "p":
            values[name] = value.detach().numpy()
            if value.grad is not None:
                slopes[name] = value.grad.numpy()
    return names["loss"].item(), values, slopes


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in MODELS])
def test_gradients_are_pytorchs(path: Path) -> None:
    program = path.read_text()
    loss, values, slopes = in_torch(program)
    graph = tidegraph.parse(program)
    leaves = graph.leaves()
    given = {name: value for name, value in values.items() if name in leaves and name not in graph.sizes}
    found, gradients = tidegraph.value_and_grad(graph)({**tidegraph.initial_values(graph), **given})
    np.testing.assert_allclose(found[graph.target], loss, rtol=1e-9)
    expected = {name: slope for name, slope in slopes.items() if name in leaves}
    assert expected
    assert set(leaves) >= {name for name in slopes if "." not in name}
    assert len(expected) >= 0.7 * len(slopes), sorted(set(slopes) - set(leaves))
    for name, slope in expected.items():
        np.testing.assert_allclose(gradients[name], slope, rtol=1e-7, atol=1e-10, err_msg=name)
