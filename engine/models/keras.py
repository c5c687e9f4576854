"""Keras 3 files (`.keras`) to programs: the configuration and the weights, nothing that is code.

A file is a zip of `config.json` and `model.weights.h5`. Sequential and functional models are read as they predict: no
dropout, batch norm with its moving averages. Lambda layers and layers of the user's own are code, and refused.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np

from tidegraph.engine.graph import InputError, TidegraphError, Variable, size_of
from tidegraph.engine.models.builder import Builder, registrar
from tidegraph.engine.models.model import Model
from tidegraph.engine.models.recurrent import Cell, recurrent

MAX_CONFIG = 2**26
"""Bytes of a configuration."""

MAX_WEIGHTS = 2**31
"""Bytes of the weights."""

MAX_ELEMENTS = 2**28
"""Elements of all arrays of the weights together."""

MAX_NESTING = 16
"""Models inside models."""

UNREADABLE = (BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, struct.error)

Config = Mapping[str, Any]


def read(file: str | os.PathLike[str] | bytes, sizes: Mapping[str, int | Sequence[int]] | None = None) -> Model:
    """The model in a `.keras` file as a program with its values.

    `sizes` maps `batch` to a number, or the names of inputs to shapes; an open dimension without one is 1. Raises a
    TidegraphError that names the layer which cannot be read. Needs the package `h5py`.
    """
    try:
        h5py: Any = import_module("h5py")
    except ImportError:
        raise InputError("needs-package", package="h5py", extra="keras") from None
    content = file if isinstance(file, bytes) else Path(file).read_bytes()
    try:
        with ZipFile(BytesIO(content)) as archive:
            config = json.loads(member(archive, "config.json", MAX_CONFIG))
            weights = member(archive, "model.weights.h5", MAX_WEIGHTS)
        with h5py.File(BytesIO(weights), "r") as file_:
            return Reader(config, file_, h5py, dict(sizes or {})).model()
    except TidegraphError:
        raise
    except RecursionError:
        raise InputError("keras-malformed", reason="nesting") from None
    except (*UNREADABLE, KeyError, TypeError, IndexError, AttributeError, MemoryError) as error:
        raise InputError("keras-malformed", reason=str(error)[:200] or type(error).__name__) from None


def member(archive: ZipFile, name: str, most: int) -> bytes:
    """A file of the zip, bounded whatever the zip says of its length."""
    with archive.open(name) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise InputError("model-too-large", name=name, size=len(content), most=most)
    return content


class Layer:
    """One layer of a model: its configuration, and the group of the file that holds its weights."""

    def __init__(self, reader: Reader, config: Config, group: Any, path: str) -> None:
        self.reader = reader
        self.b = reader.builder
        self.kind = str(config["class_name"])
        self.config: Config = config.get("config") or {}
        self.name = str(self.config.get("name", self.kind.lower()))
        self.group = group
        self.path = f"{path}{self.name}"
        self.made: dict[str, Variable] = {}

    def get(self, name: str, default: Any = None) -> Any:
        found = self.config.get(name)
        return default if found is None else found

    def arrays(self, part: str = "") -> list[np.ndarray]:
        """The weights of the layer or of a part of it, in the order in which Keras made them."""
        group = self.group
        for step in (*filter(None, part.split("/")), "vars"):
            group = self.reader.inside(group, step)
        if group is None:
            return []
        return [self.reader.array(self.reader.inside(group, str(i))) for i in range(len(group))]

    def weight(self, name: str, array: np.ndarray, role: str = "parameter") -> Variable:
        """A parameter of the layer; every call of a layer has the same."""
        if name not in self.made:
            self.made[name] = self.b.leaf(f"{self.path}/{name}", array.shape, role, array, stem=f"{self.name}_{name}")
        return self.made[name]

    def refuse(self, what: str) -> InputError:
        return InputError("keras-layer", layer=self.kind, name=self.name, what=what)

    def activate(self, x: Variable, key: str = "activation") -> Variable:
        """The activation function that the configuration names."""
        name = self.config.get(key)
        if isinstance(name, Mapping):
            name = name.get("config", name.get("class_name"))
        return activation(self, name or "linear", x)


def activation(layer: Layer, name: Any, x: Variable) -> Variable:
    """The activation function of a name."""
    b = layer.b
    if not isinstance(name, str) or name not in ACTIVATIONS:
        raise layer.refuse(f"activation {name}")
    return ACTIVATIONS[name](b, x)


ACTIVATIONS: dict[str, Callable[[Any, Variable], Variable]] = {
    "linear": lambda b, x: x,
    "relu": lambda b, x: b.relu(x),
    "relu6": lambda b, x: b.relu6(x),
    "tanh": lambda b, x: b.tanh(x),
    "sigmoid": lambda b, x: b.sigmoid(x),
    "softmax": lambda b, x: b.softmax(x, axis=-1),
    "log_softmax": lambda b, x: b.log_softmax(x, axis=-1),
    "softplus": lambda b, x: b.softplus(x),
    "softsign": lambda b, x: b.softsign(x),
    "elu": lambda b, x: b.elu(x),
    "selu": lambda b, x: b.selu(x),
    "gelu": lambda b, x: b.gelu(x),
    "silu": lambda b, x: b.silu(x),
    "swish": lambda b, x: b.silu(x),
    "mish": lambda b, x: b.mish(x),
    "exponential": lambda b, x: b.exp(x),
    "hard_sigmoid": lambda b, x: b.hardsigmoid(x),
    "hard_silu": lambda b, x: b.hardswish(x),
    "hard_swish": lambda b, x: b.hardswish(x),
    "leaky_relu": lambda b, x: b.leaky_relu(x, negative_slope=0.2),
}
"""Activation functions by Keras's names."""

