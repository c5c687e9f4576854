"""Generated sets, CSV text, splits and minibatches."""

import numpy as np
import pytest

from tidegraph import InputError, data


@pytest.mark.parametrize("name", data.GENERATORS)
def test_a_generated_set_depends_on_its_arguments_alone(name):
    one, same = data.generate(name, 60, seed=3), data.generate(name, 60, seed=3)
    other = data.generate(name, 60, seed=4)
    assert np.array_equal(one.inputs, same.inputs)
    assert np.array_equal(one.targets, same.targets)
    assert not np.array_equal(one.inputs, other.inputs)
    assert len(one) == 60
    assert np.isfinite(one.inputs).all()
    if one.classes:
        assert set(one.targets) == set(range(one.classes))
        assert len(one.labels) == one.classes
    else:
        assert one.targets.shape == (60, 1)


def test_without_noise_a_set_is_its_formula():
    xor = data.generate("xor", 40, noise=0)
    assert np.array_equal(xor.targets, (xor.inputs[:, 0] * xor.inputs[:, 1] < 0).astype(int))
    rings = data.generate("circles", 30, noise=0, classes=3)
    np.testing.assert_allclose(np.hypot(*rings.inputs.T), (rings.targets + 1) / 3)
    sine = data.generate("sine", 20, noise=0)
    np.testing.assert_allclose(sine.targets, np.sin(sine.inputs))
    linear = data.generate("linear", 20, noise=0)
    np.testing.assert_allclose(linear.targets[:, 0], linear.inputs @ [2, -3.4] + 4.2)


def test_images_show_four_different_shapes():
    pictures = data.generate("shapes", 40, noise=0)
    assert pictures.inputs.shape == (40, 8, 8)
    assert pictures.labels == ("square", "disc", "cross", "diagonal")
    diagonal = pictures.inputs[pictures.targets == 3][0]
    assert diagonal.sum() == max(np.trace(diagonal, offset=k) for k in range(-7, 8))


def test_wrong_requests_are_named():
    with pytest.raises(InputError, match="no data set 'moon'") as error:
        data.generate("moon")
    assert error.value.hint == "did you mean moons?"
    with pytest.raises(InputError, match="1 to 100,000 examples"):
        data.generate("xor", 0)
    with pytest.raises(InputError, match="noise is a number of at least 0"):
        data.generate("xor", noise=-1)
    with pytest.raises(InputError, match="circles has 2 to 5 classes, not 9"):
        data.generate("circles", classes=9)


def test_csv_with_names_and_classes_in_words():
    table = data.read_csv("width, height, kind\n1, 2, cat\n3, 4, dog\n\n5, 6, cat\n")
    assert table.features == ("width", "height")
    assert table.labels == ("cat", "dog")
    assert table.targets.tolist() == [0, 1, 0]
    assert table.inputs.tolist() == [[1, 2], [3, 4], [5, 6]]


def test_csv_of_bare_numbers_and_a_named_target():
    table = data.read_csv("0.5;1.25\n1.5;-2.75\n")
    assert table.classes == 0
    assert table.targets.tolist() == [[1.25], [-2.75]]
    named = data.read_csv("y,x\n0,1.5\n1,2.5\n", target="y")
    assert named.features == ("x",)
    assert named.classes == 2
    one_column_of_words = data.read_csv("1,a\n2,b\n")
    assert one_column_of_words.labels == ("a", "b")


