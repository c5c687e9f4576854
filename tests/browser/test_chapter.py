"""The chapter's page: its figures run, its numbers are the engine's, its exercises are judged by the engine."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.visit import NARROW, WIDE, Visit

Ask = Callable[..., Any]

TIMES = "\N{MULTIPLICATION SIGN}"
LINES = """(equation) => [...equation.querySelectorAll('.live .line annotation')].map((line) => line.textContent)"""


@pytest.fixture(scope="session")
def programs(ask: Ask) -> dict[str, str]:
    return {example["name"]: example["program"] for example in ask("examples")}


def read(visit: Visit, address: str = "chapter", **how: Any) -> Page:
    """The page, once its numbers are there."""
    page = visit(address, wait=False, **how)
    page.locator("#eq-dW1 .live .line").wait_for()
    page.evaluate("document.fonts.ready")
    return page


def graph(page: Page, name: str) -> Locator:
    """A figure's graph, brought into sight and drawn."""
    found = page.locator(f"#figure-{name} tide-graph")
    found.scroll_into_view_if_needed()
    found.locator("svg [data-id]").first.wait_for()
    return found


def numeric(trace: dict[str, Any]) -> set[str]:
    """Every equation of a run in numbers, with scopes open and closed."""
    told = [*trace["scopes"], trace]
    return {step["equation"]["numeric"] for one in told for step in [*one["forward"], *one["backward"]]}


def written(page: Page) -> dict[str, list[str]]:
    """The numbers under the equations of the network."""
    found = page.locator("[data-run=network][data-equation]").all()
    return {
        equation.get_attribute("data-equation") or "": [
            line.removeprefix("\\displaystyle ") for line in equation.evaluate(LINES)
        ]
        for equation in found
    }


def test_every_figure_runs(visit: Visit) -> None:
    page = read(visit)
    figures = page.locator("figure:visible tide-graph").all()
    assert len(figures) == 10
    for figure in figures:
        figure.scroll_into_view_if_needed()
        figure.locator("svg [data-id]").first.wait_for()


def test_numbers_beside_equations_are_those_of_the_run(visit: Visit, api: Ask, programs: dict[str, str]) -> None:
    page = read(visit)
    known = numeric(api(programs["chapter"]))
    lines = written(page)
    assert {name: len(found) for name, found in lines.items()} == dict.fromkeys(lines, 1) | {"dL": 2, "ds": 2}
    assert all(line in known for found in lines.values() for line in found)

    network = graph(page, "forward")
    network.locator("svg [data-id=x] .shape").click()
    network.locator(".numbers input").first.fill("3")
    page.keyboard.press("Enter")
    reset = page.locator("#figure-graph [data-reset]")
    expect(reset).to_be_visible()
    values = {node["id"]: node.get("value") for node in api(programs["chapter"])["graph"]["nodes"]}
    changed = numeric(api(programs["chapter"], values={"x": [3, *values["x"][1:]]}))
    assert all(line in changed for found in written(page).values() for line in found)
    reset.click()
    expect(reset).to_be_hidden()
    assert written(page) == lines


def test_a_figure_keeps_pace_with_the_text(visit: Visit) -> None:
    page = read(visit)
    for name, moment in (("z", 1), ("J", 6), ("h", 2)):
        page.evaluate("(id) => document.getElementById(id).scrollIntoView({ behavior: 'instant' })", f"eq-{name}")
        expect(page.locator(f"#eq-{name}")).to_have_class("equation current")
        expect(page.locator("#figure-forward tide-graph .timeline input")).to_have_value(str(moment))
    link = page.locator("#figure-forward [data-workspace]")
    expect(link).to_have_attribute("href", "./#example=chapter&moment=2")


def test_an_equation_leads_back_to_where_it_was_referred_to(visit: Visit) -> None:
    page = read(visit)
    page.locator("#graph .ref").nth(1).click()
    page.wait_for_url("**/chapter#eq-s")
    page.locator("#eq-s .lead-back").click()
    expect(page.locator("#graph .ref").nth(1)).to_be_in_viewport()


