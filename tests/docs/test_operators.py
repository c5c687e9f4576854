"""The operator reference is what the registry says today."""

from __future__ import annotations

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_reference_is_fresh() -> None:
    page = runpy.run_path(str(DOCS / "operators.py"))["page"]()
    written = (DOCS / "operators.md").read_text(encoding="utf-8")
    assert written == page, "docs/operators.md is stale: run `make docs`"
