"""Traces: every number on the page is one of the run's, every step comes after what it needs."""

from __future__ import annotations

import json
import re
from typing import Any

import networkx
import numpy as np
import pytest

import tidegraph
from tests.engine.programs import CHAPTER
from tidegraph.engine.graph import InputError

CLASSIFIER = """
X: input[3, 2]
Y: target[3, 4]
W: parameter[2, 4]
b: parameter[4]

def layer(X, W, b):
    a = X @ W + b
    return tanh(a) * a

def twice(X, W, b):
    first = layer(X, W, b)
    return layer(X * 2, W, b) - first

o = twice(X, W, b)
p = softmax(o)
J = cross_entropy(o, softmax(Y)) + mean(p[:, 1:] ** 2) + 0.01 * sum(abs(W))
"""

LOOP = """
n: input = 0.5
h: input[3]
W: parameter[3, 3]
for i in range(3):
    a = W @ h
    h = sigmoid(a) * h + n
J = sum(h.T * h) / 2 - h[0]
"""

NO_TARGET = "x: input[2, 3]\ny = exp(x) - x.T.T\nz = y > 0"

PROGRAMS = {"chapter": CHAPTER, "classifier": CLASSIFIER, "loop": LOOP, "no target": NO_TARGET}

every_program = pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)


def data(program: str, **how: Any) -> dict[str, Any]:
    """A trace as a page gets it."""
    return json.loads(json.dumps(tidegraph.trace(tidegraph.parse(program), **how).to_dict(), allow_nan=False))


