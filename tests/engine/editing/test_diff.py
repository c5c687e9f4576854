"""Graph differences: the exercise's bias, and the other edits of the gallery."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tidegraph import parse
from tidegraph.engine.editing.diff import Change, diff

CHAPTER = """
x: input[4]
y: target[3]
W1: parameter[5, 4]
W2: parameter[3, 5]
lam = 0.1

def l2(W1, W2, lam):
    return lam / 2 * (sum(W1 ** 2) + sum(W2 ** 2))

z = W1 @ x
h = relu(z)
o = W2 @ h
L = squared_error(o, y)
s = l2(W1, W2, lam)
J = L + s
"""
BIAS = CHAPTER.replace("lam = 0.1", "b1: parameter[5]\nlam = 0.1").replace("z = W1 @ x", "z = W1 @ x + b1")


def test_the_same_program_with_other_lines_and_comments_has_no_difference():
    found = diff(parse(CHAPTER), parse("# the chapter\n\n" + CHAPTER))
    assert found.empty
    assert found.text == "Nothing changed."
    assert found.downstream == ()
    assert set(found.same) == set(found.same.values())


def test_adding_a_bias():
    found = diff(parse(CHAPTER), parse(BIAS))
    assert set(found.added) == {"b1", "matmul", "add:z"}
    assert found.removed == ()
    assert found.same["matmul:z"] == "matmul:matmul"
    assert found.changed == (Change("z", "z", ("operator",)),)
    assert {"relu:h", "h", "matmul:o", "o", "L", "J"} <= set(found.downstream)
    assert not {"s", "W1", "x"} & set(found.downstream)
    assert "b1" in found.text
    back = diff(parse(BIAS), parse(CHAPTER))
    assert set(back.removed) == set(found.added)


def test_changing_the_activation():
    found = diff(parse(CHAPTER), parse(CHAPTER.replace("relu", "tanh")))
    assert found.added == ("tanh:h",)
    assert found.removed == ("relu:h",)
    assert found.changed == (Change("h", "h", ("operator",)),)
    assert "matmul:o" in found.downstream
    assert "z" not in found.downstream


def test_changing_a_size_or_a_value():
    wider = CHAPTER.replace("[5, 4]", "[7, 4]").replace("[3, 5]", "[3, 7]")
    reasons = {c.after: c.reasons for c in diff(parse(CHAPTER), parse(wider)).changed}
    assert reasons["W1"] == reasons["W2"] == reasons["z"] == reasons["h"] == ("shape",)
    assert "o" not in reasons
    stronger = diff(parse(CHAPTER), parse(CHAPTER.replace("0.1", "0.2")))
    assert stronger.changed == (Change("lam", "lam", ("value",)),)
    assert "s" in stronger.downstream
    assert "o" not in stronger.downstream


def test_adding_a_layer():
    declared = CHAPTER.replace("W2: p", "W3: parameter[5, 5]\nW2: p")
    deeper = declared.replace("o = W2 @ h", "g = relu(W3 @ h)\no = W2 @ g")
    found = diff(parse(CHAPTER), parse(deeper))
    assert {"W3", "g", "relu:g"} <= set(found.added)
    assert found.removed == ()
    assert Change("matmul:o", "matmul:o", ("inputs",)) in found.changed
    assert found.same["squared_error.subtract"] == "squared_error.subtract"


def test_changing_an_attribute():
    program = "X: input[3, 4]\nY = softmax(X, axis=0)\nJ = sum(Y ** 2)"
    other = program.replace("axis=0", "axis=1")
    assert diff(parse(program), parse(other)).changed == (Change("softmax:Y", "softmax:Y", ("attributes",)),)


LINES = st.lists(st.sampled_from(["x + 1", "x * 2", "tanh(x)", "x + x", "x ** 2 + 1"]), min_size=1, max_size=5)


@settings(max_examples=40, deadline=None)
@given(LINES, st.data())
def test_every_node_is_sorted_once(lines, data):
    other = data.draw(st.permutations(lines))
    bodies = ["".join(f"x = {row}\n" for row in rows) for rows in (lines, other)]
    graphs = [parse(f"x: input[3]\n{body}J = sum(x)") for body in bodies]
    found = diff(*graphs)
    for index, graph in enumerate(graphs):
        total = len(graph.variables) + len(graph.operators)
        alone = found.removed if index == 0 else found.added
        tied = [*found.same.items(), *((c.before, c.after) for c in found.changed)]
        assert len({pair[index] for pair in tied} | set(alone)) == len(tied) + len(alone) == total
