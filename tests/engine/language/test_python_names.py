"""Python's own functions, methods and modules, on what is known at parse time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine.language.reading import refused, value


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("sum([i * x for i in range(1, 4)])", 12),
        ("x * len(range(2, 9, 3))", 6),
        ("x * len({'a': 1, 'b': 2})", 4),
        ("sum([i * v for i, v in enumerate([x, x, x], 1)])", 12),
        ("sum([a * b for a, b in zip([1, 2], [x, x])])", 6),
        ("x * sorted([3, 1, 2], reverse=True)[0]", 6),
        ("x * list(reversed([3, 1, 2]))[0]", 4),
        ("sum(map(lambda v: v * v, [x, 2 * x]))", 20),
        ("x * round(2.675, 1)", 5.4),
        ("x * any([0, 1])", 2),
        ("x * all([0, 1])", 0),
        ("x * int(3.9)", 6),
        ("x * float('2.5')", 5),
        ("x * (1 if isinstance(3, int) else 0)", 2),
        ("getattr(x * [1, 2], 'T')[1]", 4),
        ("x * dict(a=3)['a']", 6),
        ("x * [5, 6, 7].index(6)", 2),
        ("x * [5, 6, 5].count(5)", 4),
        ("x * sum([v for k, v in {'a': 1, 'b': 4}.items()])", 10),
        ("x * {'a': 1}.get('b', 7)", 14),
        ("x * math.gcd(12, 18)", 12),
        ("x * math.factorial(4)", 48),
        ("x * math.log(8, 2)", 6),
        ("math.sqrt(x * 8)", 4),
        ("x * math.prod([2, 3])", 12),
    ],
)
def test_value(expression: str, wanted: Any) -> None:
    np.testing.assert_allclose(value(expression, "import math", x=2.0), wanted, rtol=1e-12)


@pytest.mark.parametrize(
    ("imported", "expression", "wanted"),
    [
        ("from functools import reduce", "reduce(lambda a, b: a * b, [x, x, x])", 8),
        ("from functools import partial", "partial(pow, x)(3)", 8),
        ("import itertools", "sum([a * b * x for a, b in itertools.product([1, 2], [3, 4])])", 42),
        ("from itertools import combinations", "x * len(list(combinations([1, 2, 3, 4], 2)))", 12),
        ("from collections import OrderedDict", "x * OrderedDict([('a', 5)])['a']", 10),
    ],
)
def test_parts_of_the_standard_library(imported: str, expression: str, wanted: float) -> None:
    assert value(expression, imported, x=2.0) == wanted


def test_lists_and_dicts_change_in_place() -> None:
    program = (
        "xs = []\nxs.append(x)\nxs.extend([2 * x, 3 * x])\nxs.insert(0, 9 * x)\nxs.reverse()\nlast = xs.pop()\n"
        "d = {'a': 1}\nd.update(b=2)"
    )
    np.testing.assert_array_equal(value("last + sum(xs) + 0 * d['b']", program, x=1.0), 15)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("for i in range(2.5):\n    y = x", "range-of-whole-numbers"),
        ("y = x * math.sqrt(-1)", "outside-domain"),
        ("y = len(x)", "no-length"),
        ("y = x * [1, 2].index(3)", "not-used-like-this"),
        ("y = [1, 2].sum()", "method-of-list"),
        ("y = (1, 2).add(3)", "method-of-list"),
        ("y = 'a'.encode()", "no-such-attribute"),
    ],
)
def test_refused(line: str, code: str) -> None:
    assert refused(f"x: input = 2\n{line}").code == code
