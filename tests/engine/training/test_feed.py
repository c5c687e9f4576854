"""How data reach a program: axes of examples, named sizes, encodings of targets, the prediction."""

import numpy as np
import pytest

from tidegraph import InputError, data, parse
from tidegraph.engine.training.feed import bind, target_names

ROWS = """
n, d = 8, 2
X: input[n, d]
y: target[n, 2]
W: parameter[d, 2]
O = X @ W
J = cross_entropy(O, y)
"""
COLUMNS = """
n = 8
X: input[2, n]
Y: target[1, n]
W: parameter[1, 2]
O = W @ X
J = squared_error(O, Y)
"""
ONE = """
x: input[2]
y: target
w: parameter[2]
o = w @ x
J = squared_error(o, y)
"""


def axes(binding):
    return {feed.name: feed.axis for feed in binding.feeds}


def test_a_named_size_is_the_minibatch_and_can_be_chosen():
    binding = bind(parse(ROWS), data.generate("moons", 40), batch_size=20)
    assert axes(binding) == {"X": 0, "y": 0}
    assert (binding.size, binding.batch, binding.output) == ("n", 20, "O")
    assert binding.graph.find("X").shape == (20, 2)
    assert binding.feeds[1].encoding == "one-hot"


def test_examples_may_be_columns():
    moons = data.generate("moons", 40)
    binding = bind(parse(COLUMNS), moons)
    assert axes(binding) == {"X": 1, "Y": 1}
    rows = np.array([3, 1, 4, 1, 5, 9, 2, 6])
    values = binding.take(binding.arrays(moons, np.dtype(np.float64)), rows)
    assert np.array_equal(values["X"], moons.inputs[rows].T)
    assert np.array_equal(values["Y"], moons.targets[rows][None])


def test_a_program_of_one_example():
    moons = data.generate("moons", 40)
    binding = bind(parse(ONE), moons, batch_size=10)
    assert not binding.batched
    values = binding.take(binding.arrays(moons, np.dtype(np.float64)), np.array([7]))
    assert np.array_equal(values["x"], moons.inputs[7])
    assert values["y"] == moons.targets[7]


def test_sizes_without_names_are_found_by_what_an_example_holds():
    plain = ROWS.replace("n, d = 8, 2", "").replace("n,", "8,").replace("d", "2")
    assert axes(bind(parse(plain), data.generate("moons", 40))) == {"X": 0, "y": 0}
    with pytest.raises(InputError, match="reads 8 examples at a time, not 20"):
        bind(parse(plain), data.generate("moons", 40), batch_size=20)


def test_what_is_ambiguous_is_an_error_until_it_is_said():
    square = "X: input[2, 2]\ny: target[2]\nw: parameter[2]\nJ = squared_error(X @ w, y)"
    moons = data.generate("moons", 40)
    with pytest.raises(InputError, match="could lie along axis 0 or 1"):
        bind(parse(square), moons)
    assert axes(bind(parse(square), moons, batch={"X": 0, "y": 0})) == {"X": 0, "y": 0}


def test_the_feature_size_is_not_taken_for_the_minibatch():
    both = "n, d = 4, 3\nX: input[n, d]\nY: target[n, d]\nb: parameter = 0\nJ = squared_error(X + b, Y)"
    table = data.Dataset(np.zeros((9, 3)), np.zeros((9, 3)))
    assert axes(bind(parse(both), table)) == {"X": 0, "Y": 0}
    with pytest.raises(InputError, match="several sizes could be the minibatch: n, d"):
        bind(parse(both.replace("4, 3", "3, 3")), table)
    assert bind(parse(both), table, batch="n").size == "n"


def test_programs_and_data_that_do_not_fit_say_why():
    moons = data.generate("moons", 40)
    with pytest.raises(InputError, match="X takes 3 numbers an example, the inputs have 2"):
        bind(parse(ROWS.replace("8, 2", "8, 3")), moons).arrays(moons, np.dtype(np.float64))
    blobs = data.generate("blobs", 40)
    with pytest.raises(InputError, match="y takes 2 numbers an example, the data have 3 classes"):
        bind(parse(ROWS), blobs).arrays(blobs, np.dtype(np.float64))
    with pytest.raises(InputError, match="takes classes in y; the data have real targets"):
        bind(parse(ROWS), data.generate("linear", 40))
    with pytest.raises(InputError, match="declares no input"):
        bind(parse("w: parameter = 1\nJ = w * w"), moons)
    with pytest.raises(InputError, match="several variables have the role input: a, b"):
        bind(parse("a: input[2]\nb: input[2]\nJ = sum(a * b)"), moons)
    with pytest.raises(InputError, match="no size 'm'"):
        bind(parse(ROWS), moons, batch="m")
    with pytest.raises(InputError, match="'d' is not the size of a minibatch"):
        bind(parse(ROWS), moons, batch="d")


def test_the_prediction_is_what_the_loss_compares_with_the_target():
    nested = "x: input[2]\ny: target[1]\nW: parameter[1, 2]\ndef loss(o, y):\n    return sum((o - y) ** 2)\n"
    nested += "z = W @ x\np = sigmoid(z)\nJ = loss(p, y)"
    assert bind(parse(nested), data.generate("moons", 10)).output == "p"


def test_runs_over_a_set_of_any_size_count_every_example_once():
    binding = bind(parse(ROWS), data.generate("moons", 40))
    parts = list(binding.chunks(19))
    assert [count for _, count in parts] == [8, 8, 3]
    assert np.concatenate([rows[:count] for rows, count in parts]).tolist() == list(range(19))
    assert all(len(rows) == 8 and rows.max() < 19 for rows, _ in parts)


