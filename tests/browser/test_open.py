"""Files opened in the page: programs, models and arrays, by the button and dropped."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper
from playwright.sync_api import Page, expect
from safetensors.numpy import save

import tidegraph
from tests.app.api.test_models import perceptron
from tests.browser.axe import violations
from tests.browser.visit import Visit

DROP = """({ name, content }) => {
    const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
    const carried = new DataTransfer();
    carried.items.add(new File([bytes], name));
    const event = (type) => new DragEvent(type, { dataTransfer: carried, bubbles: true, cancelable: true });
    document.querySelector("#graph").dispatchEvent(event("dragover"));
    document.querySelector("#graph").dispatchEvent(event("drop"));
}"""


def reshaped() -> bytes:
    """A model whose open dimension can be none of the sizes that are tried."""
    weights = numpy_helper.from_array(np.ones((7, 2), np.float32), "w")
    nodes = [helper.make_node("MatMul", ["u", "w"], ["y"]), helper.make_node("ReduceSum", ["y"], ["J"], keepdims=0)]
    inputs = [helper.make_tensor_value_info("u", TensorProto.FLOAT, [2, "length"])]
    outputs = [helper.make_tensor_value_info("J", TensorProto.FLOAT, [])]
    graph = helper.make_graph(nodes, "g", inputs, outputs, [weights])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]).SerializeToString()


def drop(page: Page, name: str, content: bytes) -> None:
    """Drop a file on the picture."""
    page.evaluate(DROP, {"name": name, "content": b64encode(content).decode()})


def ready(page: Page) -> None:
    """Wait until the page takes files."""
    expect(page.locator(".drop-hint")).to_be_attached()


def test_files_dropped_on_the_picture(visit: Visit) -> None:
    page = visit()
    ready(page)
    drop(page, "net.onnx", perceptron())
    expect(page.locator(".opening")).to_contain_text("Opened: net.onnx")
    expect(page.locator('#graph [data-id^="tanh:"]')).to_be_visible()
    weights = {"W": np.arange(1200.0).reshape(30, 40), "b": np.zeros(3)}
    model = tidegraph.Model("W: parameter[30, 40]\nb: parameter[3]\nJ = sum(W) + sum(b)\n", weights)
    drop(page, "large.tide", model.to_bytes())
    expect(page.locator("#graph [data-id=W]")).to_be_visible()
    page.wait_for_url(re.compile("weights=sha256-"))
    page.locator("svg [data-id=W] .shape").click()
    expect(page.locator("#inspector")).to_contain_text("1199")
    page.wait_for_url(re.compile("select=W"))
    page.reload()
    expect(page.locator("#inspector")).to_contain_text("1199")
    ready(page)
    drop(page, "w.safetensors", save({"W": np.full((30, 40), 7.5), "b": np.zeros(3)}))
    expect(page.locator("#inspector")).to_contain_text("7.5")
    drop(page, "b.csv", b"1,2,3.25\n")
    expect(page.get_by_role("table", name="b value").locator("input").last).to_have_value("3.25")
    cells = {"cells": [{"cell_type": "code", "source": ["%matplotlib inline\n", "u: parameter = 3\n", "J = u ** 2\n"]}]}
    drop(page, "lesson.ipynb", json.dumps(cells).encode())
    expect(page.locator("#graph [data-id=u]")).to_be_visible()
    drop(page, "net.py", b"import torch\nv: parameter[2]\nJ = torch.sum(v ** 2)\n")
    expect(page.locator("#graph [data-id=v]")).to_be_visible()
    array = BytesIO()
    np.save(array, np.array([1.5, 2.25]))
    drop(page, "v.npy", array.getvalue())
    expect(page.get_by_role("table", name="v value").locator("input").last).to_have_value("2.25")
    drop(page, "lesson.ipynb", json.dumps(cells).encode())
    expect(page.locator("#graph [data-id=u]")).to_be_visible()
    drop(page, "model.pt", b"\x80\x04")
    expect(page.get_by_role("alert").filter(has_text="model.pt")).to_be_visible()
    expect(page.locator(".opening .hint")).to_contain_text(".onnx")
    expect(page.locator("#graph [data-id=u]")).to_be_visible()


def test_what_is_left_out_is_listed_and_an_upload_can_be_cancelled(visit: Visit) -> None:
    page = visit()
    ready(page)
    drop(page, "net.onnx", perceptron())
    expect(page.locator(".opening li")).to_have_text(["the open dimension batch is 1"])
    page.route("**/api/v1/import*", lambda route: None)
    drop(page, "slow.onnx", perceptron())
    expect(page.locator(".opening")).to_contain_text("slow.onnx")
    expect(page.locator(".opening progress")).to_be_visible()
    page.locator(".opening").get_by_role("button", name="Cancel").click()
    expect(page.locator(".opening")).to_be_hidden()
    expect(page.locator('#graph [data-id^="tanh:"]')).to_be_visible()


@pytest.mark.parametrize(("locale", "again"), [("en", "Open with these sizes"), ("zh", "按这些大小重新打开")])
def test_sizes_of_open_dimensions_are_asked_for(visit: Visit, locale: str, again: str) -> None:
    visit.forgive("422")
    page = visit(locale=locale)
    ready(page)
    drop(page, "net.onnx", perceptron())
    size = page.locator(".opening").get_by_label("batch")
    expect(size).to_have_value("1")
    size.fill("3")
    page.locator(".opening").get_by_role("button", name=again).click()
    expect(page.locator(".opening li")).to_have_count(0)
    expect(size).to_have_value("3")
    page.locator("svg [data-id=x] .shape").click()
    expect(page.locator("#inspector")).to_contain_text("3 \N{MULTIPLICATION SIGN} 4")
    drop(page, "odd.onnx", reshaped())
    expect(page.get_by_role("alert").filter(has_text="odd.onnx")).to_be_visible()
    length = page.locator(".opening").get_by_label("length")
    length.fill("7")
    page.locator(".opening").get_by_role("button", name=again).click()
    expect(page.locator(".opening")).not_to_have_class(re.compile("failed"))
    expect(length).to_have_value("7")
    assert violations(page) == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("bad.onnx", b"no model", "ONNX"), ("empty.tide", b"", "empty"), ("other.npy", b"\x93NUMPY", "not named after")],
)
def test_files_that_are_refused(visit: Visit, tmp_path: Path, name: str, content: bytes, said: str) -> None:
    visit.forgive("422")
    page = visit()
    ready(page)
    (tmp_path / name).write_bytes(content)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Open…").click()
    chooser.value.set_files(tmp_path / name)
    expect(page.get_by_role("alert").filter(has_text=said)).to_be_visible()
    page.locator(".opening").get_by_role("button", name="Close").click()
    expect(page.locator(".opening")).to_be_hidden()