def test_training_takes_turns(visit: Visit, ask: Ask, programs: dict[str, str]) -> None:
    page = read(visit)
    bench = page.locator("[data-training]")
    told = bench.locator("[data-told]")
    graph(page, "training")
    bench.get_by_role("button", name="1 Forward").click()
    expect(told).to_contain_text("Turn 1, forward")
    first = told.inner_text()
    bench.get_by_role("button", name="2 Backward").click()
    expect(told).to_contain_text("Turn 1, backward")
    bench.get_by_role("button", name="3 Update").click()
    expect(bench.locator(".live .line")).to_have_count(4)
    bench.get_by_role("button", name="1 Forward").click()
    expect(told).to_contain_text("Turn 2, forward")
    bench.get_by_role("button", name="Ten turns").click()
    expect(told).to_contain_text("Turn 12, forward")
    objective = [float(words.split(" is ")[1].split(". ")[0]) for words in (first, told.inner_text())]
    assert objective[1] < objective[0]
    expect(bench.locator("canvas")).to_be_visible()


def test_training_begins_with_the_numbers_of_the_figures_before(
    visit: Visit, api: Ask, programs: dict[str, str]
) -> None:
    page = read(visit)
    bench = page.locator("[data-training]")
    graph(page, "training")
    bench.get_by_role("button", name="1 Forward").click()
    expect(bench.locator("[data-told]")).to_contain_text("Turn 1, forward")
    trained = page.locator("#figure-training tide-graph svg")
    expect(trained.locator("[data-id=J] .scalar").first).to_be_visible()
    values = {node["id"]: node.get("value") for node in api(programs["chapter"])["graph"]["nodes"]}
    assert f"objective is {values['J']:.3g}" in bench.locator("[data-told]").inner_text()
    assert 0 in values["h"]


def test_memory_follows_the_sizes(visit: Visit, ask: Ask) -> None:
    page = read(visit)
    told = page.locator("#memory [data-told]")
    program = page.locator("#figure-memory tide-graph").get_attribute("program") or ""
    for name, size in (("n", "20"), ("layers", "4")):
        slider = page.locator(f"#memory input[name={name}]")
        slider.scroll_into_view_if_needed()
        slider.fill(size)
    sizes = {"n": 20, "h": 5, "layers": 4}
    footprint = ask("memory", program=program, sizes=sizes)["footprint"]
    expect(told).to_contain_text(f"Training holds {footprint['training']:,} bytes")
    expect(page.locator("[data-formulas] tr").nth(1)).to_contain_text("layers")
    graph(page, "memory")
    expect(page.locator("#figure-memory [data-workspace]")).to_have_attribute("href", re.compile("sizes="))


class Exercise:
    """An exercise, answered as a reader would."""

    def __init__(self, page: Page, number: int) -> None:
        self.part = page.locator(f"#exercise-{number}")

    def answer(self, question: str, right: bool, says: str, **fields: str) -> None:
        """Fills the fields, presses the button, and expects the verdict with these words."""
        form = self.part.locator(f"[data-question={question}]")
        for name, value in fields.items():
            field = form.locator(f"[name={name}]")
            if field.first.get_attribute("type") == "radio":
                form.locator(f"[name={name}][value='{value}']").check()
            elif field.first.get_attribute("type") == "checkbox":
                field.set_checked(value == "yes")
            elif field.evaluate("(field) => field instanceof HTMLSelectElement"):
                field.select_option(value)
            else:
                field.fill(value)
        form.get_by_role("button", name="Check").click()
        expect(form.locator("[data-verdict]")).to_contain_text(says)
        expect(form).to_have_attribute("data-right", str(right).lower())


