"""The README's commands and programs: what it says is what happens."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

import tidegraph
from tidegraph.app.main import create_app

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def block(language: str, holding: str) -> str:
    """The one code block of this language that holds this text."""
    (found,) = [text for text in re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL) if holding in text]
    return str(found)


@pytest.mark.anyio
async def test_curl_is_answered_as_shown() -> None:
    (body,) = re.findall(r"-d '(.*)'", block("sh", "curl"))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app()), base_url="http://tidegraph.test"
    ) as client:
        answer = await client.post(
            "/api/v1/gradients", content=body.encode(), headers={"content-type": "application/json"}
        )
    assert answer.text == block("json", "").strip()


def test_the_program_is_a_program() -> None:
    graph = tidegraph.parse(block("python", "W1: parameter"))
    assert graph.target == "J"


def test_the_python_example_gives_what_it_says() -> None:
    names: dict[str, dict[str, float]] = {}
    exec(block("python", "tidegraph.parse("), names)
    assert names["values"]["J"] == 39
    assert names["gradients"]["a"] == 25


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (Path(__file__).parent.parent / target).exists(), target
