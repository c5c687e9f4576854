"""The page's types of what the API answers are those of its OpenAPI document."""

from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_types_are_fresh() -> None:
    written = runpy.run_path(str(ROOT / "docs/schema.py"))["page"]()
    assert written == (ROOT / "static/schema.d.ts").read_text(encoding="utf-8"), "they are stale: run `make docs`"
