"""The named sizes of a program: the program read again with others, which axes follow them, counts in symbols.

A size such as `n` in `X: input[n, 2]` is a number while a program is read, so its trace in the graph is found by
reading the program again with another value and comparing shapes.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import gcd, prod
from typing import Any

from tidegraph.engine.graph import Graph, InputError, Shape, TidegraphError, nearest
from tidegraph.engine.language.parser import parse, tree_of
from tidegraph.engine.notation.latex import name_latex


def named_sizes(graph: Graph) -> dict[str, int]:
    """The whole numbers of at least 1 that the program names and uses while it is read."""
    return {n: v for n, v in graph.sizes.items() if isinstance(v, int) and not isinstance(v, bool) and v > 0}


def overrides(graph: Graph) -> dict[str, int]:
    """The sizes in which a graph differs from its program as it is written."""
    found: dict[str, int] = {}
    plain = written(graph.program)
    for name, value in named_sizes(graph).items():
        if plain[name] != value:
            found[name] = value
            plain = written(graph.program, tuple(found.items()))
    return found


@lru_cache(maxsize=256)
def written(program: str, sizes: tuple[tuple[str, int], ...] = ()) -> Mapping[str, Any]:
    """The sizes of a program with some of them changed; asked for again and again while one is worked with."""
    return parse(program, sizes=dict(sizes)).sizes


def resized(graph: Graph, sizes: Mapping[str, int]) -> Graph:
    """The graph of the same program with some sizes changed; sizes that the program computes from them follow."""
    for name, value in sizes.items():
        if name not in graph.sizes:
            raise InputError("unknown-size", nearest(name, graph.sizes), name=name)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise InputError("size-at-least-1", name=name, given=repr(value)[:40])
    if all(graph.sizes[name] == value for name, value in sizes.items()):
        return graph
    return parse(graph.program, sizes={**overrides(graph), **sizes}, training=graph.training)


def without_values(graph: Graph, names: Iterable[str]) -> Graph:
    """The graph of the same program with variables declared without their values, so that their sizes may change."""
    leaves = graph.leaves()
    given = {name for name in names if leaves[name].leaf.initial is not None}  # type: ignore[union-attr]
    if not given or not graph.program:
        return graph
    text = graph.program.encode()
    lines = text.splitlines(keepends=True)
    starts = [sum(map(len, lines[:i])) for i in range(len(lines))]
    for node in reversed(tree_of(graph.program).body):
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name) or node.value is None:
            continue
        if node.target.id in given:
            declared = node.annotation
            shape = ", ".join(map(str, leaves[node.target.id].shape))
            begin = starts[(declared.end_lineno or 1) - 1] + (declared.end_col_offset or 0)
            end = starts[(node.value.end_lineno or 1) - 1] + (node.value.end_col_offset or 0)
            brackets = "" if isinstance(declared, ast.Subscript) or not shape else f"[{shape}]"
            text = text[:begin] + brackets.encode() + b"\n" * text[begin:end].count(b"\n") + text[end:]
    return parse(text.decode(), sizes=overrides(graph), training=graph.training)


def without_data(graph: Graph) -> Graph:
    """The graph without the numbers that the program gives for inputs and targets, so that a minibatch can change."""
    given = [n for n, v in graph.leaves().items() if v.leaf is not None and v.leaf.role in ("input", "target")]
    return without_values(graph, given)


def axes_of(graph: Graph, size: str) -> dict[str, tuple[int, ...]] | None:
    """For every declared variable, the axes whose length follows `size`; None if the size cannot be changed alone."""
    value = graph.sizes[size]
    for other in (value + 1, 2 * value):
        try:
            changed = resized(graph, {size: other}).leaves()
        except TidegraphError:
            continue
        leaves = graph.leaves()
        if changed.keys() != leaves.keys() or any(v.ndim != changed[n].ndim for n, v in leaves.items()):
            return None
        return {
            name: tuple(a for a, (m, k) in enumerate(zip(v.shape, changed[name].shape, strict=True)) if m != k)
            for name, v in leaves.items()
        }
    return None


Monomial = tuple[tuple[str, int], ...]
"""Sizes with their exponents, by name; the empty one is the number 1."""


@dataclass(frozen=True, slots=True)
class Polynomial:
    """A count in the named sizes of a program, such as `h*d + q*h`."""

    terms: Mapping[Monomial, int]

    def __add__(self, other: Polynomial) -> Polynomial:
        terms = dict(self.terms)
        for monomial, factor in other.terms.items():
            terms[monomial] = terms.get(monomial, 0) + factor
        return Polynomial({m: f for m, f in terms.items() if f})

    def __mul__(self, other: Polynomial) -> Polynomial:
        total = Polynomial({})
        for a, f in self.terms.items():
            for b, g in other.terms.items():
                powers = dict(a)
                for name, exponent in b:
                    powers[name] = powers.get(name, 0) + exponent
                total += Polynomial({tuple(sorted(powers.items())): f * g})
        return total

    def at(self, sizes: Mapping[str, int]) -> int:
        """The count for given sizes."""
        return sum(f * prod(sizes[name] ** e for name, e in m) for m, f in self.terms.items())

    @property
    def latex(self) -> str:
        """Highest degree first: `2 h d + h`."""
        order = sorted(self.terms.items(), key=lambda t: (-sum(e for _, e in t[0]), t[0]))
        texts: list[str] = []
        for monomial, factor in order:
            letters = " ".join(name_latex(n, ()) + (f"^{{{e}}}" if e > 1 else "") for n, e in monomial)
            if "\\textit" in letters:
                letters = letters.replace(" ", " \\, ")
            number = "" if abs(factor) == 1 and letters else str(abs(factor))
            sign = ("-" if factor < 0 else "") if not texts else (" - " if factor < 0 else " + ")
            texts.append(sign + " ".join(filter(None, (number, letters))))
        return "".join(texts) or "0"

    def never_above(self, other: Polynomial) -> bool:
        """Whether it is at most `other` for all sizes from 1 on: each term that it has more of lies under another's."""
        room = (other + constant(-1) * self).terms
        excess = {m: -f for m, f in room.items() if f < 0}
        spare = {m: f for m, f in room.items() if f > 0}
        for small, wanted in sorted(excess.items(), key=lambda term: -sum(e for _, e in term[0])):
            for large in spare:
                if wanted and all(dict(large).get(name, 0) >= e for name, e in small):
                    taken = min(wanted, spare[large])
                    spare[large] -= taken
                    wanted -= taken
            if wanted:
                return False
        return True

    def reduced(self) -> Polynomial:
        """Divided by what all terms have in common: of the same sign for all sizes."""
        if not self.terms:
            return self
        whole = gcd(*self.terms.values())
        powers = [dict(m) for m in self.terms]
        common = {name: min(p.get(name, 0) for p in powers) for name in powers[0]}
        return Polynomial(
            {
                tuple((n, e - common.get(n, 0)) for n, e in m if e > common.get(n, 0)): f // whole
                for m, f in self.terms.items()
            }
        )

    def part(self, sign: int) -> Polynomial:
        """The terms of one sign, with their absolute values."""
        return Polynomial({m: abs(f) for m, f in self.terms.items() if f * sign > 0})

    def implies(self, other: Polynomial) -> bool:
        """Whether `other` is at least 0 wherever this is: it is at least a multiple of this for all sizes from 1 on."""
        return any(
            (constant(times) * self).never_above(constant(per) * other) for times in (1, 2, 3) for per in (1, 2, 3)
        )


