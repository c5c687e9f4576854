"""Keras 3 files as programs: `tidegraph.keras.read(path_or_bytes, sizes=None)`."""

from tidegraph.engine.models.keras import read

__all__ = ["read"]
