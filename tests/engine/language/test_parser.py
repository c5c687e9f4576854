"""The program language: every construct, and every error with its place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tidegraph
from tests.engine.programs import CHAPTER, LOOP
from tidegraph.engine.graph import ProgramError


def values(program: str, **given: Any) -> dict[str, np.ndarray]:
    """What the program computes."""
    graph = tidegraph.parse(program)
    (found,) = tidegraph.function(graph, list(graph.variables))(given)
    return found


def error(program: str) -> ProgramError:
    """The error that the program is refused with."""
    with pytest.raises(ProgramError) as caught:
        tidegraph.parse(program)
    return caught.value


# What a program can say


@pytest.mark.parametrize(
    ("elsewhere", "here"),
    [
        ("layer_norm(x, [3, 4], W, None, 1e-3)", "layer_norm(x, W, normalized_shape=(3, 4), eps=1e-3)"),
        ("layer_norm(x, n, W[0])", "layer_norm(x, W[0])"),
        ("rms_norm(x, (4,), W[0])", "rms_norm(x, W[0])"),
        ("group_norm(x, 3, b, b)", "group_norm(x, b, b, num_groups=3)"),
        ("batch_norm(x, None, None, b, None, True, 0.1, 1e-3)", "batch_norm(x, weight=b, training=True, eps=1e-3)"),
        ("gather(x, 2, i)", "gather(x, i, 2)"),
        ("scatter_add(x, dim=-1, index=i, src=i + 0.5)", "scatter_add(x, i, i + 0.5, axis=2)"),
        ("x.permute(0, 2, 1).reshape(2, -1)", "reshape(transpose(x, axes=(0, 2, 1)), shape=(2, -1))"),
        ("cat((x, x), dim=1).unsqueeze(0)", "expand_dims(concatenate(x, x, axis=1), axis=0)"),
        ("maximum(input=x, other=W)", "maximum(x, W)"),
        ("avg_pool1d(x, 2, 2, 1, True, False)", "avg_pool1d(x, 2, 2, 1, ceil_mode=True, count_include_pad=False)"),
        ("clamp(x, a_min=0).var(dim=(0, 1), correction=1)", "var(clip(x, min=0), axis=(0, 1), ddof=1)"),
        ("mse_loss(input=x, target=2 * x)", "mse_loss(x, 2 * x)"),
        ("x.reshape(4, 3, 2).swapaxes(0, -1).flip(1)", "flip(swapaxes(reshape(x, (4, 3, 2)), 0, 2), axis=1)"),
    ],
)
def test_the_words_and_the_order_of_pytorch_are_understood(elsewhere: str, here: str) -> None:
    head = "n = 4\nx: input[2, 3, n]\nW: parameter[3, 4]\nb: parameter[3]\ni: input[2, 3, 2] = 1\n"
    np.testing.assert_array_equal(values(f"{head}y = {elsewhere}")["y"], values(f"{head}y = {here}")["y"])


def test_declarations_have_roles_shapes_and_lines() -> None:
    graph = tidegraph.parse("x: input[4]\n\ny: target\nW: parameter[2, 3]")
    found = {name: (v.leaf.role, v.shape, v.leaf.line) for name, v in graph.variables.items() if v.leaf}
    assert found == {"x": ("input", (4,), 1), "y": ("target", (), 3), "W": ("parameter", (2, 3), 4)}


@pytest.mark.parametrize(
    ("declared", "wanted"),
    [
        ("a: input = 3", 3.0),
        ("a: input[2] = 3", [3.0, 3.0]),
        ("a: input[2, 2] = [[1, 2], [3, -4.5]]", [[1, 2], [3, -4.5]]),
        ("a: input = [1, 2, 3]", [1, 2, 3]),
        ("a: parameter[2] = zeros()", [0, 0]),
        ("a: parameter[2] = ones()", [1, 1]),
        ("a: input[0]", []),
        ("n = 2\na: input[n * 2 - 1] = n + 1", [3, 3, 3]),
    ],
)
def test_first_values(declared: str, wanted: Any) -> None:
    np.testing.assert_array_equal(values(declared)["a"], np.array(wanted, dtype=float))


@pytest.mark.parametrize("draw", ["normal(0, 0.1)", "normal()", "uniform(-1, 1)", "xavier()", "he()"])
def test_draws_depend_on_the_seed_alone(draw: str) -> None:
    graph = tidegraph.parse(f"W: parameter[50, 20] = {draw}")
    first, again, other = (tidegraph.initial_values(graph, seed)["W"] for seed in (1, 1, 2))
    assert first.shape == (50, 20)
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("a + b", 8.0),
        ("a - b", 4.0),
        ("a * b", 12.0),
        ("a / b", 3.0),
        ("a ** b", 36.0),
        ("a % 4", 2.0),
        ("-a", -6.0),
        ("+a", 6.0),
        ("2 * a - -1", 13.0),
        ("a < b", False),
        ("a >= 6", True),
        ("a == b", False),
        ("a != b", True),
        ("(a > b) * 3.5", 3.5),
        ("pi * a", np.pi * 6),
        ("minimum(a, inf)", 6),
        ("1e3 + a", 1006.0),
    ],
)
def test_scalar_expressions(expression: str, wanted: Any) -> None:
    assert values(f"a: input = 6\nb: input = 2\nr = {expression}")["r"] == wanted


@pytest.mark.parametrize(
    "expression",
    [
        "A @ v",
        "A.T",
        "A[1]",
        "A[-1, 0]",
        "A[:, 1]",
        "A[::-1, ::2]",
        "A[..., None]",
        "A[None]",
        "A[[0, 1, 1]]",
        "A[0, :][1:]",
        "v[[2, 0]]",
        "A * v",
        "A + 1",
        "2 ** A",
        "A.sum(axis=0)",
    ],
)
def test_array_expressions_follow_numpy(expression: str) -> None:
    random = np.random.default_rng(0)
    names = {"A": random.normal(size=(2, 3)), "v": random.normal(size=3)}
    wanted = eval(expression, {}, dict(names))
    np.testing.assert_allclose(
        values(f"A: input[2, 3]\nv: input[3]\nr = {expression}", **names)["r"], wanted, rtol=1e-14
    )


def test_pytorchs_words_for_arguments_are_understood() -> None:
    program = "A: input[2, 3]\nr = A.mean(dim=0, keepdim=True)\ns = softmax(A, dim=0)\nt = flip(A, dims=(0,))"
    graph = tidegraph.parse(program)
    assert [graph.find(name).shape for name in "rst"] == [(1, 3), (2, 3), (2, 3)]


def test_shapes_are_known_while_reading() -> None:
    program = "x: input[2, 3]\nr = reshape(x, (x.shape[1], x.shape[0]))\nm = x.size * x[0, 0] + x.ndim"
    graph = tidegraph.parse(program)
    assert graph.find("r").shape == (3, 2)
    assert values(program, x=np.ones((2, 3)))["m"] == 8


def test_attributes_by_place_and_by_keyword() -> None:
    graph = tidegraph.parse("x: input[2, 3]\na = sum(x, 0)\nb = sum(x, axis=0)\nc = x.sum(0)\nd = sum(x, (0, 1), True)")
    assert [graph.find(n).shape for n in "abcd"] == [(3,), (3,), (3,), (1, 1)]


def test_several_names_at_once_and_augmented_assignment() -> None:
    found = values("a, b = 2.0, 3.0\nc: input = 1\na, b = b * c, a * c\nc += a\nc *= 2")
    assert (found["a_2"], found["b_2"], found["c_3"]) == (3.0, 2.0, 8.0)


def test_a_comment_a_docstring_and_pass_are_nothing() -> None:
    assert not tidegraph.parse('# nothing\n"""text"""\npass\n').variables
    assert not tidegraph.parse("").variables


def test_reassigning_a_name_makes_a_new_version_of_it() -> None:
    graph = tidegraph.parse("x: input\nx = x * 2\nx = x + 1\nJ = x ** 2")
    assert list(graph.variables) == ["x", "x_2", "x_3", "J"]
    assert values("x: input = 1\nx = x * 2\nx = x + 1\nJ = x ** 2")["J"] == 9


def test_versions_do_not_take_names_that_the_program_gives() -> None:
    graph = tidegraph.parse("x: input\nx_2 = x * 2\nx = x + 1\nx = x + 1")
    assert list(graph.variables) == ["x", "x_2", "x_3", "x_4"]


def test_another_name_for_a_variable_is_a_variable_of_its_own() -> None:
    graph = tidegraph.parse("x: input\ny = x\nz = 2.0\nw = z")
    assert graph.find("y").operator.op.name == "identity"
    assert graph.find("w").operator.op.name == "identity"


def test_unnamed_intermediates_have_readable_names() -> None:
    assert list(tidegraph.parse(CHAPTER).variables) == [
        *("x", "y", "W1", "W2", "lam", "z", "h", "o"),
        *("squared_error.subtract", "squared_error.power", "squared_error.sum", "L"),
        *("l2.divide", "l2.power", "l2.sum", "l2.power_2", "l2.sum_2", "l2.add", "s", "J"),
    ]


def test_a_call_of_a_def_is_a_scope() -> None:
    graph = tidegraph.parse(CHAPTER)
    assert [(i, s.kind, s.op and s.op.name) for i, s in graph.scopes.items()] == [
        ("squared_error", "operator", "squared_error"),
        ("l2", "function", None),
    ]
    assert graph.scopes["l2"].operands == tuple(graph.find(n) for n in ("W1", "W2", "lam"))


def test_scopes_nest_and_their_variables_are_called_after_their_path() -> None:
    graph = tidegraph.parse(
        """
