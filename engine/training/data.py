"""Data sets: generated ones with seed and noise, a user's own as CSV text, splits and minibatches.

A data set holds one example a row. What a program's variables make of it (axes, one-hot targets) is `train`'s work.
Everything here is a function of its arguments and a seed: the same request gives the same numbers.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

import numpy as np

from tidegraph.engine.graph import InputError, nearest
from tidegraph.engine.messages.catalogue import Message

MAX_EXAMPLES = 100_000
SEPARATORS = ",;\t|\N{FULLWIDTH COMMA}"
MISSING = ("", "na", "n/a", "nan", "null", "?")
"""Cells, in lower case, that stand for a value that is not there."""
MOST_CLASSES = 10
"""Different whole numbers in a table's target column up to which they may be classes."""

IMAGE = 8
"""Side of the generated images, in pixels."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Examples in rows.

    `inputs` has shape (n, ...), float64. `targets` has shape (n,) with class numbers 0 .. classes - 1, or (n, q) with
    real numbers where `classes` is 0. `features`, `outcomes` and `labels` are the names of the columns of inputs, of
    those of targets, and of the classes.
    """

    inputs: np.ndarray
    targets: np.ndarray
    classes: int = 0
    features: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return int(self.inputs.shape[0])

    def rows(self, index: np.ndarray | slice) -> Dataset:
        """The examples at `index`."""
        return replace(self, inputs=self.inputs[index], targets=self.targets[index])


Maker = Callable[..., Dataset]
"""Makes so many examples with so much noise: (count, noise, random, classes)."""


