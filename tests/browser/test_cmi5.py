"""A lesson launched by cmi5 against a small record store on loopback; its statements against the specification."""

from __future__ import annotations

import json
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jsonschema
import pytest
from playwright.sync_api import Page, expect

from tests.app.integrations.test_lessons import PROGRAM
from tests.browser.visit import eventually
from tidegraph.app.integrations import lessons

Open = Callable[..., Page]

LESSON = f"""# Two questions

```tide-question name="value"
{PROGRAM}
---
ask: value of J
```

```tide-question name="slope"
{PROGRAM}
---
ask: gradient of w
```
"""

UUID = {"type": "string", "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"}
IRI = {"type": "string", "pattern": "^[a-z][a-z0-9+.-]*:[^ ]+$"}
MAP = {"type": "object", "additionalProperties": {"type": "string"}}
EXTENSIONS = {"type": "object", "propertyNames": IRI}
ACTIVITY = {
    "type": "object",
    "required": ["id"],
    "additionalProperties": False,
    "properties": {
        "objectType": {"const": "Activity"},
        "id": IRI,
        "definition": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"type": IRI, "name": MAP, "interactionType": {"enum": ["fill-in"]}},
        },
    },
}
DURATION = {"type": "string", "pattern": r"^P(T(\d+(\.\d+)?)S)$"}
STATEMENT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "actor", "verb", "object", "context", "timestamp"],
    "properties": {
        "id": UUID,
        "actor": {
            "type": "object",
            "additionalProperties": False,
            "required": ["account"],
            "properties": {
                "objectType": {"const": "Agent"},
                "name": {"type": "string"},
                "account": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["homePage", "name"],
                    "properties": {"homePage": IRI, "name": {"type": "string"}},
                },
            },
        },
        "verb": {
            "type": "object",
            "additionalProperties": False,
            "required": ["id", "display"],
            "properties": {"id": IRI, "display": MAP},
        },
        "object": ACTIVITY,
        "result": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "score": {
                    "type": "object",
                    "required": ["scaled"],
                    "additionalProperties": False,
                    "properties": {"scaled": {"type": "number", "minimum": -1, "maximum": 1}},
                },
                "success": {"type": "boolean"},
                "completion": {"type": "boolean"},
                "response": {"type": "string"},
                "duration": DURATION,
                "extensions": EXTENSIONS,
            },
        },
        "context": {
            "type": "object",
            "additionalProperties": False,
            "required": ["registration", "contextActivities", "extensions"],
            "properties": {
                "registration": UUID,
                "extensions": {**EXTENSIONS, "required": ["https://w3id.org/xapi/cmi5/context/extensions/sessionid"]},
                "contextActivities": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["grouping"],
                    "properties": {
                        kind: {"type": "array", "items": ACTIVITY, "minItems": 1}
                        for kind in ("category", "grouping", "parent", "other")
                    },
                },
            },
        },
        "timestamp": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"},
    },
}
"""A statement as xAPI 1.0.3 and cmi5 describe it, as far as a lesson uses it."""

CMI5 = "https://w3id.org/xapi/cmi5/context/categories/cmi5"
MOVE_ON = "https://w3id.org/xapi/cmi5/context/categories/moveon"
MASTERY = "https://w3id.org/xapi/cmi5/context/extensions/masteryscore"
RULES: dict[str, tuple[set[str], set[str]]] = {
    "initialized": ({CMI5}, set()),
    "answered": (set(), {"response", "success", "extensions"}),
    "completed": ({CMI5, MOVE_ON}, {"completion", "duration"}),
    "passed": ({CMI5, MOVE_ON}, {"success", "score", "duration"}),
    "failed": ({CMI5, MOVE_ON}, {"success", "score", "duration"}),
    "terminated": ({CMI5}, {"duration"}),
}
"""Categories and members of the result by verb: sections 9.3 to 9.6 of the specification."""

ACTOR = {"objectType": "Agent", "account": {"homePage": "https://lms.example", "name": "ada"}}
ACTIVITY_ID = "https://lms.example/activities/17"
REGISTRATION = "6e3f0c2a-5b1d-4c8e-9f3a-2d7b8c9d0e1f"


