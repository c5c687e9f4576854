"""The REST contract: each example of version 0.1's docs/api.md still answers what it answered there, and perhaps more.

Words, notation and counts of work may become better; everything else keeps its place, its kind and its value.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import httpx
import pytest

EXAMPLES = json.loads((Path(__file__).parent / "contract" / "first_edition.json").read_text(encoding="utf-8"))
WORDS = {"text", "doc", "question", "title", "description", "symbol", "chain", "prod", "program", "new"}
COUNTS = {"flops", "forward_flops", "backward_flops", "total_flops", "ratio"}
BY_NAME = {"operators", "examples", "strategies"}
MEASURED = {"levels", "partition"}
"""Endpoints whose numbers are times, or follow from counts of work."""


def events(text: str) -> list[dict[str, Any]]:
    """Server-sent events, with their data read."""
    blocks = text.replace("\r", "").strip().split("\n\n")
    fields = [dict(line.split(": ", 1) for line in block.splitlines()) for block in blocks]
    return [{**field, "data": json.loads(field["data"])} for field in fields]


def check(where: str, before: Any, after: Any, *, numbers: bool) -> None:
    """`after` has all that `before` has."""
    name = where.rpartition(".")[2].partition("[")[0]
    if isinstance(before, dict):
        assert isinstance(after, dict), where
        assert before.keys() <= after.keys(), where
        for key, value in before.items():
            check(f"{where}.{key}", value, after[key], numbers=numbers)
    elif isinstance(before, list):
        assert isinstance(after, list), where
        if before and isinstance(before[0], dict) and "name" in before[0] and name in BY_NAME:
            named = {entry["name"]: entry for entry in after}
            for entry in before:
                check(f"{where}[{entry['name']}]", entry, named.get(entry["name"]), numbers=numbers)
            return
        assert len(after) == len(before) or (not numbers and len(after) > len(before)), where
        for number, (old, new) in enumerate(zip(before, after, strict=False)):
            check(f"{where}[{number}]", old, new, numbers=numbers)
    elif isinstance(before, bool) or before is None:
        assert after == before, where
    elif isinstance(before, int | float):
        assert isinstance(after, int | float), where
        assert name in COUNTS or not numbers or math.isclose(after, before, rel_tol=1e-9, abs_tol=1e-12), where
    else:
        assert type(after) is type(before), where
        assert name in WORDS or after == before, where


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["path"].rpartition("/v1/")[2] for example in EXAMPLES])
async def test_what_was_answered_is_answered(client: httpx.AsyncClient, example: dict[str, Any]) -> None:
    path = example["path"]
    answer = await (client.get(path) if example["request"] is None else client.post(path, json=example["request"]))
    assert answer.status_code == 200, answer.text
    found = events(answer.text) if isinstance(example["answer"], str) else answer.json()
    before = events(example["answer"]) if isinstance(example["answer"], str) else example["answer"]
    name = path.removeprefix("/api/v1/")
    check(name, before, found, numbers=name not in MEASURED)
