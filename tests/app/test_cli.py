"""The command `tidegraph`."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zlib
from base64 import urlsafe_b64decode
from pathlib import Path
from urllib.parse import parse_qsl

import httpx
import numpy as np
import onnx
import pytest
from safetensors.numpy import load_file
from safetensors.numpy import save_file as save

import tidegraph
from tidegraph.app.cli import fragment, main
from tidegraph.app.settings import Settings

COMMAND = Path(sys.executable).with_name("tidegraph")


def test_serve_prints_an_address_that_answers() -> None:
    command = [COMMAND, "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            address = next(
                match[0] for line in process.stderr if (match := re.search(r"http://127\.0\.0\.1:\d+", line))
            )
            assert httpx.get(f"{address}/healthz", timeout=60).json() == {"status": "ok"}
        finally:
            process.terminate()
            process.stderr.read()


def test_without_a_command_it_says_that_it_wants_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([])
    assert "COMMAND" in capsys.readouterr().err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert re.fullmatch(r"tidegraph \d+\.\d+\.\d+\n", capsys.readouterr().out)


def test_a_wrong_setting_is_named_without_a_stack_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "eight thousand")
    with pytest.raises(SystemExit, match="PORT"):
        main(["serve"])


def test_import_writes_a_tide_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "m.tide").write_text("w: parameter[2]\nJ = sum(w ** 2)\n")
    save({"w": np.array([3.0, 4.0])}, tmp_path / "m.safetensors")
    main(["import", str(tmp_path / "m.tide"), "-o", str(tmp_path / "out.tide")])
    model = tidegraph.load(tmp_path / "out.tide")
    np.testing.assert_array_equal(model.values["w"], [3.0, 4.0])
    assert "2 numbers" in capsys.readouterr().err


def test_import_says_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_bytes(b"no model")
    with pytest.raises(SystemExit, match="ONNX"):
        main(["import", str(tmp_path / "m.onnx")])


def test_export_of_an_example_as_code(tmp_path: Path) -> None:
    output = tmp_path / "chapter.py"
    main(["export", "chapter", "-o", str(output), "--to", "numpy"])
    done = subprocess.run([sys.executable, output], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1].startswith("J = ")
    assert "agree with" in done.stdout


def test_export_of_large_values_beside_the_code(tmp_path: Path) -> None:
    output = tmp_path / "wide.py"
    main(["export", "wide", "-o", str(output), "--to", "numpy"])
    assert output.stat().st_size < 10_000
    assert output.with_suffix(".safetensors").exists()
    done = subprocess.run([sys.executable, output], capture_output=True, text=True, check=True)
    assert "agree with" in done.stdout


def test_export_as_a_notebook(tmp_path: Path) -> None:
    output = tmp_path / "chapter.ipynb"
    main(["export", "chapter", "-o", str(output)])
    cells = json.loads(output.read_text())["cells"]
    text = "\n".join(cell["source"] for cell in cells if cell["cell_type"] == "code")
    compile(text, "notebook", "exec")
    assert "import torch" in text


def test_export_as_onnx(tmp_path: Path) -> None:
    output = tmp_path / "chapter.onnx"
    main(["export", "chapter", "-o", str(output)])
    model = onnx.load(output)
    assert [one.name for one in model.graph.input] == ["x", "y"]
    assert {"W1", "W2"} <= {one.name for one in model.graph.initializer}
    assert model.graph.output[0].name == "J"
    assert model.graph.output[0].type.tensor_type.elem_type == onnx.TensorProto.DOUBLE


@pytest.mark.parametrize(("ending", "start"), [("dot", "digraph"), ("mmd", "flowchart")])
def test_export_as_a_diagram(tmp_path: Path, ending: str, start: str) -> None:
    output = tmp_path / f"chapter.{ending}"
    main(["export", "chapter", "-o", str(output)])
    assert output.read_text().startswith(start)


def test_the_address_of_a_model_holds_program_and_small_values_and_names_the_others(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/links.sqlite", weights_url=str(tmp_path / "weights"))
    values = {"w": np.array(3.0), "W": np.arange(1000, dtype=np.float32)}
    model = tidegraph.Model("w: parameter\nW: parameter[1000]\nJ = sum(w * W)\n", values)
    parts = dict(parse_qsl(fragment(model, settings), keep_blank_values=True))
    texts = {k: zlib.decompress(urlsafe_b64decode(parts[k] + "=="), -15).decode() for k in ("program", "values")}
    assert texts == {"program": model.program, "values": '{"w":3.0}'}
    (stored,) = (tmp_path / "weights").iterdir()
    assert stored.stem == parts["weights"]
    np.testing.assert_array_equal(load_file(stored)["W"], values["W"])


@pytest.mark.parametrize(
    ("output", "options", "starts"),
    [
        ("x.pdf", ["--moment", "3"], b"%PDF"),
        ("x.gif", [], b"GIF89a"),
        ("x.mp4", ["--theme", "dark"], b"\x00\x00\x00"),
        ("x.webm", ["--language", "zh"], b"\x1aE\xdf\xa3"),
    ],
)
def test_export_as_a_film_or_as_a_page_of_paper(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], output: str, options: list[str], starts: bytes
) -> None:
    (tmp_path / "p.tide").write_text("a: parameter = 2.0\nJ = a ** 2\n")
    main(["export", str(tmp_path / "p.tide"), "-o", str(tmp_path / output), *options])
    assert (tmp_path / output).read_bytes().startswith(starts)
    assert output == "x.pdf" or "frame 4 of 4" in capsys.readouterr().err


def test_export_at_a_moment_with_open_scopes(tmp_path: Path) -> None:
    file = tmp_path / "x.svg"
    main(["export", "chapter", "-o", str(file), "--moment", "2", "--open", "l2", "--digits", "2"])
    assert 'id="l2.power"' in file.read_text()
    assert "0.921" not in file.read_text()
    main(["export", "chapter", "-o", str(file), "--open", "all", "--digits", "2"])
    assert "0.92<" in file.read_text()
    with pytest.raises(SystemExit, match="no moment 99"):
        main(["export", "chapter", "-o", str(file), "--moment", "99"])
    with pytest.raises(SystemExit, match=r"no scope l3 .*l2"):
        main(["export", "chapter", "-o", str(file), "--open", "l3"])


def test_the_derivation_of_one_path(tmp_path: Path) -> None:
    file = tmp_path / "x.tex"
    main(["export", "chapter", "-o", str(file), "--wrt", "W2"])
    text = file.read_text()
    assert "prod multiplies" in text
    assert r"\mathbf{W}^{(2)}" in text
    assert r"\mathbf{z} =" not in text
    main(["export", "chapter", "-o", str(file), "--language", "zh"])
    assert "ctexart" in file.read_text()
    with pytest.raises(SystemExit, match="W3"):
        main(["export", "chapter", "-o", str(file), "--wrt", "W3"])


def test_what_is_missing_for_a_film_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(SystemExit, match=r"av is not installed .*pip install \"tidegraph\[video\]\""):
        main(["export", "chapter", "-o", str(tmp_path / "x.mp4")])


def test_warnings_are_printed_with_their_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = tmp_path / "spread.tide"
    program.write_text("x: input[4]\n\nJ = std(x)\n")
    main(["export", str(program), "-o", str(tmp_path / "spread.dot")])
    assert re.match(rf"{re.escape(str(program))}:3: warning: std divides by n", capsys.readouterr().err)
