"""A run as a file that needs no server: a page that plays it, or its trace, its equations, its picture."""

from __future__ import annotations

import ast
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from functools import cache, lru_cache
from hashlib import sha256
from html import escape
from typing import Any

from fastapi import Response

from tidegraph.app import examples
from tidegraph.app.api import runs
from tidegraph.app.api.arrays import encode
from tidegraph.app.api.schemas.export import ExportRequest
from tidegraph.app.api.schemas.runs import Example, TraceRequest
from tidegraph.app.http import codec as json
from tidegraph.app.http.problems import Problem
from tidegraph.app.integrations import film
from tidegraph.app.integrations.derivation import derivation
from tidegraph.app.settings import Settings
from tidegraph.app.site.pages import STATIC
from tidegraph.engine.graph import TidegraphError
from tidegraph.engine.messages.catalogue import SPOKEN
from tidegraph.engine.notation.numbers import DIGITS
from tidegraph.engine.trace import svg as picture
from tidegraph.engine.trace.tikz import tikz
from tidegraph.engine.trace.tracer import Trace

MEDIA_TYPES: dict[str, str] = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "tex": "text/x-tex; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "tikz": "text/x-tex; charset=utf-8",
}

FILMS = ("gif", "mp4", "webm")
"""Formats that show the run step by step, without a script."""

PAGE = """\
<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Tidegraph">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
{layout}<script type="module">{script}</script>
</body>
</html>
"""

LETTERS = re.compile(r"KaTeX_(Main;.*font-style:normal|Math;.*font-weight:400)")

Places = dict[str, tuple[float, float]]
"""Columns and rows of nodes, counted from 1, the rows from the bottom."""

MOST_DRAWN = 400
"""Nodes above which a graph is laid out in the page."""

STYLE = """\
:root { color-scheme: light dark }
body { margin: 0; font-family: system-ui, sans-serif; color: CanvasText; background: Canvas }
main { margin: 0 auto; max-width: 1100px; padding: 0 16px }
tide-graph { --tide-height: 100dvh; --tide-border: 0; --tide-radius: 0 }
tide-graph > svg { display: block; max-width: 100%; max-height: 100dvh; margin: auto }
"""


def export(request: ExportRequest, settings: Settings) -> Response:
    """The answer of `/api/v1/export`."""
    show = picture.Show(tuple(request.open), request.moment, request.picture_digits)
    content = write(
        request, settings, request.format, request.title, request.theme, show, request.wrt, moves=request.moves
    )
    return Response(content, media_type=MEDIA_TYPES[request.format])


def write(
    request: TraceRequest,
    settings: Settings,
    format: str,
    title: str = "Tidegraph",
    theme: str | None = None,
    show: picture.Show = picture.PLAIN,
    wrt: str | None = None,
    width: int | None = None,
    progress: film.Progress | None = None,
    moves: Mapping[str, tuple[float, float]] | None = None,
) -> str | bytes:
    """The run of `request` as a file of `format`, in the language that is spoken.

    `show` says which scopes are open and at which moment; `wrt` limits a derivation to the paths from one variable to
    the target; `width` is that of a PNG in pixels; `moves` says how far the marks of a page were moved by hand.
    """
    show = replace(show, moves=moves)
    if format in ("svg", "png", "tikz", "pdf"):
        places, recorded = known_places(request.program), runs.record(request, settings)
        colours = theme or "light"
        if format == "tikz":
            return tikz(recorded, places, colours, show=show)
        drawn = picture.svg(recorded, places, colours, title=title, style=letters(), show=show)
        return rasterised(drawn, width) if format == "png" else film.pdf(drawn) if format == "pdf" else drawn
    if format in ("html", *FILMS):
        request = request.model_copy(update={"arrays": "lists"})
    run = runs.record(request, settings)
    if format in ("html", *FILMS):
        picture.told(run, show)  # an unknown scope or a moment beyond the end is an error here
        picture.known(run, show)
        recorded_run = recording(run, request, settings)
        if show.open:
            recorded_run["open"] = [scope["id"] for scope in run.scopes] if "all" in show.open else list(show.open)
        if show.moment is not None and format == "html":
            recorded_run["moment"] = show.moment
        if theme is not None:
            recorded_run["theme"] = theme
        if moves:
            recorded_run["moves"] = {name: list(by) for name, by in moves.items()}
        digits = None if request.digits == DIGITS else request.digits
        text = page(recorded_run, title, still(run, title, known_places(request.program), show), digits)
        return text if format == "html" else film.film(text, format, theme or "light", SPOKEN.get(), progress)
    trace = run.to_dict(runs.writer(request, settings))
    if format == "json":
        return json.dumps(trace)
    return derivation(trace, title, wrt)


def recording(run: Trace, request: TraceRequest, settings: Settings) -> dict[str, Any]:
    """What a page needs to play a run, and to compute others where its own kernels can.

    Its trace, the structure with the first values of all declared variables, and the drawing: where an example's
    hand-made figure or the engine puts each node.
    """
    places, ways = drawing(run, known_places(request.program))
    return {
        "program": request.program,
        "values": {name: encode(array) for name, array in request.values.items()},
        "sizes": request.sizes,
        "seed": request.seed,
        "target": request.target,
        "trace": run.to_dict(runs.writer(request, settings)),
        **live(run, settings),
        "layout": places,
        **({"ways": ways} if ways else {}),
    }


MOST_CALLS, MOST_FLOPS = 3000, 30_000_000
"""Calls and floating-point operations of a run that a page computes by itself: what it does within a frame or two."""


