"""Peak memory of a run: what the plan says beforehand against what tracemalloc measures."""

from __future__ import annotations

import tracemalloc

import numpy as np

import tidegraph
from benchmarks.gradients import PROGRAM

SIZES = ((784, 256, 10, 128), (1024, 1024, 1024, 256))
KEEP = ("prediction", "training", "named", "all")


def peaks(sizes: tuple[int, int, int, int], keep: str) -> tuple[int, int, int]:
    """Bytes that must be live at once, that the plan says will be allocated, and that the first run allocates."""
    d, h, q, n = sizes
    function = tidegraph.value_and_grad(tidegraph.parse(PROGRAM.format(d, h, q, n)), keep=keep)
    random = np.random.default_rng(0)
    values = {name: random.normal(size=v.shape) for name, v in function.plan.leaves.items()}
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        held = function(values)
        measured = tracemalloc.get_traced_memory()[1] - before
        del held
    finally:
        tracemalloc.stop()
    return max(s.live_bytes + s.workspace_bytes for s in function.plan.steps), function.plan.peak_bytes, measured


def main() -> None:
    """Print the table."""
    print("## Peak memory of a run, MB\n")
    print("| d, h, q, batch | keep | live at once | planned | measured | measured / planned |")
    print("|---" * 6 + "|")
    for sizes in SIZES:
        for keep in KEEP:
            live, planned, measured = peaks(sizes, keep)
            row = [", ".join(map(str, sizes)), keep, *(f"{b / 1e6:.2f}" for b in (live, planned, measured))]
            print(f"| {' | '.join(row)} | {measured / planned:.3f} |")
    print()


if __name__ == "__main__":
    main()
