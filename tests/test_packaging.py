"""What is installed is whole: a wheel, unpacked far from the checkout, serves the page and the API."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent
BUILT_FROM = ("tidegraph", "static", "templates", ".npmrc", "package.json", "package-lock.json")
DESCRIBED_BY = ("pyproject.toml", "hatch_build.py", "LICENSE", "README.md")

VISIT = """
import asyncio, httpx, tidegraph
from tidegraph.app.main import create_app

async def visit():
    transport = httpx.ASGITransport(create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://tidegraph.test") as client:
        files = ("/static/app.js", "/static/app.css", "/static/docs.js")
        for path in ("/", "/docs", "/chapter", *files, "/api/v1/examples/chapter"):
            answer = await client.get(path)
            print(answer.status_code, path)

print(tidegraph.__file__)
asyncio.run(visit())
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built of a copy of the sources in which nothing has been built."""
    source = tmp_path_factory.mktemp("source")
    for name in (*BUILT_FROM, *DESCRIBED_BY):
        if (CHECKOUT / name).is_dir():
            shutil.copytree(CHECKOUT / name, source / name, ignore=shutil.ignore_patterns("dist", "__pycache__"))
        else:
            shutil.copy(CHECKOUT / name, source / name)
    wheels = tmp_path_factory.mktemp("wheels")
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-build-isolation"]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", wheels, source], check=True)
    (wheel,) = wheels.iterdir()
    return wheel


def test_the_wheel_holds_the_packages_the_page_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"tidegraph"}
    page = {"tidegraph/app/templates/index.html", "tidegraph/app/static/app.js", "tidegraph/app/static/app.css"}
    assert page | {"tidegraph/py.typed", "tidegraph/engine/graph/graph.py", "tidegraph/sphinx.py"} <= set(names)
    assert any(name.endswith("/LICENSE") for name in names)
    assert not any("node_modules" in name or "__pycache__" in name for name in names)


def test_it_serves_everything_from_where_it_is_installed(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(installed)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    visit = subprocess.run(
        [sys.executable, "-c", VISIT],
        cwd=elsewhere,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
    )
    origin, *answers = visit.stdout.splitlines()
    assert Path(origin).is_relative_to(installed)
    assert [answer.split()[0] for answer in answers] == ["200"] * 7, visit.stdout


@pytest.mark.parametrize("name", ["image", "build"])
def test_the_image_installs_only_what_is_pinned_by_hash(name: str) -> None:
    text = (CHECKOUT / "requirements" / f"{name}.txt").read_text()
    pinned = re.findall(
        r"^(\S+)==\S+(?: ; [^\\\n]+)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", text, re.MULTILINE
    )
    assert "".join(re.sub(r"(?m)^(\S+==.*|    --hash=.*)\n", "", text)) == ""
    names = {re.sub(r"[-_.]+", "-", one).lower() for one, _ in pinned}
    assert len(names) == len(re.findall(r"(?m)^\S+==", text))
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    wanted = project["build-system"]["requires"] if name == "build" else project["project"]["dependencies"]
    assert {re.sub(r"[-_.]+", "-", re.split(r"[<>=;\[ ]", one)[0]).lower() for one in wanted} <= names
    used = (CHECKOUT / "Dockerfile").read_text()
    assert f"--require-hashes --requirement requirements/{name}.txt" in used
