"""Every endpoint crossed with many programs, values and options, drawn at random: never a fault, never a late answer.

`python -m fuzz.endpoints --seconds 600 --seed 1`. Programs come from the gallery and from `cases`, whole and mutated. A
request that is answered by a fault is kept in `corpus/`, which the tests send again. The report has the minutes and the
number of requests by endpoint and by status.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import random
import re
import time
import warnings
from collections import Counter
from copy import deepcopy
from pathlib import Path
from typing import Any

import anyio
import httpx

from fuzz import corpus
from fuzz.cases import PROGRAMS, REQUESTS, VALUES
from tidegraph.app import examples
from tidegraph.app.http.problems import MEDIA_TYPE
from tidegraph.app.main import create_app
from tidegraph.app.settings import Settings

LIMITS: dict[str, Any] = {
    "rate_limit": "1000000/second",
    "cost_limit": "1000000/second",
    "max_operators": 2000,
    "max_elements": 20_000,
    "max_flops": 20_000_000,
    "max_training_flops": 200_000,
    "database_url": "sqlite://",
    "allowed_hosts": ["tidegraph.test"],
    "light_seconds": 60.0,
}
MORE: list[tuple[str, dict[str, Any]]] = [
    ("train", {"steps": 3, "data": {"name": "own"}}),
    ("train", {"steps": 2, "data": {"name": "moons", "count": 9}, "surface": 2, "histogram_every": 1}),
    ("links", {}),
]
"""Endpoints beside those of the tests."""

NUMBERS = ["0", "1", "2", "3", "7", "-1", "0.5", "1e308", "1e-320", "nan", "2**31", "[]"]
OPTIONS: list[Any] = [None, True, -1, 0, 1, 3, 1e308, "", "x", "J", "W", [], ["x", "x"], {}, {"x": 1}, [[1], 2]]
TOKENS = re.compile(r"\w+|[^\w\s]")


def mutated(program: str, draw: random.Random) -> str:
    """A program with a few lines or tokens dropped, doubled, exchanged, or replaced by numbers and other tokens."""
    lines = program.split("\n")
    for _ in range(draw.randint(0, 3)):
        at = draw.randrange(len(lines))
        match draw.randrange(5):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, draw.choice(lines))
            case 2:
                other = draw.randrange(len(lines))
                lines[at], lines[other] = lines[other], lines[at]
            case 3:
                lines[at] = re.sub(r"\d+(\.\d+)?", lambda _: draw.choice(NUMBERS), lines[at], count=1)
            case _:
                tokens = TOKENS.findall(program)
                found = list(TOKENS.finditer(lines[at]))
                if found and tokens:
                    one = draw.choice(found)
                    lines[at] = lines[at][: one.start()] + draw.choice(tokens) + lines[at][one.end() :]
        if not lines:
            return ""
    return "\n".join(lines)


def request(programs: list[str], draw: random.Random) -> tuple[str, dict[str, Any]]:
    """One request: an endpoint, a program, and sometimes values and other options."""
    path, options = draw.choice(REQUESTS + MORE)
    body = {"program": mutated(draw.choice(programs), draw), **deepcopy(options)}
    names = re.findall(r"^(\w+)\s*:", body["program"], re.M) or ["x"]
    if draw.random() < 0.3:
        body["values"] = {draw.choice(names): draw.choice(VALUES + OPTIONS)}
    if draw.random() < 0.3:
        key = draw.choice([*options, "target", "seed", "dtype", "sizes", "wrt", "name", "digits", "scopes"])
        body[key] = draw.choice([*OPTIONS, *names])
    return f"/api/v1/{path}", body


def fault(answer: httpx.Response) -> str:
    """What is wrong with an answer; nothing where it is one, or a problem document."""
    kind = answer.headers.get("content-type", "")
    if answer.status_code >= 500:
        return str(answer.status_code)
    if answer.status_code >= 400 and kind != MEDIA_TYPE:
        return f"{answer.status_code} as {kind}"
    return ""


async def search(seconds: float, seed: int) -> int:
    """Send requests for so many seconds; how many were answered by a fault."""
    draw = random.Random(seed)
    programs = [*PROGRAMS.values(), *(one.program for one in examples.load().values())]
    transport = httpx.ASGITransport(create_app(Settings(**LIMITS)), raise_app_exceptions=False)
    counts: Counter[tuple[str, int]] = Counter()
    faults, slowest = 0, (0.0, "")
    start = time.monotonic()
    async with httpx.AsyncClient(transport=transport, base_url="http://tidegraph.test", timeout=None) as client:
        while time.monotonic() - start < seconds:
            path, body = request(programs, draw)
            begun = time.monotonic()
            answer = await client.post(path, content=json.dumps(body), headers={"content-type": "application/json"})
            slowest = max(slowest, (time.monotonic() - begun, path))
            counts[path, answer.status_code] += 1
            if wrong := fault(answer):
                faults += 1
                keep(path, body, wrong)
    print(f"{sum(counts.values()):,} requests in {(time.monotonic() - start) / 60:.1f} minutes, seed {seed}.")
    print(f"{faults} faults; the slowest answer took {slowest[0]:.1f} s ({slowest[1]}).")
    statuses = sorted({status for _, status in counts})
    print("\n| endpoint | " + " | ".join(map(str, statuses)) + " |")
    print("|---|" + "---|" * len(statuses))
    for path in sorted({path for path, _ in counts}):
        print(f"| {path} | " + " | ".join(f"{counts[path, status]:,}" for status in statuses) + " |")
    return faults


def keep(path: str, body: dict[str, Any], wrong: str) -> None:
    """Write a request that was answered by a fault into the corpus."""
    text = json.dumps({"path": path, "body": body}, indent=1)
    name = f"{path.rpartition('/')[2]}-{hashlib.sha256(text.encode()).hexdigest()[:12]}.json"
    (Path(corpus.__file__).parent / name).write_text(text + "\n", encoding="utf-8")
    print(f"{wrong}: {name}", flush=True)


def main() -> None:
    """Search until the time is over; a fault fails the run."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=float, default=60)
    arguments.add_argument("--seed", type=int, default=int(time.time()))
    options = arguments.parse_args()
    logging.disable()
    warnings.simplefilter("ignore")
    if anyio.run(search, options.seconds, options.seed):
        raise SystemExit("requests were answered by faults; they are in fuzz/corpus")


if __name__ == "__main__":
    main()
