"""The published key of a question: what a page without a server judges responses by, without holding the answer.

Every right and every typical wrong answer is there as a salted hash (PBKDF2 with SHA-256), and what is said about it
as text that only the answer itself deciphers. A number is hashed as its place on a grid finer than the tolerance; the
page hashes the places within the tolerance of a response. Whoever wants to can try numbers one by one, as on any page
that judges by itself: the key keeps an answer from being read, not from being searched for.
static/embed/key.js reads it.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from hashlib import pbkdf2_hmac, sha256
from typing import Any

import numpy as np

from tidegraph.engine.messages.catalogue import Message
from tidegraph.engine.teaching.answers import tolerance
from tidegraph.engine.teaching.exercise import Posed, Wrong

ROUNDS = 1000
"""Iterations of PBKDF2 for every place of the grid."""

FINE = 4
"""Places of the grid within the tolerance, to each side."""

MOST_WRONG = 16
"""Typical wrong answers that a key has."""


def key(posed: Posed, salt: bytes) -> dict[str, Any]:
    """The key of a question for one set of numbers, as JSON."""
    cases = [case(posed, posed.answer, right_text(posed), salt)]
    cases += [case(posed, w.answer, wrong_text(posed, w), salt) for w in posed.wrongs[:MOST_WRONG]]
    return {"salt": b64encode(salt).decode(), "rounds": ROUNDS, "fine": FINE, "cases": cases}


def right_text(posed: Posed) -> dict[str, Any]:
    """What is said about the right answer."""
    question = posed.question
    said = question.said("correct")
    texts: list[Any] = [{"text": said} if said else Message("answer-correct").to_dict()]
    if question.explain:
        texts.append({"text": question.explain})
    return {"correct": True, "misconception": None, "messages": texts, "place": []}


def wrong_text(posed: Posed, wrong: Wrong) -> dict[str, Any]:
    """What is said about a typical wrong answer."""
    own = posed.question.said(wrong.code)
    message = {"text": own} if own else wrong.message.to_dict()
    said = {"correct": False, "misconception": wrong.code, "messages": [message], "place": list(wrong.place)}
    return said | ({"own": True} if own else {})


def case(posed: Posed, answer: Any, said: Mapping[str, Any], salt: bytes) -> dict[str, Any]:
    """One answer: the hashes of its parts and what is said, enciphered by them."""
    if isinstance(answer, frozenset):
        parts = [[derived(part, salt) for part in sorted(answer)]]
        shape: list[int] | None = None
        steps: list[str] = []
    elif isinstance(answer, (np.ndarray, np.generic, float)):
        array = np.asarray(answer, float)
        shape = list(array.shape)
        steps = [f"{tolerance(posed.question, float(v)) / FINE:.6g}" for v in array.ravel()]
        parts = [
            [derived(f"{n}|{step}|{place(float(v), float(step))}", salt)]
            for n, (v, step) in enumerate(zip(array.ravel(), steps, strict=True))
        ]
    else:
        shape, steps = None, []
        parts = [[derived(plain(answer), salt)]]
    found: dict[str, Any] = {"hashes": [[b64encode(one[:16]).decode() for one in part] for part in parts]}
    if shape is not None:
        found |= {"shape": shape, "steps": steps}
    secrets = [b"".join(one[16:] for one in chosen) for chosen in choices_of(parts)]
    found["said"] = [b64encode(ciphered(said, secret)).decode() for secret in secrets]
    return found


def choices_of(parts: Sequence[Sequence[bytes]]) -> Iterator[list[bytes]]:
    """The ways to give an answer: one for arrays and texts, one for each right choice of a formula."""
    if len(parts) == 1:
        yield from ([one] for one in parts[0])
    else:
        yield [part[0] for part in parts]


def place(value: float, step: float) -> str:
    """The place of a number on the grid."""
    return str(round(value / step)) if np.isfinite(value) and step else str(value)


def plain(answer: Any) -> str:
    """An answer that is no array as text."""
    return ",".join(map(str, answer)) if isinstance(answer, tuple) else str(answer)


def derived(text: str, salt: bytes) -> bytes:
    """48 bytes of a text: 16 to be compared, 32 to decipher by."""
    return pbkdf2_hmac("sha256", text.encode(), salt, ROUNDS, 48)


def ciphered(said: Mapping[str, Any], secret: bytes) -> bytes:
    """A text combined with a stream of hashes of a secret; the same once more deciphers it."""
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    stream = b"".join(sha256(secret + n.to_bytes(4, "big")).digest() for n in range(len(text) // 32 + 1))
    return bytes(a ^ b for a, b in zip(text, stream, strict=False))
