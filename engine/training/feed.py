"""How data reach a program: which variables are fed, along which axis examples lie, what a target looks like.

A program reads a minibatch (`X: input[n, 2]`, `X: input[2, n]`, the size named or not) or one example (`x: input[2]`).
Which it is, is found from its sizes and from the data, or said by the caller; what is ambiguous is an error.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tidegraph.engine.graph import Graph, InputError, Scope, Shape, Variable, ancestors, nearest, size_of
from tidegraph.engine.graph.kinds import Trait
from tidegraph.engine.language.sizes import axes_of, named_sizes, resized, without_values
from tidegraph.engine.messages.catalogue import Message, listed
from tidegraph.engine.runtime.values import suited
from tidegraph.engine.training.data import MOST_CLASSES, Dataset


@dataclass(frozen=True, slots=True)
class Feed:
    """One variable fed from data. `axis` is where examples lie, None if a run reads a single one.

    `encoding` says how a class is written: `number`, `sign` (-1 and 1) or `one-hot`; `values` are numbers as they are.
    `columns` are those of the data's inputs or targets that the variable reads, None for all of them.
    """

    name: str
    role: str
    axis: int | None
    shape: Shape
    encoding: str = "values"
    columns: tuple[int, ...] | None = None

    def arrange(self, dataset: Dataset, dtype: np.dtype[np.generic]) -> np.ndarray:
        """All examples as the program reads them, with `axis` (or a new first axis) running over them."""
        count = len(dataset)
        dataset = narrowed(dataset, self.role, self.columns)
        rows = dataset.inputs if self.role == "input" else encoded(dataset, self.encoding)
        given = size_of(rows.shape[1:])
        if given != size_of(self.shape):
            found = Message(f"data-have-{self.role}s", count=given)
            if self.role == "target" and dataset.classes:
                found = Message("data-have-classes", count=dataset.classes)
            needed = dataset.classes if self.role == "target" and dataset.classes else given
            raise InputError(
                "example-size", name=self.name, count=size_of(self.shape), found=found, shape=self.shape, given=needed
            )
        arranged = rows.reshape(count, *self.shape)
        return np.ascontiguousarray(np.moveaxis(arranged, 0, self.axis or 0), dtype)


def encoded(dataset: Dataset, encoding: str) -> np.ndarray:
    """Targets as rows of numbers, shape (n, ...)."""
    targets = dataset.targets
    if encoding == "one-hot":
        return np.asarray(np.eye(dataset.classes)[targets])
    if encoding == "sign":
        return np.where(targets > 0, 1.0, -1.0)
    return targets.astype(np.float64)


@dataclass(frozen=True, slots=True)
class Binding:
    """A graph tied to data: its feeds, how many examples one run reads, and the variable that is the prediction.

    `size` is the named size that is the minibatch, if there is one. `output` is None where no prediction is found;
    above `threshold` a single output means the second class (None: that is not known).
    """

    graph: Graph
    feeds: tuple[Feed, ...]
    batch: int
    size: str | None = None
    output: str | None = None
    threshold: float | None = None

    @property
    def batched(self) -> bool:
        return not self.feeds or self.feeds[0].axis is not None

    def arrays(self, dataset: Dataset, dtype: np.dtype[np.generic]) -> dict[str, np.ndarray]:
        """Every fed variable's examples, arranged once for the whole run."""
        return {feed.name: feed.arrange(dataset, dtype) for feed in self.feeds}

    def take(self, arrays: Mapping[str, np.ndarray], rows: np.ndarray) -> dict[str, np.ndarray]:
        """The values of one run for the examples `rows`; a program of one example takes one row."""
        if not self.batched:
            return {name: array[rows[0]] for name, array in arrays.items()}
        return {feed.name: arrays[feed.name].take(rows, feed.axis) for feed in self.feeds if feed.name in arrays}

    def chunks(self, count: int) -> Iterator[tuple[np.ndarray, int]]:
        """Rows of successive runs over `count` examples, and how many of them count.

        The last run is filled up from the first rows, so that every run is of the same size.
        """
        for start in range(0, count, self.batch):
            rows = np.arange(start, start + self.batch)
            yield rows % count, min(self.batch, count - start)

    def predictions(self, output: np.ndarray) -> np.ndarray:
        """The prediction of a run as rows, one an example, shape (batch, k)."""
        axis = self.output_axis
        rows = output[None] if axis is None else np.moveaxis(output, axis, 0)
        return rows.reshape(self.batch, -1)

    @property
    def output_axis(self) -> int | None:
        """The axis of the prediction along which examples lie."""
        assert self.output is not None
        return batch_axis(self.graph.find(self.output).shape, self.feeds, self.batch)