def inner(a):
    twice = a * 2
    return twice + 1

def outer(a):
    b = inner(a)
    return inner(b) * b

x: input
y = outer(x)
z = outer(y)
"""
    )
    assert {"outer.inner.twice", "outer.b", "outer.inner_2.twice", "y", "outer_2.inner.twice", "z"} <= set(
        graph.variables
    )
    assert set(graph.scopes) == {f"{o}{i}" for o in ("outer", "outer_2") for i in ("", ".inner", ".inner_2")}


def test_a_loop_is_unrolled_and_every_iteration_is_a_scope() -> None:
    graph = tidegraph.parse(LOOP)
    assert [*graph.scopes] == ["i", "i.i0", "i.i1", "i.i2"]
    assert graph.scopes["i"].attributes == {"first": 0, "last": 2, "count": 3}
    assert graph.named[graph.find("h_4")] == "h_4"
    assert [v.operator.attributes["key"] for n, v in graph.variables.items() if n.endswith("getitem")][:3] == [0, 1, 2]


def test_loops_count_as_python_does() -> None:
    assert values("s = 0.0\nfor i in range(5, 0, -2):\n    s = s + i")["s_4"] == 9
    assert set(values("s = 1.0\nfor i in range(0):\n    s = s * 2")) == {"s"}
    assert values("s = 0.0\nfor i in range(2):\n    for j in range(3):\n        s = s + i * j")["s_7"] == 3


def test_a_def_has_its_own_names_defaults_and_keywords() -> None:
    program = """
