"""First values of parameters: `nn.init`, with PyTorch's bounds and spreads."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from tidegraph.engine.graph import ShapeError
from tidegraph.engine.language.expressions import ExpressionEvaluator
from tidegraph.engine.language.layers.module import ONES, ZEROS, uniform
from tidegraph.engine.language.objects import Draw, Known

INITIALISERS: dict[str, Callable[..., Any]] = {}


def is_parameter(ev: ExpressionEvaluator, value: Any) -> bool:
    """Whether a variable is a parameter of a layer."""
    return any(parameter.made is value for parameter in ev.parameters)


def _initialiser(draw: Callable[..., Any]) -> Callable[..., Any]:
    """`nn.init.NAME(x, ...)`: another first value of a parameter that nothing has used yet, by its shape."""

    @wraps(draw)
    def apply(ev: ExpressionEvaluator, node: Any, tensor: Any, *numbers: Any, **named: Any) -> Any:
        value = ev.operand(tensor.made if isinstance(tensor, Known) else tensor, node)
        for parameter in ev.parameters:
            if parameter.made is value:
                parameter.initial, parameter.made = draw(parameter.shape, *numbers, **named), None
        return tensor

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    _, *rest = inspect.signature(draw).parameters.values()
    taken = [inspect.Parameter(name, kind, annotation="Any") for name in ("ev", "node", "tensor")]
    apply.__signature__ = inspect.Signature([*taken, *rest])  # type: ignore[attr-defined]
    INITIALISERS[draw.__name__] = apply
    return draw


def _fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """How many elements of a layer's input an output reads, and the reverse."""
    if len(shape) < 2:
        raise ShapeError("fan-of-vector", shape=shape)
    window = math.prod(shape[2:])
    return max(shape[1] * window, 1), max(shape[0] * window, 1)


def _he(shape: tuple[int, ...], a: float, mode: str, nonlinearity: str) -> float:
    """The standard deviation of He (2015) for a nonlinearity."""
    gains = {
        **dict.fromkeys(("linear", "conv1d", "conv2d", "conv3d", "sigmoid"), 1.0),
        "tanh": 5 / 3,
        "relu": math.sqrt(2),
        "leaky_relu": math.sqrt(2 / (1 + a**2)),
        "selu": 3 / 4,
    }
    fans = dict(zip(("fan_in", "fan_out"), _fans(shape), strict=True))
    for option, given, known in (("mode", mode, fans), ("nonlinearity", nonlinearity, gains)):
        if given not in known:
            raise ShapeError("option-not-known", option=option, given=str(given)[:40], known=list(known))
    return gains[nonlinearity] / math.sqrt(fans[mode])


def _glorot(shape: tuple[int, ...], gain: float) -> float:
    """The standard deviation of Glorot (2010)."""
    return float(gain) * math.sqrt(2 / sum(_fans(shape)))


@_initialiser
def constant_(shape: tuple[int, ...], val: float = 0.0) -> np.ndarray:
    """One number everywhere."""
    return np.full(shape, float(val))


@_initialiser
def eye_(shape: tuple[int, ...]) -> np.ndarray:
    """The identity matrix."""
    if len(shape) != 2:
        raise ShapeError("identity-of-matrix", shape=shape)
    return np.eye(*shape)


@_initialiser
def kaiming_normal_(
    shape: tuple[int, ...], a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Draw:
    """Normal draws of He (2015)."""
    return ("normal", (0.0, _he(shape, a, mode, nonlinearity)))


@_initialiser
def kaiming_uniform_(
    shape: tuple[int, ...], a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Draw:
    """Uniform draws with the spread of He (2015)."""
    return uniform(math.sqrt(3) * _he(shape, a, mode, nonlinearity))


@_initialiser
def normal_(shape: tuple[int, ...], mean: float = 0.0, std: float = 1.0, generator: Any = None) -> Draw:
    """Normal draws."""
    return ("normal", (float(mean), float(std)))


@_initialiser
def ones_(shape: tuple[int, ...]) -> Draw:
    """Ones."""
    return ONES


@_initialiser
def orthogonal_(shape: tuple[int, ...], gain: float = 1.0, generator: Any = None) -> Draw:
    """Orthonormal rows or columns (Saxe 2013)."""
    _fans(shape)
    return ("orthogonal", (float(gain),))


@_initialiser
def trunc_normal_(
    shape: tuple[int, ...], mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, generator: Any = None
) -> Draw:
    """Normal draws; the bounds, far out by default, are not applied."""
    return ("normal", (float(mean), float(std)))


@_initialiser
def uniform_(shape: tuple[int, ...], a: float = 0.0, b: float = 1.0, generator: Any = None) -> Draw:
    """Uniform draws."""
    return ("uniform", (float(a), float(b)))


@_initialiser
def xavier_normal_(shape: tuple[int, ...], gain: float = 1.0, generator: Any = None) -> Draw:
    """Normal draws of Glorot (2010)."""
    return ("normal", (0.0, _glorot(shape, gain)))


@_initialiser
def xavier_uniform_(shape: tuple[int, ...], gain: float = 1.0, generator: Any = None) -> Draw:
    """Uniform draws with the spread of Glorot (2010)."""
    return uniform(math.sqrt(3) * _glorot(shape, gain))


@_initialiser
def zeros_(shape: tuple[int, ...]) -> Draw:
    """Zeros."""
    return ZEROS
