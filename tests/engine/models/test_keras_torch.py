"""Keras models as Keras itself writes and runs them: the same outputs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tidegraph

torch = pytest.importorskip("torch")
os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras")
L = keras.layers

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def functional() -> Any:
    x = keras.Input((5,))
    a, b, shared = L.Dense(3)(x), L.Dense(3, activation="tanh")(x), L.Dense(3)
    joined = L.Concatenate()([L.Add()([shared(a), shared(b)]), L.Multiply()([a, b]), x])
    inner = keras.Sequential([keras.Input((11,)), L.Dense(4), L.ELU()])
    return keras.Model(x, L.Dense(2)(inner(joined)))


def attention() -> Any:
    x = keras.Input((6, 4))
    h = L.LayerNormalization(epsilon=1e-6)(L.Add()([x, L.MultiHeadAttention(2, 3)(x, x)]))
    return keras.Model(x, L.GlobalAveragePooling1D()(h))


def images() -> Any:
    layers = [L.Conv2D(4, 3, activation="relu", padding="same"), L.BatchNormalization(), L.MaxPooling2D()]
    layers += [L.Conv2D(4, 3, strides=2, padding="same", use_bias=False), L.DepthwiseConv2D(2), L.LeakyReLU()]
    return keras.Sequential([keras.Input((9, 9, 2)), *layers, L.UpSampling2D(2), L.Flatten(), L.Dense(3, "softmax")])


def sequences() -> Any:
    layers = [L.Embedding(7, 3), L.Bidirectional(L.LSTM(3, return_sequences=True)), L.GRU(2, return_sequences=True)]
    return keras.Sequential([keras.Input((4,)), *layers, L.SimpleRNN(3), L.Dense(1, activation="sigmoid")])


@pytest.mark.parametrize("make", [functional, attention, images, sequences])
def test_outputs_are_those_of_keras(make: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    original = make()
    for weight in original.weights:
        weight.assign(rng.uniform(0.1, 0.9, weight.shape))
    original.save(tmp_path / "m.keras")
    shape = (2, *original.input_shape[1:])
    x = (rng.integers(0, 7, shape) if make is sequences else rng.normal(size=shape)).astype("float32")
    expected = original(x, training=False).detach().numpy()
    model = tidegraph.keras.read(tmp_path / "m.keras", {"batch": 2})
    program = f"{model.program}J = sum({model.outputs[0]})"
    values, _ = tidegraph.value_and_grad(tidegraph.parse(program))({**model.values, model.inputs[0]: x})
    np.testing.assert_allclose(values[model.outputs[0]], expected, rtol=1e-4, atol=1e-5)