k = 3.0

def f(x, scale=2.0, shift=1.0):
    k = x * scale
    return k + shift

x: input = 1
a = f(x)
b = f(x, shift=k, scale=10.0)
c = k
"""
    found = values(program)
    assert (found["a"], found["b"], found["c"]) == (3, 13, 3)


def test_a_def_can_return_several_results_its_arguments_and_numbers() -> None:
    program = "def f(x):\n    return x, x * 2, 3.0\n\nx: input = 5\na, b, c = f(x)\nJ = a + b + c"
    found = values(program)
    assert (found["a"], found["b"], found["c"], found["J"]) == (5, 10, 3, 18)
    graph = tidegraph.parse(program)
    assert {graph.scope_ids[graph.find(n).operator.origin.scope] for n in "abc"} == {"f"}


def test_operators_know_their_line() -> None:
    graph = tidegraph.parse(CHAPTER)
    assert graph.find("z").operator.origin.line == CHAPTER.splitlines().index("z = W1 @ x") + 1
    assert graph.find("s").operator.origin.line == 10


def test_the_target_is_the_last_scalar_assigned() -> None:
    assert tidegraph.parse(CHAPTER).target == "J"
    assert tidegraph.parse("x: input[3]\na = sum(x)\nb = x * a").target == "a"
    assert tidegraph.parse("x: input[3]\nb = x * 2\nlam = 3.0").target is None


def test_numbers_used_as_sizes_are_no_variables() -> None:
    graph = tidegraph.parse("d, h = 4, 5\nx: input[d]\nW: parameter[h, d]\nz = W @ x\nJ = sum(z) / 2.0")
    assert graph.sizes == {"d": 4, "h": 5}
    assert set(graph.leaves()) == {"x", "W"}


def test_a_size_is_a_constant_as_well_where_an_expression_uses_it() -> None:
    graph = tidegraph.parse("n = 4\nx: input[n]\nm = sum(x) / n")
    assert graph.sizes == {"n": 4}
    assert graph.find("n").leaf.role == "constant"
    assert values("n = 4\nx: input[n] = 1\nm = sum(x) / n")["m"] == 1


def test_a_number_used_as_a_value_is_a_constant() -> None:
    graph = tidegraph.parse("lam = 0.1\nA = [[1, 2], [3, 4]]\nx: input\ny = lam * x * sum(A)")
    assert {n: (v.leaf.role, v.shape) for n, v in graph.leaves("constant").items()} == {
        "lam": ("constant", ()),
        "A": ("constant", (2, 2)),
    }
    assert graph.sizes == {}


def test_sizes_can_be_given_from_outside() -> None:
    program = "n = 2\nd = n + 1\nx: input[d]\nfor i in range(n):\n    x = x * 2"
    assert tidegraph.parse(program).sizes == {"n": 2, "d": 3}
    graph = tidegraph.parse(program, sizes={"n": 4})
    assert graph.sizes == {"n": 4, "d": 5}
    assert graph.find("x_5").shape == (5,)
    with pytest.raises(ProgramError, match="no size 'm'"):
        tidegraph.parse(program, sizes={"m": 4})


def test_sizes_reach_into_a_def() -> None:
    graph = tidegraph.parse(
        "def f(x, n):\n    return reshape(x, (n, 2))\n\nk = 3\nx: input[6]\ny = f(x, k)\nz = f(x, 3)"
    )
    assert graph.find("y").shape == graph.find("z").shape == (3, 2)


def test_numpy_and_torch_spellings_of_the_same_operator() -> None:
    found = values("x: input[2] = [3, 4]\na = x.sum()\nb = sum(x)")
    assert found["a"] == found["b"] == 7


# What a program cannot say


@pytest.mark.parametrize(
    ("program", "line", "column", "message", "hint"),
    [
        ("x: input\ny = rleu(x)", 2, 5, "rleu is not an operator", "did you mean relu?"),
        ("x: input\ny = relu(z)", 2, 10, "z is not defined", ""),
        ("alpha: input\ny = 2 * alpa", 2, 9, "alpa is not defined", "did you mean alpha?"),
        (
            "x: input[3]\nW: parameter[5, 4]\nz = W @ x",
            3,
            5,
            "W has shape [5, 4], x has shape [3]: inner sizes",
            "",
        ),
        ("x: input[3]\ny: input[4]\nz = x + y", 3, 5, "do not broadcast", "equal or 1"),
        ("x: inptu[3]", 1, 4, "inptu is not a role", "did you mean input?"),
        ("x: input[2.5]", 1, 10, "a size is a whole number", "x: input[4]"),
        ("x: input[-1]", 1, 10, "a size is a whole number", ""),
        ("x: input[n]", 1, 10, "n is not defined", ""),
        ("x: input[2] = [1, 2, 3]", 1, 15, "x has shape [2]; the value given has shape [3]", ""),
        ("x: input = [[1], [2, 3]]", 1, 12, "rows have different lengths", "same number"),
        ("x: input[2] = gauss()", 1, 15, "gauss does not initialise a declaration", "normal"),
        ("x: input[2] = nromal()", 1, 15, "nromal does not initialise a declaration", "did you mean normal?"),
        ("x: input[2] = normal(1, 2, 3)", 1, 15, "normal takes at most 2 numbers", ""),
        ("x: input[2] = 'a'", 1, 15, "is not a number", ""),
        ("W = normal(0, 1)", 1, 5, "normal() only initialises a declaration", "W: parameter[3] = normal()"),
        ("x: input\nx[0] = 1", 2, 3, "the index 0 is outside an array of shape", ""),
        ("x: input[2]\na, b, c = x", 2, 11, "3 names and 2 values", "as many names"),
        ("a, b = 1, 2, 3", 1, 8, "2 names and 3 values", ""),
        ("x: input\nsum(x)", 2, 1, "this result is never used", "assign it"),
        ("while 1:\n    x = 2", 2, 5, "the program runs more than 20,000 statements", "fewer iterations"),
        ("x: input\ny = x if x > 0 else 0", 2, 5, "the condition x > 0 depends on the value", "where(x > 0, x, 0)"),
        ("x: input\ny = x > 0 and x < 1", 2, 5, "and, or need values known at parse time", "(x > 0) & (x < 1)"),
        ("x: input\ny = np.expo(x)", 2, 5, "np.expo is not available", "did you mean np.exp?"),
        (
            "x: input\ny = torch.nn.Linera(2, 2)",
            2,
            5,
            "the layer torch.nn.Linera is not known",
            "did you mean torch.nn.Linear?",
        ),
        ("return 3", 1, 1, "return stands outside a def", ""),
        ("def f(x):\n    y = x", 2, 5, "f has no result", "return"),
        ("def f(x):\n    return f(x)\n\na: input\nb = f(a)", 2, 12, "f calls itself", "for loop"),
        ("def f(x, y):\n    return x\n\na: input\nb = f(a)", 5, 5, "f needs y", "line 1"),
        ("def f(x):\n    return x\n\na: input\nb = f(a, a)", 5, 5, "f takes one argument, not 2", ""),
        ("def f(x):\n    return x\n\na: input\nb = f(a, z=a)", 5, 5, "f has no argument 'z'", ""),
        ("for i in 3:\n    x = i", 1, 10, "the number 3 has no elements to loop over", "range(3)"),
        ("x: input\nfor i in range(x):\n    y = i", 2, 16, "the value of x must be known at parse time", "x.shape[0]"),
        ("for i in range(3, 1, 0):\n    y = i", 1, 10, "its step is not zero", "range(3)"),
        ("x: input[3]\ny = sum(x, axis=1)", 2, 5, "axis 1 is out of range", "axes go from 0 to 0"),
        ("x: input[3]\ny = ptp(x)", 2, 5, "ptp is not an operator", "write max(x) - min(x)"),
        ("x: input[3]\ny = x.transpose(1, 0)", 2, 5, "x has shape [3]: axis 1 is out of range", ""),
        ("i: input[3]\ny = 1[i]", 2, 5, "1 has no axes to index", ""),
        ("x: input[3]\ny = x[range(0.5)]", 2, 7, "a range is made of whole numbers", "range(3)"),
        ("x: input[3]\ny = relu((x, x))", 2, 5, "one array is needed here, not 2", "stack((a, b))"),
        ("x: input[3]\ny = relu(x, x=x)", 2, 13, "relu is given x twice", "relu(x)"),
        ("x: input[3]\ny = sum(x, axes=0)", 2, 12, "sum has no argument 'axes'", "sum(x, axis=None"),
        ("x: input[3]\ny = sum(x, axis=0, dim=0)", 2, 20, "sum is given axis twice", "sum(x, axis=None"),
        ("x: input[3]\ny = relu(x, x)", 2, 5, "takes one operand, not 2", "relu(x)"),
        ("x: input[3]\ny = relu()", 2, 5, "relu needs x", ""),
        ("x: input[3]\ny = reshape(x, (2, 2))", 2, 5, "does not fit [2, 2]", ""),
        ("x: input[3]\ny = reshape(x)", 2, 5, "reshape needs shape", ""),
        ("x: input[3]\ny = x[3]", 2, 5, "3 is not an index of an axis of size 3", "whole numbers from 0 to 2"),
        ("x: input[3]\ny = x[0, 0]", 2, 5, "2 indices for one axis", ""),
        ("x: input[3]\ny = x.zzz", 2, 5, ".zzz is not part of the language", ".T"),
        ("x: input[3]\ny = x ^ 2", 2, 5, "^ is not a power", "x**2"),
        ("x: input[3]\ny = relu([x, 1])", 2, 5, "one array is needed here, not 2", "stack"),
        ("x: input[3]\ny = await x", 2, 5, "not part of the language", "names"),
        ("x: input[3]\ny = relu(*x)", 2, 5, "relu takes one operand, not 3", "relu(x)"),
        ("x = 3j", 1, 5, "is not a number of the language", ""),
        ("x = 1 / 0", 1, 5, "this divides by zero", ""),
        ("x = 2 ** 63", 1, 5, "too large", ""),
        ("x: input\ny = 10 ** 400 * x", 2, 5, "", ""),
        ("x: input[1000000, 1000000, 1000000]", 1, 10, "too large", ""),
        ("x: input[" + "1, " * 33 + "]", 1, 10, "33 axes are too many", "at most 32"),
        ("x: input\ny = (x +", 2, 5, "never closed", ""),
        ("def f(x)\n    return x", 1, 9, "", "colon"),
        ("async def f():\n    pass", 1, 1, "this statement is not part of the language", "declarations"),
        ("a.b: input", 1, 1, "only a name can be declared", "x: input[4]"),
        ("x: input\ny = relu('text')", 2, 5, "", ""),
        ("ä: input\nß = ä + öl", 2, 9, "öl is not defined", ""),
    ],
)
def test_errors_say_what_where_and_what_would_be_right(
    program: str, line: int, column: int, message: str, hint: str
) -> None:
    found = error(program)
    assert message in found.message
    assert hint in found.hint
    assert (found.line, found.column) == (line, column)
    assert str(found).startswith(f"line {line}, column {column}: ")


def test_an_unexpected_indent_is_on_its_line() -> None:
    found = error("x: input\n  y = x")
    assert (found.code, found.line) == ("unexpected-indent", 2)


def test_a_scope_groups_lines_and_names_them() -> None:
    program = """
x: input[3]
with scope("encoder"):
    with scope("layers.0"):
        w: parameter[3]
        h = tanh(w * x)
    k: constant[3]
    h = h * k
J = sum(h)
"""
    graph = tidegraph.parse(program)
    assert list(graph.scopes) == ["encoder", "encoder.layers.0"]
    assert list(graph.leaves()) == ["x", "encoder.layers.0.w", "encoder.k"]
    assert graph.variables["encoder.k"].leaf.role == "constant"
    assert graph.target == "J"
    assert graph.scope_ids[graph.variables["encoder.layers.0.h"].operator.origin.scope] == "encoder.layers.0"
