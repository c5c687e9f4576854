"""Connectionist temporal classification (Graves et al. 2006): all alignments of a sequence of labels with scores."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegraph.engine.graph import ShapeError, Variable, constant
from tidegraph.engine.ops.arithmetic import logaddexp, logical_and, maximum, not_equal, where
from tidegraph.engine.ops.arrange import concatenate, whole_number, whole_numbers
from tidegraph.engine.ops.declare import Case, composite
from tidegraph.engine.ops.indexing import gather
from tidegraph.engine.ops.losses import reduced_by
from tidegraph.engine.ops.reductions import mean
from tidegraph.engine.ops.shape import broadcast_to, getitem, reshape, stack

NEVER = -1e30
"""The logarithm of a probability of 0; unlike minus infinity it has a slope."""


def _lengths(name: str, value: Any, batch: int, most: int) -> tuple[int, ...]:
    if value is None:
        return (most,) * batch
    found = whole_numbers(name, value, 0)
    found = found * batch if len(found) == 1 else found
    if len(found) != batch or max(found, default=0) > most:
        raise ShapeError("length-not-valid", name=name, given=max(found, default=0), least=0, most=most)
    return found


@composite(
    symbol=r"\operatorname{CTC}",
    torch=("log_probs", "targets", "input_lengths", "target_lengths", "blank", "reduction", "zero_infinity"),
    domain=((-2.0, -0.5), (0.0, 1.0)),
    cases=(
        Case(((4, 2, 3), (2, 2)), fixed={1: [[1, 2], [2, 2]]}),
        Case(
            ((4, 2, 3), (2, 2)),
            {"input_lengths": (4, 3), "target_lengths": (2, 1), "reduction": "sum"},
            fixed={1: [[1, 2], [2, 1]]},
        ),
    ),
)
def ctc_loss(
    log_probs: Variable,
    targets: Variable,
    *,
    input_lengths: Any = None,
    target_lengths: Any = None,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Variable:
    """Minus the logarithm of the probability of all alignments of labels with scores of time x batch x classes.

    The lengths of the sequences are known; by default they are whole. The mean divides by the lengths of the targets.
    """
    single = log_probs.ndim == 2
    if single:
        log_probs = reshape(log_probs, shape=(log_probs.shape[0], 1, log_probs.shape[1]))
    if log_probs.ndim != 3 or not log_probs.size:
        raise ShapeError("needs-shape", name="ctc_loss", needed="[time, batch, classes]", shape=log_probs.shape)
    times, batch, classes = log_probs.shape
    if not 0 <= whole_number("blank", blank) < classes:
        raise ShapeError("not-in-range", name="blank", given=blank, least=0, most=classes - 1)
    if targets.ndim == 1 and single:
        targets = reshape(targets, shape=(1, targets.size))
    if targets.ndim == 1:
        counts = whole_numbers("target_lengths", target_lengths, 0)
        targets = _padded(targets, counts, blank)
        target_lengths = counts
    if targets.ndim != 2 or targets.shape[0] != batch:
        raise ShapeError("do-not-fit", name="ctc_loss", left=log_probs.shape, right=targets.shape)
    frames = _lengths("input_lengths", input_lengths, batch, times)
    labels = _lengths("target_lengths", target_lengths, batch, targets.shape[1])
    states = 2 * targets.shape[1] + 1
    blanks = constant(np.full((batch, targets.shape[1]), float(blank)))
    first = constant(np.full((batch, 1), float(blank)))
    paired = reshape(stack(targets, blanks, axis=-1), shape=(batch, states - 1))
    path = concatenate(first, paired, axis=1)
    skips = None
    if states > 2:
        here, before = getitem(path, key=(slice(None), slice(2, None))), getitem(path, key=(slice(None), slice(-2)))
        skips = logical_and(not_equal(here, blank), not_equal(here, before))
    every = gather(log_probs, broadcast_to(path, shape=(times, batch, states)), axis=2)
    scores = [getitem(every, key=(t,)) for t in range(times)]
    begin = np.full((batch, states), True)
    begin[:, :2] = False
    alpha = where(constant(begin), NEVER, scores[0])
    rows = [alpha]
    for t in range(1, times):
        stay = logaddexp(alpha, _moved(alpha, 1))
        if skips is not None:
            jumps = where(skips, getitem(alpha, key=(slice(None), slice(-2))), NEVER)
            edge = constant(np.full((batch, 2), NEVER))
            stay = logaddexp(stay, concatenate(edge, jumps, axis=1))
        alpha = maximum(stay + scores[t], NEVER)
        rows.append(alpha)
    losses = []
    for b, (n, m) in enumerate(zip(frames, labels, strict=True)):
        if not n:
            losses.append(constant(np.array(0.0 if not m else -NEVER)))
            continue
        end = getitem(rows[n - 1], key=(b, 2 * m))
        losses.append(-(logaddexp(end, getitem(rows[n - 1], key=(b, 2 * m - 1))) if m else end))
    loss = stack(*losses)
    never = loss > -NEVER / 2
    loss = where(never, 0.0 if zero_infinity else np.inf, loss)
    if reduction == "mean":
        return mean(loss / constant(np.maximum(np.array(labels, float), 1.0)))
    result = reduced_by(loss, reduction)
    return reshape(result, shape=()) if single and reduction == "none" else result


def _moved(alpha: Variable, by: int) -> Variable:
    edge = constant(np.full((alpha.shape[0], by), NEVER))
    return concatenate(edge, getitem(alpha, key=(slice(None), slice(-by))), axis=1)


def _padded(targets: Variable, counts: tuple[int, ...], blank: int) -> Variable:
    """Labels of all sequences one after the other, as rows filled up with blanks."""
    width, start, rows = max(counts, default=0), 0, []
    for n in counts:
        row = getitem(targets, key=slice(start, start + n))
        rows.append(concatenate(row, constant(np.full(width - n, float(blank)))) if n < width else row)
        start += n
    return stack(*rows)