@dataclass
class Store:
    """What a record store holds: launch data, states, and statements in the order in which they came."""

    launch: dict[str, Any]
    statements: list[dict[str, Any]] = field(default_factory=list)
    states: dict[str, Any] = field(default_factory=dict)
    preferences: int = 0
    tokens: int = 0

    @property
    def verbs(self) -> list[str]:
        return [one["verb"]["id"].rsplit("/", 1)[1] for one in self.statements]


class Handler(SimpleHTTPRequestHandler):
    """The lesson's files, and beside them the record store, which lets nobody in without the token."""

    def __init__(self, *arguments: Any, store: Store, **keywords: Any) -> None:
        self.store = store
        super().__init__(*arguments, **keywords)

    def answer(self, status: int, body: Any = None) -> None:
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def body(self) -> Any:
        return json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"null")

    def admitted(self) -> bool:
        return self.headers["Authorization"] == "Basic c2VjcmV0" and self.headers["X-Experience-API-Version"] == "1.0.3"

    def do_GET(self) -> None:
        path, asked = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        if not path.startswith("/xapi/"):
            super().do_GET()
        elif not self.admitted():
            self.answer(401)
        elif path == "/xapi/agents/profile":
            self.store.preferences += asked["profileId"] == ["cmi5LearnerPreferences"]
            self.answer(200, {})
        else:
            assert asked["activityId"] == [ACTIVITY_ID]
            assert asked["registration"] == [REGISTRATION]
            assert json.loads(asked["agent"][0]) == ACTOR
            known = {"LMS.LaunchData": self.store.launch, **self.store.states}
            self.answer(200, known.get(asked["stateId"][0], {}))

    def do_POST(self) -> None:
        given = self.body()
        if self.path == "/fetch":
            self.store.tokens += 1
            self.answer(200, {"auth-token": "c2VjcmV0"})
        elif self.path == "/xapi/statements" and self.admitted():
            self.store.statements += given if isinstance(given, list) else [given]
            self.answer(200, [])
        else:
            self.answer(401)

    def do_PUT(self) -> None:
        given = self.body()
        self.store.states[parse_qs(urlsplit(self.path).query)["stateId"][0]] = given
        self.answer(204)

    def log_message(self, *arguments: Any) -> None:
        pass


