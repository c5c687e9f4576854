"""The `tidegraph` command."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

import uvicorn
from pydantic import ValidationError

from app import __version__
from app.main import create_app
from app.settings import Settings


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve the page and the API until interrupted; the address is printed."""
    try:
        settings = Settings()
    except ValidationError as error:
        raise SystemExit(f"tidegraph: the environment is not as it should be: {error}") from None
    options = parser(settings).parse_args(arguments)
    uvicorn.run(
        "app.main:create_app" if settings.workers > 1 else create_app(settings),
        factory=settings.workers > 1,
        host=options.host,
        port=options.port,
        workers=settings.workers,
        server_header=False,
        access_log=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.forwarded_allow_ips,
        timeout_graceful_shutdown=settings.graceful_seconds,
        log_config=log_config(settings.log_json),
    )


def log_config(as_json: bool) -> dict[str, Any]:
    """Logging for uvicorn and the service: one line a request, as text or as JSON."""
    plain = {"format": "%(asctime)s %(levelname)-7s %(message)s"}
    style: dict[str, Any] = {"()": "app.observing.JsonFormatter"} if as_json else plain
    handler = {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}
    loggers = {name: {"handlers": ["out"], "level": "INFO", "propagate": False} for name in ("uvicorn", "tidegraph")}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": style},
        "handlers": {"out": handler},
        "loggers": loggers,
    }


def parser(settings: Settings) -> argparse.ArgumentParser:
    """The command line's grammar, with `settings` as its defaults."""
    root = argparse.ArgumentParser(prog="tidegraph", description="A computational graph at work, in the browser.")
    root.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = root.add_subparsers(title="commands", metavar="COMMAND", required=True)
    serve = commands.add_parser("serve", help="serve the page and the API")
    serve.add_argument("--host", default=settings.host, help="address to listen on (HOST, %(default)s)")
    serve.add_argument(
        "--port", type=int, default=settings.port, help="port to listen on, 0 for a free one (PORT, %(default)s)"
    )
    return root
