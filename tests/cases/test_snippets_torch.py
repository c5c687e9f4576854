"""Lines as people write them: the same text runs in PyTorch and NumPy, with the same values and gradients.

A file of `snippets/` holds programs, parted by lines of `---`. Every variable that both have under a name is compared,
and the gradients that `backward()` leaves in PyTorch.
"""

from __future__ import annotations

import math
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tidegraph

torch = pytest.importorskip("torch")

SNIPPETS = [
    pytest.param(text.strip("\n"), id=f"{path.stem}-{number}")
    for path in sorted((Path(__file__).parent / "snippets").glob("*.txt"))
    for number, text in enumerate(path.read_text().split("\n---\n"), 1)
]


def in_libraries(program: str) -> tuple[dict[str, Any], dict[str, np.ndarray], dict[str, np.ndarray]]:
    """All names, the values of leaves, and gradients, from PyTorch in float64 and from NumPy."""
    names: dict[str, Any] = {"np": np, "torch": torch, "nn": torch.nn, "F": torch.nn.functional, "math": math}
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(0)
    np.random.seed(0)
    single, torch.Tensor.float = torch.Tensor.float, torch.Tensor.double
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            exec(compile(program, "snippet", "exec"), names)
    finally:
        torch.set_default_dtype(torch.float32)
        torch.Tensor.float = single
    values: dict[str, np.ndarray] = {}
    slopes: dict[str, np.ndarray] = {}
    for name, value in names.items():
        if isinstance(value, torch.nn.Module):
            parameters = [*value.named_parameters(remove_duplicate=False), *value.named_buffers()]
            leaves = [(f"{name}.{path}", leaf) for path, leaf in parameters]
        else:
            leaves = [(name, value)] if isinstance(value, torch.Tensor) and value.is_leaf else []
        for path, leaf in leaves:
            values[path] = leaf.detach().numpy()
            if leaf.grad is not None:
                slopes[path] = leaf.grad.numpy()
    return names, values, slopes


@pytest.mark.parametrize("program", SNIPPETS)
def test_values_and_gradients_are_the_libraries(program: str) -> None:
    names, values, slopes = in_libraries(program)
    graph = tidegraph.parse(program)
    leaves = graph.leaves().keys() - graph.sizes.keys()
    given = {name: value for name, value in values.items() if name in leaves}
    found, gradients = tidegraph.value_and_grad(graph)({**tidegraph.initial_values(graph), **given})
    compared = 0
    for name, value in names.items():
        array = value.detach().numpy() if isinstance(value, torch.Tensor) else value
        if not isinstance(array, np.ndarray | np.generic) or array.dtype.kind not in "biuf":
            continue
        last = [n for n in found if n == name or re.fullmatch(rf"{re.escape(name)}_\d+", n)][-1:]
        for own in last:
            assert found[own].shape == array.shape, name
            np.testing.assert_allclose(found[own] * 1.0, array * 1.0, rtol=1e-7, atol=1e-9, err_msg=name)
            compared += 1
    for name, slope in slopes.items():
        np.testing.assert_allclose(gradients[name], slope, rtol=1e-6, atol=1e-9, err_msg=name)
    assert compared