Rule = Callable[[Layer, list[Variable]], Variable]
RULES: dict[str, Rule] = {}
rule = registrar(RULES)


class Reader:
    """One file that is being read."""

    def __init__(self, config: Config, file: Any, h5py: Any, sizes: dict[str, Any]) -> None:
        self.config = config
        self.file = file
        self.h5py = h5py
        self.sizes = sizes
        self.builder = Builder()
        self.inputs: list[Variable] = []
        self.left = MAX_ELEMENTS

    def model(self) -> Model:
        """The whole model: its inputs are declared as it names them."""
        found = self.run(self.config, self.file, None, "", 0)
        return self.builder.model(self.inputs, found)

    def inside(self, group: Any, name: str) -> Any:
        """A member of a group; no link leads out of the file."""
        if group is None or name not in group:
            return None
        if not isinstance(group.get(name, getlink=True), self.h5py.HardLink):
            raise InputError("keras-malformed", reason=name[:80])
        return group[name]

    def array(self, data: Any) -> np.ndarray:
        """Numbers of the file: of a dataset in the file itself; all together have a bounded size."""
        if not isinstance(data, self.h5py.Dataset) or data.external is not None or data.is_virtual:
            raise InputError("keras-malformed", reason=str(data)[:80])
        self.left -= size_of(data.shape)
        if self.left < 0:
            raise InputError("keras-malformed", reason=f"{data.name} {data.shape}"[:80])
        array = np.asarray(data[()])
        if array.dtype.kind not in "fiub":
            raise InputError("keras-malformed", reason=str(array.dtype))
        return array.astype(np.float32) if array.dtype.itemsize < 4 or array.dtype.kind != "f" else array

    def input(self, config: Config) -> Variable:
        """An input; an open dimension has the size that is given, or 1."""
        name = str(config.get("name", "x"))
        shape = list(config.get("batch_shape") or config.get("batch_input_shape") or ())
        given = self.sizes.get(name)
        if isinstance(given, (tuple, list)):
            shape = list(given)
        elif shape and shape[0] is None:
            shape[0] = int(self.sizes.get("batch", 1))
        shape = [1 if n is None else int(n) for n in shape]
        if any(n < 0 for n in shape) or size_of(tuple(shape)) > MAX_ELEMENTS:
            raise InputError("keras-malformed", reason=f"{name} {shape}")
        variable = self.builder.leaf(name, tuple(shape), "input")
        self.inputs.append(variable)
        return variable

    def run(
        self, config: Config, group: Any, given: list[Variable] | None, path: str, depth: int
    ) -> list[tuple[str, Variable]]:
        """The outputs of a sequential or functional model, on variables or on its own inputs."""
        kind, inner = config.get("class_name"), config.get("config")
        if depth > MAX_NESTING or not isinstance(inner, Mapping) or kind not in ("Sequential", "Functional", "Model"):
            raise InputError("keras-model", kind=str(kind)[:80])
        layers = self.layers(inner, group, path)
        if kind == "Sequential":
            return [self.sequential(layers, given, path, depth)]
        return self.functional(inner, layers, given, path, depth)

    def layers(self, config: Config, group: Any, path: str) -> list[tuple[Layer, Config]]:
        """The layers of a model with their weights, found by the names that groups carry, else by their class."""
        held = self.inside(group, "layers")
        by_name = {}
        for key in held or ():
            inside = self.inside(self.inside(held, key), "vars")
            if inside is not None and "name" in inside.attrs:
                by_name[str(inside.attrs["name"])] = self.inside(held, key)
        counts: dict[str, int] = {}
        found = []
        for layer in config["layers"]:
            stem = snake(str(layer["class_name"]))
            number = counts.get(stem, 0)
            counts[stem] = number + 1
            key = f"{stem}_{number}" if number else stem
            name = str((layer.get("config") or {}).get("name", key))
            place = by_name.get(name) or self.inside(held, key)
            found.append((Layer(self, layer, place, path), layer))
        return found

    def sequential(
        self, layers: list[tuple[Layer, Config]], given: list[Variable] | None, path: str, depth: int
    ) -> tuple[str, Variable]:
        x = given[0] if given else None
        last = "output"
        for layer, config in layers:
            if layer.kind == "InputLayer":
                x = self.input(layer.config) if x is None else x
                continue
            if x is None:
                shape = (layer.config.get("batch_input_shape") or layer.config.get("batch_shape")) or (
                    config.get("build_config") or {}
                ).get("input_shape")
                if not shape:
                    raise InputError("keras-no-input")
                x = self.input({"name": "input", "batch_shape": shape})
            x = self.apply(layer, config, [x], path, depth)
            last = layer.name
        if x is None:
            raise InputError("keras-no-input")
        return last, x

    def functional(
        self, config: Config, layers: list[tuple[Layer, Config]], given: list[Variable] | None, path: str, depth: int
    ) -> list[tuple[str, Variable]]:
        env: dict[tuple[str, int, int], Variable] = {}
        for place, name in enumerate(places(config.get("input_layers"))):
            layer = next(one for one, _ in layers if one.name == name[0])
            env[name] = given[place] if given is not None else self.input(layer.config)
        waiting = [
            (layer, whole, number, node)
            for layer, whole in layers
            if layer.kind != "InputLayer"
            for number, node in enumerate(whole.get("inbound_nodes") or [])
        ]
        while waiting:
            later = []
            for layer, whole, number, node in waiting:
                needed = list(tensors(node.get("args", ()) if isinstance(node, Mapping) else node))
                needed += list(tensors((node.get("kwargs") or {}) if isinstance(node, Mapping) else {}))
                if any(t not in env for t in needed):
                    later.append((layer, whole, number, node))
                    continue
                env[layer.name, number, 0] = self.apply(layer, whole, [env[t] for t in needed], path, depth)
            if len(later) == len(waiting):
                raise InputError("keras-malformed", reason="the layers read each other in a circle")
            waiting = later
        return [(name[0], env[name]) for name in places(config.get("output_layers"))]

    def apply(self, layer: Layer, config: Config, inputs: list[Variable], path: str, depth: int) -> Variable:
        """What a layer computes: an operator or several, in a scope where it is a model."""
        if layer.kind in ("Sequential", "Functional", "Model"):
            with self.builder.scope(layer.name, layer.path):
                return self.run(config, layer.group, inputs, f"{layer.path}/", depth + 1)[0][1]
        found = RULES.get(layer.kind)
        if found is None or (config.get("registered_name") not in (None, layer.kind) and config.get("module") is None):
            raise InputError("keras-layer-unknown", layer=layer.kind[:80], name=layer.name[:80])
        return found(layer, inputs)