def batch_axis(shape: Shape, feeds: tuple[Feed, ...], batch: int) -> int | None:
    """Where examples lie in a prediction: at the target's axis where it has the batch's length, else any that has."""
    if feeds[0].axis is None:
        return None
    for feed in reversed(feeds):
        if feed.axis is not None and feed.axis < len(shape) and shape[feed.axis] == batch:
            return feed.axis
    return shape.index(batch) if batch in shape else None


def bind(
    graph: Graph,
    dataset: Dataset,
    batch_size: int | None = None,
    batch: str | Mapping[str, int | None] | None = None,
    inputs: str | None = None,
    target: str | None = None,
    output: str | None = None,
) -> Binding:
    """Tie a program to a data set.

    `inputs` and `target` name the variables that are fed (default: the only one declared so, or all whose names the
    data's columns have: `x1` the column x1, `x` the columns x1, x2, x3). `batch` is the name of
    the size that is the minibatch, or the axis of examples by variable; without it both are found. `batch_size` is how
    many examples a run reads, where the program names that size. `output` names the prediction.
    """
    columns = named_columns(graph, "input", dataset.features, inputs)
    ahead = list(columns) or [fed(graph, "input", inputs)]
    of_targets = named_columns(graph, "target", dataset.outcomes, target)
    if len(of_targets) > 1 and dataset.classes:
        dataset = replace(dataset, targets=np.eye(dataset.classes)[dataset.targets], classes=0)
    names = [*ahead, *of_targets]
    if not of_targets and (graph.leaves("target") or target is not None):
        names.append(fed(graph, "target", target))
    columns |= of_targets
    graph = without_values(graph, names)
    shapes = {name: graph.find(name).shape for name in names}
    columns = {name: places for name, places in columns.items() if not holds_all(graph, dataset, name)}
    data = {name: narrowed(dataset, role_of(graph, name), columns.get(name)) for name in names}
    if isinstance(batch, Mapping):
        size, axes = None, given_axes(shapes, batch)
    else:
        size, axes = found_axes(graph, data, shapes, batch)
    if size is not None and batch_size is not None:
        graph = resized(graph, {size: batch_size})
        shapes = {name: graph.find(name).shape for name in names}
    lengths = {name: 1 if axis is None else shapes[name][axis] for name, axis in axes.items()}
    if len(set(lengths.values())) > 1:
        counts = listed([Message("reads-examples", name=name, count=length) for name, length in lengths.items()])
        raise InputError("example-counts-differ", found=counts, inputs=size_of(dataset.inputs.shape[1:]))
    length = lengths[names[0]]
    single = axes[names[0]] is None
    if batch_size is not None and batch_size != length and not single:
        raise InputError(
            "fixed-batch",
            length=length,
            batch=batch_size,
            name=names[0],
        )
    feeds = tuple(
        replace(feed_of(graph, data[name], name, shapes[name], axes[name]), columns=columns.get(name)) for name in names
    )
    found = compared(graph, names[len(ahead)] if len(names) > len(ahead) else None, ahead)
    threshold = found[1] if found is not None and output in (None, found[0]) else None
    if feeds[-1].encoding == "sign":
        threshold = 0.0
    return Binding(graph, feeds, length, size, output or (found[0] if found else None), threshold)


def fed(graph: Graph, role: str, name: str | None) -> str:
    """The name of the variable of a role that data are fed to."""
    leaves = graph.leaves(role)
    if name is not None:
        if name not in leaves:
            raise InputError("not-of-role", nearest(name, leaves) or ", ".join(leaves), name=name, role=role)
        return name
    open_ = [n for n, v in leaves.items() if v.leaf is not None and v.leaf.initial is None]
    for names in (list(leaves), open_):
        if len(names) == 1:
            return names[0]
    if not leaves:
        raise InputError("no-variable-to-feed", role=role)
    other = list(leaves)[-1]
    sizes = ", ".join(map(str, leaves[other].shape))
    declaration = f"{other}: {role}[{sizes}] = zeros()" if sizes else f"{other}: {role} = 0"
    raise InputError("several-variables", role=role, names=list(leaves), declaration=declaration)


