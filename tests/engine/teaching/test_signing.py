"""A signature holds for one content, one key, one assignment and one learner."""

from __future__ import annotations

import hmac
from hashlib import sha256

import pytest

from tidegraph.engine.teaching.signing import canonical, link_key, sign, signer, verified

CONTENT = {"learner": "ada", "answers": {"1": [1.5, "NaN"]}, "assignment": "a1"}
KEY = b"secret"


def test_it_is_the_hmac_of_the_canonical_text() -> None:
    text = b'{"answers":{"1":[1.5,"NaN"]},"assignment":"a1","learner":"ada"}'
    assert canonical(CONTENT) == text
    assert sign(CONTENT, KEY)["signature"] == "hmac-sha256:" + hmac.new(KEY, text, sha256).hexdigest()


def test_the_order_of_the_fields_does_not_matter() -> None:
    assert verified(dict(reversed(sign(CONTENT, KEY).items())), KEY)


@pytest.mark.parametrize(
    "change",
    [{"learner": "eve"}, {"answers": {"1": [2.5]}}, {"more": 1}, {"signature": "hmac-sha256:"}, {"signature": 3}],
)
def test_a_changed_content_is_not_verified(change: dict[str, object]) -> None:
    assert not verified(sign(CONTENT, KEY) | change, KEY)


def test_who_signed() -> None:
    assert signer(sign(CONTENT, KEY), KEY, "a1") == "yes"
    assert signer(sign(CONTENT, link_key(KEY, "a1", "ada")), KEY, "a1") == "personal link"
    assert signer(sign(CONTENT, link_key(KEY, "a1")), KEY, "a1") == "shared link"
    for key in (link_key(KEY, "a1", "eve"), link_key(KEY, "a2", "ada"), link_key(b"other", "a1"), b""):
        assert signer(sign(CONTENT, key), KEY, "a1") == ""
    assert signer(CONTENT, KEY, "a1") == ""


def test_a_link_does_not_hold_the_teachers_key() -> None:
    assert KEY.hex().encode() not in link_key(KEY, "a1")
    assert len({link_key(KEY, "a1"), link_key(KEY, "a2"), link_key(KEY, "a1", "ada"), link_key(KEY, "a1", "eve")}) == 4
