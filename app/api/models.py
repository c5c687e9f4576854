"""Files of models: a file in, its program and values out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tidegraph.app.api.arrays import encode, encode_bytes
from tidegraph.app.http import codec as json
from tidegraph.app.settings import Settings
from tidegraph.engine.graph.budget import Budget
from tidegraph.engine.models.files import read_model


@dataclass(frozen=True)
class Upload:
    """A file that is to be read, and how its arrays are to be written."""

    name: str
    content: bytes
    base64: bool
    sizes: dict[str, int]
    settings: Settings


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
