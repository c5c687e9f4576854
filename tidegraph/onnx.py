"""ONNX files as programs: `tidegraph.onnx.read(path_or_bytes, sizes=None)`."""

from tidegraph.engine.models.onnx import read

__all__ = ["read"]