def live(run: Trace, settings: Settings) -> dict[str, Any]:
    """What a page computes other runs with: structure and first values; nothing where it has to ask for them."""
    if run.run is None:
        return {}
    structure = run.run.structure
    plan = structure.plan
    if structure.portable["missing"] or len(plan.operators) > MOST_CALLS or plan.flops > MOST_FLOPS:
        return {}
    if plan.largest_elements > settings.array_limit:
        return {}
    first = {name: encode(run.values[name]) for name in plan.leaves}
    return {"structure": structure.to_dict(), "first": first}


def drawing(run: Trace, places: Places | None) -> tuple[Places | None, dict[str, Any]]:
    """Where nodes stand and what their arrows pass, so that page, picture and notebook draw the same.

    A graph of very many nodes is laid out in the page.
    """
    if places is not None:
        return places, {}
    if len(run.nodes) > MOST_DRAWN:
        return None, {}
    found, ways = picture.grid(run)
    return dict(found), {f"{source}→{target}": way for (source, target), way in ways.items()}


def still(run: Trace, title: str, places: Places | None, show: picture.Show = picture.PLAIN) -> str:
    """The picture in the place of a player until its script runs, or for ever; empty for too large a graph."""
    try:
        drawn = picture.svg(run, places, title=title, show=show)
    except TidegraphError:
        return ""
    # Names of nodes are unique in one picture, and a page may hold several.
    return re.sub(r' id="[^"]*"', "", drawn).strip()


def known_places(program: str | None) -> Places | None:
    """Where the hand-made figure of an example puts each node; None for any other program."""
    known = known_example(program) if program else None
    return dict(known.layout) if known and known.layout else None


def known_example(program: str) -> Example | None:
    """The example that says the same as `program`."""
    text = meaning(program)
    return next((example for example in examples.load().values() if meaning(example.program) == text), None)


@lru_cache(maxsize=128)
def meaning(program: str) -> str:
    """What a program says, whatever its comments and spaces are."""
    try:
        return ast.dump(ast.parse(program))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return program


@cache
def letters() -> str:
    """The faces that a picture's mathematics is set in, as a style sheet that holds them."""
    faces = re.findall(r"@font-face\{[^}]*\}", (STATIC / "recorded-fonts.css").read_text(encoding="utf-8"))
    return "".join(face for face in faces if LETTERS.search(face))


def rasterised(drawn: str, width: int | None = None) -> bytes:
    """A picture as a PNG of a width in pixels; without one, two pixels for each of the picture's.

    Raises a Problem where the package that draws it is not installed.
    """
    try:
        import resvg_py
    except ImportError:
        raise Problem(422, "no-png") from None
    fonts = [str(file) for file in (STATIC / "ttf").glob("*.ttf")]
    png: bytes = resvg_py.svg_to_bytes(
        svg_string=drawn,
        font_files=fonts,
        sans_serif_family="KaTeX_SansSerif",
        width=width,
        zoom=2 if width is None else None,
    )
    return png


def page(recorded: dict[str, Any], title: str, picture: str = "", digits: int | None = None) -> str:
    """One file that plays what was recorded: trace, player, styles and fonts, from disk and offline.

    Its policy names the hashes of its one script and its one style sheet, so that it runs nothing else, loads
    nothing and sends nothing.
    """
    language = "zh-Hans" if SPOKEN.get() == "zh" else SPOKEN.get()
    return page_of(element(recorded, picture, digits), title, recorded["layout"] is None, language=language)


def element(recorded: dict[str, Any], picture: str = "", digits: int | None = None) -> str:
    """The element that plays what was recorded."""
    attributes = ("" if "structure" in recorded else " readonly") + (f' digits="{digits}"' if digits else "")
    payload = f'<script type="application/json">{inline_json(recorded)}</script>'
    return f"<tide-graph{attributes}>{picture}{payload}</tide-graph>"


def page_of(body: str, title: str, laid_out: bool = False, language: str = "en", faces: str = "") -> str:
    """One file with elements that play without a server.

    `laid_out` where a graph is laid out in the page; `faces` is a pattern of those of the mathematics' faces that come
    along (default: all).
    """
    fonts = re.findall(r"@font-face\{[^}]*\}", (STATIC / "recorded-fonts.css").read_text(encoding="utf-8"))
    style = "".join(face for face in fonts if re.search(faces, face)) + STYLE
    script = inline_script((STATIC / "recorded.js").read_text(encoding="utf-8"))
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src '{source_hash(script)}'",
            f"style-src '{source_hash(style)}'",
            "font-src data:",
            "worker-src blob:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    return PAGE.format(
        policy=policy,
        title=escape(title),
        style=style,
        body=body,
        language=language,
        layout=worker() if laid_out else "",
        script=script,
    )


def worker() -> str:
    """What lays graphs out in the page, as text in an element."""
    text = inline_script((STATIC / "layout-worker.js").read_text(encoding="utf-8"))
    return f'<script type="text/plain" id="tide-layout">{text}</script>\n'


def inline_json(content: Any) -> str:
    """`content` as JSON that cannot end the script element around it, nor begin a comment in it."""
    return json.dumps(content).replace("<", "\\u003c")


def inline_script(source: str) -> str:
    """JavaScript that cannot end the script element around it: where `</script` stands, it stands in a string."""
    source = re.sub(r"\n?//# sourceMappingURL=.*", "", source)
    return re.sub(r"<(/script|!--)", r"\\x3c\1", source, flags=re.IGNORECASE)


def source_hash(source: str) -> str:
    """What a Content-Security-Policy calls `source`."""
    return f"sha256-{b64encode(sha256(source.encode()).digest()).decode()}"
