"""The single-node cases of the package `onnx`: how many pass, which are wrong, what is refused.

Run with `python -m benchmarks.onnx_cases [WORD]`; a word selects the cases whose name contains it.
"""

from __future__ import annotations

import io
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stdout
from typing import Any, NamedTuple

import numpy as np
import onnx

import tidegraph

HALF = 2.0**-8
"""Relative precision of a result that was worked out in float16 in a few steps."""


class Result(NamedTuple):
    """What became of one case: `pass`, `wrong` or `refused`, and why."""

    name: str
    outcome: str
    why: str = ""


def cases() -> list[Any]:
    """All single-node cases of the installed package."""
    from onnx.backend.test import loader

    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        return list(loader.load_model_tests(kind="node"))


def array(value: Any) -> np.ndarray:
    """A case's array as numbers that a program takes."""
    if isinstance(value, onnx.TensorProto):
        value = onnx.numpy_helper.to_array(value)
    value = np.asarray(value)
    return value if value.dtype.kind in "biuf" else value.astype(np.float64)


def judged(case: Any) -> Result:
    """Read one case, run it on its inputs, and compare with its outputs."""
    try:
        model = tidegraph.onnx.read(case.model.SerializeToString())
    except tidegraph.TidegraphError as error:
        return Result(case.name, "refused", error.message)
    for inputs, outputs in case.data_sets:
        given = {name: array(v) for name, v in zip(model.inputs, inputs, strict=False) if v is not None}
        try:
            (found,) = tidegraph.function(model.graph, results=model.outputs)({**model.values, **given})
        except tidegraph.TidegraphError as error:
            return Result(case.name, "wrong", error.message)
        for name, expected in zip(model.outputs, map(array, outputs), strict=True):
            value = np.asarray(found[name])
            if value.shape != expected.shape:
                return Result(case.name, "wrong", f"shape {value.shape} instead of {expected.shape}")
            rtol = max(case.rtol, HALF) if any(np.asarray(v).dtype == np.float16 for v in inputs) else case.rtol
            close = np.isclose(value.astype(float), expected.astype(float), rtol, max(case.atol, 1e-6), equal_nan=True)
            if not close.all():
                return Result(case.name, "wrong", f"{(~close).sum()} of {close.size} numbers differ")
    return Result(case.name, "pass")


def results(word: str = "") -> Iterator[Result]:
    """The results of all cases with a word in their name."""
    for case in cases():
        if word in case.name:
            yield judged(case)


def main() -> None:
    """Print the table."""
    found = list(results(*sys.argv[1:2]))
    print(f"onnx {onnx.__version__}, {len(found)} single-node cases")
    for outcome, count in Counter(r.outcome for r in found).most_common():
        print(f"{outcome:8} {count:5}")
    reasons = Counter(r.why.partition(" cannot be read")[0][:60] for r in found if r.outcome == "refused")
    print("\nrefused, by operator")
    for why, count in reasons.most_common():
        print(f"{count:5} {why}")
    for result in found:
        if result.outcome == "wrong":
            print("wrong", result.name, result.why)


if __name__ == "__main__":
    main()
