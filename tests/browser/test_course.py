"""Course sites with graphs in their sources: the chapter as a Sphinx site and, in Chinese, as a MkDocs site, both
built here and served by a plain file server; a slide deck; a strict page."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_embedding import MATHEMATICS_SET
from tidegraph.app.integrations import course

CHECKOUT = Path(__file__).parents[2]
SOURCES = CHECKOUT / "docs" / "examples"
Open = Callable[..., Page]


def build(*command: str) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def sphinx_site(elsewhere: tuple[Path, str]) -> str:
    folder, address = elsewhere
    build(
        "sphinx", "-q", "-W", "-b", "html", "-d", str(folder / "doctrees"), str(SOURCES / "sphinx"), str(folder / "s")
    )
    return f"{address}s/"


@pytest.fixture(scope="session")
def mkdocs_site(elsewhere: tuple[Path, str]) -> str:
    folder, address = elsewhere
    build("mkdocs", "build", "-q", "-s", "-f", str(SOURCES / "mkdocs" / "mkdocs.yml"), "-d", str(folder / "m"))
    return f"{address}m/"


def graph(page: Page, index: int) -> Locator:
    """A graph of a page, scrolled to and drawn."""
    graph = page.locator("tide-graph").nth(index)
    graph.scroll_into_view_if_needed()
    graph.locator("[data-id=J]").first.wait_for()
    return graph


def test_a_sphinx_site_plays_what_was_run_when_it_was_built(sphinx_site: str, open_page: Open) -> None:
    page = open_page(sphinx_site)
    product, network = graph(page, 0), graph(page, 1)
    expect(network.locator("svg [data-id=l2]")).to_be_visible()
    network.get_by_label("One step on").click()
    expect(network.locator("[data-part=text]")).to_contain_text("z, a vector of 5")
    expect(product.locator("[data-part=phase]")).to_have_text("Start")
    network.locator("svg [data-id=l2] .shape").click()
    network.locator("svg [data-id='l2.power']").first.wait_for()
    page.wait_for_function(MATHEMATICS_SET)


def test_myst_has_the_directive_too_and_only_a_part_is_played(sphinx_site: str, open_page: Open) -> None:
    page = open_page(f"{sphinx_site}backward.html")
    network = graph(page, 1)
    expect(network.locator("[data-part=count]")).to_have_text("step 1 of 14")
    network.get_by_label("One step back").click()
    expect(network.locator("[data-part=phase]")).to_have_text("Forward")
    expect(network.get_by_label("One step back")).to_be_disabled()
    slider = network.get_by_label("Step", exact=True)
    assert (slider.get_attribute("min"), slider.get_attribute("max")) == ("6", "20")


@pytest.mark.parametrize(
    ("site", "path", "check", "feedback", "turn", "title"),
    [
        ("sphinx_site", "backward.html", "Check", "There are two ways from a to J.", "Next", "Back"),
        ("mkdocs_site", "backward/", "检查", "从 a 到 J 有两条路径。", "下一步", "反向"),
    ],
)
def test_a_site_asks_and_tells(
    request: pytest.FixtureRequest,
    open_page: Open,
    site: str,
    path: str,
    check: str,
    feedback: str,
    turn: str,
    title: str,
) -> None:
    page = open_page(f"{request.getfixturevalue(site)}{path}")
    question = page.locator("tide-question")
    question.scroll_into_view_if_needed()
    question.locator(".fields input").fill("2")
    question.get_by_role("button", name=check, exact=True).click()
    expect(question.get_by_role("status")).to_contain_text(feedback)
    question.locator(".fields input").fill("3")
    question.get_by_role("button", name=check, exact=True).click()
    question.locator("form[data-correct=true]").wait_for()
    tour = page.locator("tide-tour")
    tour.scroll_into_view_if_needed()
    tour.get_by_role("button", name=turn, exact=True).click()
    expect(tour.get_by_role("heading", name=title)).to_be_visible()


BOOK = """
A book
======

.. tide-graph:: scalar
   :moment: 1

.. tide-tour::

   a: parameter = 2
   J = a ** 2
   ---
   ## A square & its slope
   at: gradient of a
   The slope is *twice* the number: 2 < 4.
