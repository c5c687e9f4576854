"""The programs that come with Tidegraph, one file each, the chapter's network first."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from tidegraph.app.api.schemas.runs import Example


@cache
def load() -> dict[str, Example]:
    """Every example by name, in the order in which the page offers them."""
    tables = {
        file.name.removesuffix(".toml"): tomllib.loads(file.read_text(encoding="utf-8"))
        for file in files(__name__).iterdir()
        if file.name.endswith(".toml")
    }
    ordered = sorted(tables.items(), key=lambda item: item[1].pop("order"))
    return {name: Example(name=name, **table | {"program": table["program"].strip()}) for name, table in ordered}
