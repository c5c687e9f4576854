"""Links are named by their content, bounded, and say when their database cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from tidegraph.app.store.links import Full, Links, Unavailable

CONTENT = {"program": "x: input\nJ = x", "values": {"x": 1.0}}


def test_equal_contents_have_one_id_whatever_their_order(tmp_path: Path) -> None:
    links = Links(f"sqlite:///{tmp_path}/links.db", 2)
    name, new = links.put(CONTENT)
    again = links.put(dict(reversed(CONTENT.items())))
    assert (new, again, len(name)) == (True, (name, False), 20)
    assert links.get(name) == CONTENT
    assert links.get("nothing") is None
    links.close()


def test_no_more_are_kept_than_are_allowed() -> None:
    links = Links("sqlite://", 1)
    name, _ = links.put(CONTENT)
    with pytest.raises(Full):
        links.put({"program": "another"})
    assert links.put(CONTENT) == (name, False)
    links.close()


def test_a_database_that_cannot_be_opened_is_said_to_be_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable):
        Links(f"sqlite:///{tmp_path}/file/links.db", 1).put(CONTENT)
