"""Files of models: a file in, its program and values out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from fastapi import Request

from tidegraph.app.api.arrays import encode, encode_bytes
from tidegraph.app.http import codec as json
from tidegraph.app.http.problems import Problem
from tidegraph.app.settings import Settings
from tidegraph.engine.graph.budget import Budget
from tidegraph.engine.models.files import read_model

REFUSED = ("application/json", "application/x-www-form-urlencoded", json.NPY)
"""Types of bodies that are no files of models."""


@dataclass(frozen=True)
class Upload:
    """A file that is to be read, and how its arrays are to be written."""

    name: str
    content: bytes
    base64: bool
    sizes: dict[str, int]
    settings: Settings


def uploaded(
    http: Request, name: str, content: bytes, base64: bool, sizes: Sequence[str], settings: Settings
) -> Upload:
    """A request's file; a `Problem` where its type or its sizes are not what they should be."""
    kind = json.media_type(http)
    if kind in REFUSED or kind.startswith("multipart/"):
        raise Problem(415, "model-media-type", kind=kind)
    if not content:
        raise Problem(400, "model-empty")
    found = {}
    for text in sizes:
        dimension, _, number = text.rpartition("=")
        if not dimension or not number.isascii() or not number.isdigit() or len(number) > 9:
            raise Problem(422, "model-size", size=text[:80])
        found[dimension] = int(number)
    return Upload(PurePath(name).name[-255:], content, base64, found, settings)


def imported(upload: Upload) -> bytes:
    """The answer to `POST /import`, as JSON: `{program, values, inputs, outputs, names, notes}`."""
    with Budget({"operators": upload.settings.max_operators * 8}, upload.settings.max_seconds):
        model = read_model(upload.name, upload.content, upload.sizes)
        write: Any = encode_bytes if upload.base64 else encode
        return json.dump(
            {
                "program": model.program,
                "values": {name: write(value) for name, value in model.values.items()},
                "inputs": model.inputs,
                "outputs": model.outputs,
                "names": model.names,
                "notes": model.notes,
            }
        )