def test_values_in_the_program_do_not_fix_its_sizes():
    program = "n = 3\nX: input[n, 2] = [[1, 2],\n  [3, 4], [5, 6]]\ny: target = [1, 0, 1]\nw: parameter[2] = [1, 2]\n"
    program += "p = sigmoid(X @ w)\nJ = binary_cross_entropy(p, y)"
    with pytest.raises(InputError, match="reads 3 examples at a time, not 10"):
        bind(parse(program), data.generate("moons", 40), batch_size=10)
    named = parse(program.replace("y: target =", "y: target[n] ="))
    binding = bind(named, data.generate("moons", 40), batch_size=10)
    assert binding.graph.find("X").shape == (10, 2)
    assert binding.graph.find("w").leaf.initial.tolist() == [1, 2]
    assert binding.graph.find("p").operator.origin.line == named.find("p").operator.origin.line


@pytest.mark.parametrize(
    ("loss", "output", "threshold"),
    [
        ("p = sigmoid(z)\nJ = -mean(y * log(p) + (1 - y) * log(1 - p))", "p", 0.5),
        ("J = binary_cross_entropy_with_logits(z, y)", "z", 0.0),
        ("J = binary_cross_entropy(sigmoid(z), y)", "sigmoid", 0.5),
        ("J = squared_error(z, y)", "z", 0.5),
        ("J = mean(softplus(z) - y * z)", "z", None),
    ],
)
def test_what_divides_two_classes_follows_from_the_loss(loss, output, threshold):
    graph = parse(f"n = 4\nX: input[n, 2]\ny: target[n]\nw: parameter[2]\nz = X @ w\n{loss}")
    binding = bind(graph, data.generate("moons", 40))
    assert (binding.output, binding.threshold) == (output, threshold)


def test_a_loss_of_two_classes_refuses_other_data():
    program = "n = 4\nX: input[n, 2]\ny: target[n]\nw: parameter[2]\n"
    graph = parse(program + "J = binary_cross_entropy_with_logits(X @ w, y)")
    with pytest.raises(InputError, match="takes two classes in y; the data have 3 classes"):
        bind(graph, data.generate("blobs", 40))
    with pytest.raises(InputError, match="takes classes in y; the data have real targets"):
        bind(graph, data.generate("linear", 40))


def test_which_of_several_inputs_is_fed_is_said_by_the_hint():
    program = "x: input[2]\nu: input[2]\ny: target\nw: parameter[2]\no = w @ (x + u)\nJ = squared_error(o, y)"
    table = data.read_csv("0.5,1.5,2.5\n1.5,2.5,3.5\n")
    with pytest.raises(InputError, match="several variables have the role input: x, u") as error:
        bind(parse(program), table)
    declaration = str(error.value.hint).split("value: ")[1]
    assert declaration == "u: input[2] = zeros()"
    assert bind(parse(program.replace("u: input[2]", declaration)), table).feeds[0].name == "x"


@pytest.mark.parametrize("shape", ["[8]", ""])
def test_columns_are_fed_to_the_variables_of_their_names(shape: str) -> None:
    program = f"x1: input{shape}\nx2: input{shape}\ny1: target{shape}\na: parameter\nJ = mean((a * x1 + x2 - y1) ** 2)"
    graph = parse(program)
    header = "y1,id,x2,x1"
    text = header + "\n1,2,3,4\n5,6,7,8"
    assert target_names(graph, header.split(",")) == ["y1"]
    rows_read = data.read_csv(text, ["y1"])
    arrays = bind(parse(program.replace("[8]", "[2]")), rows_read).arrays(rows_read, np.dtype(float))
    lists = {name: array.ravel().tolist() for name, array in arrays.items()}
    assert lists == {
        "x1": [4, 8],
        "x2": [3, 7],
        "y1": [1, 5],
    }


def test_several_targets_and_a_vector_of_them_are_fed_by_name() -> None:
    rows = "x,y1,y2\n1,2,3\n4,5,6\n7,8,9"
    apart = parse("x: input[3]\ny1: target[3]\ny2: target[3]\na: parameter\nJ = mean((a * x - y1 - y2) ** 2)")
    rows_read = data.read_csv(rows, target_names(apart, ["x", "y1", "y2"]))
    arrays = bind(apart, rows_read).arrays(rows_read, np.dtype(float))
    lists = {name: array.tolist() for name, array in arrays.items()}
    assert lists == {
        "x": [1, 4, 7],
        "y1": [2, 5, 8],
        "y2": [3, 6, 9],
    }
    whole = parse("x: input[3]\ny: target[3, 2]\na: parameter\nJ = mean((a - y) ** 2) + sum(x)")
    rows_read = data.read_csv(rows, target_names(whole, ["x", "y1", "y2"]))
    assert bind(whole, rows_read).arrays(rows_read, np.dtype(float))["y"].tolist() == [[2, 3], [5, 6], [8, 9]]


def test_a_variable_without_a_column_is_told_as_before() -> None:
    graph = parse("x1: input[2]\nu: input[2]\ny: target[2]\na: parameter\nJ = mean((a * x1 + u - y) ** 2)")
    with pytest.raises(InputError, match="several variables have the role input: x1, u"):
        bind(graph, data.read_csv("x1,x2,y\n1,2,3\n4,5,6"))
