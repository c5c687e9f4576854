"""Files of models: a file in, its program and values out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePath
from typing import Any

import numpy as np
from fastapi import Request
from safetensors.numpy import save

from tidegraph.app.api.arrays import encode, encode_bytes
from tidegraph.app.http import codec as json
from tidegraph.app.http.problems import Problem
from tidegraph.app.settings import Settings
from tidegraph.app.store.links import Full, Links, Unavailable
from tidegraph.app.store.weights import Weights
from tidegraph.engine.graph.budget import Budget
from tidegraph.engine.models.files import read_model
from tidegraph.engine.models.model import Model

REFUSED = ("application/json", "application/x-www-form-urlencoded", json.NPY)
"""Types of bodies that are no files of models."""


@dataclass(frozen=True)
class Upload:
    """A file that is to be read, and how its arrays are to be written."""

    name: str
    content: bytes
    arrays: str
    sizes: dict[str, int]
    settings: Settings


def uploaded(http: Request, name: str, content: bytes, arrays: str, sizes: Sequence[str], settings: Settings) -> Upload:
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
    return Upload(PurePath(name).name[-255:], content, arrays, found, settings)


def imported(upload: Upload) -> bytes:
    """The answer to `POST /import`, as JSON: the fields of ImportResponse."""
    with Budget({"operators": upload.settings.max_operators * 8}, upload.settings.max_seconds):
        model = read_model(upload.name, upload.content, upload.sizes)
        write: Any = encode_bytes if upload.arrays == "base64" else encode
        values, weights = apart(model, upload.settings) if upload.arrays == "stored" else (model.values, None)
        return json.dump(
            {
                "program": model.program,
                "values": {name: write(value) for name, value in values.items()},
                "inputs": model.inputs,
                "outputs": model.outputs,
                "names": model.names,
                "notes": model.notes,
                **(
                    {"weights": weights, "dtype": model.dtype, "sizes": model.sizes}
                    if upload.arrays == "stored"
                    else {}
                ),
            }
        )


SMALL, MOST_SMALL = 400, 4000
"""Numbers of an array, and of all arrays together, that are sent as they are, so that a page can change them."""


def apart(model: Model, settings: Settings) -> tuple[dict[str, np.ndarray], str | None]:
    """The small values of a model, and the name under which all others are stored; None where there are no others.

    Raises a Problem where nothing can be stored.
    """
    small, room = {}, MOST_SMALL
    for name, value in sorted(model.values.items(), key=lambda item: item[1].size):
        if value.size > min(SMALL, room):
            break
        small[name], room = value, room - value.size
    large = {name: np.ascontiguousarray(value) for name, value in model.values.items() if name not in small}
    if not large:
        return small, None
    content = save(large)
    weights = f"sha256-{sha256(content).hexdigest()}"
    store = Weights(settings.weights_url, Links(settings.database_url, settings.max_links), settings.max_stored_bytes)
    try:
        store.put(weights, content)
    except Unavailable as error:
        raise Problem(503, "store-unavailable", {"Retry-After": "5"}, reason=str(error), seconds=5) from None
    except Full:
        raise Problem(507, "store-full") from None
    return small, weights
