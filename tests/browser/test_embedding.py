"""Graphs in other people's pages: served from another origin, from a file, several at once, in light and dark."""

from __future__ import annotations

import gzip
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from playwright.sync_api import Browser, Page, expect

import tidegraph
from tidegraph.app.cli import main
from tidegraph.app.integrations.jupyter import of_graph
from tidegraph.app.site.pages import STATIC

MATHEMATICS_SET = "[...document.fonts].some(({ family, status }) => /KaTeX_Main/.test(family) && status === 'loaded')"
PROGRAM = "a: parameter = -4.0\nb: parameter = 2.0\nJ = a * b + a"
Open = Callable[..., Page]
LATER = (
    "adapt-",
    "asking-",
    "events-",
    "flow-",
    "inspector-",
    "later-",
    "operators-",
    "provenance-",
    "runs-",
    "touring-",
    "upload-",
    "zh-",
)
"""Scripts of questions and tours, of another language and of the layout, and those that come when something is done."""


def test_an_exported_file_plays_offline_from_disk(tmp_path: Path, open_page: Open) -> None:
    program = tmp_path / "product.tide"
    program.write_text(PROGRAM)
    main(["export", str(program)])
    page = open_page(program.with_suffix(".html").as_uri(), offline=True)
    page.locator("[data-id=J]").first.wait_for()
    page.get_by_label("One step on").click()
    expect(page.locator("[data-part=count]")).to_have_text("step 1 of 2")
    page.wait_for_function(MATHEMATICS_SET)
    page.locator("svg [data-id=a] .shape").click()
    expect(page.get_by_label("Inspector").locator("h2 code")).to_have_text("a")
    page.keyboard.press("End")
    expect(page.locator("[data-part=count]")).to_have_text("step 6 of 6")
    page.locator(".numbers input").fill("3")
    page.keyboard.press("Enter")
    expect(page.locator("svg [data-id=J] .scalar").first).to_have_text("9")


def test_an_exported_file_opens_its_groups_offline(tmp_path: Path, open_page: Open, chapter: dict[str, Any]) -> None:
    program = tmp_path / "chapter.tide"
    program.write_text(chapter["program"])
    main(["export", str(program)])
    page = open_page(program.with_suffix(".html").as_uri(), offline=True)
    page.locator("svg [data-id=l2] .shape").click()
    page.locator("svg [data-id='l2.divide']").first.wait_for()


@pytest.fixture
def host(elsewhere: tuple[Path, str]) -> Callable[[str], str]:
    """Serves a page of another origin."""

    def serve(body: str) -> str:
        folder, address = elsewhere
        (folder / "page.html").write_text(f"<!doctype html><meta charset=utf-8>{body}")
        return f"{address}page.html"

    return serve


def test_two_elements_on_a_page_of_another_origin(host: Callable[[str], str], open_page: Open, server: str) -> None:
    page = open_page(
        host(
            f"<script type=module src='{server}static/embed.js'></script>"
            "<tide-graph id=one example=chapter moment=2></tide-graph>"
            f"<div style='color:#eee;background:#111'><tide-graph id=two program='{PROGRAM}'></tide-graph></div>"
        ),
        size=(1000, 1400),
    )
    one, two = page.locator("#one"), page.locator("#two")
    one.locator("[data-id=J]").first.wait_for()
    two.locator("[data-id=J]").first.wait_for()
    expect(one.locator("[data-part=count]")).to_have_text("step 2 of 6")
    regions = page.get_by_role("region").evaluate_all("(all) => all.map((one) => one.ariaLabel)")
    assert len(regions) == len(set(regions)) > 2
    expect(one).to_have_attribute("data-theme", "light")
    expect(two).to_have_attribute("data-theme", "dark")
    page.evaluate("window.told = []; two.addEventListener('step', ({ detail }) => told.push(detail.moment))")
    two.get_by_label("One step on").click()
    expect(two.locator("[data-part=count]")).to_have_text("step 1 of 2")
    expect(one.locator("[data-part=count]")).to_have_text("step 2 of 6")
    page.wait_for_function("String(told) === '1'")
    page.evaluate("two.setAttribute('digits', '3')")
    page.evaluate("two.setAttribute('scientific', '')")
    expect(two.locator("[data-part=numeric]")).to_contain_text("10")
    expect(two.locator("svg [data-id=a] .scalar").first).to_have_text("\u22124e0")
    page.evaluate("one.setAttribute('moment', 4)")
    expect(one.locator("[data-part=count]")).to_have_text("step 4 of 6")


