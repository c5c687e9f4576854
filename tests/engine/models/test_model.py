"""A model's file: equal after saving and loading, and an error of ours for anything else."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.graph import InputError
from tidegraph.engine.models import model as models
from tidegraph.engine.models.model import Model

MODEL = Model(
    "x: input[2]\nw: parameter[2]\nJ = sum(w * x)\n",
    {"x": np.array([1.0, 2.0], np.float32), "w": np.array([3.0, 4.0], np.float32)},
    ["x"], ["J"], {"linear.weight": "w"}, ["a buffer was dropped"],
)  # fmt: skip


def test_saved_and_loaded_is_equal(tmp_path: Path) -> None:
    MODEL.save(tmp_path / "m.tide")
    found = tidegraph.load(tmp_path / "m.tide")
    assert (found.program, found.inputs, found.outputs) == (MODEL.program, MODEL.inputs, MODEL.outputs)
    assert (found.names, found.notes) == (MODEL.names, MODEL.notes)
    for name, value in MODEL.values.items():
        assert found.values[name].dtype == value.dtype
        np.testing.assert_array_equal(found.values[name], value)


@pytest.mark.parametrize(
    ("kinds", "dtype"),
    [(["float32", "float32"], "float32"), (["float32", "float64"], "float64"), (["int64"], "float64"), ([], "float64")],
)
def test_it_runs_in_the_widest_precision_of_its_values(kinds: list[str], dtype: str) -> None:
    assert Model("", {f"v{n}": np.ones(2, kind) for n, kind in enumerate(kinds)}).dtype == dtype


def test_a_graph_and_a_program_are_saved_without_values(tmp_path: Path) -> None:
    for one in (MODEL.program, tidegraph.parse(MODEL.program)):
        tidegraph.save(one, tmp_path / "g.tide")
        found = tidegraph.load(tmp_path / "g.tide")
        assert (found.program, found.values) == (MODEL.program, {})


def packed(**members: bytes | str) -> bytes:
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        for name, text in members.items():
            archive.writestr({"program": models.PROGRAM, "values": models.VALUES, "notes": models.NOTES}[name], text)
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "tide-unreadable"),
        (b"PK\x03\x04 and no more", "tide-unreadable"),
        (packed(notes="{}"), "tide-member"),
        (packed(program="x: input", notes="[]"), "tide-notes"),
        (packed(program="x: input", notes="no json"), "tide-unreadable"),
        (packed(program="x: input", notes=json.dumps({"inputs": "x"})), "tide-notes"),
        (packed(program="x: input", notes=json.dumps({"names": {"a": 1}})), "tide-notes"),
        (packed(program="x: input", values=b"no tensors"), "safetensors-unreadable"),
        (packed(program=b"\xff\xfe"), "tide-unreadable"),
    ],
)
def test_what_is_no_model_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        tidegraph.load(content)
    assert caught.value.code == code


def test_a_program_too_large_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "MAX_TEXT", 10)
    with pytest.raises(InputError) as caught:
        tidegraph.load(MODEL.to_bytes())
    assert caught.value.code == "model-too-large"


@pytest.mark.parametrize(
    ("kind", "read"), [("float16", "float32"), ("int8", "int64"), ("bool", "bool"), ("u1", "int64")]
)
def test_narrow_types_are_read_as_those_that_a_program_runs_with(kind: str, read: str) -> None:
    found = models.plain_array(np.ones(3, kind))
    assert found.dtype == np.dtype(read)
    np.testing.assert_array_equal(found, 1)