def named_columns(graph: Graph, role: str, names: Sequence[str], only: str | None = None) -> dict[str, tuple[int, ...]]:
    """The columns whose names are those of the program's variables of a role; none, unless every variable has its own.

    A column `x1` is the variable `x1`; columns `x1`, `x2` (also `x_1`, `x[1]`) are a variable `x`. Variables that have
    a value need no column.
    """
    leaves = {n: v for n, v in graph.leaves(role).items() if only in (None, n)}
    found: dict[str, tuple[int, ...]] = {}
    for name, variable in leaves.items():
        numbered = re.compile(rf"{re.escape(name)}[_.\[ ]?\d+\]?")
        same = tuple(i for i, column in enumerate(names) if column == name)
        places = same or tuple(i for i, column in enumerate(names) if numbered.fullmatch(column))
        if places:
            found[name] = places
        elif variable.leaf is None or variable.leaf.initial is None:
            return {}
    taken = [place for places in found.values() for place in places]
    return found if len(set(taken)) == len(taken) else {}


def narrowed(dataset: Dataset, role: str, columns: tuple[int, ...] | None) -> Dataset:
    """The data with these columns alone, of the inputs or of the targets."""
    if columns is None:
        return dataset
    if role == "input":
        return replace(dataset, inputs=dataset.inputs[:, columns])
    return dataset if dataset.classes else replace(dataset, targets=dataset.targets[:, columns])


def role_of(graph: Graph, name: str) -> str:
    """The role of a declared variable."""
    leaf = graph.find(name).leaf
    assert leaf is not None
    return leaf.role


def holds_all(graph: Graph, dataset: Dataset, name: str) -> bool:
    """Whether a variable is the only one of its role and holds all columns, whatever their names are."""
    role = role_of(graph, name)
    if len(graph.leaves(role)) > 1:
        return False
    rows = dataset.inputs if role == "input" else dataset.targets
    shape, size = graph.find(name).shape, size_of(rows.shape[1:])
    return size in {size_of(shape), *(size_of(example_shape(shape, axis)) for axis in range(len(shape)))}


def fed_names(graph: Graph, dataset: Dataset) -> set[str]:
    """The variables whose values come from the data."""
    found = {*named_columns(graph, "input", dataset.features), *named_columns(graph, "target", dataset.outcomes)}
    for role in ("input", "target"):
        if graph.leaves(role) and found.isdisjoint(graph.leaves(role)):
            found.add(fed(graph, role, None))
    return found


def target_names(graph: Graph, names: Sequence[str]) -> list[str] | None:
    """The columns of a table that are the program's targets by their names; None where these do not say."""
    found = named_columns(graph, "target", names)
    places = sorted(place for places in found.values() for place in places)
    return [names[place] for place in places] if 0 < len(places) < len(names) else None


def target_columns(graph: Graph, columns: int) -> int:
    """How many of a table's columns are the target, by the sizes that the program declares; 1 where these do not say.

    One column is taken wherever it fits: it may hold classes.
    """
    try:
        x, y = (graph.find(fed(graph, role, None)).shape for role in ("input", "target"))
    except InputError:
        return 1
    fitting = set()
    for examples in (None, *set(x).intersection(y)):
        inputs, targets = (example_sizes(shape, examples) for shape in (x, y))
        if columns - 1 in inputs:
            return 1
        fitting |= {count for count in targets if columns - count in inputs}
    return min(fitting, default=1)


def example_sizes(shape: Shape, examples: int | None) -> set[int]:
    """How many numbers one of so many examples may have in a variable of a shape; None: the variable is one example."""
    if examples is None:
        return {size_of(shape)}
    return {size_of(example_shape(shape, axis)) for axis, length in enumerate(shape) if length == examples}


def given_axes(shapes: Mapping[str, Shape], axes: Mapping[str, int | None]) -> dict[str, int | None]:
    """The axes that a caller gave, checked."""
    for name, axis in axes.items():
        if name not in shapes:
            raise InputError("not-fed", nearest(name, shapes) or Message("fed", names=list(shapes)), name=name)
        if axis is not None and not 0 <= axis < len(shapes[name]):
            raise InputError("no-such-axis", name=name, shape=shapes[name], axis=axis)
    if len({axis is None for axis in axes.values()}) > 1 or axes.keys() != shapes.keys():
        raise InputError("example-axes-mixed", names=list(shapes))
    return dict(axes)


