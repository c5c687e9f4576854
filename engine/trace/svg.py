"""A trace as a picture that stands by itself: an SVG without style sheet, script or font of its own.

It shows what the page shows at a moment, by default with every scope closed and every step done: squares and circles,
the small pictures of values and gradients, the arrows between them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import pairwise
from typing import Any

import numpy as np

from tidegraph.engine.graph import Graph, InputError
from tidegraph.engine.graph.display import mimebundle
from tidegraph.engine.notation.numbers import write_number
from tidegraph.engine.runtime.plan import plan
from tidegraph.engine.trace.layered import Edge, Place, layered
from tidegraph.engine.trace.letters import FONT, svg_text
from tidegraph.engine.trace.tracer import Trace, trace

CELL = (104.0, 96.0)
"""Pixels from column to column and from row to row."""

HALF, RADIUS, MARGIN = 32.0, 26.0, 24.0
HEAD = (9.0, 4.0)
LARGEST_SIDE = 12
MOST_MARKS, MOST_DRAWN = 300, 1000
MOST_OPERATORS, MOST_FLOPS = 2000, 100_000_000
SHADES = 8

PALETTES = {
    "light": {
        "paper": "#fbfaf8", "ink": "#18222d", "edge": "#8b949d", "variable": "#ffffff", "parameter": "#a9cdec",
        "operator": "#e3eff9", "rim": "#7fa6c9", "forward": "#1767b3", "backward": "#c43d14",
        "positive": "#1b7837", "negative": "#762a83", "zero": "#f7f6f3",
    },
    "dark": {
        "paper": "#11161b", "ink": "#e7ecf0", "edge": "#66727d", "variable": "#182027", "parameter": "#2b5c88",
        "operator": "#1d3348", "rim": "#587e9f", "forward": "#6cb2f3", "backward": "#ff8d61",
        "positive": "#58c07a", "negative": "#c193de", "zero": "#222b33",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """A square or a circle."""

    id: str
    kind: str
    latex: str
    role: str = ""
    opens: bool = False
    value: np.ndarray | None = None
    gradient: np.ndarray | None = None


@dataclass(frozen=True)
class Show:
    """Which scopes are open, after how many steps, to how many digits numbers are written, and how far marks are moved.

    `moves` are pixels to the right and down from where a mark would stand, by its id.
    """

    open: Sequence[str] = ()
    moment: int | None = None
    digits: int = 3
    moves: Mapping[str, Place] | None = None


PLAIN = Show()
"""All scopes closed, all steps done."""


def svg(
    run: Trace,
    places: Mapping[str, Place] | None = None,
    theme: str = "light",
    title: str = "",
    style: str = "",
    show: Show = PLAIN,
) -> str:
    """The picture of a run, in pixels as it is drawn.

    `places` are columns and rows from the bottom where a hand-made figure has them, `theme` is "light" or "dark",
    `style` a style sheet to take along, for the fonts that are named. Raises InputError for too large a graph.
    """
    look = PALETTES[theme]
    marks, edges = shown(run, show)
    if len(marks) > MOST_DRAWN:
        raise InputError("picture-too-large", count=len(marks), most=MOST_DRAWN)
    bends: Mapping[Edge, list[Place]] = {}
    if places is None or not all(mark in places for mark in marks):
        places, bends = arranged(marks, edges)
    places, bends = displaced(places, bends, show)
    at = {name: pixels(places[name]) for name in marks}
    colour = passing(run, show)
    arrows = [
        arrow(edge, marks, at, [pixels(bend) for bend in bends.get(edge, [])], look, colour.get(edge, "edge"))
        for edge in edges
    ]
    passed = [pixels(bend) for way in bends.values() for bend in way]
    left, right = span([x for x, _ in at.values()], [x for x, _ in passed])
    top, bottom = span([y for _, y in at.values()], [y for _, y in passed])
    width, height = right - left, bottom - top
    name = escape(title or f"A computational graph of {len(marks)} nodes")
    drawn = [draw(mark, at[mark.id], look, show.digits) for mark in marks.values()]
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left:g} {top:g} {width:g} {height:g}" '
            f'width="{width:g}" height="{height:g}" role="img" font-family="{FONT}">',
            f"<title>{name}</title>",
            *((f"<style>{style}</style>",) if style else ()),
            f'<rect x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" fill="{look["paper"]}"/>',
            f'<g fill="none" stroke-width="1.25">{"".join(arrows)}</g>',
            *drawn,
            "</svg>\n",
        )
    )


def grid(run: Trace) -> tuple[dict[str, Place], dict[Edge, list[Place]]]:
    """Columns and rows from the bottom, both from 1: of all that is on show with every scope closed, and of the
    places that a long arrow passes."""
    places, bends = arranged(*shown(run))
    return {name: (x + 1, y + 1) for name, (x, y) in places.items()}, {
        edge: [(x + 1, y + 1) for x, y in way] for edge, way in bends.items() if way
    }


def arranged(marks: Mapping[str, Mark], edges: list[Edge]) -> tuple[dict[str, Place], dict[Edge, list[Place]]]:
    """Where the marks stand, and what the arrows between them pass."""
    nodes = sorted_by_flow(list(marks), edges)
    order = {node: i for i, node in enumerate(nodes)}
    return layered(nodes, [edge for edge in edges if order[edge[0]] < order[edge[1]]])


@mimebundle.register
def _(run: Trace) -> dict[str, str]:
    """The picture of a run; only its text where there would be too much to see."""
    marks, _ = shown(run)
    return {"image/svg+xml": svg(run)} if len(marks) <= MOST_MARKS else {}


@mimebundle.register
def _(graph: Graph) -> dict[str, str]:
    """The picture of a graph, which is run for it where that takes little time."""
    if len(graph.operators) > MOST_OPERATORS or plan(graph, trace=True).flops > MOST_FLOPS:
        return {}
    return mimebundle(trace(graph))


def closed(run: Trace, show: Show) -> Callable[[str], str]:
    """For each scope, the outermost closed scope that it is in; empty where it is on show itself."""
    parents = {scope["id"]: scope["parent"] for scope in run.scopes}
    unknown = next((name for name in show.open if name not in parents and name != "all"), None)
    if unknown is not None:
        raise InputError("unknown-scope", hint=", ".join(parents) or None, name=unknown)
    opened = set(parents) if "all" in show.open else set(show.open)

    @cache
    def holder(scope: str) -> str:
        around = holder(parents[scope]) if scope and parents[scope] else ""
        return around or (scope if scope not in opened else "")

    return holder


def told(run: Trace, show: Show) -> list[Any]:
    """The steps of a run as they are told: a closed scope tells its own, in the place of its first."""
    holder, scopes = closed(run, show), {scope["id"]: scope for scope in run.scopes}
    steps: list[Any] = []
    for phase, found in (("forward", run.forward), ("backward", run.backward)):
        seen: set[str] = set()
        for step in found:
            scope = holder(step.scope)
            if not scope:
                steps.append(step)
            elif scope not in seen:
                seen.add(scope)
                steps += scopes[scope][phase]
    return steps


def passing(run: Trace, show: Show) -> dict[Edge, str]:
    """The arrows of the step that was done last, and whether data or a gradient comes along them."""
    steps = told(run, show)[: show.moment] if show.moment else []
    if not steps:
        return {}
    step = steps[-1]
    if step.phase == "forward":
        pairs = [(name, step.operator) for name in step.inputs] + [(step.operator, name) for name in step.outputs]
        return dict.fromkeys(pairs, "forward")
    return dict.fromkeys([(step.variable, step.operator), (step.operator, step.through)], "backward")


def known(run: Trace, show: Show) -> tuple[set[str], set[str]] | None:
    """The variables that have a value and a gradient after the steps done; None after all of them."""
    if show.moment is None:
        return None
    steps = told(run, show)
    if not 0 <= show.moment <= len(steps):
        raise InputError("moment-beyond", moment=show.moment, most=len(steps))
    values = {node["id"] for node in run.nodes if node["kind"] == "variable" and node["role"] != "intermediate"}
    gradients = set()
    for step in steps[: show.moment]:
        if step.phase == "forward":
            values.update(step.outputs)
        elif step.final:
            gradients.add(step.variable)
    return values, gradients


def shown(run: Trace, show: Show = PLAIN) -> tuple[dict[str, Mark], list[Edge]]:
    """What is on show, and the arrows between."""
    scopes = {scope["id"]: scope for scope in run.scopes}
    holder, there = closed(run, show), known(run, show)
    holders = {node["id"]: holder(node["scope"]) or node["id"] for node in run.nodes}
    marks: dict[str, Mark] = {}
    for node in run.nodes:
        held = holders[node["id"]]
        if held in scopes:
            marks.setdefault(held, Mark(held, "operator", scopes[held]["symbol"], opens=True))
        elif node["kind"] == "operator":
            marks[held] = Mark(held, "operator", node["symbol"])
        else:
            value = node["value"] if there is None or node["id"] in there[0] else None
            gradient = node["gradient"] if there is None or node["id"] in there[1] else None
            marks[held] = Mark(held, "variable", node["latex"], node["role"], False, value, gradient)
    edges = dict.fromkeys((holders[edge["source"]], holders[edge["target"]]) for edge in run.edges)
    between = [(source, target) for source, target in edges if source != target]
    return marks, between


def sorted_by_flow(nodes: list[str], edges: list[Edge]) -> list[str]:
    """Nodes before all that they flow into; what a closed scope hands out and reads again comes after it."""
    waiting = dict.fromkeys(nodes, 0)
    readers: dict[str, list[str]] = {}
    for source, target in edges:
        waiting[target] += 1
        readers.setdefault(source, []).append(target)
    sorted_nodes: list[str] = []
    while waiting:
        node = next((node for node, left in waiting.items() if not left), next(iter(waiting)))
        del waiting[node]
        sorted_nodes.append(node)
        for reader in readers.get(node, []):
            if reader in waiting:
                waiting[reader] -= 1
    return sorted_nodes


def displaced(
    places: Mapping[str, Place], bends: Mapping[Edge, list[Place]], show: Show
) -> tuple[Mapping[str, Place], Mapping[Edge, list[Place]]]:
    """Places and bends with the marks moved that were moved by hand; their arrows are straight."""
    if not show.moves:
        return places, bends
    cells = {name: (x / CELL[0], -y / CELL[1]) for name, (x, y) in show.moves.items() if name in places}
    moved = {name: (places[name][0] + x, places[name][1] + y) for name, (x, y) in cells.items()}
    return {**places, **moved}, {edge: way for edge, way in bends.items() if not moved.keys() & edge}


def pixels(place: Place) -> Place:
    """Where a column and a row from the bottom are in the picture."""
    return place[0] * CELL[0], -place[1] * CELL[1]


def span(centres: list[float], passed: list[float]) -> tuple[float, float]:
    """From where to where the picture reaches in one direction."""
    reach = HALF + MARGIN
    return (
        min([x - reach for x in centres] + [x - MARGIN for x in passed], default=-reach),
        max([x + reach for x in centres] + [x + MARGIN for x in passed], default=reach),
    )


def arrow(
    edge: Edge,
    marks: Mapping[str, Mark],
    at: Mapping[str, Place],
    bends: list[Place],
    look: Any,
    colour: str = "edge",
) -> str:
    """A line with its head, from border to border, in the colour of what has come along it."""
    source, target = edge
    way = [at[source], *bends, at[target]]
    way[0] = border(marks[source], way[0], way[1])
    way[-1] = border(marks[target], way[-1], way[-2])
    (x, y), (tip_x, tip_y) = way[-2], way[-1]
    length = math.hypot(tip_x - x, tip_y - y) or 1.0
    ux, uy = (tip_x - x) / length, (tip_y - y) / length
    base_x, base_y = tip_x - HEAD[0] * ux, tip_y - HEAD[0] * uy
    path = smooth([*way[:-1], (base_x, base_y)])
    wings = [(base_x - side * HEAD[1] * uy, base_y + side * HEAD[1] * ux) for side in (1, -1)]
    head = "L".join(f"{px:.4g},{py:.4g}" for px, py in [(tip_x, tip_y), *wings])
    return f'<path d="{path}" stroke="{look[colour]}"/><path d="M{head}z" fill="{look[colour]}"/>'


def smooth(way: list[Place]) -> str:
    """A path through the points; where it bends it leaves and arrives level."""
    parts = [f"M{way[0][0]:.4g},{way[0][1]:.4g}"]
    for (x, y), (next_x, next_y) in pairwise(way):
        if len(way) == 2:
            parts.append(f"L{next_x:.4g},{next_y:.4g}")
        else:
            middle = (x + next_x) / 2
            parts.append(f"C{middle:.4g},{y:.4g} {middle:.4g},{next_y:.4g} {next_x:.4g},{next_y:.4g}")
    return "".join(parts)


def border(mark: Mark, centre: Place, towards: Place) -> Place:
    """Where the line from a mark's centre leaves it."""
    dx, dy = towards[0] - centre[0], towards[1] - centre[1]
    far = math.hypot(dx, dy) if mark.kind == "operator" else max(abs(dx), abs(dy))
    part = (RADIUS if mark.kind == "operator" else HALF) / far if far else 0.0
    return centre[0] + part * dx, centre[1] + part * dy


