"""Training over HTTP: events in order, the engine's numbers, going on from a state, clear ends."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import anyio
import httpx
import numpy as np
import pytest

import tidegraph
from tests.app.conftest import Serve
from tidegraph.app.api.pipeline import Pipeline
from tidegraph.app.api.schemas.training import DataRequest, TrainRequest
from tidegraph.app.api.training import events, started, work
from tidegraph.app.api.training import plan as page_plan
from tidegraph.app.http.codec import dumps
from tidegraph.app.main import create_app
from tidegraph.app.settings import Settings

pytestmark = pytest.mark.anyio

LINE = """
n = 8
x: input[n]
y: target[n]
w: parameter = 0.0
b: parameter = 0.0
p = w * x + b
J = mean((p - y) ** 2) / 2
"""
STACK = """
n = 4
x: input[n, 2]
y: target[n]
W: parameter[3, 2, 2]
h = x
for i in range(3):
    h = tanh(h @ W[i])
J = mean((sum(h, axis=1) - y) ** 2)
"""
RUN: dict[str, Any] = {
    "program": LINE,
    "data": {"name": "line", "count": 64},
    "optimizer": {"name": "sgd", "settings": {"learning_rate": 0.1}},
    "steps": 30,
}


async def stream(client: httpx.AsyncClient, **request: Any) -> list[tuple[str, Any]]:
    events = []
    async with client.stream("POST", "/api/v1/train", json=request) as answer:
        assert answer.status_code == 200, await answer.aread()
        assert answer.headers["content-type"].startswith("text/event-stream")
        name = ""
        async for line in answer.aiter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                events.append((name, json.loads(line.removeprefix("data: "))))
    return events


async def test_histograms_and_norms_of_layers_come_at_intervals(client: httpx.AsyncClient) -> None:
    csv = "\n".join(f"{k / 9},{1 - k / 9},{k / 20}" for k in range(12))
    request = {"program": STACK, "data": {"csv": csv}, "steps": 7, "histogram_every": 3, "snapshot_every": 2}
    steps = [data for name, data in await stream(client, **request) if name == "step"]
    assert [data["step"] for data in steps if "histograms" in data] == [0, 3, 6]
    assert [data["step"] for data in steps if "snapshot" in data] == [0, 2, 4, 6]
    first = steps[0]
    assert list(first["layer_norms"]) == ["W[0]", "W[1]", "W[2]"]
    assert sum(n**2 for n in first["layer_norms"].values()) ** 0.5 == pytest.approx(first["gradient_norms"]["W"])
    spread = first["histograms"]["W"]["parameter"]
    numbers = np.array(first["snapshot"]["parameters"]["W"])
    assert (spread["low"], spread["high"]) == (numbers.min(), numbers.max())
    assert sum(spread["counts"]) == 12


async def test_a_run_before_its_first_step(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/train/start", json={**RUN, "surface": 5})
    body = answer.json()
    assert len(body["examples"]["inputs"]) == 51
    assert body["surface"]["predictions"] == [[0.0]] * 5
    assert (body["target"], body["output"], body["parameters"]) == ("J", "p", {"w": [], "b": []})


async def test_a_run_is_told_from_start_to_end(client: httpx.AsyncClient) -> None:
    events = await stream(client, **RUN, surface=5)
    names = [name for name, _ in events]
    assert (names[0], names[-1]) == ("start", "end")
    steps = [data for name, data in events if name == "step"]
    assert [data["step"] for data in steps] == list(range(30))
    assert steps[-1]["loss"] < steps[0]["loss"] / 2
    assert "validation_loss" in steps[10]
    assert set(steps[0]["gradient_norms"]) == {"w", "b"}
    surface = next(data for name, data in events if name == "surface")
    assert (len(surface["axes"]), len(surface["predictions"])) == (1, 5)
    assert events[-1][1]["reason"] == "finished"


async def test_a_run_sends_the_values_of_its_next_step(client: httpx.AsyncClient) -> None:
    events = await stream(client, **RUN, values_every=20)
    sent = [data for name, data in events if name == "values"]
    assert [data["step"] for data in sent] == [20, 30]
    state = events[-1][1]["state"]
    assert {name: sent[-1]["values"][name] for name in ("w", "b")} == state["parameters"]
    step = (await client.post("/api/v1/train/step", json={**RUN, "state": state})).json()
    assert step["values"] == sent[-1]["values"]


async def test_inputs_are_standardised_and_a_negative_rate_climbs(client: httpx.AsyncClient) -> None:
    data = {**RUN["data"], "standardize": True}
    start = (await client.post("/api/v1/train/start", json={**RUN, "data": data})).json()
    inputs = np.array(start["examples"]["inputs"])
    assert inputs.mean() == pytest.approx(0, abs=1e-12)
    assert inputs.std() == pytest.approx(1)
    rule = {"name": "sgd", "settings": {"learning_rate": -0.01}}
    steps = [data for name, data in await stream(client, **{**RUN, "optimizer": rule}) if name == "step"]
    assert steps[-1]["loss"] > steps[0]["loss"]


async def test_the_numbers_are_the_engines(client: httpx.AsyncClient) -> None:
    events = await stream(client, **RUN)
    examples, held = tidegraph.data.split(tidegraph.data.generate("line", 64), 0.2)
    run = tidegraph.Training(tidegraph.parse(LINE), examples, tidegraph.optim.SGD(learning_rate=0.1), validation=held)
    losses = [report.loss for report in run.run(30)]
    assert [data["loss"] for name, data in events if name == "step"] == losses


async def test_a_run_goes_on_from_its_state_with_the_same_numbers(client: httpx.AsyncClient) -> None:
    adam = {"name": "adam", "settings": {"learning_rate": 0.05}}
    whole = await stream(client, **{**RUN, "optimizer": adam})
    first = await stream(client, **{**RUN, "optimizer": adam, "steps": 12})
    second = await stream(client, **{**RUN, "optimizer": adam, "steps": 18, "state": first[-1][1]["state"]})
    losses = [[d["loss"] for n, d in events if n == "step"] for events in (whole, first, second)]
    assert losses[0] == losses[1] + losses[2]
    assert whole[-1][1]["state"] == second[-1][1]["state"]


async def test_a_divergence_is_named(client: httpx.AsyncClient) -> None:
    wild = {"name": "sgd", "settings": {"learning_rate": 1e200}}
    events = await stream(client, **{**RUN, "optimizer": wild})
    (divergence,) = (data for name, data in events if name == "divergence")
    assert divergence["text"]
    assert events[-1][1]["reason"] == "diverged"


async def test_a_step_can_be_opened_in_the_player(client: httpx.AsyncClient) -> None:
    state = (await stream(client, **{**RUN, "steps": 3, "batch_size": 5}))[-1][1]["state"]
    opened = (await client.post("/api/v1/train/step", json={**RUN, "batch_size": 5, "state": state})).json()
    assert (opened["step"], opened["sizes"]) == (3, {"n": 5})
    trace = await client.post(
        "/api/v1/gradients", json={"program": LINE, "values": opened["values"], "sizes": opened["sizes"]}
    )
    gradients = trace.json()["gradients"]
    for update in opened["update"]:
        name = update["variable"]
        assert update["gradient"] == pytest.approx(gradients[name])
        assert update["after"] == pytest.approx(update["before"] - 0.1 * update["gradient"])
        assert update["symbolic"]
    body = {**RUN, "batch_size": 5, "state": state, "digits": 7, "scientific": True}
    written = (await client.post("/api/v1/train/step", json=body)).json()["update"][0]
    assert f"{written['after']:.6e}".split("e")[0] in written["numeric"]
    assert written["after"] == opened["update"][0]["after"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"data": {"name": "moon"}}, "no data set 'moon'"),
        ({"optimizer": {"name": "adamm"}}, "no optimiser 'adamm'"),
        ({"optimizer": {"name": "sgd", "settings": {"rate": 1}}}, "no setting 'rate'"),
        ({"data": {"csv": "1,2\n3"}}, "line 2"),
        ({"program": "x: input[2]\nJ = sum(x)"}, ""),
        ({"state": {"step": 1, "parameters": {}}}, "no parameter w"),
    ],
)
async def test_what_does_not_fit_is_a_problem(client: httpx.AsyncClient, change: dict[str, Any], words: str) -> None:
    answer = await client.post("/api/v1/train", json={**RUN, **change})
    assert answer.status_code == 422
    assert words in answer.json()["detail"]


async def test_a_run_that_costs_too_much_is_refused_before_it_starts(serve: Serve) -> None:
    async with serve(max_training_flops=1000) as client:
        answer = await client.post("/api/v1/train", json=RUN)
    assert (answer.status_code, answer.json()["quantity"]) == (422, "work")


@pytest.mark.parametrize(
    ("program", "first", "features"),
    [
        (LINE, "line", None),
        ("n = 8\nX: input[n, 2]\ny: target[n]\nw: parameter[2]\nJ = hinge_loss(X @ w, y)", "moons", None),
        ("x: input[4]\ny: target[3]\nW: parameter[3, 4]\nJ = squared_error(W @ x, y)", "blobs", 4),
    ],
)  # fmt: skip
async def test_the_sets_that_fit_a_program_train_it(
    client: httpx.AsyncClient, program: str, first: str, features: int | None
) -> None:
    sets = (await client.post("/api/v1/train/data", json={"program": program})).json()["datasets"]
    assert (sets[0]["name"], sets[0]["features"]) == (first, features)
    for one in sets:
        data = {"name": one["name"], "classes": one["classes"], "features": one["features"]}
        events = await stream(client, program=program, data=data, steps=2)
        assert events[-1][1]["reason"] == "finished"


async def test_any_program_with_parameters_trains_on_its_own_numbers(client: httpx.AsyncClient) -> None:
    program = "x: input = [1, 2]\na: parameter = 1.0\nJ = (a * sum(x) - 6) ** 2"
    sets = (await client.post("/api/v1/train/data", json={"program": program})).json()["datasets"]
    assert sets[-1]["name"] == "own"
    rule = {"name": "sgd", "settings": {"learning_rate": 0.01}}
    run = {"program": program, "data": {"name": "own"}, "optimizer": rule, "steps": 3, "seed": 5}
    a, losses = 1.0, []
    for _ in range(3):
        losses.append((3 * a - 6) ** 2)
        a -= 0.01 * 6 * (3 * a - 6)
    events = await stream(client, **run)
    assert [data["loss"] for name, data in events if name == "step"] == pytest.approx(losses)
    assert events[-1][1]["state"]["parameters"]["a"] == pytest.approx(a)
    other = (await stream(client, **run, values={"x": [0, 2]}))[1][1]
    assert other["loss"] == 16
    without = await client.post("/api/v1/train/data", json={"program": "x: input[2]\ny = x * 2"})
    assert without.json() == {"datasets": []}


async def test_a_tables_classes_are_what_the_loss_takes(client: httpx.AsyncClient) -> None:
    hinge = "n = 4\nX: input[n, 2]\ny: target[n]\nw: parameter[2]\nJ = hinge_loss(X @ w, y)"
    table = "a;b;c\n" + "".join(f"{i},5;{i * i % 7};{(-1) ** i}\n" for i in range(20))
    start = await client.post("/api/v1/train/start", json={"program": hinge, "data": {"csv": table}})
    examples = start.json()["examples"]
    assert examples["labels"] == ["-1", "1"]
    assert all(x % 1 == 0.5 for x, _ in examples["inputs"])


async def test_a_run_that_would_outlast_the_service_ends_with_its_state() -> None:
    request = TrainRequest(program=LINE, data=DataRequest(name="line"), steps=1_000_000, report_every=1_000_000)
    settings = Settings(graceful_seconds=1)
    leaving = anyio.Event()
    leaving.set()
    training = started(request, settings)
    found = [event async for event in events(training, request, settings, anyio.CapacityLimiter(1), leaving)]
    last = json.loads(found[-1]["data"])
    assert last["reason"] == "shutdown"
    assert 0 < last["state"]["step"] < 1_000_000


async def test_so_many_train_at_once() -> None:
    app = create_app(Settings(max_training=1))
    pipeline: Pipeline = app.state.pipeline
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://tidegraph.test") as client:
        with pipeline.training:
            answer = await client.post("/api/v1/train", json=RUN)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
            assert (await client.post("/api/v1/gradients", json={"program": "J = 1.0 * 2"})).status_code == 200
        assert (await client.post("/api/v1/train", json=RUN)).status_code == 200
        assert pipeline.training.count == 0


SEVERAL = {
    "one example": "x: input[2]\ny: target[3]\nW: parameter[3, 2]\no = W @ x\nJ = squared_error(o, y)",
    "rows": "n = 4\nX: input[n, 2]\nY: target[n, 3]\nW: parameter[2, 3]\nO = X @ W\nJ = mse_loss(O, Y)",
    "columns": "n = 4\nX: input[2, n]\nY: target[3, n]\nW: parameter[3, 2]\nO = W @ X\nJ = squared_error(O, Y) / n",
}


@pytest.mark.parametrize("program", SEVERAL.values(), ids=list(SEVERAL))
@pytest.mark.parametrize("column", [None, "u, v, w", ["u", "v", "w"]], ids=str)
async def test_several_target_columns_are_learnt(client: httpx.AsyncClient, program: str, column: Any) -> None:
    random = np.random.default_rng(0)
    rows = random.normal(size=(40, 2))
    table = np.hstack([rows, rows @ [[1, -2, 0.5], [0.5, 1, -1]]])
    text = "a,b,u,v,w\n" + "\n".join(",".join(f"{cell:.6f}" for cell in row) for row in table)
    request = {"data": {"csv": text, "target_column": column}, "steps": 300, "program": program}
    events = await stream(client, **request, optimizer={"name": "adam", "settings": {"learning_rate": 0.05}})
    assert [data["loss"] for name, data in events if name == "step"][-1] < 1e-3


HERE = Path(__file__).parent
BATCH = """
n = 6
X: input[n, 2]
y: target[n]
W1: parameter[2, 4]
b1: parameter[4]
w2: parameter[4]
h = tanh(X @ W1 + b1)
p = sigmoid(h @ w2)
J = -mean(y * log(p) + (1 - y) * log(1 - p))
"""
CLASSES = """
x: input[2]
y: target
W: parameter[3, 2]
b: parameter[3]
o = W @ x + b
J = cross_entropy(o, y)
"""
SETTINGS: dict[str, dict[str, float]] = {"adamw": {"weight_decay": 0.1}, "rmsprop": {"decay": 0.9}}
RATES: dict[str, dict[str, float]] = {
    "step": {"every": 5, "decay": 0.5},
    "exponential": {"decay": 0.97},
    "cosine": {"steps": 12, "floor": 0.1},
    "warmup": {"steps": 7},
}
PAGE_RUNS: dict[str, list[dict[str, Any]]] = {
    **{
        f"{name} {wd}": [
            {
                "optimizer": {
                    "name": name,
                    "settings": {"learning_rate": 0.05, "weight_decay": wd, **SETTINGS.get(name, {})},
                }
            }
        ]
        for name in tidegraph.optim.RULES
        for wd in (0.0, 0.01)
    },
    **{f"schedule {name}": [{"schedule": {"name": name, "settings": settings}}] for name, settings in RATES.items()},
    "clipped": [{"clip_norm": 0.01}, {"clip_value": 0.002}, {"clip_norm": 0.05, "clip_value": 0.01}],
    "goes on": [{"optimizer": {"name": "adam"}}, {"optimizer": {"name": "adam"}}, {"optimizer": {"name": "momentum"}}],
    "moons": [{"program": BATCH, "data": {"name": "moons", "count": 45}, "surface": 7, "histogram_every": 4}],
    "one example": [
        {
            "program": CLASSES,
            "data": {"name": "blobs", "count": 30, "classes": 3},
            "batch_size": 4,
            "surface": 5,
            "seed": 3,
        }
    ],
    "own values": [{"program": BATCH, "data": {"name": "own"}}],
    "layers": [{"program": STACK, "data": {"csv": "\n".join(f"{k / 9},{1 - k / 9},{k / 20}" for k in range(12))}}],
    "diverges": [{"optimizer": {"name": "sgd", "settings": {"learning_rate": 1e200}}}],
}


def alike(ours: Any, theirs: Any, at: str) -> list[str]:
    """Where two events differ by more than the rounding of a few dozen steps."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        if ours.keys() != theirs.keys():
            return [f"{at}: {sorted(ours)} and {sorted(theirs)}"]
        return [line for name in ours for line in alike(ours[name], theirs[name], f"{at}.{name}")]
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        return [line for k, pair in enumerate(zip(ours, theirs, strict=True)) for line in alike(*pair, f"{at}[{k}]")]
    if isinstance(ours, (int, float)) and isinstance(theirs, (int, float)):
        return [] if ours == pytest.approx(theirs, rel=1e-9, abs=1e-12) else [f"{at}: {ours} and {theirs}"]
    return [] if ours == theirs else [f"{at}: {ours} and {theirs}"]