def test_csv_with_several_target_columns():
    text = "a,b,u,v,w\n1,2,0.5,-1,2\n3,4,1.5,0,3\n"
    for target, count in ((["u", "v", "w"], 1), ("u, v, w", 1), (None, 3)):
        table = data.read_csv(text, target, count)
        assert (table.features, table.classes) == (("a", "b"), 0)
        assert table.targets.tolist() == [[0.5, -1, 2], [1.5, 0, 3]]
    assert data.read_csv("1,2,3,4\n5,6,7,8\n", targets=2).features == ("x1", "x2")
    kinds = data.read_csv("a,cat,dog\n0.5,1,0\n1.5,0,1\n", "cat,dog")
    assert (kinds.targets.tolist(), kinds.labels) == ([0, 1], ("cat", "dog"))
    with pytest.raises(InputError, match="no column 'z'"):
        data.read_csv(text, "u, z")
    with pytest.raises(InputError, match="line 2, column v"):
        data.read_csv("a,u,v\n1,2,x\n", "u, v")
    with pytest.raises(InputError, match="at least one input"):
        data.read_csv("u,v\n1,2\n", ["u", "v"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the table is empty"),
        ("a,b\n", "has names but no examples"),
        ("1\n2\n", "at least one input and a target column"),
        ("1,2\n3,4,5\n", "line 2 has 3 cells, the first row has 2"),
        ("a,b\n1,2\n\nx,4\n", "line 4, column a: the cell holds 'x', which is not a number"),
        ("a,b\n1,2\n,4\n", "line 3, column a: the value is missing"),
        ("a,b\n1,2\nnan,4\n", "line 3, column a"),
        ("a,b\n1,2\n1,dog\n", "line 3, column b: 'dog' is not a number"),
        ("a,b\n1,cat\n1,\n2,dog\n", "line 3, column b: the value is missing"),
        ("a,b\n1,NA\n1,2\n", "line 2, column b: the value is missing"),
    ],
)
def test_csv_errors_say_where(text, message):
    with pytest.raises(InputError, match=message):
        data.read_csv(text)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffa,b,y\n1,-2.5,3\n4,5,6\n",
        '"a","b","y"\r\n"1","-2.5","3"\r\n"4","5","6"\r\n',
        "a,b,y\r1,-2.5,3\r4,5,6",
        "a;b;y\n1;-2,5;3\n4;5,0;6",
        "sep=;\na;b;y\n1;-2,5;3\n4;5;6",
        "a\tb\ty\n1\t\u22122.5\t3\n4\t5\t6",
        "a | b | y\n1 | -2.5 | 3\n4 | 5 | 6",
        "a  b   y\n 1 -2.5  3\n4 5  6",
        "# a comment\na,b,y\n1,-2.5,3\n# another\n4,5,6\n",
        "a,b,y,\n1,-2.5,3,\n4,5,6,\n",
        "a\uff0cb\uff0cy\n1\uff0c-2.5\uff0c3\n4\uff0c5\uff0c6",
    ],
)
def test_tables_as_programs_write_them(text):
    table = data.read_csv(text)
    assert table.features == ("a", "b")
    assert table.outcomes == ("y",)
    assert table.inputs.tolist() == [[1, -2.5], [4, 5]]
    assert table.targets.tolist() == [[3], [6]]


def test_truth_values_are_classes():
    assert data.read_csv("x,y\n1,True\n2,FALSE\n3,true\n").targets.tolist() == [1, 0, 1]


def test_a_split_is_a_partition():
    whole = data.generate("moons", 50)
    train, held = data.split(whole, 0.3, seed=1)
    assert (len(train), len(held)) == (35, 15)
    rows = {tuple(r) for r in train.inputs} | {tuple(r) for r in held.inputs}
    assert rows == {tuple(r) for r in whole.inputs}
    with pytest.raises(InputError, match="validation share"):
        data.split(whole, 1.0)


def test_an_epoch_visits_every_row_once_and_the_next_in_another_order():
    first = np.concatenate([data.minibatch(12, 4, step, seed=5) for step in range(3)])
    second = np.concatenate([data.minibatch(12, 4, step, seed=5) for step in range(3, 6)])
    assert sorted(first) == sorted(second) == list(range(12))
    assert first.tolist() != second.tolist()
    with pytest.raises(InputError, match="a minibatch of 13 cannot be drawn from 12 examples"):
        data.minibatch(12, 13, 0)
