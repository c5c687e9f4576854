"""A run as a file: a page that needs no server, its trace, its equations."""

from __future__ import annotations

import io
import json
import re
import sys
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from tidegraph.app.cli import main

PROGRAM = "a: parameter = -4.0\nb: parameter = 2.0\nJ = a * b + a"
STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
SCRIPT = re.compile(r'<script type="module">(.*?)</script>', re.DOTALL)
RECORDED = re.compile(r'<script type="application/json">(.*?)</script>', re.DOTALL)


async def export(client: httpx.AsyncClient, **request: Any) -> httpx.Response:
    return await client.post("/api/v1/export", json={"program": PROGRAM, **request})


async def test_a_page_holds_the_trace_that_the_api_answers(client: httpx.AsyncClient) -> None:
    answer = await export(client, title="Tom & <Jerry>", values={"a": 3})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<title>Tom &amp; &lt;Jerry&gt;</title>" in answer.text
    (recorded,) = RECORDED.findall(answer.text)
    trace = await client.post("/api/v1/trace", json={"program": PROGRAM, "values": {"a": 3}})
    assert json.loads(recorded)["trace"] == trace.json()


async def test_a_page_runs_its_own_script_and_loads_nothing(client: httpx.AsyncClient) -> None:
    page = (await export(client)).text
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert found
    policy = dict(part.split(" ", 1) for part in found[1].split("; "))
    assert policy["default-src"] == "'none'"
    assert "connect-src" not in policy
    for directive, pattern in (("script-src", SCRIPT), ("style-src", STYLE)):
        (source,) = pattern.findall(page)
        assert policy[directive] == f"'sha256-{b64encode(sha256(source.encode()).digest()).decode()}'"
    assert not re.search(r"<link|<script[^>]* src=|url\((?!\"?data:)", page.split("<script")[0])


async def test_what_a_program_says_cannot_leave_the_data(client: httpx.AsyncClient) -> None:
    answer = await export(client, program=PROGRAM + "  # </script><script>alert(1)</script><!--")
    (recorded,) = RECORDED.findall(answer.text)
    assert "alert(1)" in json.loads(recorded)["program"]
    assert answer.text.count("alert(1)") == 1
    assert len(re.findall(r"</script", answer.text)) == len(re.findall(r"<script[ >]", answer.text))


async def test_an_example_keeps_its_figure(client: httpx.AsyncClient) -> None:
    example = (await client.get("/api/v1/examples/chapter")).json()
    (recorded,) = RECORDED.findall((await export(client, program=example["program"])).text)
    assert json.loads(recorded)["layout"] == example["layout"]


async def test_a_page_keeps_marks_where_they_were_moved(client: httpx.AsyncClient) -> None:
    page = (await export(client, moves={"a": [30, -20]})).text
    (recorded,) = RECORDED.findall(page)
    assert json.loads(recorded)["moves"] == {"a": [30, -20]}

    def corner(text: str) -> tuple[float, float]:
        found = re.search(r'<rect x="([-\d.]+)" y="([-\d.]+)" width="64" height="64" fill="#a9cdec"', text)
        assert found
        return float(found[1]), float(found[2])

    stood = corner((await export(client)).text)
    assert corner(page) == (stood[0] + 30, stood[1] - 20)


async def test_json_is_the_trace(client: httpx.AsyncClient) -> None:
    trace = await client.post("/api/v1/trace", json={"program": PROGRAM})
    assert (await export(client, format="json")).json() == trace.json()


async def test_tex_tells_every_step(client: httpx.AsyncClient) -> None:
    trace = (await client.post("/api/v1/trace", json={"program": PROGRAM})).json()
    answer = await export(client, format="tex", title="50 % of #1")
    assert answer.headers["content-type"] == "text/x-tex; charset=utf-8"
    assert r"\title{50 \% of \#1}" in answer.text
    for step in trace["forward"] + trace["backward"]:
        assert rf"\[ {step['equation']['symbolic']} \]" in answer.text
    assert answer.text.count(r"\begin{") == answer.text.count(r"\end{") + sum(
        line.count(r"\begin{") - line.count(r"\end{") for line in answer.text.splitlines() if r"\[" in line
    )