@dataclass(frozen=True, slots=True)
class Maximum:
    """The largest of several counts, such as a peak that lies at one step or another, depending on the sizes."""

    options: tuple[Polynomial, ...]

    @classmethod
    def of(cls, counts: Iterable[Polynomial]) -> Maximum:
        """Without those that another is never below."""
        options: list[Polynomial] = []
        for count in counts:
            if not any(count.never_above(option) for option in options):
                options = [o for o in options if not o.never_above(count)] + [count]
        return cls(tuple(options))

    def __add__(self, other: Polynomial) -> Maximum:
        return Maximum(tuple(option + other for option in self.options))

    def at(self, sizes: Mapping[str, int]) -> int:
        """The count for given sizes."""
        return max((option.at(sizes) for option in self.options), default=0)

    def largest(self, sizes: Mapping[str, int]) -> Polynomial:
        """The option that is the largest for given sizes."""
        return max(self.options, key=lambda option: option.at(sizes), default=constant(0))

    def conditions(self, option: Polynomial) -> tuple[Condition, ...]:
        """When `option` is the largest: inequalities, left at least right, none of which implies another."""
        differences = [(option + constant(-1) * other).reduced() for other in self.options if other != option]
        needed: list[Polynomial] = []
        for one in sorted((d for d in differences if not constant(0).never_above(d)), key=lambda d: len(d.terms)):
            if not any(other.implies(one) for other in needed):
                needed = [other for other in needed if not one.implies(other)] + [one]
        return tuple((one.part(1), one.part(-1)) for one in needed)

    @property
    def latex(self) -> str:
        """What all have in common, then the rest: `h n + 1 + \\max(d h, h q)`."""
        if len(self.options) < 2:
            return self.options[0].latex if self.options else "0"
        monomials = {m: min(option.terms.get(m, 0) for option in self.options) for m in self.options[0].terms}
        common = Polynomial({m: f for m, f in monomials.items() if f > 0})
        rest = [option + constant(-1) * common for option in self.options]
        choice = rf"\max({', '.join(option.latex for option in rest)})"
        return f"{common.latex} + {choice}" if common.terms else choice


