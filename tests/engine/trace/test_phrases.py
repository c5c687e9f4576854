"""Every operator has its phrases in every language: its result, and what becomes of a gradient on the way back."""

from __future__ import annotations

import re

import pytest

import tidegraph
from tests.engine.calls import Call, calls
from tidegraph.engine.graph import Operator
from tidegraph.engine.graph.kinds import Way
from tidegraph.engine.messages.catalogue import Message, entries
from tidegraph.engine.ops import REGISTRY, Composite, Primitive
from tidegraph.engine.trace.phrases import closed, described, filled, how, made_by, phrase

LANGUAGES = ("en", "zh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_is_missing(language: str) -> None:
    catalogue = entries(language)
    assert [n for n in REGISTRY if f"makes-{n}" not in catalogue] == []
    assert [w.value for w in Way if f"way-{w.value}" not in catalogue] == []
    undeclared = [o.name for o in REGISTRY.values() if isinstance(o, Primitive) and o.vjp and o.backward is None]
    assert undeclared == []


@pytest.mark.parametrize("call", list(calls()), ids=str)
def test_the_phrases_of_every_call_are_complete(call: Call) -> None:
    graph = call.graph
    for scope in graph.scopes.values():
        if isinstance(scope.op, Composite):
            written(made_by(scope.op, scope.operands, scope.attributes, graph.names))
    for operator in graph.operators:
        written(described(operator, graph.names))
        for port, variable in enumerate(operator.inputs):
            if operator.op.vjp is not None and variable.kind == "float":
                written(phrase(how(operator, port, graph.names)))


def written(message: Message) -> None:
    """A message is text without gaps in both languages, and Chinese where it says Chinese."""
    english, chinese = message.text("en"), message.text("zh")
    for text in (english, chinese):
        assert text
        assert not re.search(r"\{|\}|\$|makes-|way-", text), text
    assert re.search("[\u4e00-\u9fff]", chinese), chinese


def operator_of(program: str) -> tuple[Operator, tidegraph.Graph]:
    graph = tidegraph.parse(program)
    return graph.operators[-1], graph


@pytest.mark.parametrize(
    ("program", "english", "chinese"),
    [
        ("x: input[3]\ny = x + 2", "the sum of x and 2", "x 与 2 的和"),
        ("x: input[2, 3]\ny = sum(x, axis=1)", "the sum of the elements along axis 1 of x", "x 的沿轴 1 的元素之和"),
        ("x: input[2, 3]\ny = max(x)", "the largest of all elements of x", "x 的所有元素中的最大者"),
        ("x: input[3]\ny = x @ x", "the dot product of x and x", "x 与 x 的点积"),
        ("x: input[3, 4]\ny = x[1:, 0]", "the part of x at [1:, 0]", "x 在 [1:, 0] 处的部分"),
    ],
)
def test_a_result_as_a_phrase(program: str, english: str, chinese: str) -> None:
    operator, graph = operator_of(program)
    message = described(operator, graph.names)
    assert message.text() == english
    assert message.text("zh").replace(" ", "") == chinese.replace(" ", "")


def test_a_sum_is_in_parentheses_where_something_is_done_to_it() -> None:
    told = [step.text for step in tidegraph.trace(tidegraph.parse("x: input\ny: input\nJ = (x - y) ** 3 * 2")).forward]
    assert "(x \u2212 y)³, a number, is (x \u2212 y) to the power 3." in told
    assert filled("1 - {own}²", {"own": "x \u2212 y"}) == "1 \u2212 (x \u2212 y)²"
    assert filled("cos({own})", {"own": "x \u2212 y"}) == "cos(x \u2212 y)"
    texts = ["\u2016o \u2212 y\u2016\u00b2", "\u2212x", "f(x \u2212 1)"]
    assert [closed(text) for text in texts] == [texts[0], "(\u2212x)", texts[2]]


@pytest.mark.parametrize(
    ("program", "port", "english"),
    [
        ("W: parameter[2, 3]\nx: input[3]\ny = W @ x", 1, "multiplied by W transposed"),
        ("x: input[3]\nb: parameter\ny = x * b", 1, "multiplied by x, then summed where b was repeated"),
        ("x: input[3]\nb: parameter\ny = x + b", 1, "summed where b was repeated"),
        ("x: input[3]\ny = sin(x)", 0, "multiplied by cos(x)"),
        ("x: input[3]\ny = x ** 2", 0, "multiplied by 2 x"),
        ("x: input[3]\ny = relu(x)", 0, "passed where x is positive and stopped elsewhere"),
        ("x: input[3]\ny = elu(x)", 0, "multiplied by the derivative of elu at x"),
    ],
)
def test_a_gradients_way_as_a_phrase(program: str, port: int, english: str) -> None:
    operator, graph = operator_of(program)
    assert phrase(how(operator, port, graph.names)).text() == english