async def test_svg_stands_by_itself(client: httpx.AsyncClient) -> None:
    answer = await export(client, format="svg", title="Tom & <Jerry>")
    assert answer.headers["content-type"] == "image/svg+xml"
    root = ElementTree.fromstring(answer.text)
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert names <= {"svg", "title", "style", "rect", "circle", "path", "g", "text", "tspan"}
    assert root.findtext("{http://www.w3.org/2000/svg}title") == "Tom & <Jerry>"
    assert re.findall(r"font-family:(\w+)", answer.text) == ["KaTeX_Main", "KaTeX_Main", "KaTeX_Math"]
    assert not re.search(r"url\((?!\"?data:)|href|<script", answer.text)


async def test_png_is_the_same_picture(client: httpx.AsyncClient) -> None:
    svg = ElementTree.fromstring((await export(client, format="svg")).text)
    answer = await export(client, format="png")
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
    assert int.from_bytes(answer.content[16:20]) == 2 * float(svg.attrib["width"])


async def test_where_no_png_can_be_made_it_says_so(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    answer = await export(client, format="png", seed=1)
    assert answer.status_code == 422
    assert "pip install 'tidegraph[png]'" in answer.json()["hint"]


async def test_a_wrong_program_is_a_problem(client: httpx.AsyncClient) -> None:
    answer = await export(client, program="J = rleu(1)")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("page.html", b"<!doctype html>"),
        ("run.json", b"{"),
        ("run.tex", b"\\doc"),
        ("run.svg", b"<svg"),
        ("run.png", b"\x89PNG"),
    ],
)
def test_the_command_writes_what_the_name_says(tmp_path: Path, name: str, begins: bytes) -> None:
    program = tmp_path / "product.tide"
    program.write_text(PROGRAM)
    main(["export", str(program), "-o", str(tmp_path / name)])
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_the_command_takes_values(tmp_path: Path) -> None:
    program, values, output = (tmp_path / name for name in ("p.tide", "v.json", "o.json"))
    program.write_text(PROGRAM)
    values.write_text('{"a": 3}')
    main(["export", str(program), "-o", str(output), "--values", str(values)])
    nodes = {node["id"]: node for node in json.loads(output.read_text())["graph"]["nodes"]}
    assert nodes["J"]["value"] == 9
    assert nodes["a"]["gradient"] == 3


def test_the_command_says_where_a_program_is_wrong(tmp_path: Path) -> None:
    program = tmp_path / "wrong.tide"
    program.write_text("J = 1 +")
    with pytest.raises(SystemExit, match=r"wrong\.tide:1:\d+: "):
        main(["export", str(program)])


def test_the_command_reads_what_comes_in_and_writes_it_out(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(PROGRAM.encode())))
    main(["export", "-", "--format", "svg"])
    assert capfdbinary.readouterr().out.startswith(b"<svg")


def test_the_command_says_which_file_is_wrong(tmp_path: Path) -> None:
    program, broken = tmp_path / "p.tide", tmp_path / "v.json"
    program.write_text(PROGRAM)
    broken.write_text("{")
    for arguments, words in (
        (["nowhere.tide"], r"nowhere\.tide: No such file"),
        ([str(tmp_path)], "this is a folder"),
        ([str(program), "-o", "p.doc"], "--format"),
        ([str(program), "--values", str(broken)], r"v\.json is not JSON"),
        ([str(program), "--seed", "-1"], "^tidegraph: seed: [^\n]*$"),
        ([str(program), "--target", "K"], "no variable 'K'"),
    ):
        with pytest.raises(SystemExit, match=words):
            main(["export", *arguments])
    program.write_bytes(b"\xff")
    with pytest.raises(SystemExit, match="UTF-8"):
        main(["export", str(program)])