def places(found: Any) -> list[tuple[str, int, int]]:
    """Tensors by layer, call and index: one, a list of them, or one by each name."""
    if isinstance(found, Mapping):
        found = list(found.values())
    if isinstance(found, (list, tuple)) and len(found) == 3 and isinstance(found[0], str):
        found = [found]
    return [(str(a), int(b), int(c)) for a, b, c in found or ()]


def tensors(part: Any) -> Iterator[tuple[str, int, int]]:
    """The tensors that a call is given, in order."""
    if isinstance(part, Mapping):
        if part.get("class_name") == "__keras_tensor__":
            layer, number, index = part["config"]["keras_history"]
            yield str(layer), int(number), int(index)
        else:
            for value in part.values():
                yield from tensors(value)
    elif isinstance(part, (list, tuple)):
        for value in part:
            yield from tensors(value)


def snake(name: str) -> str:
    """A class's name as Keras names groups: `BatchNormalization` is batch_normalization, `Conv2D` is conv2d."""
    text = ""
    for i, letter in enumerate(name):
        inside = i > 0 and letter.isupper()
        if inside and (
            name[i - 1].islower() or (i + 1 < len(name) and name[i + 1].islower() and name[i - 1].isupper())
        ):
            text += "_"
        text += letter.lower()
    return text