@pytest.fixture
def launch(tmp_path: Path, open_page: Open) -> Iterator[Callable[..., tuple[Page, Store, str]]]:
    """Launches the lesson as an LMS does; answers the page, the record store, and the address that launched it."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "01.md").write_text(LESSON)
    lessons.build(source, tmp_path / "site", ["cmi5"])
    (tmp_path / "site" / "favicon.ico").touch()
    (tmp_path / "site" / "lms.html").write_text(
        "<!doctype html><html lang=en><title>LMS</title><main>Welcome back</main>"
    )
    servers: list[ThreadingHTTPServer] = []

    def launch(mode: str = "Normal", states: dict[str, Any] | None = None) -> tuple[Page, Store, str]:
        session = {"https://w3id.org/xapi/cmi5/context/extensions/sessionid": str(uuid.uuid4())}
        grouping = [{"objectType": "Activity", "id": "urn:tidegraph:course:Two-questions:01"}]
        template = {"contextActivities": {"grouping": grouping}, "extensions": session}
        store = Store(
            {"launchMode": mode, "masteryScore": 0.75, "moveOn": "CompletedOrPassed", "contextTemplate": template}
        )
        store.states.update(states or {})
        handler = partial(Handler, store=store, directory=str(tmp_path / "site"))
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever).start()
        home = f"http://127.0.0.1:{server.server_port}"
        store.launch["returnURL"] = f"{home}/lms.html"
        parameters = {
            "endpoint": f"{home}/xapi/",
            "fetch": f"{home}/fetch",
            "actor": json.dumps(ACTOR),
            "registration": REGISTRATION,
            "activityId": ACTIVITY_ID,
        }
        address = f"{home}/01.html?{urlencode(parameters)}"
        page = open_page(address, size=(1000, 1400))
        expect(page.locator("[data-leave]")).to_be_visible()
        return page, store, address

    yield launch
    for server in servers:
        server.shutdown()
        server.server_close()


def answer(page: Page, question: str, given: str, correct: bool) -> None:
    asked = page.locator(f"tide-question[name={question}]")
    asked.locator(".fields input").fill(given)
    asked.locator(".check").click()
    asked.locator(f"form[data-correct={str(correct).lower()}]").wait_for()


def leave(page: Page, store: Store) -> None:
    page.locator("[data-leave]").click()
    expect(page.get_by_text("Welcome back")).to_be_visible()
    eventually(page, lambda: store.verbs[-1], "terminated")


def validate(store: Store) -> None:
    """Every statement, and the order of all of them, against the specification."""
    template = store.launch["contextTemplate"]
    assert store.verbs[0] == "initialized"
    assert store.verbs[-1] == "terminated"
    assert all(store.verbs.count(verb) <= 1 for verb in store.verbs if verb != "answered")
    assert len({one["id"] for one in store.statements}) == len(store.statements)
    for one, verb in zip(store.statements, store.verbs, strict=True):
        jsonschema.validate(one, STATEMENT)
        categories, result = RULES[verb]
        activities = one["context"]["contextActivities"]
        assert one["actor"] == ACTOR
        assert one["verb"]["id"] == f"http://adlnet.gov/expapi/verbs/{verb}"
        assert {category["id"] for category in activities.get("category", [])} == categories
        assert set(one.get("result", {})) == result
        assert one["context"]["registration"] == REGISTRATION
        assert activities["grouping"] == template["contextActivities"]["grouping"]
        assert template["extensions"].items() <= one["context"]["extensions"].items()
        assert one["context"]["extensions"].get(MASTERY) == (0.75 if verb in ("passed", "failed") else None)
        if verb == "answered":
            assert one["object"]["id"].startswith(f"{ACTIVITY_ID}#")
            assert one["object"]["definition"]["interactionType"] == "fill-in"
        else:
            assert one["object"] == {"objectType": "Activity", "id": ACTIVITY_ID}
    times = [one["timestamp"] for one in store.statements]
    assert times == sorted(times)


def test_a_lesson_that_is_passed(launch: Callable[..., tuple[Page, Store, str]]) -> None:
    page, store, _ = launch()
    assert page.locator("tide-question").first.get_attribute("learner") == "ada"
    answer(page, "value", "36", True)
    answer(page, "slope", "-24", False)
    answer(page, "slope", "24", True)
    eventually(page, lambda: store.verbs.count("passed"), 1)
    leave(page, store)
    assert store.verbs == ["initialized", "answered", "answered", "completed", "answered", "passed", "terminated"]
    validate(store)
    assert (store.tokens, store.preferences) == (1, 1)
    wrong = store.statements[2]["result"]
    assert wrong["success"] is False
    extensions = {re.sub(".*:", "", name): value for name, value in wrong["extensions"].items()}
    assert extensions == {"attempts": 1, "hints": 0, "misconception": "sign-flipped"}
    assert store.statements[5]["result"]["score"] == {"scaled": 1}
    assert store.states["tidegraph"] == {"completed": True, "passed": True}
    held = {"value": ["36", True, 1], "slope": ["24", True, 2]}
    eventually(page, lambda: {n: list(one.values()) for n, one in store.states["answers"].items()}, held)


def test_a_lesson_that_is_left_without_mastery_is_failed(launch: Callable[..., tuple[Page, Store, str]]) -> None:
    page, store, _ = launch()
    answer(page, "value", "36", True)
    answer(page, "slope", "1", False)
    eventually(page, lambda: store.verbs.count("completed"), 1)
    leave(page, store)
    assert store.verbs == ["initialized", "answered", "answered", "completed", "failed", "terminated"]
    validate(store)
    assert store.statements[4]["result"]["score"] == {"scaled": 0.5}


@pytest.mark.parametrize(
    ("mode", "states", "verbs"),
    [
        ("Review", {}, ["initialized", "terminated"]),
        (
            "Normal",
            {
                "tidegraph": {"completed": True, "passed": True},
                "answers": {"value": {"response": "6", "correct": False, "attempts": 1}},
            },
            ["initialized", "answered", "answered", "terminated"],
        ),
    ],
)
def test_a_review_is_not_graded_and_nothing_is_told_twice(
    launch: Callable[..., tuple[Page, Store, str]], mode: str, states: dict[str, Any], verbs: list[str]
) -> None:
    page, store, _ = launch(mode, states)
    answer(page, "value", "36", True)
    answer(page, "slope", "24", True)
    leave(page, store)
    assert store.verbs == verbs
    validate(store)
