"""What a notebook shows of an object of the engine. Renderers register themselves, so nothing here imports them."""

from __future__ import annotations

from functools import singledispatch


@singledispatch
def mimebundle(shown: object) -> dict[str, str]:
    """The MIME bundle of an object: that of the renderer registered for its type, else its text."""
    return {"text/plain": repr(shown)}