def test_numbers_are_edited_and_told(host: Callable[[str], str], open_page: Open, server: str) -> None:
    body = f"<script type=module src='{server}static/embed.js'></script><tide-graph program='{PROGRAM}'></tide-graph>"
    page = open_page(host(body))
    page.locator("svg [data-id=a] .shape").click()
    page.evaluate("addEventListener('values', ({ detail }) => { window.told = detail.values; })")
    page.locator(".numbers input").fill("3")
    page.keyboard.press("Enter")
    page.wait_for_function("window.told")
    assert page.evaluate("told") == {"a": 3}


def test_attributes_that_change_are_followed(host: Callable[[str], str], open_page: Open, server: str) -> None:
    """Also before the graph is there, after a mistake, and away from the page."""
    body = f"<div id=box lang=zh><tide-graph id=graph panels=equation program='{PROGRAM}'></tide-graph></div>"
    page = open_page(host(f"{body}<script type=module src='{server}static/embed.js'></script>"))
    page.evaluate("window.told = []; addEventListener('step', ({ detail }) => told.push(detail.text))")
    page.evaluate("customElements.whenDefined('tide-graph').then(() => graph.seek(1))")
    graph = page.locator("tide-graph")
    expect(graph.locator("[data-part=count]")).to_contain_text("第 1 步")
    page.wait_for_function("told.some((text) => text.includes('的积'))")
    expect(graph.locator(".transport")).to_be_hidden()
    page.evaluate("graph.removeAttribute('panels')")
    expect(graph.locator(".transport")).to_be_visible()
    page.evaluate("window.held = graph; graph.remove(); box.append(held)")
    expect(graph.locator("[data-part=count]")).to_contain_text("第 1 步")
    page.evaluate("addEventListener('problem', ({ detail }) => told.push(detail.message))")
    page.evaluate("graph.setAttribute('values', '{')")
    page.wait_for_function("told.at(-1).includes('JSON')")
    page.evaluate("graph.removeAttribute('program'); graph.removeAttribute('values')")
    expect(graph.get_by_role("alert")).to_contain_text("has a program")
    page.evaluate("graph.remove(); held.setAttribute('example', 'neuron'); box.append(held)")
    graph.locator("svg [data-id=w]").first.wait_for()
    page.evaluate("addEventListener('ready', () => told.push('drawn anew'))")
    page.evaluate("graph.setAttribute('readonly', ''); graph.setAttribute('moment', 2)")
    page.wait_for_function("told.includes('drawn anew')")
    expect(graph.locator("[data-part=count]")).to_contain_text("第 2 步")
    graph.locator("svg [data-id=w] .shape").click()
    expect(graph.locator(".inspector h2 code")).to_have_text("w")
    expect(graph.locator(".numbers input")).to_have_count(0)


def test_of_several_sources_one_counts_and_the_others_are_named(
    host: Callable[[str], str], browser: Browser, server: str
) -> None:
    address = host(
        f"""<script type=module src="{server}static/embed.js"></script>
        <tide-graph example="chapter" program="a: parameter = 2.0&#10;J = a ** 2" loading="eager"></tide-graph>"""
    )
    page = browser.new_page()
    warnings: list[str] = []
    page.on("console", lambda message: warnings.append(message.text))
    page.goto(address)
    page.locator("tide-graph svg [data-id=a]").first.wait_for()
    assert page.locator("tide-graph svg [data-id=W1]").count() == 0
    assert warnings == ["tide-graph: program is shown; example ignored."]
    page.evaluate("document.querySelector('tide-graph').removeAttribute('program')")
    page.locator("tide-graph svg [data-id=W1]").first.wait_for()
    assert len(warnings) == 1


def test_a_graph_in_a_shadow_root_of_a_loud_page(host: Callable[[str], str], open_page: Open, server: str) -> None:
    """Dark as what is around it, in the page's language, not written as the page shouts; drawn before it is near."""
    body = "<body dir=rtl style='text-transform:uppercase;letter-spacing:9px'><div style='height:5000px'></div>"
    inside = "<tide-graph example=chapter moment=3 loading=eager></tide-graph>"
    page = open_page(
        host(
            f"<html lang=zh-Hans>{body}<div id=around style='color:#eee'></div>"
            f"<script>around.attachShadow({{ mode: 'open' }}).innerHTML = '{inside}'</script>"
            f"<script type=module src='{server}static/embed.js'></script>"
        )
    )
    graph = page.locator("tide-graph")
    expect(graph.locator("[data-part=count]")).to_contain_text("第 3 步")
    expect(graph).to_have_attribute("data-theme", "dark")
    expect(graph.locator("[data-part=count]")).to_have_css("letter-spacing", "normal")
    expect(graph).to_have_css("direction", "ltr")
    page.evaluate("around.style.color = '#111'")
    expect(graph).to_have_attribute("data-theme", "light")