def test_exercise_1_a_gradient_has_the_shape_of_its_variable(visit: Visit) -> None:
    page = read(visit)
    one = Exercise(page, 1)
    one.answer("shape", False, "An answer is missing", n="3")
    one.answer("shape", False, "in another order", shape="2, 3")
    one.answer("shape", False, "entries is 6", shape="1")
    one.answer("shape", False, "arranged otherwise", shape="6")
    one.answer("shape", False, "second derivatives", shape="6, 6")
    one.part.get_by_role("button", name="Tell me").click()
    expect(one.part.locator("[data-verdict]")).to_contain_text(f"It is 3 {TIMES} 2")
    one.answer("shape", True, f"Yes: 3 {TIMES} 2", shape="(3, 2)")
    one.answer("shape", True, f"Yes: 9 {TIMES} 2", n="400", shape="9 x 2")
    expect(one.part.locator("[name=n]")).to_have_value("9")
    one.answer("shape", True, f"Yes: 4 {TIMES} 5", n="4", m="5", f="sum(X @ X.T)", shape="4, 5")
    expect(page.locator("#figure-shape tide-graph")).to_have_attribute("program", "X: input[4, 5]\nJ = sum(X @ X.T)")
    five = f" {TIMES} ".join("45423")
    one.answer("shape", True, f"Yes: {five}", axes="5", f="mean(exp(X))", shape="4, 5, 4, 2, 3")
    one.answer("shape", False, "stretched along the other axes", f="sum((X + b) ** 2)", shape="4, 5, 4, 2, 3")
    one.answer("shape", True, "Yes: 3, the shape of b", shape="3")
    expect(graph(page, "shape").locator("svg [data-id=b]").first).to_be_visible()


def test_exercise_2_a_bias(visit: Visit) -> None:
    two = Exercise(read(visit), 2)
    two.answer("graph", False, "no longer what the product gives", squares="1", circles="1")
    two.answer("graph", True, "2 squares and 1 circle", squares="2", circles="1")
    expect(two.part.locator("[data-beside] tr")).to_have_count(4)
    two.answer("gradient", False, f"the shape 5 {TIMES} 4, and b has 5", gradient="outer(g, x)")
    two.answer("gradient", False, "off by up to", gradient="g + lam * b")
    two.answer("gradient", True, "the same vector", gradient="g * 1")
    two.part.locator("tide-graph svg [data-id=b]").first.wait_for()


