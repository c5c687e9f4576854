"""How PyTorch's functions name operators and lists of arrays."""

from __future__ import annotations

from typing import Any

from tidegraph.engine.graph import REGISTRY, Variable

Arrays = list[Variable]


def op(name: str) -> Any:
    """An operator of the registry."""
    return REGISTRY[name]
