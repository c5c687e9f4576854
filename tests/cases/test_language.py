"""What people write, case by case: the numbers, warnings and hints of `language.jsonl`.

A case has a program, values and a target; it expects values and gradients, a warning, or an error whose detail and hint
contain certain texts. `or` names other outcomes that are equally good.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.graph import Graph, ProgramError, TidegraphError

CASES = [
    json.loads(line) for path in sorted(Path(__file__).parent.glob("*.jsonl")) for line in path.read_text().splitlines()
]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    outcome = run(case)
    faults = [fault(outcome, wanted) for wanted in (case, *case.get("or", ()))]
    assert None in faults, (case["program"], case["why"], faults)


def run(case: dict[str, Any]) -> Any:
    """The graph, values and gradients of a case, or the error that refuses it."""
    try:
        graph = tidegraph.parse(case["program"])
        given = {name: np.array(value, float) for name, value in case.get("values", {}).items()}
        values = {**tidegraph.initial_values(graph), **given}
        with np.errstate(all="ignore"):
            found, slopes = tidegraph.value_and_grad(graph, case.get("target"))(values)
    except TidegraphError as error:
        return error
    return graph, found, slopes


def fault(outcome: Any, wanted: dict[str, Any]) -> str | None:
    """What an outcome lacks of what is wanted, or None."""
    if "expect_error" in wanted:
        return fault_of_error(outcome, wanted["expect_error"])
    if isinstance(outcome, TidegraphError):
        return f"refused: {outcome} ({outcome.hint})"
    graph, values, slopes = outcome
    warning = wanted.get("expect_warning")
    if warning is not None and not warned(graph, warning):
        return f"no such warning: {[(w.message.text(), w.line) for w in graph.warnings]}"
    for kind, found in (("values", values), ("gradients", slopes)):
        for name, expected in wanted.get("expect", {}).get(kind, {}).items():
            if name not in found:
                return f"no {kind} of {name}, only of {sorted(found)}"
            if not agree(found[name], expected):
                return f"{kind} of {name}: {found[name].tolist()} instead of {expected}"
    return None


def fault_of_error(outcome: Any, wanted: dict[str, Any]) -> str | None:
    """What is wrong with an error, or None."""
    if not isinstance(outcome, TidegraphError):
        return f"not refused: { ({n: v.tolist() for n, v in outcome[1].items()}) }"
    for language in ("en", "zh"):
        text = f"{outcome.describe(language)}\n{outcome.advise(language)}"
        if language == "en":
            some = wanted.get("hint_contains", [])
            if some and not any(part in text for part in some):
                return f"none of {some} in {text!r}"
            for part in wanted.get("hint_contains_all", ()):
                if not any(word in text for word in (part if isinstance(part, list) else [part])):
                    return f"{part} not in {text!r}"
        for part in wanted.get("not_contains", ()):
            if part in text:
                return f"{part} in {text!r}"
    if "line" in wanted and (not isinstance(outcome, ProgramError) or outcome.line != wanted["line"]):
        return f"at line {getattr(outcome, 'line', None)}, not {wanted['line']}"
    return None


def warned(graph: Graph, wanted: dict[str, Any]) -> bool:
    """Whether a graph has the warning."""
    return any(
        ("line" not in wanted or warning.line == wanted["line"])
        and any(part in warning.message.text() for part in wanted["contains"])
        for warning in graph.warnings
    )


def agree(found: np.ndarray, expected: Any) -> bool:
    """Whether an array holds the numbers."""
    wanted = np.array(expected, float)
    return found.shape == wanted.shape and bool(np.allclose(found, wanted, 1e-9, 1e-12, equal_nan=True))


def table() -> str:
    """How many cases of each kind have the outcome that they want: `python -m tests.cases.test_language`."""
    rows: dict[str, list[bool]] = {}
    for case in CASES:
        outcome = run(case)
        good = any(fault(outcome, wanted) is None for wanted in (case, *case.get("or", ())))
        rows.setdefault(case["kind"], []).append(good)
    lines = [f"{kind:16} {sum(good):4} of {len(good)}" for kind, good in sorted(rows.items())]
    return "\n".join([*lines, f"{'all':16} {sum(map(sum, rows.values())):4} of {len(CASES)}"])


if __name__ == "__main__":
    print(table())