def test_exercise_3_memory(visit: Visit, ask: Ask, programs: dict[str, str]) -> None:
    page = read(visit)
    three = Exercise(page, 3)
    sizes = {"d": 6, "h": 7, "q": 2, "n": 3}
    found = ask("memory", program=programs["batch"], sizes=sizes)
    parameters, saved = found["footprint"]["parameters"], sum(one["bytes"] for one in found["saved"])
    given = {name: str(size) for name, size in sizes.items()}
    three.answer(
        "memory",
        False,
        "how many parameters there are",
        **given,
        parameters=str(parameters // 8),
        saved="1",
        prediction=str(found["footprint"]["prediction"] + 8),
        ratio="8",
    )
    expect(three.part.locator("[data-verdict] p")).to_have_count(4)
    expect(three.part.locator("[data-verdict]")).to_contain_text("needs no label")
    three.part.get_by_role("button", name="Tell me").click()
    expect(three.part.locator("[data-counts] .own.wrong")).to_have_count(3)
    held = str(found["footprint"]["prediction"])
    three.answer(
        "memory", True, "Yes, all four", parameters=str(parameters), saved=str(saved), prediction=held, ratio="2"
    )
    rows = three.part.locator("[data-counts] tr")
    expect(rows).to_have_count(4)
    expect(rows.nth(0)).to_contain_text(f"{parameters // 8} {TIMES} 8 = {parameters} bytes")
    expect(three.part.locator(".own.right")).to_have_count(3)
    expect(page_sizes := page.locator("#figure-footprint tide-graph")).to_have_attribute("sizes", re.compile('"d":6'))
    assert page_sizes.get_attribute("program") is None


def test_exercise_4_second_derivatives(visit: Visit, ask: Ask, programs: dict[str, str]) -> None:
    page = read(visit)
    four = Exercise(page, 4)
    found = ask("levels", program=programs["moons"], measure=False)
    size, value, gradient = found["size"], *found["levels"][:2]
    four.answer("second", False, "how many entries", network="moons", graph="size", time="size", runs=str(size**2))
    expect(four.part.locator("[data-verdict]")).to_contain_text("The time:")
    expect(four.part.locator("[data-levels] tr").first).to_be_hidden()
    four.answer(
        "second", True, f"The value takes {value['operators']} operators", graph="few", time="few", runs=str(size)
    )
    expect(four.part.locator("[data-levels] tr")).to_have_count(4)
    expect(four.part.locator("[data-levels] tr").nth(1)).to_contain_text(str(gradient["operators"]))
    four.part.locator("tide-graph svg [data-id]").first.wait_for()
    expect(four.part.get_by_role("button", name="with its gradient")).to_have_attribute("aria-pressed", "true")


def test_exercise_5_several_devices(visit: Visit, ask: Ask, programs: dict[str, str]) -> None:
    page = read(visit)
    five = Exercise(page, 5)
    needs = ask("partition", program=programs["wide"], devices=8)["needs"]
    fewest = next(count for count, bytes in enumerate(needs, start=1) if bytes <= 1_000_000)
    five.answer("fit", False, "Not enough", memory="1000", devices=str(fewest - 1))
    five.answer("fit", False, "fewer do", devices=str(fewest + 1))
    five.answer("fit", True, "bit for bit", devices=str(fewest))
    figure = graph(page, "devices")
    expect(figure.locator("svg .node.tinted[data-tint=device-0]").first).to_be_visible()
    expect(five.part.locator("[data-timeline] g.beat").first).to_be_visible()
    expect(five.part.locator("[data-throughput]")).to_contain_text("examples a second")
    five.part.get_by_role("radio", name="Gradient accumulation").check()
    expect(five.part.locator("[data-throughput]")).to_contain_text("Gradient accumulation, devices: 1")
    five.answer("claims", False, "What is sent?", examples="yes", silent="yes", busy="no", large="yes")
    five.answer("claims", True, "With 1,000 kB not even one example", silent="no")
    expect(five.part.locator("[data-noise]")).to_contain_text("update 40 times and those of 12 320 times")
    five.answer("fit", True, "one device is enough", memory="2500", devices="1")
    expect(five.part.locator("[data-chosen]")).to_have_text("2,500 kB")
    five.answer("claims", True, "one device holds all 96 examples", silent="no")


def test_a_figure_opens_whole_however_large_its_graph_is(visit: Visit) -> None:
    """To fit it into its frame moves nothing: it is."""
    for size in (WIDE, NARROW):
        page = read(visit, size=size)
        part = page.locator("#exercise-4")
        part.locator("[name=network]").select_option("residual")
        level = part.get_by_role("button", name="Hessian-vector product", exact=True)
        level.click()
        expect(level).to_have_attribute("aria-pressed", "true")
        for name in ("second", "devices"):
            figure = page.locator(f"#figure-{name} tide-graph")
            figure.scroll_into_view_if_needed()
            drawing = figure.locator("svg.drawing > g[transform]").first
            drawing.wait_for(state="attached")
            expect(figure.locator("#graph")).not_to_have_attribute("aria-busy", "true")
            opened = drawing.get_attribute("transform")
            figure.locator("#zoom-fit").evaluate("(button) => button.click()")
            expect(drawing).to_have_attribute("transform", opened or "")


def test_the_chapter_fits_a_phone(visit: Visit) -> None:
    for language in ("en", "zh"):
        page = read(visit, f"chapter?language={language}", size=NARROW)
        for name in ("forward", "graph", "devices"):
            graph(page, name)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]


@pytest.mark.parametrize(("language", "scheme"), [("en", "dark"), ("zh", "light")])
def test_the_chapter_has_no_violation(visit: Visit, language: str, scheme: str) -> None:
    page = read(visit, f"chapter?language={language}", scheme=scheme)
    for name in ("forward", "graph", "shape"):
        graph(page, name)
    page.locator("#exercise-1 [type=submit]").click()
    assert violations(page) == []


def test_the_chosen_language_is_remembered(visit: Visit, server: str) -> None:
    page = read(visit)
    page.get_by_role("link", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.goto(f"{server}chapter")
    expect(page.locator("h1")).to_have_text("在计算图上走一个来回")
    page.goto(f"{server}chapter?language=en")
    expect(page.locator("html")).to_have_attribute("lang", "en")
