"""Keras 3 files: a hand-made archive against NumPy, what is refused, and hostile files."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import h5py
import numpy as np
import pytest

import tidegraph
from tidegraph.engine.models.files import read_model

KERNEL = np.arange(15, dtype=np.float32).reshape(5, 3) / 10
INPUT = {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [None, 5]}}


def layer(kind: str, name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": kind, "config": {"name": name, **config}}


def archive(layers: list[dict[str, Any]], weights: dict[str, list[np.ndarray]], **config: Any) -> bytes:
    """A `.keras` file: the layers' configurations, and arrays by the groups that hold them."""
    held = BytesIO()
    with h5py.File(held, "w") as file:
        for group, arrays in weights.items():
            for number, array in enumerate(arrays):
                file[f"layers/{group}/vars/{number}"] = array
    kind = "Functional" if config else "Sequential"
    content = BytesIO()
    with ZipFile(content, "w") as made:
        made.writestr("config.json", json.dumps({"class_name": kind, "config": {"layers": layers, **config}}))
        made.writestr("model.weights.h5", held.getvalue())
    return content.getvalue()


def tensor(name: str) -> dict[str, Any]:
    return {"class_name": "__keras_tensor__", "config": {"keras_history": [name, 0, 0]}}


def run(model: tidegraph.Model, x: np.ndarray) -> np.ndarray:
    values, _ = tidegraph.value_and_grad(tidegraph.parse(f"{model.program}J = sum({model.outputs[0]})"))(
        {**model.values, model.inputs[0]: x}
    )
    return np.asarray(values[model.outputs[0]])


def test_a_sequential_model_computes_what_its_weights_say() -> None:
    bias = np.array([0.5, -4.0, 1.0], np.float32)
    layers = [INPUT, layer("Dense", "head", activation="relu"), layer("Dropout", "drop", rate=0.5)]
    model = tidegraph.keras.read(archive(layers, {"dense": [KERNEL, bias]}), sizes={"batch": 2})
    x = np.linspace(-1, 2, 10).reshape(2, 5)
    np.testing.assert_allclose(run(model, x), np.maximum(x @ KERNEL + bias, 0), rtol=1e-6)
    assert model.names["head/kernel"] == "head_kernel"
    assert model.dtype == "float32"
    assert any("drop" in note for note in model.notes)


def test_a_functional_model_shares_a_layer() -> None:
    layers = [
        INPUT,
        layer("Dense", "one", activation="tanh") | {"inbound_nodes": [{"args": [tensor("x")], "kwargs": {}}]},
        layer("Add", "sum") | {"inbound_nodes": [{"args": [[tensor("one"), tensor("one")]], "kwargs": {}}]},
    ]
    ends = {"input_layers": [["x", 0, 0]], "output_layers": [["sum", 0, 0]]}
    model = read_model("m.keras", archive(layers, {"dense": [KERNEL]}, **ends))
    x = np.linspace(-1, 1, 5).reshape(1, 5)
    np.testing.assert_allclose(run(model, x), 2 * np.tanh(x @ KERNEL), rtol=1e-6)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not a valid Keras 3 file"),
        (archive([INPUT, layer("Lambda", "code", function="x")], {}), "Lambda is not supported"),
        (archive([INPUT, layer("Mine", "own")], {}), "Mine is not supported"),
        (archive([INPUT, layer("Dense", "head")], {}), "not a valid Keras 3 file"),
        (archive([layer("Dense", "head")], {"dense": [KERNEL]}), "shape of its input"),
        (archive([INPUT, layer("Dense", "head", activation="mine")], {"dense": [KERNEL]}), "activation mine"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_name(content: bytes, says: str) -> None:
    with pytest.raises(tidegraph.InputError, match=says):
        tidegraph.keras.read(content)


def test_layers_that_read_each_other_are_refused() -> None:
    node = lambda name: {"inbound_nodes": [{"args": [tensor(name)], "kwargs": {}}]}  # noqa: E731
    layers = [INPUT, layer("ReLU", "a") | node("b"), layer("ReLU", "b") | node("a")]
    ends = {"input_layers": [["x", 0, 0]], "output_layers": [["b", 0, 0]]}
    with pytest.raises(tidegraph.InputError, match="in a circle"):
        tidegraph.keras.read(archive(layers, {}, **ends))


def test_numbers_outside_the_file_are_not_fetched(tmp_path: Any) -> None:
    (tmp_path / "secret").write_bytes(bytes(60))
    held = BytesIO()
    with h5py.File(held, "w") as file:
        file.create_dataset("layers/dense/vars/0", (5, 3), "f4", external=[(str(tmp_path / "secret"), 0, 60)])
    content = BytesIO()
    with ZipFile(content, "w") as made:
        config = {"class_name": "Sequential", "config": {"layers": [INPUT, layer("Dense", "head")]}}
        made.writestr("config.json", json.dumps(config))
        made.writestr("model.weights.h5", held.getvalue())
    with pytest.raises(tidegraph.InputError, match="not a valid Keras 3 file"):
        tidegraph.keras.read(content.getvalue())