Condition = tuple[Polynomial, Polynomial]
"""Two counts, the first of which is at least the second."""

ONE = Polynomial({(): 1})


def constant(number: int) -> Polynomial:
    """A count that follows no size."""
    return Polynomial({(): number} if number else {})


class Formulas:
    """Shapes in symbols, found by reading a program with several values of its sizes.

    `shapes` makes of a graph the shapes that are wanted, in an order of its own, with a tag each: what has the same
    tags for all sizes has the same structure, and its lengths are fitted as `c + a s + ...` or as a product of sizes.
    Sizes that change the structure, such as a number of layers, stay numbers.
    """

    def __init__(self, graph: Graph, shapes: Callable[[Graph], Sequence[tuple[str, Shape]]]) -> None:
        self.shapes = shapes
        self.sizes = {name: max(value, 2) for name, value in named_sizes(graph).items()}
        self.sizes = self._independent(graph)
        self.graph = resized(graph, self.sizes)
        self.base = list(shapes(self.graph))
        self.probes: dict[str, tuple[list[Shape], list[Shape]]] = {}
        for name, value in list(self.sizes.items()):
            twice, thrice = (self._read({name: k * value}) for k in (2, 3))
            if twice is None or thrice is None:
                del self.sizes[name]
            else:
                self.probes[name] = twice, thrice
        factors = {name: 2 + i for i, name in enumerate(self.sizes)}
        self.check_sizes = {name: value * factors[name] for name, value in self.sizes.items()}
        self.check = self._read(self.check_sizes)

    def _independent(self, graph: Graph) -> dict[str, int]:
        """The sizes that the program gives as numbers; one that follows from others is written in these."""
        found: dict[str, int] = {}
        for name, value in self.sizes.items():
            try:
                resized(graph, {**found, name: value})
            except TidegraphError:
                continue
            if not any(self._follows(graph, name, other) for other in found):
                found[name] = value
        return found

    def _follows(self, graph: Graph, name: str, other: str) -> bool:
        try:
            return bool(resized(graph, {other: 2 * graph.sizes[other]}).sizes[name] != graph.sizes[name])
        except TidegraphError:
            return False

    def _read(self, sizes: Mapping[str, int]) -> list[Shape] | None:
        """The shapes with some sizes changed; None if the program does not allow that or becomes another."""
        try:
            found = self.shapes(resized(self.graph, sizes))
        except TidegraphError:
            return None
        if [(tag, len(s)) for tag, s in found] != [(tag, len(s)) for tag, s in self.base]:
            return None
        return [s for _, s in found]

    def elements(self, index: int) -> Polynomial:
        """The number of elements of the shape at `index`."""
        total = ONE
        for axis in range(len(self.base[index][1])):
            total *= self.length(index, axis)
        return total

    def length(self, index: int, axis: int) -> Polynomial:
        """The length of one axis in the named sizes, or its number where no simple formula holds."""
        here = self.base[index][1][axis]
        slopes: dict[str, int] = {}
        proportional = []
        for name, (twice, thrice) in self.probes.items():
            first, second = twice[index][axis] - here, thrice[index][axis] - twice[index][axis]
            if first != second or first % self.sizes[name]:
                return constant(here)
            if first:
                slopes[name] = first // self.sizes[name]
                proportional += [name] if first == here else []
        affine = Polynomial({((n, 1),): a for n, a in slopes.items()})
        affine += constant(here - sum(a * self.sizes[n] for n, a in slopes.items()))
        scale = prod(self.sizes[n] for n in proportional)
        product = Polynomial({tuple(sorted((n, 1) for n in proportional)): here // scale})
        for formula in (affine, product):
            if self.check is None or formula.at(self.check_sizes) == self.check[index][axis]:
                return formula
        return constant(here)
