"""Writes static/schema.d.ts, the types of what the API answers, for the page's scripts: `python docs/schema.py`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tidegraph.app.main import create_app
from tidegraph.app.settings import Settings

STATIC = Path(__file__).parents[1] / "static"
FILE = STATIC / "schema.d.ts"


def page() -> str:
    """The types that the OpenAPI document describes."""
    document = json.dumps(create_app(Settings()).openapi())
    command = ["node", str(STATIC / "schema.mjs")]
    return subprocess.run(command, input=document, capture_output=True, encoding="utf-8", check=True).stdout


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
