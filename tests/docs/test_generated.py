"""The pages that are written from the code say what it says today."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", ["operators", "operations"])
def test_the_page_is_fresh(name: str) -> None:
    page = runpy.run_path(str(DOCS / f"{name}.py"))["page"]()
    written = (DOCS / f"{name}.md").read_text(encoding="utf-8")
    assert written == page, f"docs/{name}.md is stale: run `make docs`"
