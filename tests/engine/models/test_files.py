"""Readers of files: good ones, and bad ones by the thousand."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO

import numpy as np
import pytest

import tidegraph
from fuzz.models import mutated, read, seeds
from tidegraph.engine.models.files import READERS, read_model


@pytest.mark.parametrize("ending", READERS)
@pytest.mark.filterwarnings("ignore")
def test_damaged_files_end_in_errors_of_ours(ending: str) -> None:
    rng = np.random.default_rng(7)
    for seed in seeds(ending):
        for _ in range(150):
            read(ending, mutated(seed, rng))


def test_the_code_of_a_notebook() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# A lesson"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "!pip list\n", "a: parameter = 2\n"]},
        {"cell_type": "code", "source": "%%time\nnothing"},
        {"cell_type": "code", "source": "J = a ** 2"},
    ]
    model = read_model("lesson.ipynb", json.dumps({"cells": cells}).encode())
    assert model.program.split() == ["a:", "parameter", "=", "2", "J", "=", "a", "**", "2"]
    assert model.outputs == ["J"]


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"cells": 3}', b'{"cells": [{"cell_type": "code"}]}', b"\xff"]
)
def test_what_is_no_notebook(content: bytes) -> None:
    with pytest.raises(tidegraph.TidegraphError, match=r"notebook|UTF-8"):
        read_model("x.ipynb", content)


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("program.tide", b" " * (2**26 + 1))
    assert len(content.getvalue()) < 100_000
    with pytest.raises(tidegraph.TidegraphError, match="too large"):
        tidegraph.load(content.getvalue())
