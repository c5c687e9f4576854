"""Program texts and graphs led by coverage: whatever comes in, only an answer or a problem document goes out.

`python -m fuzz.requests -max_total_time=60`; libFuzzer's options follow. A fault ends the run with the input that led
to it, which belongs into the tests once the fault is repaired.
"""

from __future__ import annotations

import json
import sys
import warnings

import atheris

with atheris.instrument_imports(include=["app", "engine"]):
    from tidegraph import TidegraphError
    from tidegraph.app.api import runs
    from tidegraph.app.api.schemas.runs import TraceRequest
    from tidegraph.app.http.codec import dumps
    from tidegraph.app.http.problems import Problem
    from tidegraph.app.settings import Settings

import pydantic

import tidegraph

LIMITS = Settings(max_operators=500, max_elements=2_000, max_flops=200_000, max_program_length=2_000)
SEEDS = (
    "x: input[4]\nW: parameter[3, 4]\nz = W @ x\nJ = sum(relu(z) ** 2)",
    "x: input[2, 3]\ndef f(a):\n    return sum(a[0, 1:])\nfor i in range(2):\n    x = x * 2\nJ = f(x) + logsumexp(x)",
    "d, h = 2, 3\nx: input[d] = [1, 2]\nW: parameter[h, d] = normal(0, 0.1)\nJ = mean(stack((W @ x, W @ x), axis=0))",
)


def requests(data: bytes) -> list[dict[str, object]]:
    """The requests that bytes stand for: a graph where they are a JSON object, and a program in any case."""
    text = data.decode("utf-8", "replace")
    found: list[dict[str, object]] = [{"program": text}]
    try:
        graph = json.loads(text)
    except (ValueError, RecursionError):
        return found
    return [*found, {"graph": graph, "scopes": graph.get("scopes", [])}] if isinstance(graph, dict) else found


def one_input(data: bytes) -> None:
    """Answer the requests as the service does; whatever is raised besides its own errors is a fault."""
    for body in requests(data):
        try:
            dumps(runs.trace(TraceRequest.model_validate(body), LIMITS))
        except (TidegraphError, Problem, pydantic.ValidationError):
            continue


def seeds() -> list[bytes]:
    """Where the search starts: programs, and the same as graphs."""
    traces = (tidegraph.trace(tidegraph.parse(program)) for program in SEEDS)
    graphs = [trace.to_dict(lambda array: array.tolist())["graph"] for trace in traces]
    return [*(program.encode() for program in SEEDS), *(json.dumps(graph).encode() for graph in graphs)]


def main() -> None:
    """Fuzz until a fault is found or the time that the options allow is over."""
    warnings.simplefilter("ignore")
    for seed in seeds():
        one_input(seed)
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
