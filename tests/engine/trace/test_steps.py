"""A step as data and as a sentence, in the language of whoever is being answered."""

from __future__ import annotations

from typing import Any

import pytest

import tidegraph
from tidegraph.engine.graph import leaf
from tidegraph.engine.messages.catalogue import SPOKEN, Message
from tidegraph.engine.trace.steps import Step, plus, sentence, size_of


def step(**more: Any) -> Step:
    given: dict[str, Any] = {
        "phase": "forward", "kind": "operator", "operator": "exp:y", "scope": "", "inputs": ["x"], "outputs": ["y"],
        "equation": {"symbolic": "y = e^x"}, "message": Message("size-vector", n=3),
    }  # fmt: skip
    return Step(**{**given, **more})


def test_a_forward_step_has_no_backward_fields() -> None:
    forward, backward = step().to_dict(), step(phase="backward", variable="x", through="exp", parts=(2, 5)).to_dict()
    assert set(backward) - set(forward) == {"variable", "through", "parts", "index", "count", "final", "how"}
    assert set(forward) < set(backward)
    assert (backward["parts"], backward["final"], backward["count"]) == ([2, 5], False, 1)
    assert forward["message"] == Message("size-vector", n=3).to_dict()


def test_the_sentence_is_in_the_readers_language() -> None:
    one = step()
    english = one.text
    token = SPOKEN.set("zh")
    try:
        chinese = one.text
    finally:
        SPOKEN.reset(token)
    assert english != chinese
    assert "3" in english
    assert "3" in chinese
    assert one.text == english


@pytest.mark.parametrize(
    ("shape", "words"), [((), "number"), ((3,), "vector"), ((2, 3), "matrix"), ((2, 3, 4), "array")]
)
def test_a_shape_in_a_sentence(shape: tuple[int, ...], words: str) -> None:
    text = size_of(leaf(shape, "input")).text("en")
    assert words in text
    assert all(str(n) in text for n in shape)


def test_a_sentence_says_what_comes_out_and_what_of() -> None:
    graph = tidegraph.parse("x: input[3]\nW: parameter[2, 3]\nz = W @ x\nJ = sum(z)")
    operator = graph.find("z").operator
    assert operator is not None
    text = sentence(operator, graph.names).text("en")
    assert text.startswith("z, a vector of 2, ")
    assert all(word in text for word in ("W", "x"))


def test_terms_that_begin_with_a_sign_are_in_parentheses() -> None:
    assert plus(["a", "-b", "c"]) == r"a + \left(-b\right) + c"