def draw(mark: Mark, at: Place, look: Any, digits: int = 3) -> str:
    """A square with its name, value and gradient, or a circle with its sign."""
    x, y = at
    name = escape(mark.id)
    if mark.kind == "operator":
        rims = [RADIUS, RADIUS - 4] if mark.opens else [RADIUS]
        circles = "".join(f'<circle cx="{x:g}" cy="{y:g}" r="{r:g}"/>' for r in rims)
        sign = svg_text(mark.latex, x, y, 20, 2 * RADIUS - 14, look["ink"])
        return f'<g id="{name}" fill="{look["operator"]}" stroke="{look["rim"]}">{circles}</g>{sign}'
    fill = look["parameter"] if mark.role == "parameter" else look["variable"]
    square = (
        f'<rect id="{name}" x="{x - HALF:g}" y="{y - HALF:g}" width="{2 * HALF:g}" height="{2 * HALF:g}" '
        f'fill="{fill}" stroke="{look["ink"]}" stroke-width="1.25"/>'
    )
    arrays = [(mark.value, look["forward"]), (mark.gradient, look["backward"])]
    held = [(array, colour) for array, colour in arrays if array is not None]
    parts = [square, svg_text(mark.latex, x, y - 15 if held else y, 21, 2 * HALF - 10, look["ink"])]
    numbers = all(array.size == 1 for array, _ in held)
    for i, (array, colour) in enumerate(held):
        offset = (i - (len(held) - 1) / 2) * (16 if numbers else 28)
        centre = (x, y + 13 + offset) if numbers else (x + offset, y + 13)
        room = (52.0, 15.0) if numbers else (52.0 if len(held) == 1 else 25.0, 30.0)
        parts.append(heatmap(array, centre, room, colour, look, digits))
    return "".join(parts)


