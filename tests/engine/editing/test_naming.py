"""Names for sizes: which axes are one size is found by changing them, and the program stays the same."""

from __future__ import annotations

import pytest

from tidegraph import parse
from tidegraph.app import examples
from tidegraph.engine.editing.naming import name_sizes

CHAPTER = examples.load()["chapter"].program


def test_sizes_are_named_where_the_program_lets_them_change() -> None:
    named = name_sizes(CHAPTER)
    assert named is not None
    assert "d, q, m = 4, 3, 5\nx:  input[d]\ny:  target[q]\nW1: parameter[m, d]" in named
    equal = name_sizes("x: input[4]\nW1: parameter[4, 4]\nW2: parameter[4]\nJ = W2 @ relu(W1 @ x)")
    assert equal == "d, h = 4, 4\nx: input[d]\nW1: parameter[h, d]\nW2: parameter[h]\nJ = W2 @ relu(W1 @ x)"
    examples_in_rows = "X: input[8, 2]\ny: target[8]\nw: parameter[2]\nJ = mean((X @ w - y) ** 2)"
    assert (name_sizes(examples_in_rows) or "").startswith("n, d = 8, 2\nX: input[n, d]\ny: target[n]\n")
    assert name_sizes("x: input = [1, 2]\nJ = sum(x)") is None
    assert name_sizes("x: input[6]\nJ = sum(reshape(x, (2, 3)))") is None


def test_a_named_program_is_the_same_and_follows_its_sizes() -> None:
    named = name_sizes(CHAPTER)
    assert named is not None
    before, after = parse(CHAPTER), parse(named)
    assert [o.op.name for o in before.operators] == [o.op.name for o in after.operators]
    assert {n: v.shape for n, v in before.leaves().items()} == {
        n: v.shape for n, v in after.leaves().items() if n not in after.sizes
    }
    assert parse(named, sizes={"d": 9}).find("x").shape == (9,)


def test_a_name_that_is_taken_is_not_given_twice() -> None:
    program = "d: input[4]\nW: parameter[5, 4]\nn = W @ d\nJ = sum(n)"
    assert name_sizes(program) == "p, h = 4, 5\nd: input[p]\nW: parameter[h, p]\nn = W @ d\nJ = sum(n)"


@pytest.mark.parametrize(
    "program", ["x: input\nJ = x ** 2", "x: input[1]\nJ = sum(x)", "n = 3\nx: input[n]\nJ = sum(x)"]
)
def test_what_has_no_size_to_name_stays(program: str) -> None:
    assert name_sizes(program) is None