def found_axes(
    graph: Graph, data: Mapping[str, Dataset], shapes: Mapping[str, Shape], size: str | None
) -> tuple[str | None, dict[str, int | None]]:
    """The size that is the minibatch, if one is named, and the axis of examples of every fed variable."""
    sizes = named_sizes(graph)
    if size is not None and size not in sizes:
        raise InputError("unknown-size", nearest(size, sizes), name=size)
    found: dict[str, dict[str, int | None]] = {}
    widths: set[tuple[str, int]] = set()
    for name in sizes if size is None else [size]:
        moving = axes_of(graph, name) or {}
        axes: dict[str, int | None] = {n: a[0] for n in shapes if len(a := moving.get(n, ())) == 1}
        if any(moving.get(p) for p in graph.leaves("parameter")):
            widths.update((n, axis) for n in shapes for axis in moving.get(n, ()))
        elif axes.keys() == shapes.keys():
            found[name] = axes
    if size is not None and size not in found:
        raise InputError("not-a-minibatch-size", Message("minibatch-axes", names=listed(shapes)), name=size)
    if len(found) > 1:
        found = {s: axes for s, axes in found.items() if all(fits(data[n], graph, n, shapes, axes) for n in shapes)}
        if len(found) != 1:
            raise InputError("ambiguous-minibatch", names=list(sizes))
    if found:
        return next(iter(found.items()))
    return None, axes_by_shape(data, graph, shapes, widths)


def axes_by_shape(
    data: Mapping[str, Dataset], graph: Graph, shapes: Mapping[str, Shape], widths: Collection[tuple[str, int]] = ()
) -> dict[str, int | None]:
    """The axes of examples where no size is named: one example a run if that fits, else the only axes that do.

    `widths` are axes that cannot be, because parameters are as long.
    """
    whole: dict[str, int | None] = dict.fromkeys(shapes)
    if all(fits(data[name], graph, name, shapes, whole) for name in shapes):
        return whole
    axes: dict[str, int | None] = {}
    for name, shape in shapes.items():
        axes_left = [a for a in range(len(shape)) if (name, a) not in widths]
        possible = [a for a in axes_left if fits(data[name], graph, name, shapes, {name: a})]
        if len(possible) > 1 and axes:
            length = next(shapes[n][a] for n, a in axes.items() if a is not None)
            possible = [a for a in possible if shape[a] == length]
        if not possible:
            raise InputError("data-do-not-fit", name=name, shape=shape, data=described(data[name], graph, name))
        if len(possible) > 1:
            raise InputError(
                "ambiguous-example-axis",
                name=name,
                shape=shape,
                axes=listed(map(str, possible), "or"),
                size=shape[possible[0]],
            )
        axes[name] = possible[0]
    return axes


def fits(
    dataset: Dataset, graph: Graph, name: str, shapes: Mapping[str, Shape], axes: Mapping[str, int | None]
) -> bool:
    """Whether a variable without its axis of examples holds what one example has."""
    size = size_of(example_shape(shapes[name], axes[name]))
    if graph.find(name).leaf.role == "input":  # type: ignore[union-attr]
        return size == size_of(dataset.inputs.shape[1:])
    return size in ({1, dataset.classes} if dataset.classes else {size_of(dataset.targets.shape[1:])})


def described(dataset: Dataset, graph: Graph, name: str) -> Message:
    """The size of one example of the data, as an input or as a target."""
    if graph.find(name).leaf.role == "input":  # type: ignore[union-attr]
        return Message("data-examples", count=size_of(dataset.inputs.shape[1:]))
    if dataset.classes:
        return Message("data-classes", count=dataset.classes)
    return Message("data-targets", count=size_of(dataset.targets.shape[1:]))


def example_shape(shape: Shape, axis: int | None) -> Shape:
    """The shape of one example."""
    return shape if axis is None else shape[:axis] + shape[axis + 1 :]


