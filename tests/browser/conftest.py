"""A real server, a real browser, and a page that tells on itself: any complaint in the console, and any request to
another host, fails the test that caused it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.visit import PATIENCE, Visit
from tidegraph.app.main import create_app
from tidegraph.app.settings import Settings

expect.set_options(timeout=PATIENCE)

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The service on a free port of this machine, for a visitor who is quicker than any person."""
    app = create_app(Settings(rate_limit="1000000/second"))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    ready = threading.Event()
    started = server.startup

    async def startup(*arguments: Any, **keywords: Any) -> None:
        await started(*arguments, **keywords)
        ready.set()

    server.startup = startup  # type: ignore[method-assign]
    thread = threading.Thread(target=server.run)
    thread.start()
    assert ready.wait(PATIENCE / 1000), "the server did not start"
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The installed Chrome or Chromium."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert path, "the browser tests need Chrome or Chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, server: str) -> Iterator[Visit]:
    visit = Visit(browser, server)
    yield visit
    for context in browser.contexts:
        context.close()
    assert visit.unforgiven == []
    assert visit.hosts <= {urlsplit(server).netloc}


@pytest.fixture(scope="session")
def ask(server: str) -> Iterator[Callable[..., Any]]:
    """Asks an endpoint, as a client beside the page; what it asks with is its body."""
    with httpx.Client(base_url=f"{server}api/v1/", timeout=PATIENCE / 1000) as client:

        def ask(path: str, **request: Any) -> Any:
            response = client.post(path, json=request) if request else client.get(path)
            response.raise_for_status()
            return response.json()

        yield ask


@pytest.fixture(scope="session")
def api(ask: Callable[..., Any]) -> Callable[..., dict[str, Any]]:
    """Asks for a trace."""

    def trace(program: str, **request: Any) -> dict[str, Any]:
        return ask("trace", program=program, **request)

    return trace


@pytest.fixture(scope="session")
def chapter(ask: Callable[..., Any]) -> dict[str, Any]:
    """The example of the chapter's network: its program and its figure."""
    return next(example for example in ask("examples") if example["name"] == "chapter")


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page of anyone's; whatever it complains about fails the test, a policy's violation too."""
    complaints: list[str] = []

    def open_page(address: str, *, scheme: Any = "light", size: tuple[int, int] = (1000, 700), **more: Any) -> Page:
        viewport: Any = {"width": size[0], "height": size[1]}
        context = browser.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce", **more)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        return page

    yield open_page
    for context in browser.contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A folder, and the address at which another origin serves it."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "favicon.ico").touch()

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments, directory=str(folder))

        def log_message(self, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield folder, f"http://localhost:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()