def nodes(trace: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {n["id"]: n for n in trace["graph"]["nodes"] if n["kind"] == kind}


def steps(trace: dict[str, Any]) -> list[dict[str, Any]]:
    """All steps, those of scopes included."""
    return [
        *trace["forward"],
        *trace["backward"],
        *(s for scope in trace["scopes"] for way in ("forward", "backward") for s in scope[way]),
    ]


def close(a: Any, b: Any) -> None:
    np.testing.assert_allclose(np.asarray(a, float), np.asarray(b, float), rtol=1e-12, atol=1e-14)


@every_program
def test_the_graph_is_node_link_data_and_acyclic(program: str) -> None:
    trace = data(program)
    graph = networkx.node_link_graph(trace["graph"], edges="edges")
    assert networkx.is_directed_acyclic_graph(graph)
    parsed = tidegraph.parse(program)
    assert set(nodes(trace, "variable")) == set(parsed.variables)
    assert len(nodes(trace, "operator")) == len(parsed.operators)
    assert len(graph) == len(trace["graph"]["nodes"])
    ends = [n for n in graph if graph.nodes[n].get("kind") is None]
    assert not ends
    for a, b in graph.edges():
        assert {graph.nodes[a]["kind"], graph.nodes[b]["kind"]} == {"variable", "operator"}


def test_the_chapters_figure() -> None:
    trace = data(CHAPTER)
    roles = {n: v["role"] for n, v in nodes(trace, "variable").items() if v["scope"] == ""}
    assert roles == {
        "x": "input",
        "y": "target",
        "W1": "parameter",
        "W2": "parameter",
        **dict.fromkeys(["z", "h", "o", "L", "s", "J"], "intermediate"),
    }
    top = {i for i, n in nodes(trace, "operator").items() if n["scope"] == ""}
    assert top == {"matmul:z", "relu:h", "matmul:o", "add:J"}
    scopes = {s["id"]: s for s in trace["scopes"]}
    assert {"squared_error", "l2"} <= set(scopes)
    assert (scopes["l2"]["inputs"], scopes["l2"]["outputs"]) == (["lam", "W1", "W2"], ["s"])
    assert (scopes["squared_error"]["inputs"], scopes["squared_error"]["outputs"]) == (["o", "y"], ["L"])
    edges = {(e["source"], e["target"], e["key"]) for e in trace["graph"]["edges"]}
    assert {
        ("W1", "matmul:z", 0),
        ("x", "matmul:z", 1),
        ("matmul:z", "z", 0),
        ("L", "add:J", 0),
        ("s", "add:J", 1),
    } <= edges


@every_program
def test_values_and_gradients_are_those_of_the_engine(program: str) -> None:
    trace = data(program, seed=5)
    graph = tidegraph.parse(program)
    if graph.target is None:
        (values,) = tidegraph.function(graph, list(graph.variables), seed=5)()
        gradients: dict[str, Any] = {}
    else:
        values, gradients = tidegraph.value_and_grad(graph, seed=5)()
    for name, node in nodes(trace, "variable").items():
        close(node["value"], values[name])
        assert node["shape"] == list(values[name].shape)
        assert (node["gradient"] is None) == (name not in gradients)
        if name in gradients:
            close(node["gradient"], gradients[name])


@every_program
def test_a_forward_step_reads_what_is_there(program: str) -> None:
    trace = data(program)
    known = {n for n, v in nodes(trace, "variable").items() if v["role"] != "intermediate"}
    for step in trace["forward"]:
        assert (step["phase"], step["kind"]) == ("forward", "operator")
        assert set(step["inputs"]) <= known
        assert step["outputs"]
        assert not set(step["outputs"]) & known
        known |= set(step["outputs"])
    assert known == set(nodes(trace, "variable"))
    assert [s["operator"] for s in trace["forward"]] == list(nodes(trace, "operator"))


def test_without_a_target_there_is_no_backward_step() -> None:
    assert data("x: input[2]\nh = relu(x)")["backward"] == []


@pytest.mark.parametrize("program", [p for p in PROGRAMS.values() if tidegraph.parse(p).target is not None])
def test_a_backward_step_reads_gradients_that_are_complete(program: str) -> None:
    trace = data(program)
    first, *rest = trace["backward"]
    assert (first["kind"], first["variable"], first["gradient"], first["final"]) == ("seed", trace["target"], 1, True)
    complete = {first["variable"]}
    for step in rest:
        assert step["phase"] == "backward"
        if step["kind"] == "contribution":
            assert step["through"] == step["inputs"][0]
            assert step["through"] in complete
        assert step["variable"] not in complete
        if step["final"]:
            complete.add(step["variable"])
    assert complete == {n for n, v in nodes(trace, "variable").items() if v["gradient"] is not None}


@every_program
def test_contributions_sum_to_the_gradient(program: str) -> None:
    trace = data(program)
    variables = nodes(trace, "variable")
    found: dict[str, list[dict[str, Any]]] = {}
    for step in trace["backward"][1:]:
        found.setdefault(step["variable"], []).append(step)
    for name, parts in found.items():
        contributions = [s for s in parts if s["kind"] == "contribution"]
        close(sum(np.asarray(s["contribution"], float) for s in contributions), variables[name]["gradient"])
        assert [s["index"] for s in contributions] == list(range(len(contributions)))
        assert {s["count"] for s in parts} == {len(contributions)}
        last = parts[-1]
        assert [s["final"] for s in parts] == [False] * (len(parts) - 1) + [True]
        close(last["gradient"], variables[name]["gradient"])
        assert last["kind"] == ("sum" if len(contributions) > 1 else "contribution")
        assert len(parts) == len(contributions) + (len(contributions) > 1)


def test_the_chapters_two_contributions() -> None:
    trace = data(CHAPTER)
    steps = [s for s in trace["backward"] if s["variable"] == "W2"]
    assert [(s["kind"], s["through"]) for s in steps] == [
        ("contribution", "l2.power_2"),
        ("contribution", "o"),
        ("sum", None),
    ]
    values = {n: np.array(v["value"]) for n, v in nodes(trace, "variable").items()}
    through_s, through_o, both = steps
    close(through_o["contribution"], np.outer(values["o"] - values["y"], values["h"]))
    close(through_s["contribution"], 0.1 * values["W2"])
    close(both["gradient"], np.outer(values["o"] - values["y"], values["h"]) + 0.1 * values["W2"])
    assert both["equation"]["chain"].count("prod") == 2
    assert sorted(both["inputs"]) == ["l2.power_2", "o"]


@every_program
def test_scopes_tell_the_same_from_outside(program: str) -> None:
    trace = data(program)
    seen = {""}
    for scope in trace["scopes"]:
        assert scope["parent"] in seen
        seen.add(scope["id"])
        inside = [s for s in trace["forward"] if (s["scope"] + ".").startswith(scope["id"] + ".")]
        made = {n for s in inside for n in s["outputs"]}
        assert set(scope["outputs"]) <= made
        assert not set(scope["inputs"]) & made
        assert {n for s in inside for n in s["inputs"]} - made == set(scope["inputs"])
        (forward,) = scope["forward"]
        assert (forward["inputs"], forward["outputs"]) == (scope["inputs"], scope["outputs"])
        arriving: dict[str, Any] = {}
        for step in trace["backward"]:
            if step["kind"] == "contribution" and (step["scope"] + ".").startswith(scope["id"] + "."):
                arriving[step["variable"]] = arriving.get(step["variable"], 0) + np.asarray(step["contribution"], float)
        for step in scope["backward"]:
            close(step["contribution"], arriving[step["variable"]])
            assert step["operator"] == scope["id"]
        wanted = [n for n in scope["inputs"] if n in arriving]
        assert sorted(s["variable"] for s in scope["backward"]) == sorted(wanted)
    assert {n["scope"] for n in trace["graph"]["nodes"]} <= seen


@every_program
def test_the_numbers_of_an_equation_are_those_of_the_arrays(program: str) -> None:
    trace = data(program)
    values = {n: np.asarray(v["value"], float) for n, v in nodes(trace, "variable").items()}
    for step in steps(trace):
        numeric = step["equation"]["numeric"]
        if step["kind"] == "seed":
            continue
        if step["phase"] == "forward":
            if len(step["outputs"]) == 1:
                same_digits(numeric, values[step["outputs"][0]])
        else:
            same_digits(numeric, step["gradient"] if step["kind"] == "sum" else step["contribution"])
        known = [
            *values.values(),
            *(np.asarray(v["gradient"], float) for v in nodes(trace, "variable").values() if v["gradient"] is not None),
        ]
        known += [
            np.asarray(s["contribution"], float)
            for s in steps(trace)
            if s["phase"] == "backward" and s["contribution"] is not None
        ]
        for matrix in re.findall(r"\\begin\{bmatrix\}.*?\\end\{bmatrix\}", numeric):
            shown = numbers(matrix)
            assert any(agree(shown, k) for k in known), matrix


def same_digits(equation: str, array: Any) -> None:
    """The right side of an equation shows an array to four digits."""
    right = equation.rpartition(" = ")[2]
    if r"\begin{bmatrix}" in right or np.ndim(array) == 0:
        assert agree(numbers(right), np.asarray(array, float)), equation
    else:
        assert r" \times ".join(map(str, np.shape(array))) in right


def agree(shown: list[list[float]], array: np.ndarray) -> bool:
    """Whether written numbers are those of an array."""
    table = array.reshape(-1, 1) if array.ndim < 2 else array
    if table.ndim != 2 or (len(shown), len(shown[0])) != table.shape:
        return False
    return bool(np.allclose(shown, table, rtol=1e-3, atol=1e-12))


def numbers(text: str) -> list[list[float]]:
    """The rows of numbers in a matrix, or of a single number."""
    inner = re.sub(r"\\(begin|end)\{bmatrix\}", "", text)
    rows = inner.split(r"\\")
    return [[float(re.sub(r" \\times 10\^\{(.*?)\}", r"e\1", cell).strip()) for cell in row.split("&")] for row in rows]


@every_program
def test_every_step_is_told_in_words_and_in_well_formed_latex(program: str) -> None:
    trace = data(program)
    for step in steps(trace):
        assert step["text"].endswith(".")
        assert step["text"] == step["text"].strip()
        for text in step["equation"].values():
            assert well_formed(text), text
    for node in [*trace["graph"]["nodes"], *trace["scopes"]]:
        assert well_formed(node["latex"]), node["latex"]
        if "symbol" in node:
            assert well_formed(node["symbol"]), node["symbol"]


def well_formed(text: str) -> bool:
    plain = re.sub(r"\\[{}]", "", text)
    depth = 0
    for sign in plain:
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    pairs = [(r"\\left\b", r"\\right\b"), (r"\\begin\b", r"\\end\b")]
    return bool(text) and depth == 0 and all(len(re.findall(a, text)) == len(re.findall(b, text)) for a, b in pairs)


def test_the_chapters_equations_as_the_text_has_them() -> None:
    trace = data(CHAPTER)
    symbolic = {s["operator"]: s["equation"]["symbolic"] for s in trace["forward"]}
    assert symbolic["matmul:z"] == r"\mathbf{z} = \mathbf{W}^{(1)} \mathbf{x}"
    assert symbolic["matmul:o"] == r"\mathbf{o} = \mathbf{W}^{(2)} \mathbf{h}"
    assert symbolic["add:J"] == "J = L + s"
    chain = {s["variable"]: s["equation"] for s in trace["backward"] if s["final"]}
    assert chain["h"]["symbolic"] == (
        r"\frac{\partial J}{\partial \mathbf{h}} = {\mathbf{W}^{(2)}}^\top \frac{\partial J}{\partial \mathbf{o}}"
    )
    assert chain["h"]["chain"] == (
        r"\frac{\partial J}{\partial \mathbf{h}} = \operatorname{prod}\left(\frac{\partial J}{\partial \mathbf{o}},"
        r" \frac{\partial \mathbf{o}}{\partial \mathbf{h}}\right)"
    )


def test_values_seed_target_and_dtype() -> None:
    x = [1.0, -2.0, 3.0, 0.5]
    trace = data(CHAPTER, values={"x": x}, target="L", dtype="float32")
    assert trace["target"] == "L"
    variables = nodes(trace, "variable")
    assert variables["x"]["value"] == x
    assert variables["s"]["gradient"] is None
    assert variables["z"]["dtype"] == "float32"
    assert data(CHAPTER, seed=1) == data(CHAPTER, seed=1) != data(CHAPTER, seed=2)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"values": {"x": [1]}}, "x has shape"),
        ({"values": {"q": 1}}, "no variable"),
        ({"target": "z"}, "only a scalar"),
        ({"dtype": "int8"}, "dtype"),
    ],
)
def test_requests_that_do_not_fit_are_explained(how: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        tidegraph.trace(tidegraph.parse(CHAPTER), **how)


def test_the_operator_in_which_the_first_nan_or_infinity_arose() -> None:
    program = "x: input[2]\na = x * 2\nb = log(a)\nJ = sum(b * 0)"
    graph = tidegraph.parse(program)
    assert tidegraph.trace(graph, values={"x": [1, 2]}).first_nonfinite is None
    assert tidegraph.trace(graph, values={"x": [0, 2]}).first_nonfinite == "log:b"
    assert tidegraph.trace(graph, values={"x": [-1, 2]}).first_nonfinite == "log:b"
    assert tidegraph.trace(graph, values={"x": [np.inf, 2]}).first_nonfinite == "x"


def test_numbers_are_literals_of_their_operator_and_not_nodes() -> None:
    trace = data("x: input = 3\nJ = x ** 2 * 5")
    assert set(nodes(trace, "variable")) == {"x", "power", "J"}
    assert {i: n["literals"] for i, n in nodes(trace, "operator").items()} == {
        "power:power": {"1": 2},
        "multiply:J": {"1": 5},
    }


def test_attributes_are_plain_data() -> None:
    trace = data(
        "x: input[4, 3]\ny = x[::2, [0, 2]]\nz = reshape(y, (4,))\nJ = sum(sum(y, axis=(0, 1))) + z[0] + x[..., 0][1]"
    )
    attributes = {i: n["attributes"] for i, n in nodes(trace, "operator").items()}
    assert attributes["reshape:z"] == {"shape": [4]}
    assert {"slice": [None, None, 2]} in attributes["getitem:y"]["key"]


def test_a_loop_is_a_circle_that_holds_what_its_iterations_declare_and_hand_on() -> None:
    program = """
h: input[3]
for i in range(3):
    W: parameter[3, 3]
    h = tanh(W @ h)
J = 0.0
for k in range(2):
    J = J + sum(h) * k
"""
    trace = data(program)
    home = {n["id"]: n["scope"] for n in trace["graph"]["nodes"]}
    assert {name: home[name] for name in ("h", "W", "W_2", "h_2", "h_3", "h_4", "J_2", "J_3")} == {
        "h": "",
        "W": "i.i0",
        "W_2": "i.i1",
        "h_2": "i",
        "h_3": "i",
        "h_4": "",
        "J_2": "k",
        "J_3": "",
    }
    scopes = {scope["id"]: scope for scope in trace["scopes"]}
    loop = scopes["i"]
    assert (loop["kind"], scopes["i.i0"]["parent"], loop["outputs"]) == ("loop", "i", ["h_4"])
    assert loop["attributes"] == {"first": 0, "last": 2, "count": 3}
    assert loop["forward"][0]["text"] == "The loop over i (3 iterations) computes h₄ from h."
    told = {step["variable"]: step for step in loop["backward"]}
    found = nodes(trace, "variable")
    for name in ("h", "W", "W_2", "W_3"):
        assert told[name]["contribution"] == found[name]["gradient"]
    again = tidegraph.graph_from_data(trace["graph"], trace["scopes"], trace["target"])
    assert {n["id"]: n["scope"] for n in tidegraph.trace(again).to_dict()["graph"]["nodes"]} == home


def test_a_long_program_has_steps_without_equations() -> None:
    trace = data("x: input = 1\nfor i in range(5000):\n    x = x * 1.0001\nJ = x")
    assert len(trace["forward"]) == 5001
    assert all(not s["equation"] for s in trace["forward"])
    assert abs(nodes(trace, "variable")["x"]["gradient"] / 1.0001**5000 - 1) < 1e-9


def test_equations_hold_as_many_digits_as_are_wanted() -> None:
    graph = tidegraph.parse("a: parameter = 1234.5678\nJ = a / 3")
    numeric = [tidegraph.trace(graph, **how).forward[0].equation["numeric"] for how in ({}, {"digits": 6})]
    assert ["411.5" in numeric[0], "411.523" in numeric[1]] == [True, True]
    plain = tidegraph.trace(graph, digits=3, scientific=True).forward[0].equation["numeric"]
    assert r"1.23 \times 10^{3}" in plain
    assert r"4.12 \times 10^{2}" in plain


def test_sentences_say_what_happens_and_what_the_gradient_meets() -> None:
    program = (
        "x: input[3]\nW: parameter[2, 3]\nb: parameter\nh = relu(W @ x + b)\nJ = sum(h ** 2) + mean(x[1:] / x[:2])"
    )
    found = tidegraph.trace(tidegraph.parse(program))
    told = [step.text for step in [*found.forward, *found.backward]]
    assert "Wx, a vector of 2, is the matrix product of W and x." in told
    assert "h, a vector of 2, is Wx + b where it is positive, and 0 elsewhere." in told
    assert "h², a vector of 2, is the square of h." in told
    assert "x[1:], a vector of 2, is the part of x at [1:]." in told
    assert "mean(x[1:] ⊘ x[:2]), a number, is the mean of all elements of x[1:] ⊘ x[:2]." in told
    assert "The gradient at Wx + b flows back through the sum to b, summed where b was repeated: dJ/db." in told
    assert "The gradient at Wx flows back through the product to W, multiplied by x transposed: dJ/dW." in told
    assert "The gradient at h² flows back through the power to h, multiplied by 2 h: dJ/dh." in told
    assert any("multiplied by minus x[1:] ⊘ x[:2] and divided by x[:2]" in text for text in told)
    how = {step.variable: step.how for step in found.backward if step.kind == "contribution" and step.how}
    assert how["W"] == {"key": "transposed", "own": "W", "result": "matmul", "other": "x"}


def test_arrays_of_one_number_multiply_without_prod() -> None:
    program = "x: input[1, 1]\nw: parameter[1, 1]\nz = x @ w\nJ = sum(tanh(z))"
    chains = [step.equation.get("chain", "") for step in tidegraph.trace(tidegraph.parse(program)).backward]
    assert any(r"\cdot" in chain for chain in chains)
    assert not any("prod" in chain for chain in chains)