def test_an_element_waits_until_it_is_near(host: Callable[[str], str], open_page: Open, server: str) -> None:
    script = f"<script type=module src='{server}static/embed.js'></script>"
    page = open_page(host(f"{script}<div style='height:5000px'></div><tide-graph example=chapter></tide-graph>"))
    page.wait_for_function("customElements.get('tide-graph') !== undefined")
    inside = "[...document.querySelector('tide-graph').shadowRoot.children].map(({ localName }) => localName)"
    assert page.evaluate(inside) == ["slot"]
    page.locator("tide-graph").scroll_into_view_if_needed()
    page.locator("[data-id=J]").first.wait_for()


def test_a_frame_tells_the_page_around_it(host: Callable[[str], str], open_page: Open, server: str) -> None:
    source = f"{server}embed/chapter?moment=3&theme=dark&height=480&panels=transport"
    page = open_page(host(f"<iframe src='{source}' width=800 height=480></iframe>"))
    page.evaluate("window.told = []; addEventListener('message', ({ data }) => told.push(data))")
    frame = page.frame_locator("iframe")
    frame.locator("[data-id=J]").first.wait_for()
    expect(frame.locator(".equation")).to_be_hidden()
    expect(frame.locator("tide-graph")).to_have_attribute("data-theme", "dark")
    frame.get_by_label("One step on").click()
    page.wait_for_function("told.some(({ event, moment }) => event === 'step' && moment === 4)")


@pytest.mark.parametrize(
    ("entry", "part"),
    [("embed.js", r"[\"'](?:\.[\w./-]*/)?([\w-]+\.js)[\"']"), ("site.js", r"need\(\"([\w-]+\.js)\"\)")],
)
def test_a_live_graph_is_small(entry: str, part: str) -> None:
    """Everything that draws, compressed: the entry and all that it loads before a click, with KaTeX and without."""
    loaded, waiting = set[Path](), [STATIC / entry]
    while waiting:
        file = waiting.pop()
        if file in loaded or file.name.startswith(LATER):
            continue
        loaded.add(file)
        found = [STATIC / Path(entry).stem / name for name in re.findall(part, file.read_text())]
        waiting += [file for file in found if file.is_file()]
    sizes = {file: len(gzip.compress(file.read_bytes())) for file in loaded}
    mathematics = [size for file, size in sizes.items() if b"KaTeX parse error" in file.read_bytes()]
    assert len(mathematics) == 1
    assert sum(sizes.values()) <= 150_000
    assert sum(sizes.values()) - mathematics[0] <= 88_000


def test_a_graph_speaks_the_language_of_its_page(host: Callable[[str], str], open_page: Open, server: str) -> None:
    script = f"<script type=module src='{server}static/embed.js'></script>"
    page = open_page(host(f"<div lang=zh-Hans>{script}<tide-graph example=chapter moment=1></tide-graph></div>"))
    page.locator("[data-id=J]").first.wait_for()
    expect(page.get_by_label("播放器")).to_be_visible()


def test_a_frame_speaks_the_language_that_it_is_asked_for(open_page: Open, server: str) -> None:
    page = open_page(f"{server}embed/chapter?language=zh")
    page.locator("[data-id=J]").first.wait_for()
    expect(page.get_by_label("播放器")).to_be_visible()


def test_a_notebooks_output_plays_in_its_frame(host: Callable[[str], str], open_page: Open) -> None:
    page = open_page(host(of_graph(tidegraph.parse(PROGRAM)) or ""))
    frame = page.frame_locator("iframe")
    frame.locator("[data-id=J]").first.wait_for()
    frame.get_by_label("One step on").click()
    expect(frame.locator("[data-part=count]")).to_have_text("step 1 of 2")
    expect(frame.locator("tide-graph")).to_have_attribute("data-theme", "light")
    page.evaluate("document.body.style.color = 'white'")
    expect(frame.locator("tide-graph")).to_have_attribute("data-theme", "dark")
    page.evaluate("document.querySelector('iframe').remove()")
    page.wait_for_function("document.querySelector('img').naturalWidth > 300")


@pytest.fixture
def notebook() -> Iterator[Callable[[Any], list[str]]]:
    """What a notebook's cell that ends with a thing shows: each output's HTML."""
    shell = InteractiveShell.instance()

    def outputs(thing: Any) -> list[str]:
        with capture_output() as captured:
            last, _ = shell.display_formatter.format(thing)
        return [output.data["text/html"] for output in captured.outputs] + [last["text/html"]]

    with patch.dict(sys.modules, {"anywidget": None}):
        yield outputs
    InteractiveShell.clear_instance()


