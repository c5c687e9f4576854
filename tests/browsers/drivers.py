"""Two browsers besides Chromium, driven by their own protocols: Firefox by WebDriver BiDi, WebKit by WebDriver.

Both do what the flows need and no more: open an address, evaluate an expression in the page, and press keys.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from glob import glob
from typing import Any, Protocol

import httpx
from websockets.sync.client import ClientConnection, connect

PATIENCE = 120
"""Seconds that a browser may take to start, and a page to become what it is to be."""


class Driver(Protocol):
    """A browser with one page."""

    def goto(self, address: str) -> None:
        """Open an address, and wait until it is loaded."""

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page, which may be a promise."""

    def type(self, text: str, control: bool = False) -> None:
        """Press the keys of a text, one after the other; with the control key held down, if wanted."""


CONTROL, ENTER = "\ue009", "\ue007"
"""Keys without a letter, as WebDriver writes them."""


def key_actions(text: str, control: bool) -> list[dict[str, Any]]:
    """The actions of WebDriver, and of BiDi, that press the keys of a text."""
    keys = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
    if control:
        keys = [{"type": "keyDown", "value": CONTROL}, *keys, {"type": "keyUp", "value": CONTROL}]
    return [{"type": "key", "id": "keyboard", "actions": keys}]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Firefox:
    """Firefox over WebDriver BiDi."""

    def __init__(self, socket_: ClientConnection) -> None:
        self.socket = socket_
        self.count = 0
        self.send("session.new", capabilities={})
        self.context = self.send("browsingContext.getTree")["contexts"][0]["context"]

    def send(self, method: str, **parameters: Any) -> Any:
        """The result of a command."""
        self.count += 1
        self.socket.send(json.dumps({"id": self.count, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv(timeout=PATIENCE))
            if answer.get("id") == self.count:
                assert answer["type"] == "success", answer
                return answer["result"]

    def goto(self, address: str) -> None:
        self.send("browsingContext.navigate", context=self.context, url=address, wait="complete")

    def evaluate(self, expression: str) -> Any:
        wrapped = f"(async () => JSON.stringify(await ({expression})) ?? 'null')()"
        found = self.send("script.evaluate", expression=wrapped, target={"context": self.context}, awaitPromise=True)
        assert found["type"] == "success", found
        return json.loads(found["result"]["value"])

    def type(self, text: str, control: bool = False) -> None:
        self.send("input.performActions", context=self.context, actions=key_actions(text, control))


class WebKit:
    """WebKit over WebDriver."""

    def __init__(self, client: httpx.Client, browser: str) -> None:
        self.client = client
        options = {"binary": browser, "args": ["--automation"]}
        self.session = ""
        self.session = self.post("session", capabilities={"alwaysMatch": {"webkitgtk:browserOptions": options}})[
            "sessionId"
        ]

    def post(self, command: str, **parameters: Any) -> Any:
        """The value that a command answers."""
        place = f"/session/{self.session}/{command}" if self.session else f"/{command}"
        answer = self.client.post(place, json=parameters).json()
        value = answer["value"]
        assert not (isinstance(value, dict) and "error" in value), value
        return value

    def goto(self, address: str) -> None:
        self.post("url", url=address)

    def evaluate(self, expression: str) -> Any:
        script = (
            "const done = arguments[arguments.length - 1];"
            f"(async () => JSON.stringify(await ({expression})) ?? 'null')()"
            ".then(done, (error) => done(JSON.stringify({ failed: String(error) })));"
        )
        return json.loads(self.post("execute/async", script=script, args=[]))

    def type(self, text: str, control: bool = False) -> None:
        self.post("actions", actions=key_actions(text, control))


@contextlib.contextmanager
def running(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A program as long as it is needed; with a display of its own where there is none."""
    if "DISPLAY" not in os.environ and shutil.which("xvfb-run"):
        command = ["xvfb-run", "-a", *command]
    program = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        yield program
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(program.pid, 15)
        program.wait(PATIENCE)


def reached(port: int) -> None:
    """Wait until something listens on a port."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.2)
    raise TimeoutError(f"nothing listens on port {port}")


@contextlib.contextmanager
def firefox() -> Iterator[Firefox]:
    """Debian's Firefox, without a window."""
    binary = shutil.which("firefox-esr") or shutil.which("firefox")
    assert binary, "Firefox is missing; on Debian: apt-get install firefox-esr"
    port = free_port()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [binary, "--headless", "--no-remote", "--profile", profile, f"--remote-debugging-port={port}"]
        with running([*command, "about:blank"]):
            reached(port)
            with connect(f"ws://127.0.0.1:{port}/session", open_timeout=PATIENCE, max_size=None) as socket_:
                yield Firefox(socket_)


@contextlib.contextmanager
def webkit() -> Iterator[WebKit]:
    """Debian's WebKitGTK with the small browser that comes with it."""
    binary = shutil.which("WebKitWebDriver")
    browsers = sorted(glob("/usr/lib/*/webkit2gtk-4.*/MiniBrowser"))
    assert binary and browsers, "WebKit is missing; on Debian: apt-get install webkit2gtk-driver"  # noqa: PT018
    port = free_port()
    with (
        running([binary, f"--port={port}"]),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client,
    ):
        reached(port)
        driver = WebKit(client, browsers[-1])
        yield driver
        with contextlib.suppress(httpx.HTTPError):
            client.delete(f"/session/{driver.session}")
