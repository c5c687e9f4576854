"""A trace as a TikZ figure: the picture of `svg` in the fonts of the document that it stands in."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tidegraph.engine.graph import InputError
from tidegraph.engine.notation.numbers import write_number
from tidegraph.engine.trace.layered import Edge, Place
from tidegraph.engine.trace.svg import MOST_DRAWN, PALETTES, PLAIN, Mark, Show, arranged, displaced, passing, shown
from tidegraph.engine.trace.tracer import Trace

COLUMN, ROW = 1.9, 1.8
"""Centimetres from column to column and from row to row."""

STYLES = r"""  square/.style={draw=ink, fill=variable, minimum size=1.15cm, inner sep=1pt, align=center},
  filled square/.style={square, fill=parameter},
  round/.style={draw=rim, fill=operator, circle, minimum size=0.95cm, inner sep=1pt},
  double round/.style={round, double, double distance=1.5pt},
  every edge/.style={draw=edge, -{Latex[length=2mm]}},
"""

DOCUMENT = r"""\documentclass{article}
\usepackage[paperwidth=%scm, paperheight=%scm, margin=0.3cm]{geometry}
\usepackage{amsmath,amssymb,bm}
\usepackage{tikz}
\usetikzlibrary{arrows.meta}
\pagestyle{empty}
\parindent=0pt
\begin{document}
%s\end{document}
"""


def tikz(
    run: Trace,
    places: Mapping[str, Place] | None = None,
    theme: str = "light",
    document: bool = True,
    show: Show = PLAIN,
) -> str:
    """The figure, as a document of its own or as the picture alone.

    `places` are columns and rows from the bottom where a hand-made figure has them; `show` says which scopes are open,
    after how many steps it is drawn, and how numbers are written.
    It needs TikZ's library arrows.meta and the packages amsmath, amssymb and bm. Raises InputError for too large a
    graph.
    """
    look = PALETTES[theme]
    marks, edges = shown(run, show)
    if len(marks) > MOST_DRAWN:
        raise InputError("picture-too-large", count=len(marks), most=MOST_DRAWN)
    bends: Mapping[Edge, list[Place]] = {}
    if places is None or not all(mark in places for mark in marks):
        places, bends = arranged(marks, edges)
    places, bends = displaced(places, bends, show)
    colour = passing(run, show)
    names = {mark: f"n{n}" for n, mark in enumerate(marks)}
    lines = [
        *(rf"\definecolor{{{name}}}{{HTML}}{{{colour[1:].upper()}}}" for name, colour in look.items()),
        r"\begin{tikzpicture}[",
        f"{STYLES}  text=ink]",
        *(node(mark, names[mark.id], places[mark.id], show.digits) for mark in marks.values()),
        *(line(names[a], names[b], bends.get((a, b), []), colour.get((a, b), "edge")) for a, b in edges),
        r"\end{tikzpicture}",
    ]
    text = "\n".join(lines) + "\n"
    if not document:
        return text
    across, up = ([place[axis] for place in places.values()] or [0.0] for axis in (0, 1))
    width, height = ((max(a) - min(a)) * cell + 3 for a, cell in ((across, COLUMN), (up, ROW)))
    return DOCUMENT % (f"{width:.3g}", f"{height:.3g}", text)


def node(mark: Mark, name: str, place: Place, digits: int) -> str:
    """A square with its name, value and gradient, or a circle with its sign."""
    x, y = place[0] * COLUMN, place[1] * ROW
    if mark.kind == "operator":
        return rf"\node[{'double round' if mark.opens else 'round'}] ({name}) at ({x:.3g},{y:.3g}) {{${mark.latex}$}};"
    style = "filled square" if mark.role == "parameter" else "square"
    rows = [f"${mark.latex}$"]
    if mark.value is not None and mark.value.size != 1:
        sizes = r" \times ".join(map(str, mark.value.shape))
        rows.append(rf"{{\scriptsize\color{{rim}}$\mathbb{{R}}^{{{sizes}}}$}}")
    else:
        known = ((mark.value, "forward"), (mark.gradient, "backward"))
        rows += [rf"{{\scriptsize\color{{{c}}}{amount(array, digits)}}}" for array, c in known if array is not None]
    text = r"\\[-2pt] ".join(rows)
    return rf"\node[{style}] ({name}) at ({x:.3g},{y:.3g}) {{{text}}};"


def amount(array: np.ndarray, digits: int) -> str:
    """A number."""
    number = write_number(float(array.reshape(())), digits)
    return "$" + number.replace("NaN", r"\mathrm{NaN}").replace("Infinity", r"\infty") + "$"


def line(source: str, target: str, bends: list[Place], colour: str = "edge") -> str:
    """An arrow, through the places that it passes."""
    if not bends:
        return rf"\path ({source}) edge{'' if colour == 'edge' else f'[draw={colour}]'} ({target});"
    way = " ".join(f"({x * COLUMN:.3g},{y * ROW:.3g})" for x, y in bends)
    through = f"({source}.east) {way} ({target}.west)"
    return rf"\draw[{colour}, -{{Latex[length=2mm]}}] plot[smooth, tension=0.4] coordinates {{{through}}};"
