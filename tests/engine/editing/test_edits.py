"""Edits of a program's text: each gives a graph, and changes what it says and nothing else."""

import numpy as np
import pytest

from tidegraph import ProgramError, parse, value_and_grad
from tidegraph.app import examples
from tidegraph.engine.editing.diff import diff
from tidegraph.engine.editing.edits import MISSING, edits

EXAMPLES = examples.load()
CHAPTER = EXAMPLES["chapter"].program
KINDS = list(MISSING)


def only(program, kind, **wanted):
    found = [e for e in edits(program) if e.kind == kind and all(getattr(e, k) == v for k, v in wanted.items())]
    return found[0]


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_edit_of_the_gallery_gives_a_graph_that_differs_where_it_says(name):
    program = EXAMPLES[name].program
    before = parse(program)
    for edit in edits(program):
        after = parse(edit.program)
        found = diff(before, after)
        assert edit.kind in KINDS
        assert edit.place in program
        if edit.kind in ("bias", "layer"):
            assert any(v.leaf and v.leaf.role == "parameter" for n, v in after.variables.items() if n in found.added)
        if edit.kind == "sizes":
            assert found.empty
            assert len(after.sizes) > len(before.sizes)
        else:
            assert found.added


def test_the_exercises_bias_is_the_gallerys():
    edit = only(CHAPTER, "bias", line=11)
    assert edit.new == "b1: parameter[5]"
    assert "z = W1 @ x + b1\n" in edit.program
    found = diff(parse(EXAMPLES["bias"].program.replace("b:", "b1:").replace("+ b\n", "+ b1\n")), parse(edit.program))
    assert found.empty
    _, gradients = value_and_grad(parse(edit.program))()
    assert np.array_equal(gradients["b1"], gradients["z"])
    assert not [e for e in edits(edit.program) if e.kind == "bias" and e.line == edit.line + 1]


def test_a_bias_of_examples_in_columns_of_a_stack_and_of_a_vector():
    assert only(EXAMPLES["batch"].program, "bias", line=11).new == "b1: parameter[h, 1]"
    stacked = only(EXAMPLES["vanishing"].program, "bias")
    assert stacked.new == "b: parameter[depth, m]"
    assert "h = sigmoid(W[i] @ h + b[i])" in stacked.program
    single = "X: input[6, 4]\nw: parameter[4]\nz = (X @ w) * 2\nJ = mean(z)"
    assert (
        only(single, "bias").program
        == "X: input[6, 4]\nw: parameter[4]\nb: parameter\nz = (X @ w + b) * 2\nJ = mean(z)"
    )
    tight = "x: input[3]\nA: parameter[3, 4]\nz = A.T @ x * 2\nJ = sum(z)"
    assert "\nb: parameter[4]\nz = (A.T @ x + b) * 2\n" in only(tight, "bias").program
    inside = only(EXAMPLES["transformer"].program, "bias", new="b1: parameter[m]")
    assert "return gelu(x @ W1 + b1) @ W2" in inside.program


CONVOLUTION = """n, c = 2, 3
X: input[n, c, 8, 8]
y: target[n, 4]
K1: parameter[4, c, 3, 3]
K2: parameter[4, 4, 3, 3]
W: parameter[4, 64]
def block(x, K):
    return relu(conv2d(x, K))
A = block(block(X, K1), K=K2)
J = cross_entropy(linear(reshape(A, (n, 64)), W), y)
"""


def test_a_bias_of_operators_that_have_one_and_of_a_def_called_with_several_parameters():
    given = only(CONVOLUTION, "bias", line=8)
    assert given.new == "b1: parameter[4]"
    assert "K1: parameter[4, c, 3, 3]\nb1: parameter[4]\nK2: parameter[4, 4, 3, 3]\nb2: parameter[4]\n" in given.program
    assert "def block(x, K, b):\n    return relu(conv2d(x, K, bias=b))\n" in given.program
    assert "A = block(block(X, K1, b1), K=K2, b=b2)\n" in given.program
    assert "linear(reshape(A, (n, 64)), W, bias=b), y)" in only(CONVOLUTION, "bias", line=10).program
    assert "bias" not in {e.kind for e in edits(only(given.program, "bias").program)}
    parts = [e.part for e in edits(EXAMPLES["transformer"].program) if e.kind == "bias" and e.line == 19]
    assert parts == ["x @ W1", "gelu(x @ W1) @ W2"]
    gates = [e.program.splitlines()[-2] for e in edits(EXAMPLES["lstm"].program) if e.kind == "bias"]
    assert gates == [f"h1, c1 = lstm_cell(x, h0, c0, Wi, Wh, b_{a}=b{b})" for a, b in (("ih", "i"), ("hh", "h"))]
    passed = only(EXAMPLES["residual"].program, "bias", line=10)
    assert "def residual(h, w, b):\n    return h + tanh(w @ h + b)\n" in passed.program
    assert "    r = residual(r, W[i], b[i])\n" in passed.program


def test_layers_and_dropout_inside_a_def_and_a_loop():
    deeper = only(CONVOLUTION, "layer")
    assert 'return relu(conv2d(relu(conv2d(x, K)), K2, padding="same"))' in deeper.program
    assert "block(block(X, K1, K3), K=K2, K2=K4)" in deeper.program
    assert "    h = sigmoid(W2[i] @ h)\n" in only(EXAMPLES["vanishing"].program, "layer").program
    assert "gelu(gelu(x @ W1) @ W3) @ W2" in only(EXAMPLES["transformer"].program, "layer").program
    assert "    h = dropout(h, p=0.5, seed=i)\n" in only(EXAMPLES["he"].program, "dropout").program
    assert "dropout(gelu(x @ W1), p=0.5) @ W2" in only(EXAMPLES["transformer"].program, "dropout").program
    assert "return h + tanh(w @ h)" in only(EXAMPLES["residual"].program, "skip").program


def test_another_activation_layer_dropout_way_around_and_penalty():
    assert "h = tanh(z)" in only(CHAPTER, "activation", new="tanh").program
    deeper = only(CHAPTER, "layer").program
    assert "W2: parameter[3, 5]\nW3: parameter[5, 5]\n" in deeper
    assert "h = relu(z)\nh = relu(W3 @ h)\no = W2 @ h" in deeper
    assert "H = tanh(H @ W3)" in only(EXAMPLES["moons"].program, "layer").program
    assert "h = relu(z)\nh = dropout(h, p=0.5)\n" in only(CHAPTER, "dropout").program
    assert "    h = h + sigmoid(W[i] @ h)\n" in only(EXAMPLES["vanishing"].program, "skip").program
    penalised = only(EXAMPLES["softmax"].program, "decay").program
    assert penalised.endswith("lam = 0.1\nJ = J + lam / 2 * sum(W ** 2)")
    assert parse(penalised).target == "J_2"
    assert "decay" not in {e.kind for e in edits(CHAPTER)}


def test_text_that_is_not_ascii_keeps_its_places():
    program = "# größer\nx: input[2]\nW: parameter[3, 2]\nö = relu(W @ x)  # Ausgang\nJ = sum(ö)"
    edit = only(program, "bias")
    assert edit.program.splitlines()[4] == "ö = relu(W @ x + b)  # Ausgang"


def test_what_is_no_program_has_no_edits():
    with pytest.raises(ProgramError, match="rellu is not an operator"):
        edits("x: input[2]\nh = rellu(x)")
    assert edits("a: parameter = 2.0\nJ = a ** 2") == []