"""


def test_paper_and_books_have_the_pictures(tmp_path: Path) -> None:
    (tmp_path / "index.rst").write_text(BOOK, encoding="utf-8")
    (tmp_path / "conf.py").write_text("extensions = ['tidegraph.sphinx']\nversion = '1'\n", encoding="utf-8")
    for builder in ("latex", "epub"):
        build("sphinx", "-q", "-b", builder, "-d", str(tmp_path / "d"), str(tmp_path), str(tmp_path / builder))
    (tex,) = (tmp_path / "latex").glob("*.tex")
    text = tex.read_text(encoding="utf-8")
    pictures = re.findall(r"\\sphinxincludegraphics\{(tidegraph-\w+\.pdf)\}", text)
    assert len(pictures) == 2
    assert all((tmp_path / "latex" / name).read_bytes().startswith(b"%PDF") for name in pictures)
    assert r"\sphinxstylestrong{A square \& its slope}" in text
    assert "The slope is twice the number: 2 \\textless{} 4." in text
    assert "J = a" not in text
    book = (tmp_path / "epub" / "index.xhtml").read_text(encoding="utf-8")
    ElementTree.fromstring(book)
    assert book.count("<svg") == 2
    assert "tide-" not in book


def test_a_graph_is_as_dark_as_its_page(sphinx_site: str, open_page: Open) -> None:
    page = open_page(sphinx_site)
    product = graph(page, 0)
    expect(product).to_have_attribute("data-theme", "light")
    page.evaluate("document.body.dataset.theme = 'dark'")
    expect(product).to_have_attribute("data-theme", "dark")
    page.emulate_media(color_scheme="dark")
    page.evaluate("document.body.dataset.theme = 'auto'")
    expect(product).to_have_attribute("data-theme", "dark")
    page.emulate_media(color_scheme="light")
    expect(product).to_have_attribute("data-theme", "light")


def test_a_chinese_material_site_plays_and_turns_its_own_pages(mkdocs_site: str, open_page: Open) -> None:
    page = open_page(mkdocs_site, size=(1440, 900))
    network = graph(page, 1)
    expect(network.get_by_label("播放器")).to_be_visible()
    network.get_by_label("前进一步").click()
    expect(network.locator("[data-part=count]")).to_contain_text("第 1 步")
    page.get_by_role("link", name="反向传播").first.click()
    page.wait_for_url("**/backward/")
    sums = graph(page, 1)
    expect(sums.locator("[data-part=phase]")).to_have_text("反向")
    page.locator("[data-md-component=palette] label:visible").click()
    expect(sums).to_have_attribute("data-theme", "dark")


def test_a_material_site_loads_nothing_where_there_is_no_graph(tmp_path: Path, open_page: Open) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Words\n")
    (tmp_path / "mkdocs.yml").write_text("site_name: Words\nplugins: [tidegraph]\n")
    build("mkdocs", "build", "-q", "-f", str(tmp_path / "mkdocs.yml"), "-d", str(tmp_path / "site"))
    assert course.SCRIPT not in (tmp_path / "site" / "index.html").read_text()


@pytest.mark.parametrize(
    ("fence", "words"),
    [
        ("```tide\nJ = rleu(1)\n```", "index.md: a tide fence: line 1: .*relu"),
        ('```tide colour="red"\nJ = 1\n```', "no option 'colour'"),
        ("```tide moment=3\nJ = 1\n```", 'options are written moment="3"'),
    ],
)
def test_a_wrong_fence_ends_the_build_with_words(tmp_path: Path, fence: str, words: str) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text(fence)
    (tmp_path / "mkdocs.yml").write_text("site_name: Words\nplugins: [tidegraph]\n")
    with pytest.raises(AssertionError, match=words) as told:
        build("mkdocs", "build", "-q", "-f", str(tmp_path / "mkdocs.yml"), "-d", str(tmp_path / "site"))
    assert "Traceback" not in str(told.value)


def test_a_wrong_directive_is_told_at_its_line(tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text("extensions = ['tidegraph.sphinx']\n")
    (tmp_path / "index.rst").write_text("Title\n=====\n\n.. tide::\n\n   J = rleu(1)\n")
    with pytest.raises(AssertionError, match=r"index.rst:4: .*line 1: .*relu"):
        build("sphinx", "-q", "-W", str(tmp_path), str(tmp_path / "site"))


def test_a_slide_deck_keeps_its_keys_and_a_graph_has_its_own(
    elsewhere: tuple[Path, str], open_page: Open, server: str
) -> None:
    folder, address = elsewhere
    shutil.copytree(CHECKOUT / "node_modules" / "reveal.js" / "dist", folder / "reveal", dirs_exist_ok=True)
    (folder / "deck.html").write_text(
        "<!doctype html><meta charset=utf-8>"
        "<link rel=stylesheet href=reveal/reveal.css><link rel=stylesheet href=reveal/theme/black.css>"
        f"<script type=module src='{server}static/embed.js'></script>"
        "<div class=reveal><div class=slides><section><h2>Gradients</h2></section>"
        "<section><h3>Backwards</h3><tide-graph example=chapter></tide-graph></section></div></div>"
        "<script type=module>import Reveal from './reveal/reveal.mjs'; await Reveal.initialize(); window.deck = Reveal"
        "</script>"
    )
    page = open_page(f"{address}deck.html")
    page.wait_for_function("window.deck?.isReady()")
    page.keyboard.press("ArrowRight")
    page.locator("tide-graph [data-id=J]").first.wait_for()
    expect(page.locator("tide-graph")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_label("Player")).to_be_in_viewport(ratio=1)
    page.get_by_label("One step on").click()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-part=count]")).to_have_text("step 2 of 6")
    assert page.evaluate("deck.getIndices().h") == 1
    page.locator("svg [data-id=W1] .shape").click()
    page.locator("table.numbers input").first.fill("0.5")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("deck.getIndices().h") == 1


def test_with_a_server_what_was_recorded_is_computed_anew_when_a_number_changes(
    elsewhere: tuple[Path, str], open_page: Open, server: str
) -> None:
    folder, address = elsewhere
    course.copy_files(folder)
    block = course.figure("w: parameter\nJ = w ** 2", {"server": server.rstrip("/"), "seed": "3", "moment": "2"})
    script = f"<script defer src={course.SCRIPT}></script>"
    (folder / "live.html").write_text(f"<!doctype html><meta charset=utf-8>{script}{block}")
    asked: list[str] = []
    page = open_page(f"{address}live.html")
    page.on("request", lambda request: asked.append(request.url))
    product = graph(page, 0)
    assert not [url for url in asked if url.startswith(server)]
    product.locator("svg [data-id=w] .shape").click()
    product.locator("table.numbers input").first.fill("5")
    page.keyboard.press("Enter")
    expect(product.locator("svg [data-id=J] .scalar").first).to_have_text("25")
