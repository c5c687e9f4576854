"""Keras 3 files (`.keras`) to programs: the configuration and the weights, nothing that is code."""

from __future__ import annotations

from typing import Any

from tidegraph.engine.graph import InputError
from tidegraph.engine.models.model import Model


def read(content: bytes, sizes: Any = None) -> Model:
    """The model in a `.keras` file."""
    raise InputError("keras-not-read")