def xor(count: int, noise: float, random: np.random.Generator, classes: int) -> Dataset:
    """Four clusters at (±1, ±1); the class is whether the signs differ."""
    corner = np.arange(count) % 4
    signs = np.stack([corner % 2, corner // 2], axis=1) * 2.0 - 1.0
    return classified(signs + random.normal(0, noise, (count, 2)), (signs[:, 0] != signs[:, 1]).astype(int), 2)


def circles(count: int, noise: float, random: np.random.Generator, classes: int) -> Dataset:
    """Concentric rings, one a class, the outermost of radius 1."""
    label = np.arange(count) % classes
    angle = random.uniform(0, 2 * math.pi, count)
    radius = (label + 1.0) / classes
    return classified(polar(radius, angle) + random.normal(0, noise, (count, 2)), label, classes)


def moons(count: int, noise: float, random: np.random.Generator, classes: int) -> Dataset:
    """Two half circles that reach into each other."""
    label = np.arange(count) % 2
    angle = random.uniform(0, math.pi, count)
    upper = polar(np.ones(count), angle)
    lower = np.array([1.0, 0.5]) - upper
    return classified(np.where(label[:, None] == 0, upper, lower) + random.normal(0, noise, (count, 2)), label, 2)


def spirals(count: int, noise: float, random: np.random.Generator, classes: int) -> Dataset:
    """Arms of one spiral, one a class, each once around."""
    label = np.arange(count) % classes
    radius = random.uniform(0.05, 1.0, count)
    angle = 2 * math.pi * (radius + label / classes)
    return classified(polar(radius, angle) + random.normal(0, noise, (count, 2)), label, classes)


def blobs(count: int, noise: float, random: np.random.Generator, classes: int, features: int = 2) -> Dataset:
    """Gaussian clusters of standard deviation `noise`; centres evenly around the unit circle, or on the unit sphere."""
    label = np.arange(count) % classes
    if features == 2:
        centres = polar(np.ones(classes), 2 * math.pi * np.arange(classes) / classes)
    else:
        centres = random.normal(0, 1, (classes, features))
        centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    made = classified(centres[label] + random.normal(0, noise, (count, features)), label, classes)
    return replace(made, features=tuple(f"x{i + 1}" for i in range(features)))


def sine(count: int, noise: float, random: np.random.Generator, classes: int) -> Dataset:
    """y = sin(x) plus noise, for x in [-pi, pi]."""
    x = random.uniform(-math.pi, math.pi, (count, 1))
    return Dataset(x, np.sin(x) + random.normal(0, noise, (count, 1)), features=("x",))


def linear(count: int, noise: float, random: np.random.Generator, classes: int) -> Dataset:
    """y = 2 x1 - 3.4 x2 + 4.2 plus noise, for standard normal x."""
    x = random.normal(0, 1, (count, 2))
    y = x @ np.array([[2.0], [-3.4]]) + 4.2 + random.normal(0, noise, (count, 1))
    return Dataset(x, y, features=("x1", "x2"))


def line(count: int, noise: float, random: np.random.Generator, classes: int) -> Dataset:
    """y = 2 x + 1 plus noise, for x in [-1, 1]."""
    x = random.uniform(-1, 1, (count, 1))
    return Dataset(x, 2 * x + 1 + random.normal(0, noise, (count, 1)), features=("x",))


SHAPES = ("square", "disc", "cross", "diagonal")


def shapes(count: int, noise: float, random: np.random.Generator, classes: int) -> Dataset:
    """Images of 8 by 8 pixels: a square, a disc, a cross or a diagonal, of random size and place."""
    label = np.arange(count) % classes
    row, column = np.mgrid[0:IMAGE, 0:IMAGE]
    images = np.empty((count, IMAGE, IMAGE))
    for i in range(count):
        reach = random.integers(1, 4)
        y, x = random.integers(reach, IMAGE - reach, 2)
        down, across = np.abs(row - y), np.abs(column - x)
        far = np.maximum(down, across)
        images[i] = (
            far == reach,
            down**2 + across**2 <= reach**2 + 0.5,
            (far <= reach) & ((down == 0) | (across == 0)),
            (far <= reach) & (row - y == column - x),
        )[label[i]]
    pictures = images + random.normal(0, noise, images.shape)
    return replace(classified(pictures, label, classes), features=(), labels=SHAPES[:classes])


@dataclass(frozen=True, slots=True)
class Generator:
    """A set that can be generated: its maker, its usual noise, and how many classes it can have (0: real targets)."""

    make: Maker
    noise: float
    classes: tuple[int, int] = (0, 0)

    @property
    def doc(self) -> str:
        return (self.make.__doc__ or "").strip()


GENERATORS: dict[str, Generator] = {
    "xor": Generator(xor, 0.2, (2, 2)),
    "circles": Generator(circles, 0.05, (2, 5)),
    "moons": Generator(moons, 0.1, (2, 2)),
    "spirals": Generator(spirals, 0.02, (2, 5)),
    "blobs": Generator(blobs, 0.25, (3, 10)),
    "sine": Generator(sine, 0.1),
    "line": Generator(line, 0.1),
    "linear": Generator(linear, 0.1),
    "shapes": Generator(shapes, 0.1, (4, 4)),
}


def polar(radius: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Points of the plane, one a row."""
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def classified(inputs: np.ndarray, label: np.ndarray, classes: int) -> Dataset:
    """A set with class targets and numbered names."""
    return Dataset(inputs, label, classes, ("x1", "x2"), tuple(str(k) for k in range(classes)))


def generate(
    name: str,
    count: int = 200,
    noise: float | None = None,
    seed: int = 0,
    classes: int | None = None,
    features: int | None = None,
) -> Dataset:
    """The generated set called `name`, its rows in random order.

    `noise` is a standard deviation (default: the set's own). `classes` where the set can have more than two,
    `features` where it can have other than two inputs.
    """
    if name not in GENERATORS:
        hint = nearest(name, GENERATORS) or Message("one-of", names=list(GENERATORS))
        raise InputError("unknown-data-set", hint, name=repr(name))
    if not isinstance(count, int) or not 1 <= count <= MAX_EXAMPLES:
        raise InputError("example-count", most=MAX_EXAMPLES, given=repr(count))
    generator = GENERATORS[name]
    spread = generator.noise if noise is None else noise
    if not math.isfinite(spread) or spread < 0:
        raise InputError("noise-negative", given=repr(spread))
    usual, most = generator.classes
    chosen = usual if classes is None else classes
    if usual and not 2 <= chosen <= most:
        raise InputError("class-count", name=name, most=most, given=chosen)
    random = np.random.default_rng([seed, crc32(name.encode())])
    if features is not None and generator.make is not blobs:
        raise InputError("inputs-fixed", name=name)
    wide = {} if features is None else {"features": features}
    made = generator.make(count, float(spread), random, chosen, **wide)
    return made.rows(random.permutation(count))


def read_csv(text: str, target: str | Sequence[str] | None = None, targets: int = 1) -> Dataset:
    """A data set from CSV text: a row an example, the last `targets` columns the target unless others are named.

    `target` is a column's name, several names, or these in one text with commas. The first row holds names if any of
    its cells is no number. A target column of words, or of few whole numbers from 0 on, is a class; several columns
    are real numbers, or a class if each row has one 1 among zeros. Errors name the line and the column.
    """
    table = [(number, [cell.strip() for cell in row]) for number, row in enumerated_rows(text)]
    if not table:
        raise InputError("table-empty")
    header: list[str] | None = None
    if any(to_number(cell) is None for cell in table[0][1][:-1]) or (
        to_number(table[0][1][-1]) is None and len(table) > 1 and to_number(table[1][1][-1]) is not None
    ):
        header = table.pop(0)[1]
    if not table:
        raise InputError("table-without-examples")
    width = len(header or table[0][1])
    if width < 2:
        raise InputError("table-one-column")
    if len(table) > MAX_EXAMPLES:
        raise InputError("table-too-long", count=len(table), most=MAX_EXAMPLES)
    wide = min(targets, width - 1)
    named = ["y"] if wide == 1 else [f"y{i + 1}" for i in range(wide)]
    names = header or [*(f"x{i + 1}" for i in range(width - wide)), *named]
    for number, row in table:
        if len(row) != width:
            raise InputError("row-length", number=number, cells=len(row), width=width)
    places = target_places(names, target, targets)
    others = [i for i in range(width) if i not in places]
    if not others:
        raise InputError("table-one-column")

    def numbers(columns: Sequence[int]) -> np.ndarray:
        return np.array([[numeric_cell(row[i], number, names[i]) for i in columns] for number, row in table])

    inputs, features = numbers(others), tuple(names[i] for i in others)
    outcomes = tuple(names[i] for i in places)
    if len(places) == 1:
        (at,) = places
        values, classes, labels = read_targets([row[at] for _, row in table], table, names[at])
        return Dataset(inputs, values, classes, features, labels, outcomes)
    values = numbers(places)
    if np.isin(values, (0, 1)).all() and (values.sum(axis=1) == 1).all():
        labels = tuple(names[i] for i in places)
        return Dataset(inputs, values.argmax(axis=1), len(places), features, labels, outcomes)
    return Dataset(inputs, values, 0, features, outcomes=outcomes)


def target_places(names: Sequence[str], target: str | Sequence[str] | None, count: int) -> list[int]:
    """Which columns are the target."""
    if target is None:
        return list(range(max(1, len(names) - count), len(names)))
    if isinstance(target, str):
        target = [target] if target in names else [part.strip() for part in target.split(",") if part.strip()]
    for name in target:
        if name not in names:
            raise InputError(
                "unknown-column", nearest(name, names) or Message("one-of", names=list(names)), name=repr(name)
            )
    return [names.index(name) for name in dict.fromkeys(target)] or [len(names) - 1]


def first_row(text: str) -> list[str]:
    """The cells of the first row of CSV text: its columns' names, if it has any."""
    rows = enumerated_rows(text)
    return [cell.strip() for cell in rows[0][1]] if rows else []


def enumerated_rows(text: str) -> list[tuple[int, list[str]]]:
    """The rows that are not empty, with their line numbers, without columns in which nothing stands.

    Commas, semicolons, tabs or bars separate cells, or else spaces; where it is not commas, numbers may have a decimal
    comma. Lines that begin with # are comments; `sep=;` of a spreadsheet is read.
    """
    lines = io.StringIO(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"), newline=None).read().split("\n")
    opening = next((line for line in lines if line.strip()), "")
    if opening.lower().startswith("sep=") and len(opening) == len("sep=;"):
        lines[lines.index(opening)] = ""
    lines = ["" if line.lstrip().startswith("#") else line for line in lines]
    first = next((line for line in lines if any(sign in line for sign in SEPARATORS)), "")
    separator = max(SEPARATORS, key=first.count)
    spaced = not first
    content = "\n".join(" ".join(line.split()) if spaced else line for line in lines)
    separator = " " if spaced else separator
    reader = csv.reader(io.StringIO(content), delimiter=separator)
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise InputError("csv-line", number=reader.line_num, reason=str(error)) from None
    width = len(rows[0][1]) if rows else 0
    if width > 1 and all(len(row) == width and not row[-1].strip() for _, row in rows):
        rows = [(number, row[:-1]) for number, row in rows]
    return [(number, [decimal(cell) if separator != "," else cell for cell in row]) for number, row in rows]


def decimal(cell: str) -> str:
    """A cell of a table without commas between cells, where a comma may be a number's decimal sign."""
    pointed = cell.replace(",", ".")
    return cell if to_number(pointed) is None else pointed


def to_number(cell: str) -> float | None:
    """A cell's finite number, or None."""
    try:
        value = float(cell.replace("\N{MINUS SIGN}", "-"))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def numeric_cell(cell: str, line: int, name: str) -> float:
    """A cell of an input column; an InputError that says where it is no number."""
    value = to_number(cell)
    if value is None:
        if cell.lower() in MISSING:
            raise InputError("cell-empty", number=line, column=name)
        raise InputError("cell-holds-text", number=line, column=name, cell=repr(cell[:20]))
    return value


def read_targets(
    cells: Sequence[str], table: Sequence[tuple[int, list[str]]], name: str
) -> tuple[np.ndarray, int, tuple[str, ...]]:
    """Targets with the number of classes and their names; real numbers have none."""
    cells = ["0" if cell.lower() == "false" else "1" if cell.lower() == "true" else cell for cell in cells]
    for (line, _), cell in zip(table, cells, strict=True):
        if cell.lower() in MISSING:
            raise InputError("cell-empty", number=line, column=name)
    numbers = [to_number(cell) for cell in cells]
    if any(value is None for value in numbers):
        if any(value is not None for value in numbers):
            line, cell = next((n, c) for (n, _), c, v in zip(table, cells, numbers, strict=True) if v is None)
            raise InputError("cell-not-a-number", number=line, column=name, cell=repr(cell[:20]))
        labels = tuple(sorted(set(cells)))
        return np.array([labels.index(cell) for cell in cells]), len(labels), labels
    values = np.array(numbers, dtype=np.float64)
    distinct = np.unique(values)
    if 2 <= distinct.size <= MOST_CLASSES and np.array_equal(distinct, np.arange(distinct.size)):
        return values.astype(int), int(distinct.size), tuple(str(k) for k in range(distinct.size))
    return values[:, None], 0, ()


def split(dataset: Dataset, validation: float = 0.2, seed: int = 0) -> tuple[Dataset, Dataset]:
    """Training and validation examples: a random `validation` share of the rows goes to the second."""
    if not 0 <= validation < 1:
        raise InputError("validation-share", given=repr(validation))
    order = np.random.default_rng([seed, 1]).permutation(len(dataset))
    held = round(len(dataset) * validation)
    return dataset.rows(order[held:]), dataset.rows(order[:held])


def standardized(examples: Dataset, *others: Dataset) -> tuple[Dataset, ...]:
    """`examples` with inputs of mean 0 and standard deviation 1, and other sets moved and scaled by the same numbers.

    An input that is the same in all examples is only moved.
    """
    mean, deviation = examples.inputs.mean(axis=0), examples.inputs.std(axis=0)
    scale = np.where(deviation > 0, deviation, 1.0)
    return tuple(replace(one, inputs=(one.inputs - mean) / scale) for one in (examples, *others))


def minibatch(count: int, size: int, step: int, seed: int = 0) -> np.ndarray:
    """The rows of the minibatch of a step (from 0): every epoch is a new shuffle, its incomplete last batch left out.

    A function of its arguments alone, so that a run can go on from any step.
    """
    epoch, number = divmod(step, batches(count, size))
    return shuffled(count, epoch, seed)[number * size : (number + 1) * size]


def shuffled(count: int, epoch: int, seed: int = 0) -> np.ndarray:
    """The order of the rows in an epoch."""
    return np.random.default_rng([seed, 2, epoch]).permutation(count)


def batches(count: int, size: int, held: int = 0) -> int:
    """Minibatches in an epoch, or an InputError where the data, without those held for validation, do not fill one."""
    if held and size > count:
        raise InputError("minibatch-too-large-held", size=size, count=count, held=held)
    if not 1 <= size <= count:
        raise InputError("minibatch-too-large", size=size, count=count)
    return count // size