def feed_of(graph: Graph, dataset: Dataset, name: str, shape: Shape, axis: int | None) -> Feed:
    """A variable's feed; how a class is written follows from what its readers expect, then from its size."""
    variable = graph.find(name)
    assert variable.leaf is not None
    example = example_shape(shape, axis)
    if variable.leaf.role == "input":
        return Feed(name, "input", axis, example)
    hint = suited(graph.operators).get(variable, "")
    if hint in ("binary", "sign") and dataset.classes != 2:
        code = "loss-two-classes" if dataset.classes else "loss-classes"
        raise InputError(code, name=name, given=dataset.classes)
    if hint.startswith(("index", "distribution")) and not dataset.classes:
        raise InputError("loss-classes", name=name)
    if hint.startswith("index:") and dataset.classes > int(hint.removeprefix("index:")):
        raise InputError("loss-more-classes", name=name, classes=dataset.classes, most=int(hint.removeprefix("index:")))
    if not dataset.classes:
        return Feed(name, "target", axis, example)
    if hint == "sign":
        return Feed(name, "target", axis, example, "sign")
    if size_of(example) == dataset.classes:
        return Feed(name, "target", axis, example, "one-hot")
    return Feed(name, "target", axis, example, "number")


def classed(graph: Graph, dataset: Dataset, target: str | None = None) -> Dataset:
    """The data with classes in place of numbers where the program's loss takes classes and few whole numbers are told
    apart, such as -1 and 1, or 1, 2 and 3."""
    names = [target] if target is not None else list(graph.leaves("target"))
    if dataset.classes or len(names) != 1 or dataset.targets.shape[1:] != (1,):
        return dataset
    hint = suited(graph.operators).get(graph.find(names[0]), "")
    values = np.unique(dataset.targets)
    if not hint.startswith(("binary", "sign", "index", "distribution")) or not 2 <= values.size <= MOST_CLASSES:
        return dataset
    if not np.array_equal(values, np.round(values)):
        return dataset
    labels = tuple(str(int(value)) for value in values)
    return replace(dataset, targets=np.searchsorted(values, dataset.targets[:, 0]), classes=values.size, labels=labels)


def classifies(graph: Graph) -> bool:
    """Whether the program's prediction is a probability: made by a sigmoid or softmax, or inside a logarithm."""
    targets, inputs = graph.leaves("target"), graph.leaves("input")
    found = compared(graph, next(iter(targets), None), inputs)
    made = None if found is None else graph.find(found[0]).operator
    scope = None if made is None else made.origin.scope
    traits = traits_of(scope) | (made.op.traits if made is not None else frozenset())
    return not traits.isdisjoint({Trait.SIGMOID, Trait.SOFTMAX})


def traits_of(scope: Scope | None) -> frozenset[Trait]:
    """The traits of the operator that a scope is; none of a `def` or a loop."""
    return frozenset() if scope is None or scope.op is None else scope.op.traits


def compared(graph: Graph, target: str | None, inputs: Iterable[str]) -> tuple[str, float | None] | None:
    """The prediction: what stands beside the target in the program's loss and depends on the inputs.

    With it comes what divides two classes: 0 for logits, a half for probabilities, None where neither is certain.
    """
    if target is None:
        return None
    goal = graph.find(target)
    sources = {graph.find(name) for name in inputs}
    for operator in graph.operators:
        operands: tuple[Variable | None, ...] = operator.inputs
        traits = operator.op.traits
        scope = operator.origin.scope
        while scope is not None:
            if goal in scope.operands:
                operands = scope.operands
            traits |= traits_of(scope)
            scope = scope.parent
        if goal not in operands:
            continue
        for variable in operands:
            if variable is None or variable is goal or variable.literal is not None:
                continue
            if any(not sources.isdisjoint(o.inputs) for o in ancestors([variable])):
                if variable.operator is not None and Trait.LOGARITHM in variable.operator.op.traits:
                    traits |= {Trait.COMPARES_VALUES}
                    variable = variable.operator.inputs[0]
                return graph.names[variable], threshold(variable, traits)
    return None


def threshold(variable: Variable, loss: frozenset[Trait]) -> float | None:
    """The prediction above which an example is in the second class, by the traits of the loss."""
    if Trait.COMPARES_LOGITS in loss:
        return 0.0
    probability = variable.operator is not None and Trait.SIGMOID in variable.operator.op.traits
    return 0.5 if probability or Trait.COMPARES_VALUES in loss else None
