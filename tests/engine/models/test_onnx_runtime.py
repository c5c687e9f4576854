"""Models that people use, from the files in their packages, beside ONNX Runtime."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tidegraph

onnxruntime = pytest.importorskip("onnxruntime")

VOICE = {"input": (1, 576), "state": (2, 1, 128), "sr": ()}
"""A chunk of 512 samples at 16 kHz after 64 of the one before, the state, and the rate."""

MODELS: dict[str, tuple[str, dict[str, tuple[int, ...]]]] = {
    "models/standard_v3_3/model.onnx": ("magika", {"bytes": (1, 2048)}),
    "data/silero_vad.onnx": ("silero_vad", VOICE),
    "data/silero_vad_16k_op15.onnx": ("silero_vad", VOICE),
    "data/silero_vad_16k_sequence.onnx": ("silero_vad", {"input": (3, 576)}),
    "data/silero_vad_half.onnx": ("silero_vad", {"input": (1, 576), "state": (2, 1, 128)}),
    "data/silero_vad_op18_ifless.onnx": ("silero_vad", VOICE),
}
"""A file, its package, and shapes of its inputs."""


def example(name: str, shape: tuple[int, ...], kind: str) -> np.ndarray:
    """An input of the kind that the model reads."""
    random = np.random.default_rng(0)
    if name == "sr":
        return np.array(16000, np.int64)
    if "int" in kind:
        return random.integers(0, 256, shape).astype(kind[7:-1])
    return (0.3 * random.normal(size=shape)).astype(np.float32)


@pytest.mark.parametrize("file", MODELS)
def test_outputs_are_those_of_onnx_runtime(file: str) -> None:
    package, shapes = MODELS[file]
    spec = find_spec(package)
    assert spec is not None, f"{package} is one of the packages of the extra `oracle`"
    path = Path((spec.submodule_search_locations or [""])[0], file)
    session = onnxruntime.InferenceSession(str(path))
    given: dict[str, Any] = {
        i.name: example(i.name, shapes.get(i.name) or tuple(i.shape), i.type) for i in session.get_inputs()
    }
    read = tidegraph.onnx.read(path, sizes=shapes)
    assert len(read.program) < 60_000
    values = {**read.values, **{read.names[name]: value for name, value in given.items()}}
    (found,) = tidegraph.function(read.graph, results=read.outputs, dtype="float32")(values)
    for name, wanted in zip(read.outputs, session.run(None, given), strict=True):
        np.testing.assert_allclose(found[name], wanted, atol=1e-4)
    if "ifless" in file:
        return  # both rates are computed and one is masked out: a root of 0 there has no slope, as in PyTorch
    text = read.program + f"J = sum({read.outputs[0]} ** 2)\n"
    target = tidegraph.parse(text)
    _, slopes = tidegraph.value_and_grad(target, target="J", keep="training", dtype="float32")(values)
    assert all(np.isfinite(slope).all() for slope in slopes.values())
