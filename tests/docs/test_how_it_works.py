"""The tour of the engine runs from the first block to the last, and prints what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tidegraph.engine.graph import REGISTRY

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"```python\n(.*?)```(?:\n\n```text\n(.*?)```)?", re.DOTALL)


@pytest.fixture(autouse=True)
def registry() -> Iterator[None]:
    yield
    REGISTRY.pop("softclip", None)


@pytest.mark.parametrize("page", ["how-it-works.md", "how-it-works.zh.md"])
def test_every_block_runs_and_prints_what_the_page_says(page: str) -> None:
    blocks = BLOCK.findall((DOCS / page).read_text(encoding="utf-8"))
    assert len(blocks) >= 7
    space: dict[str, Any] = {}
    for code, expected in blocks:
        printed = StringIO()
        with redirect_stdout(printed):
            exec(code, space)
        if expected:
            assert printed.getvalue() == expected