def heatmap(array: np.ndarray, centre: Place, room: Place, frame: str, look: Any, digits: int = 3) -> str:
    """An array as coloured cells around zero, blocks of a large one as their means; a number as itself."""
    rows = reduced(array)
    scale = float(np.max(np.abs(rows[np.isfinite(rows)]), initial=0.0))
    down, across = rows.shape
    cell = min(8.0, room[0] / across, room[1] / down)
    width, height = room if rows.size == 1 else (cell * across, cell * down)
    left, top = centre[0] - width / 2, centre[1] - height / 2
    wide, high = room if rows.size == 1 else (cell, cell)
    cells: dict[str, str] = {}
    for i, j in np.ndindex(rows.shape):
        colour = shade(float(rows[i, j]), scale, 0.3 if rows.size == 1 else 1.0, look)
        square = f"M{left + j * cell:.5g},{top + i * cell:.5g}h{wide:.4g}v{high:.4g}h-{wide:.4g}z"
        cells[colour] = cells.get(colour, "") + square
    parts = [f'<path d="{path}" fill="{colour}"/>' for colour, path in cells.items()]
    parts.append(
        f'<rect x="{left:.4g}" y="{top:.4g}" width="{width:.4g}" height="{height:.4g}" fill="none" stroke="{frame}"/>'
    )
    if rows.size == 1:
        number = write_number(float(rows[0, 0]), digits).replace("-", "\u2212").replace("Infinity", "∞")
        parts.append(
            f'<text x="{centre[0]:.4g}" y="{centre[1] + 4:.4g}" font-size="12" font-family="system-ui, sans-serif" '
            f'fill="{look["ink"]}" text-anchor="middle">{number}</text>'
        )
    return "".join(parts)


