"""The derivation of a run as a LaTeX document: every step with its equation in symbols and in numbers."""

from __future__ import annotations

import re
from typing import Any
from unicodedata import normalize

from tidegraph.app.http.problems import Problem
from tidegraph.engine.graph import nearest
from tidegraph.engine.messages.catalogue import SPOKEN, Message
from tidegraph.engine.trace import letters


def derivation(trace: dict[str, Any], title: str, wrt: str | None = None) -> str:
    """Every step with its equation, as a LaTeX document; with `wrt` those between it and the target alone."""
    sections = []
    path = None if wrt is None else between(trace, wrt)
    for phase in ("forward", "backward"):
        steps = [step for step in trace[phase] if step["equation"] and (path is None or is_on(step, path))]
        if steps:
            said = [plain_tex(Message("document-prod").text())] if uses_prod(steps) else []
            heading = plain_tex(Message(f"document-{phase}").text())
            lines = [rf"\section*{{{heading}}}", *said, r"\begin{enumerate}", *map(item, steps), END]
            sections.append("\n".join(lines))
    body = "\n\n".join(sections)
    made = f"\\title{{{plain_tex(title)}}}\n\\begin{{document}}\n\\maketitle\n\n{body}\n\n\\end{{document}}\n"
    chinese = SPOKEN.get() == "zh" or IDEOGRAPHS.search(made)
    preamble = PREAMBLE.replace("article", "ctexart") if chinese else PREAMBLE
    return f"{preamble}\n{made}"


def between(trace: dict[str, Any], wrt: str) -> set[str]:
    """The variables and operators on the paths from a variable to the target; a Problem where there is none."""
    edges = [(edge["source"], edge["target"]) for edge in trace["graph"]["edges"]]
    names = [node["id"] for node in trace["graph"]["nodes"] if node["kind"] == "variable"]
    if wrt not in names:
        raise Problem(422, "unknown-name", hint=nearest(wrt, names), name=wrt[:80])
    after = reached([wrt], edges)
    path = after & reached([trace["target"]], [(b, a) for a, b in edges])
    if wrt not in path:
        raise Problem(422, "no-path", name=wrt[:80], target=str(trace["target"]))
    return path


def reached(start: list[str], edges: list[tuple[str, str]]) -> set[str]:
    """What can be reached along edges."""
    onward: dict[str, list[str]] = {}
    for a, b in edges:
        onward.setdefault(a, []).append(b)
    found, waiting = set(start), list(start)
    while waiting:
        new = [node for node in onward.get(waiting.pop(), []) if node not in found]
        found.update(new)
        waiting += new
    return found


def is_on(step: dict[str, Any], path: set[str]) -> bool:
    """Whether a step belongs to the derivation along a path."""
    if step["phase"] == "forward":
        return step["operator"] in path
    return step["variable"] in path and (step["operator"] is None or step["operator"] in path)


def uses_prod(steps: list[dict[str, Any]]) -> bool:
    """Whether the chain rule is written with the chapter's prod."""
    return any(r"\operatorname{prod}" in step["equation"].get("chain", "") for step in steps)


PREAMBLE = r"""\documentclass{article}
\usepackage{amsmath,amssymb,bm}
\setcounter{MaxMatrixCols}{64}
\date{}"""

END = r"\end{enumerate}"


def item(step: dict[str, Any]) -> str:
    """One step: its sentence, and its equation in symbols and in numbers."""
    equation = step["equation"]
    lines = [equation[form] for form in ("chain", "symbolic", "numeric") if equation.get(form)]
    displayed = [rf"\[ {line} \]" for line in dict.fromkeys(lines)]
    return "\n".join([rf"\item {plain_tex(step['text'])}", *displayed])


SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%",
    "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
}  # fmt: skip

SYMBOLS = {
    **{sign: rf"\{command}" for command, sign in letters.SIGNS.items() if not sign.isascii()},
    **{space: rf"\{command}" for command, space in letters.SPACES.items()},
    "\u2212": "-", "\u221a": r"\surd", "\u2032": "{}'", "\u2192": r"\to", "\u2190": r"\gets", "\u2248": r"\approx",
    "\u221d": r"\propto", "\u00bd": r"\tfrac{1}{2}", "\u1d40": r"{}^{\mathsf{T}}", "\u2217": r"\ast", "\u2016": r"\|",
}  # fmt: skip
"""Signs that LaTeX knows by commands of its mathematics."""

SHIFTED = {
    **{chr(letter): ("^", chr(plain)) for plain, letter in letters.RAISED.items() if chr(plain).isascii()},
    **{chr(letter): ("_", chr(plain)) for plain, letter in letters.LOWERED.items() if chr(plain).isascii()},
}
"""Raised and lowered letters, and the letters that they are."""

ACCENTS = {mark: command for command, mark in letters.ACCENTS.items()}

OWN = re.compile("[\u0000-\u017f\u2013\u2014\u2018-\u201d\u2022\u2026\u20ac]")
"""Letters and marks that LaTeX sets as they are."""

IDEOGRAPHS = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")
"""Letters and marks that `ctexart` sets as they are."""


def plain_tex(text: str) -> str:
    """`text` as LaTeX that says just that; a sign that LaTeX cannot set is named by its code point."""
    found = []
    for character in normalize("NFC", text):
        base, *marks = list(normalize("NFD", character))
        if character in SPECIAL or character.isascii():
            found.append(SPECIAL.get(character, character))
        elif character in SYMBOLS:
            found.append(rf"\ensuremath{{{SYMBOLS[character]}}}")
        elif character in SHIFTED:
            mark, plain = SHIFTED[character]
            found.append(rf"\ensuremath{{{{}}{mark}{{{plain}}}}}")
        elif character in ACCENTS and found:
            letter = found.pop().removeprefix(r"\ensuremath")
            found.append(
                rf"\ensuremath{{\{ACCENTS[character]}{letter if letter.startswith('{') else f'{{{letter}}}'}}}"
            )
        elif len(marks) == 1 and marks[0] in ACCENTS and base.isascii():
            found.append(rf"\ensuremath{{\{ACCENTS[marks[0]]}{{{base}}}}}")
        elif OWN.match(character) or IDEOGRAPHS.match(character):
            found.append(character)
        else:
            found.append(f"U+{ord(character):04X}")
    return "".join(found)
