"""A model as a program and its values, and the file that holds both."""

from __future__ import annotations

import json
import os
import struct
import zlib
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as tensors_of
from safetensors.numpy import save as bytes_of

from tidegraph.engine.graph import Graph, InputError
from tidegraph.engine.language.parser import parse

PROGRAM, VALUES, NOTES = "program.tide", "values.safetensors", "notes.json"

MAX_BYTES = 2**32
"""Bytes that a file may hold once it is unpacked."""

MAX_TEXT = 2**26
"""Bytes of a program and of notes."""

UNREADABLE = (BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, struct.error)
"""What reading a damaged zip, or texts in it, raises."""


@dataclass
class Model:
    """A program, and what belongs to it.

    `values` are arrays by program name: parameters, buffers, constants and example inputs. `inputs` and `outputs` are
    program names in the model's own order. `names` maps the names of parameters, inputs and submodules in the model to
    names in the program, those of submodules to ids of scopes. `notes` say what was changed or dropped. `sizes` are the
    dimensions that the file leaves open, with the sizes that they were read with.
    """

    program: str
    values: dict[str, np.ndarray] = field(default_factory=dict)
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)

    @cached_property
    def graph(self) -> Graph:
        """The graph of the program."""
        return parse(self.program)

    @property
    def dtype(self) -> str:
        """The precision to run it in: `float32` where no value is wider, else `float64`."""
        kinds = {v.dtype for v in self.values.values() if v.dtype.kind == "f"}
        return "float32" if kinds and all(k.itemsize <= 4 for k in kinds) else "float64"

    def save(self, file: str | os.PathLike[str]) -> None:
        """Write the model to a `.tide` file: a zip of the program, its values as safetensors, and the rest as JSON."""
        Path(file).write_bytes(self.to_bytes())

    def to_bytes(self) -> bytes:
        """What `save` writes."""
        rest = {"inputs": self.inputs, "outputs": self.outputs, "names": self.names, "notes": self.notes}
        content = BytesIO()
        with ZipFile(content, "w", ZIP_DEFLATED) as archive:
            archive.writestr(PROGRAM, self.program)
            values = {name: np.ascontiguousarray(value) for name, value in self.values.items()}
            archive.writestr(VALUES, bytes_of(values), ZIP_STORED)
            archive.writestr(NOTES, json.dumps(rest, ensure_ascii=False, indent=1))
        return content.getvalue()

    def _repr_mimebundle_(self, **options: Any) -> dict[str, str]:
        """A notebook shows the graph's picture."""
        return self.graph._repr_mimebundle_(**options)


def save(model: Model | Graph | str, file: str | os.PathLike[str]) -> None:
    """Write a model, a graph that was parsed or a program to a `.tide` file."""
    if isinstance(model, Graph):
        model = model.program
    (model if isinstance(model, Model) else Model(model)).save(file)


def load(file: str | os.PathLike[str] | bytes) -> Model:
    """The model in a `.tide` file; InputError if it is none. Nothing in it is executed."""
    content = file if isinstance(file, bytes) else Path(file).read_bytes()
    try:
        with ZipFile(BytesIO(content)) as archive:
            program = member(archive, PROGRAM, MAX_TEXT).decode()
            held = set(archive.namelist())
            values = read_tensors(member(archive, VALUES, MAX_BYTES)) if VALUES in held else {}
            rest = json.loads(member(archive, NOTES, MAX_TEXT)) if NOTES in held else {}
    except UNREADABLE as error:
        raise InputError("tide-unreadable", reason=str(error)[:200]) from None
    if not isinstance(rest, dict):
        raise InputError("tide-notes", key=NOTES)
    lists = {key: texts(rest.get(key, []), key) for key in ("inputs", "outputs", "notes")}
    names = rest.get("names", {})
    if not isinstance(names, dict) or not all(isinstance(v, str) for v in names.values()):
        raise InputError("tide-notes", key="names")
    return Model(program, values, lists["inputs"], lists["outputs"], names, lists["notes"])


def texts(value: Any, key: str) -> list[str]:
    """A list of texts as it is, or an InputError."""
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise InputError("tide-notes", key=key)
    return value


def member(archive: ZipFile, name: str, most: int) -> bytes:
    """A file of an archive, or an InputError if it is missing, damaged, or larger than `most` bytes."""
    try:
        info = archive.getinfo(name)
    except KeyError:
        raise InputError("tide-member", name=name) from None
    if info.file_size > most:
        raise InputError("model-too-large", name=name, size=info.file_size, most=most)
    with archive.open(info) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise InputError("model-too-large", name=name, size=len(content), most=most)
    return content


def read_tensors(content: bytes) -> dict[str, np.ndarray]:
    """The arrays of a safetensors file by name, float16 and bfloat16 as float32; InputError if it is none."""
    try:
        found = tensors_of(content)
    except (SafetensorError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise InputError("safetensors-unreadable", reason=str(error)) from None
    return {name: plain_array(array) for name, array in found.items()}


def plain_array(array: Any) -> np.ndarray:
    """An array of bool, int64, float32 or float64: the types that a program runs with."""
    array = np.asarray(array)
    if array.dtype.kind == "b" or array.dtype in (np.float32, np.float64, np.int64):
        return array
    if array.dtype.kind in "iu":
        return array.astype(np.int64)
    if array.dtype.kind in "fV" or "float" in str(array.dtype):
        return array.astype(np.float32)
    raise InputError("model-dtype", dtype=str(array.dtype))
