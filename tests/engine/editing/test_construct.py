"""Building a program part by part: what fits at a port, and what each step writes."""

from __future__ import annotations

import pytest

from tidegraph.app import examples
from tidegraph.engine.editing.construct import Construction
from tidegraph.engine.graph import TidegraphError
from tidegraph.engine.language.parser import parse

CHAPTER = examples.load()["chapter"].program
NESTED = "x: input[4]\nW: parameter[3, 4]\nJ = sum(relu(W @ x) ** 2) + 0.1 * sum(W ** 2)\nq = exp(x)\n"


def test_a_network_is_built_from_an_empty_page() -> None:
    program = ""
    for role, name, shape in (("input", "x", "3"), ("parameter", "W", "2x3"), ("target", "y", "[2]")):
        program = Construction(program).declare(role, name, shape).program
    program = Construction(program).place("matmul", ["W", "x"], {}, "z1").program
    program = Construction(program).place("relu", ["z1"], {}).program
    program = Construction(program).place("squared_error", ["h", "y"], {}).program
    assert program.splitlines() == [
        "x: input[3]",
        "W: parameter[2, 3]",
        "y: target[2]",
        "z1 = W @ x",
        "h = relu(z1)",
        "L = squared_error(h, y)",
    ]
    assert parse(program).target == "L"


def test_a_port_says_which_variables_fit_and_why_others_do_not() -> None:
    part = Construction(CHAPTER).part("matmul", ["W2"], {}, 1)
    fits = {fit.name: fit for fit in part.fits}
    assert {name for name, fit in fits.items() if fit.fits} == {"W1", "z", "h"}
    assert fits["h"].result == (3,)
    assert fits["x"].problem is not None
    assert "inner sizes 5 and 4 differ" in fits["x"].problem.describe()
    assert fits["x"].problem.describe("zh") != fits["x"].problem.describe()
    assert all(fit.fits is None for fit in Construction(CHAPTER).part("matmul", [], {}, 0).fits)


def test_operators_of_any_number_of_inputs_have_a_port_more_and_attributes_count() -> None:
    part = Construction(CHAPTER).part("concatenate", ["z"], {"axis": "0"}, 1)
    assert [port.text for port in part.ports] == ["z", ""]
    assert {fit.name: fit.result for fit in part.fits if fit.fits}["x"] == (9,)
    assert Construction(CHAPTER).place("sum", ["W1"], {"axis": "0"}).text == "z2 = sum(W1, axis=0)"
    assert Construction(CHAPTER).place("multiply", ["lam", "-2"], {}).text == "s2 = lam * (-2)"
    assert Construction(CHAPTER).place("matmul", ["W1 + W1", "x"], {}).text == "z2 = (W1 + W1) @ x"


@pytest.mark.parametrize(
    ("program", "id", "port", "text", "line"),
    [
        (CHAPTER, "matmul:o", 1, "z", "o = W2 @ z"),
        (CHAPTER, "squared_error", 1, "o", "L = squared_error(o, o)     # half the sum of squared differences"),
        (NESTED, "power:power", 0, "x", "J = sum(x ** 2) + 0.1 * sum(W ** 2)"),
        (NESTED, "matmul:matmul", 1, "x * 2", "J = sum(relu(W @ (x * 2)) ** 2) + 0.1 * sum(W ** 2)"),
        ("a: input[2]\ny = a.sum()\nb = a * 3", "sum:y", 0, "a + 1", "y = (a + 1).sum()"),
    ],
)
def test_a_port_reads_something_else(program: str, id: str, port: int, text: str, line: str) -> None:
    built = Construction(program).connect(id, port, text)
    assert built.text.startswith(line[:40])
    assert built.program.splitlines()[built.line - 1].strip() == built.text
    parse(built.program)


def test_what_is_read_is_moved_above_the_line_that_reads_it() -> None:
    built = Construction(NESTED).connect("matmul:matmul", 1, "q")
    assert built.program.splitlines()[2:] == ["q = exp(x)", "J = sum(relu(W @ q) ** 2) + 0.1 * sum(W ** 2)"]


def test_a_result_without_a_name_gets_a_line_of_its_own() -> None:
    built = Construction(NESTED).name("relu")
    assert built.id == "h"
    assert built.program.splitlines()[2:4] == ["h = relu(W @ x)", "J = sum(h ** 2) + 0.1 * sum(W ** 2)"]


def test_undeclared_numbers_stay_inputs_when_something_is_declared() -> None:
    program = Construction("y = a * b + 1").declare("parameter", "w").program
    assert set(parse(program).leaves("input")) == {"a", "b"}


def test_a_line_that_nothing_reads_is_removed() -> None:
    assert "J = L + s" not in Construction(CHAPTER).remove("add:J").program
    assert "J = L + s" not in Construction(CHAPTER).remove("J").program


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (lambda c: c.declare("weight", "w"), "build-role"),
        (lambda c: c.declare("input", "2x"), "build-name"),
        (lambda c: c.declare("input", "W1"), "build-name-taken"),
        (lambda c: c.declare("constant", "c"), "build-constant"),
        (lambda c: c.place("matmull", ["W1", "x"], {}), "build-no-operator"),
        (lambda c: c.place("matmul", ["W1"], {}), "build-empty-port"),
        (lambda c: c.place("matmul", ["W1", "x", "h"], {}), "build-too-many-inputs"),
        (lambda c: c.place("relu", ["x +"], {}), "build-not-an-operand"),
        (lambda c: c.place("relu", ["x"], {"axes": "0"}), "build-no-attribute"),
        (lambda c: c.place("matmul", ["W2", "x"], {}), "inner-sizes"),
        (lambda c: c.connect("matmul:z", 1, "h"), "build-cycle"),
        (lambda c: c.connect("matmul:z", 2, "h"), "build-no-port"),
        (lambda c: c.connect("matmul:nowhere", 0, "h"), "build-no-part"),
        (lambda c: c.connect("l2", 0, "W2"), "build-inside"),
        (lambda c: c.name("l2.power"), "build-inside"),
        (lambda c: c.remove("z"), "build-still-read"),
    ],
)
def test_a_step_that_cannot_be_says_why(step: object, code: str) -> None:
    with pytest.raises(TidegraphError) as raised:
        step(Construction(CHAPTER))  # type: ignore[operator]
    assert raised.value.code == code
    assert raised.value.describe("zh") != code


def test_a_program_that_is_none_is_refused() -> None:
    with pytest.raises(TidegraphError):
        Construction("x: input[4]\nz = W @ x")