def test_a_page_trains_with_the_same_updates(tmp_path: Path) -> None:
    settings = Settings()
    asked, expected = [], {}
    for name, parts in PAGE_RUNS.items():
        requests = [{**RUN, "values_every": 7, **more} for more in parts]
        made = page_plan(TrainRequest.model_validate(requests[0]), settings)
        assert made["run"], name
        asked.append({"plan": made, "requests": requests})
        told: list[tuple[str, Any]] = []
        state = None
        for request in requests:
            run = started(TrainRequest.model_validate({**request, "state": state}), settings)
            told += work(run, TrainRequest.model_validate(request), 60)
            state = told[-1][1]["state"]
        expected[name] = json.loads(dumps([event for event in told if event[0] != "pause"]))
    (tmp_path / "asked.json").write_text(dumps(asked))
    command = ["node", str(HERE / "train_in_page.mjs"), str(tmp_path / "asked.json"), str(tmp_path / "found.json")]
    subprocess.run(command, check=True, capture_output=True, text=True)
    for (name, told_events), answer in zip(
        expected.items(), json.loads((tmp_path / "found.json").read_text()), strict=True
    ):
        found = [event for event in answer["events"] if event[0] != "start"]
        if name == "diverges":
            (first,) = [data for kind, data in told_events if kind == "divergence"]
            assert first["phase"] == "forward"
            # The step that is not finite is left to the server, which says where that arose.
            assert answer["left"]["state"]["step"] + answer["left"]["steps"] == RUN["steps"]
            told_events = told_events[: len(found)]
        assert not alike(found, told_events, name)


@pytest.mark.parametrize(
    ("program", "count", "has"),
    [
        (LINE, 64, True),
        (LINE, 100_000, True),
        (LINE.replace("n = 8", "n = 90000"), 100_000, False),
        (LINE.replace("w * x", "w * x + sum(pinv(ones(2, 2)))"), 64, False),
    ],
)
def test_a_run_that_is_too_large_or_lacks_a_kernel_is_the_servers(program: str, count: int, has: bool) -> None:
    request = TrainRequest(program=program, data=DataRequest(name="line", count=count), validation=0)
    assert (page_plan(request, Settings())["run"] is not None) is has
