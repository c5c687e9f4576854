"""The `tidegraph` command."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

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
    uvicorn.run(create_app(settings), host=options.host, port=options.port, server_header=False)


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
