"""A published key tells right from wrong responses as the page does, and does not hold the answer."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import Any

import pytest

from tidegraph.engine.language.parser import parse
from tidegraph.engine.teaching.exercise import Exercise, Posed
from tidegraph.engine.teaching.key import ciphered, derived, key, place, plain

PROGRAM = "x: input[2] = [2, -1]\nW: parameter[2, 2] = [[1, 2], [3, 4]]\nz = W @ x\nJ = sum(relu(z))"
SALT = b"0123456789abcdef"


def posed(text: str) -> Posed:
    return Exercise(parse(PROGRAM), text).at()


def said(case: dict[str, Any], texts: list[str], salt: bytes = SALT) -> dict[str, Any] | None:
    """What a key says about one response: its parts as texts that are hashed, compared and deciphered."""
    parts = [derived(text, salt) for text in texts]
    known = [set(part) for part in case["hashes"]]
    if len(parts) != len(known) or any(
        b64encode(one[:16]).decode() not in hashes for one, hashes in zip(parts, known, strict=True)
    ):
        return None
    cipher = b64decode(case["said"][0])
    secret = b"".join(one[16:] for one in parts)
    stretched = ciphered("x" * len(cipher), secret)  # JSON puts quotes around, so the stream is long enough
    plain_text = f'"{"x" * len(cipher)}"'.encode()
    stream = bytes(a ^ b for a, b in zip(stretched, plain_text, strict=True))
    found: dict[str, Any] = json.loads(bytes(a ^ b for a, b in zip(cipher, stream, strict=False)))
    return found


def response(case: dict[str, Any], numbers: list[float]) -> list[str]:
    return [
        f"{n}|{step}|{place(v, float(step))}" for n, (v, step) in enumerate(zip(numbers, case["steps"], strict=True))
    ]


def test_the_right_numbers_decipher_that_they_are_right() -> None:
    made = key(posed("ask: value of z\nexplain: rows times x"), SALT)
    right = made["cases"][0]
    assert right["shape"] == [2]
    found = said(right, response(right, [0, 2]))
    assert found is not None
    assert (found["correct"], found["messages"][-1]) == (True, {"text": "rows times x"})
    assert said(right, response(right, [0, 3])) is None
    assert said(right, response(right, [0, 2]), b"another salt....") is None


def test_a_typical_mistake_deciphers_its_name() -> None:
    one = posed("ask: value of z[1]")
    made = key(one, SALT)
    codes = []
    for wrong, case in zip(one.wrongs, made["cases"][1:], strict=True):
        found = said(case, response(case, [float(wrong.answer)]))
        assert found is not None
        assert not found["correct"]
        codes.append(found["misconception"])
    assert codes == [wrong.code for wrong in one.wrongs]
    assert "another-entry" in codes


def test_the_key_does_not_hold_the_answer() -> None:
    text = json.dumps(key(posed("ask: shape of gradient W"), SALT))
    assert "2,2" not in text
    assert "shape-transposed" not in text
    assert len(key(posed("ask: gradient of W"), SALT)["cases"]) <= 17


@pytest.mark.parametrize(
    ("ask", "answer"), [("shape of W", "2,2"), ("sign of gradient x[0]", "+"), ("paths from W", "1")]
)
def test_answers_that_are_no_arrays_are_hashed_as_text(ask: str, answer: str) -> None:
    one = posed(f"ask: {ask}")
    assert plain(one.answer) == answer
    found = said(key(one, SALT)["cases"][0], [answer])
    assert found is not None
    assert found["correct"]
