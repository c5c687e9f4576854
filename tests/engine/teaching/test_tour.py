from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tidegraph.engine.graph import InputError
from tidegraph.engine.language.parser import parse
from tidegraph.engine.teaching.tour import check, read
from tidegraph.engine.trace.structure import Structure

PROGRAM = """
x: input[3]
W: parameter[2, 3]
def penalty(W):
    return sum(W ** 2)
z = W @ x
a = sum(z) + sum(relu(z))
J = a + penalty(W)
"""

TEXT = """
# Two paths

## Forward
at: value of z
marks: x, W, matmul:z
open: penalty

The **weights** multiply the input.

## Back
at: gradient of z
hide: gradient W
paths: W

What comes next?

```question
ask: gradient of W[0, 0]
hint: two paths
```

Then on.
"""


def test_stops_are_read() -> None:
    tour = read(TEXT)
    first, second = tour.stops
    assert tour.title == "Two paths"
    assert (first.title, first.at, first.marks, first.open) == (
        "Forward",
        "value of z",
        ("x", "W", "matmul:z"),
        ("penalty",),
    )
    assert first.text == "The **weights** multiply the input."
    assert second.question == "ask: gradient of W[0, 0]\nhint: two paths"
    assert second.text.split() == ["What", "comes", "next?", "Then", "on."]
    assert (second.hide, second.paths) == ("gradient W", "W")


def test_stops_survive_a_change_of_the_program() -> None:
    before = check(read(TEXT), Structure(parse(PROGRAM)))
    after = check(read(TEXT), Structure(parse(PROGRAM.replace("z = W", "u = x * 2\nv = u + x\nz = W"))))
    assert after[0] == before[0] + 2


@pytest.mark.parametrize(
    ("at", "moment"),
    [("start", 0), ("value of z", 1), ("z", 1), ("after the first sum", 2), ("after the 2nd sum", 4), ("turn", 8)],
)
def test_moments_have_names(at: str, moment: int) -> None:
    assert check(read(f"## One\nat: {at}\n"), Structure(parse(PROGRAM))) == [moment]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no heading", "tour-without-stops"),
        ("## One\nat: gradient of q", "unknown-variable"),
        ("## One\nat: noon somewhere far away", "unknown-moment"),
        ("## One\nmarks: q", "tour-unknown-mark"),
        ("## One\nopen: z", "tour-unknown-scope"),
        ("## One\nhide: value q", "unknown-variable"),
        ("## One\nat: after the ninth matmul", "moment-no-operator"),
    ],
)
def test_what_is_wrong_is_said(text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        check(read(text), Structure(parse(PROGRAM)))
    assert caught.value.code == code


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_products_own_tour_is_read_like_any_other(language: str) -> None:
    folder = Path(__file__).parents[3]
    tour = read((folder / "static" / "tours" / f"{language}.md").read_text(encoding="utf-8"))
    example = tomllib.loads((folder / "app" / "examples" / "chapter.toml").read_text(encoding="utf-8"))
    moments = check(tour, Structure(parse(example["program"])))
    assert (len(moments), moments[0]) == (18, 0)
    assert moments[1:9] == sorted(moments[1:9])
    assert all(stop.title and stop.text for stop in tour.stops)
