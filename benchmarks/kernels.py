"""Structure and run beside the trace, in bytes, and the page's own kernels in Node, for every example.

`trace` is what the page once asked for after every edit; now it asks for the `structure` once, and a run is computed
by its kernels, or asked for as `run`, in JSON or as a safetensors document. Sizes are those of whole answers, and
compressed with gzip. `runs/s` are forward and backward passes, `edit` is a run with the trace that the page draws; a
run in brackets is so large that the page leaves it to the server. `tfjs` makes the calls of the same plan with
TensorFlow.js on the processor, in float32, where it has them all; its results are compared first. Run alone with
`python -m benchmarks.kernels`; for TensorFlow.js `npm install @tensorflow/tfjs-core @tensorflow/tfjs-backend-cpu` in a
folder that `--peers` names.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import subprocess
import tempfile
from pathlib import Path

import tidegraph
from tidegraph.app import examples
from tidegraph.app.api import runs
from tidegraph.app.api.schemas.runs import TraceRequest
from tidegraph.app.api.schemas.structure import ArraysRequest, StructureRequest
from tidegraph.app.http.codec import dump
from tidegraph.app.settings import Settings
from tidegraph.engine.trace.run import Run
from tidegraph.engine.trace.structure import Structure

SCRIPT = Path(__file__).with_suffix(".mjs")
FRAME = 16
"""Milliseconds."""


def main() -> None:
    """Print both tables."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--peers", default="", help="a folder in whose node_modules TensorFlow.js is")
    arguments.add_argument("--seconds", type=float, default=0.3, help="of each measurement (%(default)s)")
    options = arguments.parse_args()
    settings, asked = Settings(), []
    print("| example | trace | structure | run | safetensors | trace, gz | structure, gz | run, gz | run / trace |")
    print("|---|---|---|---|---|---|---|---|---|")
    shares = []
    for name, example in examples.load().items():
        program = example.program
        trace = runs.trace(TraceRequest(program=program), settings)
        structure = runs.structure(StructureRequest(program=program), settings)
        answer = runs.run(ArraysRequest(program=program), settings)
        whole, parts, run = dump(trace), dump(structure), dump(answer.to_dict())
        packed = [len(gzip.compress(one, 6)) for one in (whole, parts, run)]
        sizes = [len(whole), len(parts), len(run), len(answer.to_safetensors()), *packed]
        shares.append(len(run) / len(whole))
        print(f"| {name} | {' | '.join(f'{size:,}' for size in sizes)} | {shares[-1]:.0%} |", flush=True)
        graph = tidegraph.parse(program)
        values = Run(Structure(graph)).values
        leaves = {leaf: values[leaf].tolist() for leaf in structure["plan"]["leaves"]}
        asked.append({"name": name, "structure": structure, "values": leaves})
    print(f"\nA run is {statistics.median(shares):.0%} of the trace (median), at most {max(shares):.0%}.\n")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "asked.json")
        file.write_bytes(dump(asked))
        command = ["node", str(SCRIPT), str(file), str(options.seconds), options.peers]
        found = json.loads(subprocess.check_output(command, text=True))
    print("| example | runs/s | ms a run | edit, ms | tfjs, runs/s | times tfjs |\n|---|---|---|---|---|---|")
    for one in found:
        peer, name = one["tfjs"], one["name"] if one["here"] else f"({one['name']})"
        beside = f"{peer:,.0f} | {one['runs'] / peer:,.0f}" if peer else "- | -"
        print(f"| {name} | {one['runs']:,.0f} | {1000 / one['runs']:.4f} | {one['edit']:.2f} | {beside} |")
    edits = [one["edit"] for one in found if one["here"]]
    median, most = statistics.median(edits), max(edits)
    print(f"\nAn edit takes {median:.2f} ms (median), at most {most:.2f} ms; a frame has {FRAME} ms.")


if __name__ == "__main__":
    main()
