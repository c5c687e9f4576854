"""A third language takes one new file: every error, every step and every answer of the service speaks it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import tidegraph
from tests import pseudo
from tidegraph.app import examples
from tidegraph.app.main import create_app
from tidegraph.app.settings import Settings
from tidegraph.engine.messages import catalogue, reference
from tidegraph.engine.messages.catalogue import Message

LETTERS = re.compile(r"[A-Za-z]{3,}")


@pytest.fixture(autouse=True)
def language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The pseudo-language's file stands beside the others."""
    pseudo.write(tmp_path)
    monkeypatch.setenv(catalogue.MORE, str(tmp_path))
    for cached in (catalogue.files, catalogue.entries, catalogue.writer, reference.errors):
        cached.cache_clear()
    yield
    for cached in (catalogue.files, catalogue.entries, catalogue.writer, reference.errors):
        cached.cache_clear()


def plain(message: Message) -> list[str]:
    """The words of a message that have no accent, without those that fill it."""
    filled = dict.fromkeys(re.findall(r"\$(\w+)", catalogue.entries("en")[message.code]), "·")
    return LETTERS.findall(Message(message.code, **filled).text(pseudo.LANGUAGE))


def test_every_message_is_in_the_new_language() -> None:
    left = {code: words for code in catalogue.entries("en") if (words := plain(Message(code)))}
    # Code inside a message stands in Fluent's quotes, and is the same in every language.
    assert left == {}


def messages(value: object) -> Iterator[Message]:
    """A message and all that fill it."""
    if isinstance(value, Message):
        yield value
        for part in value.parameters.values():
            yield from messages(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from messages(part)


def test_every_step_of_the_gallery_is_in_the_new_language() -> None:
    for example in examples.load().values():
        found = tidegraph.trace(tidegraph.parse(example.program))
        steps = [*found.forward, *found.backward]
        codes = {message.code for step in steps for message in messages(step.message)}
        assert codes <= catalogue.entries(pseudo.LANGUAGE).keys()
        assert all(re.search("[àéíöú]", step.message.text(pseudo.LANGUAGE)) for step in steps)


@pytest.mark.parametrize("selected", ["?language=en-XA", "header"])
async def test_the_service_answers_in_the_new_language(selected: str) -> None:
    headers = {"accept-language": "en-XA"} if selected == "header" else {}
    query = "" if selected == "header" else selected
    transport = httpx.ASGITransport(create_app(Settings()))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as client:
        wrong = await client.post(f"/api/v1/trace{query}", json={"program": "x: input[2]\ny: input[3]\nJ = sum(x + y)"})
        problem = wrong.json()
        assert problem["detail"].endswith("ŵĥíçĥ đö ñöŧ ƀřöàđçàšŧ")
        assert problem["hint"].startswith("šížéš")
        assert (problem["code"], problem["type"]) == ("does-not-broadcast", "/docs/errors#does-not-broadcast")
        trace = (await client.post(f"/api/v1/trace{query}", json={"program": "x: parameter = 2\nJ = x ** 2"})).json()
        assert trace["forward"][0]["text"].startswith("J, à ñúɱƀéř,")
        assert trace["forward"][0]["message"]["code"] == "step-operator"
        page = await client.get(f"/docs/errors{query}")
        assert "Ĥíñŧ:" in page.text
