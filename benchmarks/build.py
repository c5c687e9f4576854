"""From program text to callable: how long it takes, and how that grows with the number of operators."""

from __future__ import annotations

import gc
import statistics
import time

import numpy as np

import tidegraph
from benchmarks.gradients import PROGRAM
from tidegraph.engine.trace.outline import Outline
from tidegraph.engine.trace.run import Run
from tidegraph.engine.trace.structure import Structure
from tidegraph.engine.trace.tracer import combine

SHORT, LONG = 10_000, 100_000
CHAIN = """
x: input[8]
for i in range({}):
    x = tanh(x) * 1.01
J = sum(x)
"""


def chapter() -> float:
    """Seconds of the processor from the chapter's text to a callable that keeps everything: the median of many."""
    times = []
    for _ in range(50):
        start = time.process_time()
        tidegraph.value_and_grad(tidegraph.parse(PROGRAM.format(4, 5, 3, 1)))
        times.append(time.process_time() - start)
    return statistics.median(times)


def chain(operators: int) -> tuple[float, float]:
    """Seconds to read a chain of so many operators, and to differentiate, plan and compile it for training."""
    gc.collect()
    start = time.process_time()
    graph = tidegraph.parse(CHAIN.format(operators // 2))
    read = time.process_time()
    tidegraph.value_and_grad(graph, wrt=["x"], keep="training")
    return read - start, time.process_time() - read


def outline(operators: int) -> tuple[float, float]:
    """Seconds to read a chain, and to write its outline, with which the page draws before anything is run."""
    gc.collect()
    start = time.process_time()
    graph = tidegraph.parse(CHAIN.format(operators // 2))
    read = time.process_time()
    Outline(graph).in_sight(graph.scopes)
    return read - start, time.process_time() - read


def page(operators: int) -> tuple[float, float, float]:
    """Seconds to prepare a chain for the page, to write its structure, and to run it and write the trace."""
    graph = tidegraph.parse(CHAIN.format(operators // 2))
    gc.collect()
    start = time.process_time()
    structure = Structure(graph)
    made = time.process_time()
    structure.to_dict()
    written = time.process_time()
    combine(Run(structure)).to_dict(np.ndarray.tolist)
    return made - start, written - made, time.process_time() - written


def main() -> None:
    """Print both tables."""
    print("## Building\n")
    print(f"The chapter's program, from text to callable: {chapter() * 1e3:.2f} ms\n")
    short, long = chain(SHORT), chain(LONG)
    print(f"| a chain of operators | {SHORT:,} | {LONG:,} | growth |")
    print("|---|---|---|---|")
    for name, a, b in zip(("read", "differentiate, plan, compile"), short, long, strict=True):
        print(f"| {name}, seconds | {a:.2f} | {b:.2f} | {b / a:.1f} |")
    print(f"| all, seconds | {sum(short):.2f} | {sum(long):.2f} | {sum(long) / sum(short):.1f} |\n")
    drawn, large = page(SHORT), page(LONG)
    print(f"| a chain of operators for the page | {SHORT:,} | {LONG:,} | growth |")
    print("|---|---|---|---|")
    for name, a, b in zip(("read", "write the outline, all open"), outline(SHORT), outline(LONG), strict=True):
        print(f"| {name}, seconds | {a:.2f} | {b:.2f} | {b / a:.1f} |")
    for name, a, b in zip(("prepare", "write the structure", "run, write the trace"), drawn, large, strict=True):
        print(f"| {name}, seconds | {a:.2f} | {b:.2f} | {b / a:.1f} |")


if __name__ == "__main__":
    main()
