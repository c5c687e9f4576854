"""Moments of a run by name: `value of z`, `gradient of W1`, `after the first sum`.

A name survives a change of the program that a number of a step does not. static/state/view.js reads the same names.
"""

from __future__ import annotations

import re

from tidegraph.engine.graph import InputError, nearest
from tidegraph.engine.trace.steps import Step
from tidegraph.engine.trace.structure import Structure

ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "last": 0,
}  # fmt: skip

FORMS = "start, end, turn, value of z, gradient of W1, part W1 s, after the first sum, step 3"
"""The forms of a name, as a hint shows them."""


def find(structure: Structure, text: str) -> int:
    """The number of steps that are done at a moment. Raises InputError for a name that the run does not have."""
    words = re.sub(r"\b(after|of|the|through|at)\b", " ", text.strip()).split()
    steps = [*structure.forward, *structure.backward]
    forward = len(structure.forward)
    match words:
        case [] | ["start"]:
            return 0
        case ["end"]:
            return len(steps)
        case ["turn"] | ["forward"]:
            return forward
        case ["step", number] if number.isdigit():
            return min(int(number), len(steps))
        case ["value", name]:
            return value(structure, steps, name)
        case ["gradient", name]:
            return reached(structure, steps, text, name, lambda s: s.variable == name and s.final)
        case ["part", name, through]:
            inside = tuple(f"{scope['id']}." for scope in structure.scopes if through in scope["outputs"])
            return reached(
                structure,
                steps,
                text,
                name,
                lambda s: s.variable == name and (s.through == through or f"{s.scope}.".startswith(inside)),
            )
        case [ordinal, operator] if ordinal in ORDINALS or re.fullmatch(r"\d+(st|nd|rd|th)", ordinal):
            count = ORDINALS[ordinal] if ordinal in ORDINALS else int(ordinal[:-2])
            return nth(structure, steps, count, operator)
        case [name] if name in structure.graph.variables:
            return value(structure, steps, name)
    raise InputError("unknown-moment", moment=text, forms=FORMS)


def value(structure: Structure, steps: list[Step], name: str) -> int:
    """The moment at which a variable has its value; 0 for a declared one."""
    if structure.graph.find(name).leaf is not None:
        return 0
    return next(n for n, s in enumerate(steps, 1) if s.phase == "forward" and name in s.outputs)


def reached(structure: Structure, steps: list[Step], text: str, name: str, there: object) -> int:
    """The moment of the first backward step of which `there` is true."""
    structure.graph.find(name)
    assert callable(there)
    for number, step in enumerate(steps, 1):
        if step.phase == "backward" and there(step):
            return number
    raise InputError("moment-never-comes", moment=text)


def nth(structure: Structure, steps: list[Step], count: int, operator: str) -> int:
    """The moment after the first, second or last application of an operator, or a sum of gradients by its name."""
    ids = {structure.graph.id_of(o): o.op.name for o in structure.graph.operators}
    done = [n for n, s in enumerate(steps, 1) if s.phase == "forward" and ids.get(s.operator or "") == operator]
    scopes = {id: scope.name for id, scope in structure.graph.scopes.items() if scope.name == operator}
    for id in scopes:
        inside = [
            n
            for n, s in enumerate(steps, 1)
            if s.phase == "forward" and (s.scope == id or s.scope.startswith(f"{id}."))
        ]
        done += inside[-1:]
    done.sort()
    if not done or count > len(done):
        names = [*dict.fromkeys(ids.values()), *(scope.name for scope in structure.graph.scopes.values())]
        raise InputError("moment-no-operator", nearest(operator, names), operator=operator, count=len(done))
    return done[count - 1]
