"""Files that a browser makes: a picture as PDF, and the run as a GIF or a video, a frame for each step."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tidegraph.engine.graph import InputError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking")

CODECS = {
    "mp4": ("libx264", {"crf": "20"}),
    "webm": ("libvpx-vp9", {"crf": "32", "b": "0", "deadline": "realtime", "cpu-used": "8"}),
}
"""The encoder of each kind of video, and its options."""

SIZE = (1120, 700)
"""Pixels of a frame; encoders want even numbers."""

RATE = 10
"""Frames in a second of video."""

MOST_FRAMES = 1000
"""Steps of a run that a film shows."""

SECONDS, LAST = 0.9, 2.0
"""How long each step stands, and the last one."""

Progress = Callable[[int, int], None]
"""Called with the number of frames that are drawn, and of all."""


def package(name: str, extra: str) -> Any:
    """An optional package, or an InputError with the command that installs it."""
    try:
        return import_module(name)
    except ImportError:
        raise InputError("needs-package", package=name.partition(".")[0], extra=extra) from None


@contextmanager
def browser(extra: str) -> Iterator[Any]:
    """An installed Chrome or Chromium, or Playwright's own; an InputError where there is none."""
    playwright = package("playwright.sync_api", extra)
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    with playwright.sync_playwright() as started:
        try:
            running = started.chromium.launch(executable_path=path, args=list(FLAGS))
        except playwright.Error:
            raise InputError("no-browser") from None
        try:
            yield running
        finally:
            running.close()


def pdf(svg: str) -> bytes:
    """A picture as a page of its own size, drawn in lines and with its fonts embedded."""
    with browser("pdf") as running:
        page = running.new_page()
        style = "@page { margin: 0 } body { margin: 0 } svg { display: block; break-inside: avoid }"
        page.set_content(f"<!doctype html><style>{style}</style>{svg}")
        page.evaluate("document.fonts.ready")
        width, height = page.evaluate(
            "['clientWidth', 'clientHeight'].map((side) => document.querySelector('svg')[side])"
        )
        # Fractions of a pixel would begin a second page.
        content: bytes = page.pdf(width=f"{width + 1}px", height=f"{height + 1}px", print_background=True)
    return content


def film(html: str, form: str, theme: str = "light", language: str = "en", progress: Progress | None = None) -> bytes:
    """The run in a page that `export.page` wrote, from its first moment to its last, as `gif`, `mp4` or `webm`."""
    pillow = package("PIL.Image", "video")
    video = None if form == "gif" else package("av", "video")
    shots = [pillow.open(BytesIO(shot)).convert("RGB") for shot in frames(html, theme, language, progress)]
    return animated(shots) if video is None else encoded(shots, form, video)


def frames(html: str, theme: str, language: str, progress: Progress | None) -> Iterator[bytes]:
    """A picture of each moment."""
    with TemporaryDirectory(prefix="tidegraph-") as folder, browser("video") as running:
        file = Path(folder) / "run.html"
        file.write_text(html, encoding="utf-8")
        size = {"width": SIZE[0], "height": SIZE[1]}
        context = running.new_context(
            viewport=size, reduced_motion="reduce", color_scheme=theme, locale=language, bypass_csp=True
        )
        page = context.new_page()
        page.add_init_script("addEventListener('ready', ({ detail }) => { window.moments = detail.moments; })")
        page.goto(file.as_uri())
        moments = page.wait_for_function("window.moments ?? false").json_value()
        if moments > MOST_FRAMES:
            raise InputError("film-too-long", count=moments, most=MOST_FRAMES)
        page.evaluate("document.fonts.ready")
        for moment in range(moments + 1):
            page.evaluate("(moment) => document.querySelector('tide-graph').seek(moment)", moment)
            page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            yield page.screenshot()
            if progress is not None:
                progress(moment + 1, moments + 1)


def animated(shots: list[Any]) -> bytes:
    """Frames as a GIF that begins again at its end."""
    content = BytesIO()
    times = [int(1000 * SECONDS)] * (len(shots) - 1) + [int(1000 * LAST)]
    first, *more = (shot.quantize(128) for shot in shots)
    first.save(content, "GIF", save_all=True, append_images=more, duration=times, loop=0, optimize=True)
    return content.getvalue()


def encoded(shots: list[Any], form: str, video: Any) -> bytes:
    """Frames as a video."""
    content = BytesIO()
    codec, options = CODECS[form]
    with video.open(content, "w", format=form) as container:
        stream = container.add_stream(codec, rate=RATE, options=options)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        for number, shot in enumerate(shots, 1):
            seconds = SECONDS if number < len(shots) else LAST
            picture = video.VideoFrame.from_image(shot)
            for _ in range(round(seconds * RATE)):
                picture.pts = None
                container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return content.getvalue()