# Layers


@rule("Dense")
def _dense(layer: Layer, inputs: list[Variable]) -> Variable:
    kernel, *bias = layer.arrays()
    y = layer.b.matmul(inputs[0], layer.weight("kernel", kernel))
    if bias:
        y = layer.b.add(y, layer.weight("bias", bias[0]))
    return layer.activate(y)


def first(layer: Layer, x: Variable) -> Variable:
    """Channels before the sizes, as operators have them."""
    if layer.get("data_format", "channels_last") == "channels_first":
        return x
    return layer.b.transpose(x, axes=(0, x.ndim - 1, *range(1, x.ndim - 1)))


def back(layer: Layer, x: Variable) -> Variable:
    """Channels where the model has them."""
    if layer.get("data_format", "channels_last") == "channels_first":
        return x
    return layer.b.transpose(x, axes=(0, *range(2, x.ndim), 1))


def lengths(value: Any, ndim: int) -> list[int]:
    """A number for each axis."""
    return [int(n) for n in value] if isinstance(value, (list, tuple)) else [int(value)] * ndim


def same(x: Variable, kernel: list[int], strides: list[int], dilation: list[int]) -> list[tuple[int, int]]:
    """What "same" adds at both ends of each axis; the odd one at the end."""
    pads = []
    for n, k, s, d in zip(x.shape[2:], kernel, strides, dilation, strict=True):
        total = max((-(-n // s) - 1) * s + (k - 1) * d + 1 - n, 0)
        pads.append((total // 2, total - total // 2))
    return pads


def windowed(
    layer: Layer, x: Variable, kernel: list[int], fill: float = 0.0
) -> tuple[Variable, dict[str, Any], list[tuple[int, int]]]:
    """A convolution's or pooling's operand, and its stride, padding and dilation."""
    ndim = len(kernel)
    strides = lengths(layer.get("strides", kernel if "pool_size" in layer.config else 1), ndim)
    dilation = lengths(layer.get("dilation_rate", 1), ndim)
    padding = layer.get("padding", "valid")
    pads = [(0, 0)] * ndim
    if padding == "same":
        pads = same(x, kernel, strides, dilation)
    elif padding == "causal":
        pads = [((kernel[0] - 1) * dilation[0], 0)]
    elif padding != "valid":
        raise layer.refuse(f"padding {padding}")
    if any(a != b for a, b in pads) or (fill and any(a for a, _ in pads)):
        x = layer.b.pad(x, pad_width=((0, 0), (0, 0), *pads), constant_values=fill)
        pads = [(0, 0)] * ndim
    return x, {"stride": tuple(strides), "padding": tuple(a for a, _ in pads), "dilation": tuple(dilation)}, pads


@rule("Conv1D", "Conv2D", "Conv3D", "Convolution1D", "Convolution2D", "Convolution3D")
def _conv(layer: Layer, inputs: list[Variable]) -> Variable:
    kernel, *bias = layer.arrays()
    ndim = kernel.ndim - 2
    w = layer.weight("kernel", np.ascontiguousarray(np.moveaxis(kernel, (-1, -2), (0, 1))))
    x, how, _ = windowed(layer, first(layer, inputs[0]), list(kernel.shape[:ndim]))
    b = layer.weight("bias", bias[0]) if bias else None
    y = getattr(layer.b, f"conv{ndim}d")(x, w, b, groups=int(layer.get("groups", 1)), **how)
    return layer.activate(back(layer, y))


@rule("DepthwiseConv1D", "DepthwiseConv2D")
def _depthwise(layer: Layer, inputs: list[Variable]) -> Variable:
    kernel, *bias = layer.arrays()
    ndim = kernel.ndim - 2
    channels, multiplier = kernel.shape[-2:]
    array = np.moveaxis(kernel, (-2, -1), (0, 1)).reshape(channels * multiplier, 1, *kernel.shape[:ndim])
    w = layer.weight("kernel", np.ascontiguousarray(array))
    x, how, _ = windowed(layer, first(layer, inputs[0]), list(kernel.shape[:ndim]))
    b = layer.weight("bias", bias[0]) if bias else None
    return layer.activate(back(layer, getattr(layer.b, f"conv{ndim}d")(x, w, b, groups=channels, **how)))


@rule("MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "MaxPool1D", "MaxPool2D", "MaxPool3D")
def _max_pool(layer: Layer, inputs: list[Variable]) -> Variable:
    ndim = inputs[0].ndim - 2
    kernel = lengths(layer.get("pool_size", 2), ndim)
    x, how, _ = windowed(layer, first(layer, inputs[0]), kernel, -np.inf)
    return back(layer, getattr(layer.b, f"max_pool{ndim}d")(x, kernel_size=tuple(kernel), stride=how["stride"]))


@rule("AveragePooling1D", "AveragePooling2D", "AveragePooling3D", "AvgPool1D", "AvgPool2D", "AvgPool3D")
def _average_pool(layer: Layer, inputs: list[Variable]) -> Variable:
    ndim = inputs[0].ndim - 2
    kernel = lengths(layer.get("pool_size", 2), ndim)
    x = first(layer, inputs[0])
    if layer.get("padding") == "same" and any(
        a != b for a, b in same(x, kernel, lengths(layer.get("strides", kernel), ndim), [1] * ndim)
    ):
        raise layer.refuse("padding same with more at one end")
    x, how, _ = windowed(layer, x, kernel)
    how = {"kernel_size": tuple(kernel), "stride": how["stride"], "padding": how["padding"], "count_include_pad": False}
    return back(layer, getattr(layer.b, f"avg_pool{ndim}d")(x, **how))


@rule("GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D")
def _global_average(layer: Layer, inputs: list[Variable]) -> Variable:
    return layer.b.mean(inputs[0], axis=spatial(layer, inputs[0]), keepdims=bool(layer.get("keepdims", False)))


@rule("GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D")
def _global_max(layer: Layer, inputs: list[Variable]) -> Variable:
    return layer.b.max(inputs[0], axis=spatial(layer, inputs[0]), keepdims=bool(layer.get("keepdims", False)))


def spatial(layer: Layer, x: Variable) -> tuple[int, ...]:
    """The axes that are neither examples nor channels."""
    start = 2 if layer.get("data_format", "channels_last") == "channels_first" else 1
    return tuple(range(start, start + x.ndim - 2))


@rule("Flatten")
def _flatten(layer: Layer, inputs: list[Variable]) -> Variable:
    x = inputs[0]
    return layer.b.reshape(x, shape=(x.shape[0], size_of(x.shape[1:])))


@rule("Reshape")
def _reshape(layer: Layer, inputs: list[Variable]) -> Variable:
    return layer.b.reshape(inputs[0], shape=(inputs[0].shape[0], *map(int, layer.get("target_shape"))))


@rule("Permute")
def _permute(layer: Layer, inputs: list[Variable]) -> Variable:
    return layer.b.transpose(inputs[0], axes=(0, *map(int, layer.get("dims"))))


@rule("RepeatVector")
def _repeat_vector(layer: Layer, inputs: list[Variable]) -> Variable:
    x = inputs[0]
    return layer.b.broadcast_to(layer.b.expand_dims(x, axis=1), shape=(x.shape[0], int(layer.get("n")), x.shape[1]))


@rule("Activation")
def _activation(layer: Layer, inputs: list[Variable]) -> Variable:
    return layer.activate(inputs[0])


@rule("ReLU")
def _relu(layer: Layer, inputs: list[Variable]) -> Variable:
    slope, top, threshold = (float(layer.get(n, 0) or 0) for n in ("negative_slope", "max_value", "threshold"))
    if threshold or (slope and top):
        raise layer.refuse("threshold")
    if slope:
        return layer.b.leaky_relu(inputs[0], negative_slope=slope)
    return layer.b.clip(inputs[0], 0.0, top) if top else layer.b.relu(inputs[0])


@rule("LeakyReLU")
def _leaky_relu(layer: Layer, inputs: list[Variable]) -> Variable:
    return layer.b.leaky_relu(inputs[0], negative_slope=float(layer.get("negative_slope", layer.get("alpha", 0.3))))


@rule("ELU")
def _elu(layer: Layer, inputs: list[Variable]) -> Variable:
    return layer.b.elu(inputs[0], alpha=float(layer.get("alpha", 1.0)))


@rule("PReLU")
def _prelu(layer: Layer, inputs: list[Variable]) -> Variable:
    (alpha,) = layer.arrays()
    x = inputs[0]
    return layer.b.where(layer.b.greater(x, 0), x, layer.b.multiply(x, layer.weight("alpha", alpha)))


@rule("Softmax")
def _softmax(layer: Layer, inputs: list[Variable]) -> Variable:
    return layer.b.softmax(inputs[0], axis=layer.get("axis", -1))


@rule(
    "Dropout",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "AlphaDropout",
    "GaussianDropout",
    "GaussianNoise",
    "ActivityRegularization",
    "Identity",
)
def _dropout(layer: Layer, inputs: list[Variable]) -> Variable:
    if layer.kind != "Identity":
        layer.b.note(f"{layer.name}: {layer.kind} does nothing in prediction and is left out")
    return inputs[0]


@rule("BatchNormalization")
def _batch_norm(layer: Layer, inputs: list[Variable]) -> Variable:
    x, b = inputs[0], layer.b
    arrays = layer.arrays()
    names = [n for n, used in (("gamma", layer.get("scale", True)), ("beta", layer.get("center", True))) if used]
    names += ["moving_mean", "moving_variance"]
    axis = layer.get("axis", -1)
    axis = (axis[0] if isinstance(axis, (list, tuple)) else int(axis)) % x.ndim
    shape = tuple(n if i == axis else 1 for i, n in enumerate(x.shape)) if axis != x.ndim - 1 else None
    found = {}
    for name, array in zip(names, arrays, strict=True):
        role = "constant" if name.startswith("moving") else "parameter"
        found[name] = layer.weight(name, array.reshape(shape) if shape else array, role)
    y = b.divide(
        b.subtract(x, found["moving_mean"]), b.sqrt(b.add(found["moving_variance"], float(layer.get("epsilon", 1e-3))))
    )
    y = b.multiply(y, found["gamma"]) if "gamma" in found else y
    return b.add(y, found["beta"]) if "beta" in found else y


@rule("LayerNormalization")
def _layer_norm(layer: Layer, inputs: list[Variable]) -> Variable:
    axis = layer.get("axis", -1)
    axes = [a % inputs[0].ndim for a in (axis if isinstance(axis, (list, tuple)) else [axis])]
    if axes != [inputs[0].ndim - 1] or layer.get("rms_scaling"):
        raise layer.refuse(f"axis {axis}")
    names = [n for n, used in (("gamma", layer.get("scale", True)), ("beta", layer.get("center", True))) if used]
    found = {n: layer.weight(n, a) for n, a in zip(names, layer.arrays(), strict=True)}
    gamma = found.get("gamma")
    if gamma is None and "beta" in found:
        return layer.b.add(layer.b.layer_norm(inputs[0], eps=float(layer.get("epsilon", 1e-3))), found["beta"])
    return layer.b.layer_norm(inputs[0], gamma, found.get("beta"), eps=float(layer.get("epsilon", 1e-3)))


@rule("Embedding")
def _embedding(layer: Layer, inputs: list[Variable]) -> Variable:
    (table,) = layer.arrays()
    return layer.b.embedding(inputs[0], layer.weight("embeddings", table))


@rule("Rescaling")
def _rescaling(layer: Layer, inputs: list[Variable]) -> Variable:
    y = layer.b.multiply(inputs[0], float(layer.get("scale")))
    return layer.b.add(y, float(layer.get("offset"))) if layer.get("offset", 0.0) else y


def folded(op: str) -> Rule:
    """An operator between all inputs, one after another."""

    def apply(layer: Layer, inputs: list[Variable]) -> Variable:
        y = inputs[0]
        for x in inputs[1:]:
            y = getattr(layer.b, op)(y, x)
        return y

    return apply


for _name, _op in {
    "Add": "add",
    "Subtract": "subtract",
    "Multiply": "multiply",
    "Maximum": "maximum",
    "Minimum": "minimum",
}.items():
    RULES[_name] = folded(_op)


@rule("Average")
def _average(layer: Layer, inputs: list[Variable]) -> Variable:
    return layer.b.divide(RULES["Add"](layer, inputs), len(inputs))


@rule("Concatenate")
def _concatenate(layer: Layer, inputs: list[Variable]) -> Variable:
    return layer.b.concatenate(*inputs, axis=int(layer.get("axis", -1)))


@rule("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D")
def _zero_padding(layer: Layer, inputs: list[Variable]) -> Variable:
    pads = pairs(layer.get("padding", 1), inputs[0].ndim - 2)
    return layer.b.pad(inputs[0], pad_width=around(layer, pads), constant_values=0.0)


@rule("Cropping1D", "Cropping2D", "Cropping3D")
def _cropping(layer: Layer, inputs: list[Variable]) -> Variable:
    x = inputs[0]
    cuts = around(layer, pairs(layer.get("cropping", 0), x.ndim - 2))
    return layer.b.getitem(x, key=tuple(slice(a, n - b) for (a, b), n in zip(cuts, x.shape, strict=True)))


def pairs(value: Any, ndim: int) -> list[tuple[int, int]]:
    """What is added or cut at both ends of each axis."""
    if isinstance(value, (list, tuple)) and ndim == 1 and not isinstance(value[0], (list, tuple)):
        value = [value]
    each = value if isinstance(value, (list, tuple)) else [value] * ndim
    return [(int(v[0]), int(v[1])) if isinstance(v, (list, tuple)) else (int(v), int(v)) for v in each]


def around(layer: Layer, found: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The same with examples and channels."""
    if layer.get("data_format", "channels_last") == "channels_first":
        return ((0, 0), (0, 0), *found)
    return ((0, 0), *found, (0, 0))


@rule("UpSampling1D", "UpSampling2D", "UpSampling3D")
def _up_sampling(layer: Layer, inputs: list[Variable]) -> Variable:
    if layer.get("interpolation", "nearest") != "nearest":
        raise layer.refuse(f"interpolation {layer.get('interpolation')}")
    x = inputs[0]
    for axis, count in zip(spatial(layer, x), lengths(layer.get("size", 2), x.ndim - 2), strict=True):
        x = layer.b.repeat(x, repeats=count, axis=axis)
    return x


@rule("SimpleRNN", "LSTM", "GRU")
def _recurrent(layer: Layer, inputs: list[Variable]) -> Variable:
    with layer.b.scope(layer.name, layer.path):
        return sequence(layer, inputs[0], layer.config, layer.kind, "cell", "", bool(layer.get("go_backwards", False)))


def sequence(layer: Layer, x: Variable, config: Config, kind: str, part: str, mark: str, reverse: bool) -> Variable:
    """A recurrent layer over the second axis: all its outputs or the last."""
    b = layer.b
    kernel, inner, *bias = layer.arrays(part)
    units = inner.shape[0]
    acts = (config.get("activation", "tanh"), config.get("recurrent_activation", "sigmoid"))
    if kind != "SimpleRNN" and acts != ("tanh", "sigmoid"):
        raise layer.refuse(f"activations {acts}")
    if kind == "SimpleRNN" and acts[0] not in ("tanh", "relu"):
        raise layer.refuse(f"activation {acts[0]}")
    if kind == "GRU" and not config.get("reset_after", True):
        raise layer.refuse("reset_after=False")

    def gates(array: np.ndarray) -> np.ndarray:
        """Gates in the order of the operators: of a GRU the reset gate before the update gate."""
        if kind == "GRU":
            update, reset, new = np.split(array, 3, axis=-1)
            array = np.concatenate([reset, update, new], axis=-1)
        return np.ascontiguousarray(array.T)

    w_ih, w_hh = layer.weight(f"{mark}kernel", gates(kernel)), layer.weight(f"{mark}recurrent_kernel", gates(inner))
    b_ih = b_hh = None
    if bias and bias[0].ndim == 2:
        b_ih = layer.weight(f"{mark}bias", gates(bias[0][0]))
        b_hh = layer.weight(f"{mark}recurrent_bias", gates(bias[0][1]))
    elif bias:
        b_ih = layer.weight(f"{mark}bias", gates(bias[0]))
    name = {"SimpleRNN": f"rnn_{acts[0]}", "LSTM": "lstm", "GRU": "gru"}[kind]
    start = b.constant(np.zeros((x.shape[0], units)))
    state = [start, start] if kind == "LSTM" else [start]
    outputs, last = recurrent(
        b, Cell(name, w_ih, w_hh, b_ih, b_hh), b.moveaxis(x, source=1, destination=0), state, reverse
    )
    if not config.get("return_sequences", False):
        return last[0]
    outputs = b.flip(outputs, axis=0) if reverse else outputs
    return b.moveaxis(outputs, source=0, destination=1)


@rule("Bidirectional")
def _bidirectional(layer: Layer, inputs: list[Variable]) -> Variable:
    inner = layer.get("layer")
    config = inner["config"]
    if inner["class_name"] not in ("LSTM", "GRU", "SimpleRNN"):
        raise layer.refuse(str(inner["class_name"]))
    b = layer.b
    with b.scope(layer.name, layer.path):
        ways = []
        for way in ("forward", "backward"):
            kind = inner["class_name"]
            y = sequence(layer, inputs[0], config, kind, f"{way}_layer/cell", f"{way}_", way == "backward")
            ways.append(b.flip(y, axis=1) if way == "backward" and config.get("return_sequences", False) else y)
        mode = layer.config.get("merge_mode", "concat")
        if mode == "concat":
            return b.concatenate(*ways, axis=-1)
        if mode not in ("sum", "mul", "ave"):
            raise layer.refuse(f"merge_mode {mode}")
        y = b.multiply(*ways) if mode == "mul" else b.add(*ways)
        return b.divide(y, 2) if mode == "ave" else y


@rule("MultiHeadAttention")
def _attention(layer: Layer, inputs: list[Variable]) -> Variable:
    b = layer.b
    query, value = inputs[0], inputs[1] if len(inputs) > 1 else inputs[0]
    key = inputs[2] if len(inputs) > 2 else value
    if query.ndim != 3 or layer.get("attention_axes") not in (None, [1]):
        raise layer.refuse("attention over several axes")
    with b.scope(layer.name, layer.path):
        heads = []
        for name, x in (("query", query), ("key", key), ("value", value)):
            kernel, *bias = layer.arrays(f"{name}_dense")
            d, count, width = kernel.shape
            y = b.matmul(x, layer.weight(f"{name}_kernel", kernel.reshape(d, count * width)))
            if bias:
                y = b.add(y, layer.weight(f"{name}_bias", bias[0].reshape(-1)))
            heads.append(b.transpose(b.reshape(y, shape=(*x.shape[:2], count, width)), axes=(0, 2, 1, 3)))
        y = b.transpose(b.scaled_dot_product_attention(*heads), axes=(0, 2, 1, 3))
        kernel, *bias = layer.arrays("output_dense")
        y = b.reshape(y, shape=(*query.shape[:2], size_of(kernel.shape[:-1])))
        y = b.matmul(y, layer.weight("output_kernel", kernel.reshape(-1, kernel.shape[-1])))
        return b.add(y, layer.weight("output_bias", bias[0])) if bias else y
