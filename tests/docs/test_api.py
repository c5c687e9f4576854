"""The guide to the API is what OpenAPI says today, and every example in it works as it stands."""

from __future__ import annotations

import re
import runpy
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from tidegraph.app.main import create_app
from tidegraph.app.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "api.md").read_text(encoding="utf-8")
BLOCKS = [(m[1], m[2]) for m in re.finditer(r"```(sh|python|js)\n(.*?)\n```", TEXT, re.DOTALL)]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A running server, as the examples find theirs at localhost:8000."""
    server = uvicorn.Server(uvicorn.Config(create_app(Settings(database_url="sqlite://")), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield "http://{}:{}".format(*server.servers[0].sockets[0].getsockname())
    server.should_exit = True
    thread.join()


def test_the_guide_is_fresh() -> None:
    page = runpy.run_path(str(DOCS / "api.py"))["page"]()
    assert page == TEXT, "docs/api.md is stale: run `make docs`"


@pytest.mark.parametrize("language", ["sh", "python", "js"])
def test_every_example_works(language: str, address: str) -> None:
    commands = {
        "sh": [shutil.which("bash") or "bash", "-c"],
        "python": [sys.executable, "-c"],
        "js": [shutil.which("node") or "node", "--input-type=module", "-e"],
    }
    examples = [text for name, text in BLOCKS if name == language]
    assert len(examples) > 10
    if language == "sh" and shutil.which("curl") is None:
        examples = [curl_as_python(text) for text in examples]
        commands["sh"] = commands["python"]
    for text in examples:
        here = text.replace("http://localhost:8000", address)
        done = subprocess.run([*commands[language], here], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{text}\n{done.stderr}"
        assert done.stdout.strip()
        assert '"status":4' not in done.stdout, f"{text}\n{done.stdout}"


def curl_as_python(command: str) -> str:
    """The same request where there is no curl: its own words, taken apart as a shell does."""
    return (
        "import httpx, shlex\n"
        f"words = shlex.split({command!r}.replace('\\\\\\n', ' '))\n"
        "body = words[words.index('-d') + 1] if '-d' in words else None\n"
        "url = next(word for word in words if word.startswith('http'))\n"
        "kind = {'content-type': 'application/json'}\n"
        "answer = httpx.get(url) if body is None else httpx.post(url, content=body, headers=kind)\n"
        "answer.raise_for_status()\nprint(answer.text)"
    )


def test_every_field_has_words() -> None:
    assert TEXT.count("| Field | Is | Means |") > 30
    assert "|  |" not in TEXT
