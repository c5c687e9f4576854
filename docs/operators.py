"""Writes docs/operators.md, the operator reference, from the registry: `python docs/operators.py`."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from tidegraph.app.api.operators import describe_all
from tidegraph.app.api.schemas.runs import OperatorDescription

PAGE = Path(__file__).with_suffix(".md")

HEAD = """\
# Operators

Every operator of the program language, from the engine's registry (`make docs` writes this page; the tests fail when it
is stale). Names and semantics follow NumPy, and `torch.nn.functional` for networks. Parameters without a default are
variables or numbers; those with one are attributes, which must be known before anything runs, or may be left out.

An operator marked *stops the gradient* has no derivative or one that is zero almost everywhere. *At a kink* says which
subgradient is taken where an operator is not differentiable, as PyTorch takes it. *Opens* marks a composition: its
circle opens on the page and shows what is inside.

FLOPs are counted by one rule. An addition, a multiplication, a division, a comparison or a choice is one operation a
number; a square root is 4; an exponential, a logarithm or a trigonometric function is 10, the error function 40. A
power with a whole exponent costs its multiplications by repeated squaring, so `x ** 2`, `x * x` and `square(x)` cost
the same. A sum or a maximum costs one operation a number that it reads, a mean one more a result, a product of
matrices `2 m k n`. Moving numbers (indexing, transposing, reshaping, joining) costs nothing, and a composition costs
what is inside it. What is computed in one circle costs what its formula costs: softmax of `n` numbers `14 n` (a
maximum, a difference, an exponential, a sum, a division each), log-softmax `14 n + 10`, logsumexp `13 n + 11`,
sigmoid `13 n`.
"""


def page() -> str:
    """The reference as Markdown."""
    described = sorted(describe_all(), key=lambda op: op.family)
    parts = [HEAD, f"{len(described)} operators.\n"]
    for family, operators in groupby(described, key=lambda op: op.family):
        parts.append(f"## {family.replace('_', ' ').capitalize()}\n")
        parts += [entry(op) for op in sorted(operators, key=lambda op: op.name)]
    return "\n".join(parts)


def entry(op: OperatorDescription) -> str:
    """One operator: its signature, what it does, how it is written."""
    notes = [
        "*Opens.*" if op.opens else "",
        "" if op.differentiable else "*Stops the gradient.*",
        f"*At a kink:* {op.kink}." if op.kink else "",
    ]
    text = " ".join(part for part in (op.doc, *notes) if part)
    return f"### `{op.signature}`\n\n{text}\n\n$${op.latex}$$\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
