"""Results that can be mailed and checked: JSON signed with the teacher's key (HMAC with SHA-256, RFC 2104).

A page signs with a key that is derived from the teacher's for one assignment and, in a personal link, for one learner.
The teacher's key is in no link and cannot be computed from a derived one. static/embed/signing.js signs in the same
way.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

SIGNATURE = "signature"

PURPOSE = b"tidegraph-assignment-link"
"""What derived keys are for: a key derived for anything else is another."""


def canonical(content: Mapping[str, Any]) -> bytes:
    """What is signed: the content without its signature, in one fixed spelling."""
    bare = {name: value for name, value in content.items() if name != SIGNATURE}
    # A lone surrogate stays an escape, as JSON.stringify writes it.
    return json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(errors="backslashreplace")


def sign(content: Mapping[str, Any], key: bytes) -> dict[str, Any]:
    """The content with its signature."""
    return {**content, SIGNATURE: "hmac-sha256:" + hmac.new(key, canonical(content), sha256).hexdigest()}


def verified(content: Mapping[str, Any], key: bytes) -> bool:
    """Whether the content is as it was signed with this key."""
    given = str(content.get(SIGNATURE, "")).encode(errors="replace")
    return hmac.compare_digest(given, sign(content, key)[SIGNATURE].encode())


def link_key(key: bytes, assignment: str, learner: str = "") -> bytes:
    """The key in a link: 64 hexadecimal digits for an assignment's id and a learner; "" is a link for everyone."""
    parts = (PURPOSE, assignment.encode(), learner.encode(errors="backslashreplace"))
    return hmac.new(key, b"\0".join(parts), sha256).hexdigest().encode()


def signer(content: Mapping[str, Any], key: bytes, assignment: str) -> str:
    """What signed the content: "yes" for the teacher's key, "personal link", "shared link", or "" for none of them."""
    learner = str(content.get("learner", ""))
    keys = {
        "yes": key,
        "personal link": link_key(key, assignment, learner) if learner else b"",
        "shared link": link_key(key, assignment),
    }
    return next((name for name, one in keys.items() if one and verified(content, one)), "")
