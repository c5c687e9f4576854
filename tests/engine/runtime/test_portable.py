"""The page's kernels compute what NumPy computes: every operator that has one, in both precisions."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tidegraph
from tests.engine.calls import Call, calls, cases_of
from tidegraph.app import examples
from tidegraph.engine.graph import Graph
from tidegraph.engine.ops import REGISTRY
from tidegraph.engine.ops.declare import Primitive
from tidegraph.engine.runtime.portable import plain_attribute
from tidegraph.engine.trace.run import Run
from tidegraph.engine.trace.structure import Structure

HERE = Path(__file__).parent
TOLERANCE = {"float64": 1e-12, "float32": 1e-5}
SERVER_ONLY = {
    "pinv", "eigh", "svd", "qr", "matrix_exp", "dft", "erfcx", "erfinv", "ndtri", "signbit", "lasting", "running_place",
    "adaptive_max_index",
}  # fmt: skip


@dataclass
class Case:
    """A run for both sides."""

    name: str
    graph: Graph
    values: dict[str, Any]
    dtype: str


def in_node(cases: Iterable[Case], folder: Path) -> list[tuple[Case, Run, dict[str, Any]]]:
    """Each case with NumPy's run and the kernels' arrays."""
    runs = [(case, Run(Structure(case.graph, dtype=case.dtype), case.values)) for case in cases]
    asked = [
        {
            "plan": run.structure.portable,
            "values": {name: plain_attribute(run.values[name].tolist()) for name in run.structure.plan.leaves},
        }
        for _, run in runs
    ]
    (folder / "asked.json").write_text(json.dumps(asked))
    command = ["node", str(HERE / "run_plans.mjs"), str(folder / "asked.json"), str(folder / "found.json")]
    subprocess.run(command, check=True, capture_output=True, text=True)
    found = json.loads((folder / "found.json").read_text())
    return [(case, run, answer) for (case, run), answer in zip(runs, found, strict=True)]


def array(answer: dict[str, Any]) -> np.ndarray:
    return np.array([float(x) for x in answer["data"]]).reshape(answer["shape"])


def differences(case: Case, run: Run, answer: dict[str, Any]) -> list[str]:
    """Where the kernels differ from NumPy by more than the tolerance, relative to the largest number of an array."""
    if "error" in answer:
        return [f"{case.name}: {answer['error']}"]
    pairs = [(f"value of {name}", one, answer["values"][name]) for name, one in run.values.items()]
    pairs += [(f"gradient of {name}", one, answer["gradients"][name]) for name, one in run.gradients.items()]
    pairs += [
        (f"contribution {n}", one, other)
        for n, (one, other) in enumerate(zip(run.contributions, answer["contributions"], strict=True))
    ]
    wrong = []
    for what, numpy, other in pairs:
        got, wanted = array(other), numpy.astype(float)
        scale = max(1.0, float(np.abs(wanted[np.isfinite(wanted)]).max(initial=0.0)))
        if got.shape != wanted.shape or not np.allclose(
            got, wanted, rtol=0, atol=TOLERANCE[case.dtype] * scale, equal_nan=True
        ):
            wrong.append(f"{case.name}, {case.dtype}, {what}: {got.tolist()} for {wanted.tolist()}"[:300])
    return wrong


def on_server(graph: Graph) -> bool:
    return bool(Structure(graph).portable["missing"])


def operator_cases(dtype: str) -> list[Case]:
    return [Case(str(call), call.graph, call.values, dtype) for call in calls() if not on_server(call.graph)]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_every_declared_case_of_every_operator(dtype: str, tmp_path: Path) -> None:
    cases = operator_cases(dtype)
    wrong = [line for triple in in_node(cases, tmp_path) for line in differences(*triple)]
    assert not wrong, f"{len(wrong)} differences in {len(cases)} cases:\n" + "\n".join(wrong[:40])
    covered = {o.op.name for case in cases for o in case.graph.operators}
    primitives = {name for name, op in REGISTRY.items() if isinstance(op, Primitive)}
    assert primitives - covered == SERVER_ONLY


def test_random_shapes(tmp_path: Path) -> None:
    """Elementwise operators and products on shapes that are drawn."""
    random = np.random.default_rng(5)
    cases = []
    for op in REGISTRY.values():
        if not isinstance(op, Primitive) or not op.elementwise or op.cases or not op.portable:
            continue
        for _ in range(3):
            shape = tuple(int(n) for n in random.integers(1, 5, random.integers(0, 4)))
            others = [tuple(1 if random.random() < 0.3 else n for n in shape) for _ in op.inputs[1:]]
            call = Call(op, cases_of(op)[0]._replace(shapes=(shape, *others)), (shape, *others), {})
            cases.append(Case(str(call), call.graph, call.values, "float64"))
    for _ in range(30):
        m, k, n, b = (int(size) for size in random.integers(1, 6, 4))
        graph = tidegraph.parse(
            f"A: input[{b}, {m}, {k}]\nB: input[{k}, {n}]\nv: input[{k}]\n"
            "C = A @ B\nd = A @ v\nJ = sum(tanh(C) ** 2) + mean(exp(d)) + sum(softmax(C, axis=-1)[:, 0] * 3)"
        )
        cases.append(Case(f"products {b} {m} {k} {n}", graph, {}, "float64"))
    wrong = [line for triple in in_node(cases, tmp_path) for line in differences(*triple)]
    assert not wrong, "\n".join(wrong[:40])


def test_the_gallery(tmp_path: Path) -> None:
    programs = {name: tidegraph.parse(example.program) for name, example in examples.load().items()}
    cases = [
        Case(name, graph, {}, "float64")
        for name, graph in programs.items()
        if not on_server(graph) and sum(o.op.flops(o) for o in graph.operators) < 1e6
    ]
    assert len(cases) >= 20
    wrong = [line for triple in in_node(cases, tmp_path) for line in differences(*triple)]
    assert not wrong, "\n".join(wrong[:40])


def test_what_has_no_kernel_says_so() -> None:
    assert {name for name, op in REGISTRY.items() if isinstance(op, Primitive) and not op.portable} == SERVER_ONLY


@pytest.mark.parametrize(
    "key", ["0", "-1", "1:3", "::-1", "1:, 0", "..., 1", "None, 2", ":, None", "(0, 2)", "::2, 1:", "-3:-1, ::-2"]
)
def test_indices(key: str, tmp_path: Path) -> None:
    graph = tidegraph.parse(f"x: input[4, 3]\ny = x[{key}]\nJ = sum(y ** 2)")
    wrong = [line for triple in in_node([Case(key, graph, {}, "float64")], tmp_path) for line in differences(*triple)]
    assert not wrong


def test_values_that_are_not_finite_and_wrong_labels(tmp_path: Path) -> None:
    graph = tidegraph.parse("x: input[4]\ny = relu(x) + log(x)\nm = max(x)\nJ = sum(y) * m")
    values = {"x": [np.nan, np.inf, -np.inf, 0.0]}
    ((case, run, answer),) = in_node([Case("not finite", graph, values, "float64")], tmp_path)
    assert not differences(case, run, answer)
    graph = tidegraph.parse("x: input[3]\ny: target\nJ = cross_entropy(x, y)")
    run = Run(Structure(graph), {"y": 1})
    bad = {"plan": run.structure.portable, "values": {"x": [1, 2, 3], "y": 7}}
    (tmp_path / "asked.json").write_text(json.dumps([bad]))
    command = ["node", str(HERE / "run_plans.mjs"), str(tmp_path / "asked.json"), str(tmp_path / "found.json")]
    subprocess.run(command, check=True)
    assert "label 7" in json.loads((tmp_path / "found.json").read_text())[0]["error"]