def reduced(array: np.ndarray) -> np.ndarray:
    """An array as rows and columns, at most so many; a vector stands upright."""
    rows = np.asarray(array, dtype=float)
    rows = rows.reshape(-1, 1) if rows.ndim < 2 else rows.reshape(-1, rows.shape[-1])
    for axis in (0, 1):
        size = rows.shape[axis]
        if size > LARGEST_SIDE:
            starts = np.arange(LARGEST_SIDE) * size // LARGEST_SIDE
            counts = np.diff([*starts, size]).reshape((-1, 1) if axis == 0 else (1, -1))
            rows = np.add.reduceat(rows, starts, axis) / counts
    return rows if rows.size else np.zeros((1, 1))


def shade(entry: float, scale: float, strength: float, look: Any) -> str:
    """The colour of a number on the scale from negative over zero to positive."""
    if not math.isfinite(entry):
        return str(look["backward"])
    level = round(SHADES * min(1.0, abs(entry) / scale)) / SHADES if scale and math.isfinite(entry) else 0.0
    full = look["positive"] if entry > 0 else look["negative"]
    mixed = (
        round(int(look["zero"][i : i + 2], 16) * (1 - level * strength) + int(full[i : i + 2], 16) * level * strength)
        for i in (1, 3, 5)
    )
    return "#" + "".join(f"{part:02x}" for part in mixed)
