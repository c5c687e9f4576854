"""Files of models by their endings: which reader takes which."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

import numpy as np

from tidegraph.engine.graph import InputError
from tidegraph.engine.models import keras, onnx
from tidegraph.engine.models.builder import identifier
from tidegraph.engine.models.model import MAX_TEXT, Model, load, read_tensors

Sizes = Mapping[str, int | Sequence[int]]

TEXTS = (".py", ".txt", "")
"""Endings of programs."""


def read_model(name: str, content: bytes, sizes: Sizes | None = None) -> Model:
    """The model in a file, by the ending of its name; InputError for what is none. Nothing in it is executed."""
    ending = PurePath(name.lower().replace("\\", "/")).suffix
    reader = READERS.get(ending)
    if reader is None:
        raise InputError("model-ending", ending=ending or '""', endings=", ".join(READERS))
    return reader(content, dict(sizes or {}))


def read_beside(file: Path, sizes: Sizes | None = None) -> Model:
    """The model in a file, or a program and the values that lie beside it in a `.safetensors` file of the same name."""
    content = file.read_bytes()
    if file.suffix.lower() == ".safetensors":
        program = next((p for e in (".tide", ".py", ".txt") if (p := file.with_suffix(e)).is_file()), None)
        if program is not None:
            return with_values(text_of(program.read_bytes()), read_tensors(content))
    elif file.suffix.lower() in (*TEXTS, ".tide") and not content.startswith(b"PK"):
        values = file.with_suffix(".safetensors")
        return with_values(text_of(content), read_tensors(values.read_bytes()) if values.is_file() else {})
    return read_model(file.name, content, sizes)


def with_values(program: str, values: dict[str, np.ndarray]) -> Model:
    """A program with values by name; InputError if one of them has no place in it."""
    model = Model(program, values)
    for name, value in values.items():
        leaf = model.graph.find(name)
        if leaf.leaf is None:
            raise InputError("computed-not-set", name=name)
        if leaf.shape != value.shape:
            raise InputError("model-value-shape", name=name, shape=leaf.shape, given=value.shape)
    leaves = model.graph.leaves("input", "target")
    model.inputs, model.outputs = list(leaves), [model.graph.target] if model.graph.target else []
    return model


def text_of(content: bytes) -> str:
    """A program's text."""
    if len(content) > MAX_TEXT:
        raise InputError("model-too-large", name="program", size=len(content), most=MAX_TEXT)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("model-not-text") from None


def _tide(content: bytes, sizes: Sizes) -> Model:
    return load(content) if content.startswith(b"PK") else with_values(text_of(content), {})


def _onnx(content: bytes, sizes: Sizes) -> Model:
    return onnx.read(content, sizes)


def _keras(content: bytes, sizes: Sizes) -> Model:
    return keras.read(content, sizes)


def _safetensors(content: bytes, sizes: Sizes) -> Model:
    """Values alone: a program that declares them."""
    lines, values, names = [], {}, {}
    for source, array in read_tensors(content).items():
        name = identifier(source)
        while name in values:
            name += "_"
        shape = f"[{', '.join(map(str, array.shape))}]" if array.shape else ""
        lines.append(f"{name}: parameter{shape}")
        values[name], names[source] = array, name
    return Model("\n".join([*lines, ""]), values, names=names, notes=["the file holds values alone, no operators"])


def _program(content: bytes, sizes: Sizes) -> Model:
    return with_values(text_of(content), {})


def _notebook(content: bytes, sizes: Sizes) -> Model:
    """The cells of code of a Jupyter notebook as one program, without commands of IPython."""
    try:
        sources = [cell["source"] for cell in json.loads(text_of(content))["cells"] if cell["cell_type"] == "code"]
        texts = ["".join(source) for source in sources]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise InputError("not-a-notebook") from None
    lines = [
        line
        for text in texts
        if not text.startswith("%%")
        for line in (*text.splitlines(), "")
        if not line.lstrip().startswith(("%", "!"))
    ]
    return with_values("\n".join(lines).strip() + "\n", {})


READERS: dict[str, Callable[[bytes, Any], Model]] = {
    ".tide": _tide,
    ".onnx": _onnx,
    ".keras": _keras,
    ".safetensors": _safetensors,
    ".py": _program,
    ".txt": _program,
    ".ipynb": _notebook,
}
