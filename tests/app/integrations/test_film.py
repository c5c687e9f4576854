"""Films and pictures as PDF: what is needed is named, frames are put together; no browser runs here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tidegraph.app.integrations import film
from tidegraph.engine.graph import InputError


class Page:
    """A page with so many moments, whose screenshots are of one colour each."""

    def __init__(self, moments: int) -> None:
        self.moments, self.seen = moments, [0]

    def new_context(self, **options: Any) -> Page:
        return self

    def new_page(self) -> Page:
        return self

    def add_init_script(self, text: str) -> None: ...

    def goto(self, address: str) -> None:
        assert address.startswith("file:")

    def wait_for_function(self, text: str) -> Page:
        return self

    def json_value(self) -> int:
        return self.moments

    def evaluate(self, text: str, moment: int | None = None) -> None:
        if moment is not None:
            self.seen.append(moment)

    def screenshot(self) -> bytes:
        content = BytesIO()
        Image.new("RGB", film.SIZE, (40 * self.seen[-1], 0, 0)).save(content, "PNG")
        return content.getvalue()


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Page:
    made = Page(3)

    @contextmanager
    def browser(extra: str) -> Iterator[Page]:
        yield made

    monkeypatch.setattr(film, "browser", browser)
    return made


def test_a_gif_has_a_frame_for_each_moment_and_begins_again(page: Page) -> None:
    told: list[tuple[int, int]] = []
    content = film.film("<html>", "gif", progress=lambda done, of: told.append((done, of)))
    found = Image.open(BytesIO(content))
    assert (found.format, found.size, found.n_frames, found.info["loop"]) == ("GIF", film.SIZE, 4, 0)
    assert page.seen[1:] == [0, 1, 2, 3]
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    times = []
    for number in range(4):
        found.seek(number)
        times.append(found.info["duration"])
    assert times == [900, 900, 900, 2000]


def test_a_film_of_too_many_steps_is_refused(page: Page) -> None:
    page.moments = film.MOST_FRAMES + 1
    with pytest.raises(InputError) as caught:
        film.film("<html>", "gif")
    assert caught.value.code == "film-too-long"
    assert caught.value.parameters["count"] == 1001


def test_a_package_that_is_missing_is_named_with_its_extra() -> None:
    assert film.package("PIL.Image", "video") is Image
    with pytest.raises(InputError) as caught:
        film.package("nowhere.at.all", "video")
    assert caught.value.parameters == {"package": "nowhere", "extra": "video"}
    assert "video" in f"{caught.value} {caught.value.hint}"


def test_frames_have_even_sizes_for_every_encoder() -> None:
    assert all(side % 2 == 0 for side in film.SIZE)
    assert set(film.CODECS) == {"mp4", "webm"}
