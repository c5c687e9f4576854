"""Results that can be mailed and checked: JSON signed with the teacher's key (HMAC with SHA-256, RFC 2104)."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

SIGNATURE = "signature"


def canonical(content: Mapping[str, Any]) -> bytes:
    """What is signed: the content without its signature, in one fixed spelling."""
    bare = {name: value for name, value in content.items() if name != SIGNATURE}
    return json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sign(content: Mapping[str, Any], key: bytes) -> dict[str, Any]:
    """The content with its signature."""
    return {**content, SIGNATURE: "hmac-sha256:" + hmac.new(key, canonical(content), sha256).hexdigest()}


def verified(content: Mapping[str, Any], key: bytes) -> bool:
    """Whether the content is as it was signed with this key."""
    given = str(content.get(SIGNATURE, ""))
    return hmac.compare_digest(given, sign(content, key)[SIGNATURE])
