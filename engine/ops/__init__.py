"""Every operator, one declaration each, a file a family. Importing this package fills the registry."""

from engine.graph import REGISTRY
from engine.ops import activations, arithmetic, arrange, indexing, linalg, losses, order, reductions, shape, windows
from engine.ops.declare import Composite, Op, Primitive

__all__ = [
    "REGISTRY",
    "Composite",
    "Op",
    "Primitive",
    "activations",
    "arithmetic",
    "arrange",
    "indexing",
    "linalg",
    "losses",
    "order",
    "reductions",
    "shape",
    "windows",
]