def test_outputs_of_a_notebook_share_the_player_that_the_first_brings(
    host: Callable[[str], str], open_page: Open, notebook: Callable[[Any], list[str]]
) -> None:
    first, second = notebook(tidegraph.show(PROGRAM)), notebook(tidegraph.show("chapter", height=700))
    asked = notebook(tidegraph.question(PROGRAM, "ask: gradient of a", language="zh"))
    page = open_page(host("".join(first + second + asked)), size=(1200, 2200))
    graph, chapter, question = (page.frame_locator("iframe").nth(i) for i in range(3))
    graph.locator("[data-id=J]").first.wait_for()
    graph.get_by_label("One step on").click()
    expect(graph.locator("[data-part=count]")).to_have_text("step 1 of 2")
    chapter.locator("[data-id=W1]").first.wait_for()
    expect(question.get_by_text("a 的梯度是多少？")).to_be_visible()
    expect(page.locator("img")).to_have_count(0)


def test_an_output_whose_player_is_gone_is_a_picture_until_the_player_comes(
    host: Callable[[str], str], open_page: Open, notebook: Callable[[Any], list[str]]
) -> None:
    *player, output = notebook(tidegraph.show(PROGRAM))
    page = open_page(host(f"<div id=late></div>{output}"))
    page.wait_for_function("document.querySelector('img').naturalWidth > 300")
    expect(page.get_by_text("This picture plays when")).to_be_visible()
    scripts = [part.removeprefix("<script>").removesuffix("</script>") for part in player]
    for script in scripts:
        expect(page.locator("iframe")).to_have_count(0)
        page.evaluate("text => late.append(Object.assign(document.createElement('script'), { text }))", script)
    page.frame_locator("iframe").locator("[data-id=J]").first.wait_for()
    expect(page.get_by_text("This picture plays when")).to_have_count(0)


WIDGET = """async ([state, esm]) => {
  const { default: widget } = await import(URL.createObjectURL(new Blob([esm], { type: "text/javascript" })));
  globalThis.state = state;
  const [get, set] = [(name) => state[name], (name, value) => (state[name] = value)];
  const model = { get, set, save_changes: () => (globalThis.saved = true) };
  const el = document.body.appendChild(document.createElement("div"));
  widget.render({ model, el });
}"""


def test_a_widget_reads_back_numbers_and_answers(host: Callable[[str], str], open_page: Open) -> None:
    page = open_page(host(""), size=(1000, 1900))
    shown = [tidegraph.show(PROGRAM), tidegraph.question(PROGRAM, "ask: gradient of a", language="en")]
    for widget in shown:
        names = ("name", "player", "body", "picture", "title", "language", "height", "values", "answers")
        page.evaluate(WIDGET, [{name: getattr(widget, name) for name in names}, widget._esm])
    question = page.frame_locator("iframe").nth(1)
    question.locator("input").first.fill("3")
    question.get_by_role("button", name="Check").click()
    page.wait_for_function("state.answers.length === 1")
    assert page.evaluate("[state.answers[0].correct, state.answers[0].source, saved]") == [True, None, True]


def test_frames_and_elements_fit_whatever_room_they_have(
    host: Callable[[str], str], open_page: Open, server: str
) -> None:
    frames = "".join(
        f"<iframe src='{server}embed/{name}' style='border:0;width:100%;height:480px'></iframe>"
        for name in ("chapter", "neuron")
    )
    script = f"<script type=module src='{server}static/embed.js'></script>"
    elements = "<tide-graph example=chapter></tide-graph><tide-graph example=neuron></tide-graph>"
    page = open_page(host(f"<body style='margin:0'>{frames}{script}{elements}"), size=(960, 2200))
    graphs = [page.frame_locator("iframe").nth(i).locator("tide-graph") for i in (0, 1)]
    graphs += [page.locator("tide-graph").nth(i) for i in (0, 1)]
    for width in (960, 640, 320):
        page.set_viewport_size({"width": width, "height": 2200})
        for graph in graphs:
            graph.locator("svg.drawing [data-kind]").first.wait_for()
            place = graph.element_handle()
            frame = place.owner_frame()
            assert frame
            frame.wait_for_function(FITS, arg=[place, width])


FITS = """([graph, width]) => {
  const inside = (box) => box.left >= -1 && box.right <= width + 1;
  const parts = graph.shadowRoot.querySelectorAll("svg.drawing .shape, .transport button, .transport select, .key li");
  return parts.length > 10 && [...parts].every((part) => inside(part.getBoundingClientRect()));
}"""
