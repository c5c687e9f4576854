"""Products with parameters: where they stand in the text, what they are made with, and a parameter brought beside."""

from __future__ import annotations

from typing import Any

import pytest

from tidegraph import parse
from tidegraph.engine.editing.products import Reading, fresh


def described(program: str) -> list[tuple[Any, ...]]:
    reading = Reading(program)
    return [
        (reading.source.of(p.node), p.form, [(u.parameter, u.sizes, u.stack) for u in p.uses], p.outputs(p.uses[0]))
        for p in reading.products
    ]


@pytest.mark.parametrize(
    ("program", "wanted"),
    [
        ("x: input[4]\nW: parameter[m, 4]\ny = W @ x", [("W @ x", "left", [("W", ("m", "4"), "")], "m")]),
        ("X: input[8, 4]\nW: parameter[4, m]\nY = X @ W", [("X @ W", "right", [("W", ("4", "m"), "")], "m")]),
        ("x: input[4]\nw: parameter[4]\ny = w @ x", [("w @ x", "left", [("w", ("4",), "")], "")]),
        ("x: input[4]\nW: parameter[4, m]\ny = W.T @ x", [("W.T @ x", "left", [("W", ("m", "4"), "")], "m")]),
        (
            "x: input[2, 4]\nW: parameter[m, 4]\ny = linear(x, W)",
            [("linear(x, W)", "call", [("W", ("m", "4"), "")], "m")],
        ),
        ("x: input[4]\nA: input[4, 4]\ny = A @ x", []),
        ("V: parameter[4, 4]\nW: parameter[4, 4]\ny = V @ W", []),
    ],
)
def test_products_with_one_parameter(program: str, wanted: list[Any]) -> None:
    assert (
        described(f"m = 3\n{program}\nJ = sum(y)".replace("Y = X @ W\nJ = sum(y)", "Y = X @ W\nJ = sum(Y)")) == wanted
    )


def test_a_loop_over_a_stack_is_one_product_that_is_read_several_times() -> None:
    program = "h: input[3]\nW: parameter[5, 3, 3]\nfor i in range(5):\n    h = tanh(W[i] @ h)\nJ = sum(h)"
    (product,) = Reading(program).products
    assert (product.uses[0].stack, product.uses[0].sizes, len(product.results)) == ("i", ("3", "3"), 5)


def test_a_def_that_is_called_with_several_parameters_uses_each() -> None:
    program = (
        "x: input[3]\nU: parameter[3, 3]\nW: parameter[3, 3]\ndef layer(A, z):\n    return relu(A @ z)\n"
        "J = sum(layer(W, layer(U, x)))"
    )
    reading = Reading(program)
    (product,) = reading.products
    assert sorted(use.parameter for use in product.uses) == ["U", "W"]
    assert product.argument == "A"
    brought = reading.bring(product, lambda name: f"b{name}", "b", lambda use: [product.outputs(use)])
    assert brought is not None
    edited = reading.source.spliced(brought.splices)
    assert "bU: parameter[3]" in edited
    assert "def layer(A, z, b):" in edited
    assert "layer(W, layer(U, x, bU), bW)" in edited
    assert parse(edited).find("bW").shape == (3,)


def test_a_new_parameter_of_a_stack_is_a_stack() -> None:
    program = "h: input[3]\nW: parameter[5, 3, 3]\nfor i in range(5):\n    h = tanh(W[i] @ h)\nJ = sum(h)"
    reading = Reading(program)
    (product,) = reading.products
    brought = reading.bring(product, lambda name: "b", "b", lambda use: [product.outputs(use)])
    assert brought is not None
    assert (brought.read, brought.line) == ("b[i]", "b: parameter[5, 3]")


def test_a_free_name_counts_on() -> None:
    assert fresh(set(), "W") == "W"
    assert fresh({"W"}, "W") == "W2"
    assert fresh({"W1", "W2"}, "W1") == "W3"
