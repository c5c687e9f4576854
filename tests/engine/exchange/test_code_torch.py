"""Exported PyTorch code gives the engine's numbers: every operator that PyTorch spells, every example."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import tidegraph  # noqa: E402
from tests.engine.calls import Call, assert_close, calls  # noqa: E402
from tests.engine.exchange.test_code import GALLERY, check, exported, run  # noqa: E402
from tidegraph.engine.exchange.code import code  # noqa: E402
from tidegraph.engine.graph import InputError  # noqa: E402

CALLS = [call for call in calls() if call.graph.target and not (call.op.name == "svd" and call.shapes == ((2, 4),))]
"""Of a wide matrix NumPy and PyTorch choose other signs for the singular vectors."""
UNKNOWN = {"avg_unpool", "cofactor", "cofactor_slope", "fold", "sinc", "unfold"}
"""Operators that PyTorch has no function for with some of their arguments."""


@pytest.fixture(autouse=True)
def default_precision() -> Iterator[None]:
    """Exported code sets PyTorch's default; what runs after it in this process has its own."""
    before = torch.get_default_dtype()
    yield
    torch.set_default_dtype(before)


@pytest.mark.parametrize("backward", [False, True], ids=["autograd", "written out"])
@pytest.mark.parametrize("name", GALLERY)
def test_every_example(name: str, backward: bool) -> None:
    text, values, gradients = exported(GALLERY[name].program, to="pytorch", backward=backward)
    check(text, values, gradients, str(tidegraph.parse(GALLERY[name].program).target))


@pytest.mark.parametrize("call", CALLS, ids=map(str, CALLS))
def test_every_operator(call: Call) -> None:
    values, gradients = tidegraph.value_and_grad(call.graph, "J", wrt=call.wrt)(call.values)
    given = {**tidegraph.initial_values(call.graph), **call.values}
    if {operator.op.name for operator in call.graph.operators} & UNKNOWN:
        with suppress(InputError):
            code(call.graph, given, to="pytorch", wrt=call.wrt)
        return
    text = code(call.graph, given, to="pytorch", wrt=call.wrt)
    names, lines = run(text)
    assert float(lines[-1].rpartition(" ")[2]) == pytest.approx(float(values["J"]), rel=1e-9, abs=1e-12)
    _, found = names["loss_and_gradients"]()
    for name in call.wrt:
        assert_close(np.asarray(found[name]), gradients[name], 1e-9, name)
