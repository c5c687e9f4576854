"""Normalisation: arrays brought to mean zero and variance one over some of their axes, then scaled and shifted."""

from __future__ import annotations

from typing import Any

from tidegraph.engine.graph import Shape, ShapeError, Variable, size_of
from tidegraph.engine.ops.arithmetic import sqrt
from tidegraph.engine.ops.declare import Case, Scalar, composite
from tidegraph.engine.ops.pooling import avg_pool
from tidegraph.engine.ops.reductions import mean
from tidegraph.engine.ops.shape import in_shape

FLOAT64_EPS = 2.0**-52
"""PyTorch's default for rms_norm in float64."""


def standardized(x: Variable, axes: tuple[int, ...], eps: Scalar) -> Variable:
    """Mean zero and variance one over `axes`; the variance is that of the whole population."""
    centered = x - mean(x, axis=axes, keepdims=True)
    return centered / sqrt(mean(centered**2, axis=axes, keepdims=True) + eps)


def affine(x: Variable, weight: Variable | None, bias: Variable | None, shape: Shape, axis: int) -> Variable:
    """Scaled and shifted by parameters of `shape`, the first of whose axes is `axis`."""
    trailing = (1,) * (x.ndim - axis - len(shape))
    for name, parameter in (("weight", weight), ("bias", bias)):
        if parameter is not None and parameter.shape != shape:
            raise ShapeError("norm-parameter-shape", name=name, shape=parameter.shape, wanted=shape)
    if weight is not None:
        x = x * in_shape(weight, shape + trailing)
    return x if bias is None else x + in_shape(bias, shape + trailing)


def with_running(x: Variable, running_mean: Variable | None, running_var: Variable | None, eps: Scalar) -> Variable:
    """Standardised by a mean and a variance a channel that were found earlier."""
    shape = (x.shape[1],)
    if running_mean is None or running_var is None or running_mean.shape != shape or running_var.shape != shape:
        raise ShapeError("running-statistics", channels=shape[0])
    stretched = shape + (1,) * (x.ndim - 2)
    return (x - in_shape(running_mean, stretched)) / sqrt(in_shape(running_var, stretched) + eps)


RUNNING: dict[str, Any] = {
    "domain": ((-2.0, 2.0), (-2.0, 2.0), (0.5, 2.0), (-2.0, 2.0)),
    "suits": {"running_var": "positive"},
}


@composite(
    symbol=r"\operatorname{BN}",
    **RUNNING,
    cases=(
        Case(((4, 3), (3,), (3,), (3,), (3,))),
        Case(((4, 3), (3,), (3,), (3,), (3,)), {"training": True}),
        Case(((2, 3, 2, 2), (), (), (3,), (3,)), {"training": True}, fixed={1: None, 2: None}),
    ),
)
def batch_norm(
    x: Variable,
    running_mean: Variable | None = None,
    running_var: Variable | None = None,
    weight: Variable | None = None,
    bias: Variable | None = None,
    *,
    training: bool = False,
    momentum: float = 0.1,
    eps: Scalar = 1e-5,
) -> Variable:
    """Each channel (axis 1) standardised over the batch in training, by running statistics in evaluation.

    Running statistics stay as they are, whatever `momentum` says: a graph changes nothing that it is given.
    """
    if x.ndim < 2:
        raise ShapeError("batch-norm-axes", shape=x.shape)
    batch = (0, *range(2, x.ndim))
    y = standardized(x, batch, eps) if training else with_running(x, running_mean, running_var, eps)
    return affine(y, weight, bias, (x.shape[1],), 1)


@composite(
    symbol=r"\operatorname{IN}",
    **RUNNING,
    cases=(
        Case(((2, 3, 4),)),
        Case(((2, 3, 4), (3,), (3,), (3,), (3,)), {"use_input_stats": False}),
        Case(((2, 3, 2, 2), (), (), (3,), (3,)), fixed={1: None, 2: None}),
    ),
)
def instance_norm(
    x: Variable,
    running_mean: Variable | None = None,
    running_var: Variable | None = None,
    weight: Variable | None = None,
    bias: Variable | None = None,
    *,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: Scalar = 1e-5,
) -> Variable:
    """Each channel of each example standardised by itself, or by running statistics, which stay as they are."""
    if x.ndim < 3:
        raise ShapeError("instance-norm-axes", shape=x.shape)
    if use_input_stats:
        y = standardized(x, tuple(range(2, x.ndim)), eps)
    else:
        y = with_running(x, running_mean, running_var, eps)
    return affine(y, weight, bias, (x.shape[1],), 1)


def normalized_axes(
    x: Variable, normalized_shape: Any, weight: Variable | None, bias: Variable | None
) -> tuple[Shape, tuple[int, ...]]:
    """The last axes that are normalised: those named, else those of the parameters, else the last one."""
    if normalized_shape is None:
        given = weight if weight is not None else bias
        shape = x.shape[-1:] if given is None else given.shape
    else:
        shape = tuple(normalized_shape) if isinstance(normalized_shape, (tuple, list)) else (normalized_shape,)
    if not shape or x.shape[-len(shape) :] != shape:
        raise ShapeError("layer-norm-axes", shape=x.shape, last=shape)
    return shape, tuple(range(x.ndim - len(shape), x.ndim))


@composite(
    symbol=r"\operatorname{LN}",
    torch=("x", "normalized_shape", "weight", "bias", "eps"),
    cases=(
        Case(((2, 4),)),
        Case(((2, 3, 4), (4,), (4,))),
        Case(((2, 3, 4), (3, 4)), {"normalized_shape": (3, 4)}),
    ),
)
def layer_norm(
    x: Variable,
    weight: Variable | None = None,
    bias: Variable | None = None,
    *,
    normalized_shape: Any = None,
    eps: Scalar = 1e-5,
) -> Variable:
    """Each example standardised over its last axes: those of the weight, by default the last one."""
    shape, axes = normalized_axes(x, normalized_shape, weight, bias)
    return affine(standardized(x, axes, eps), weight, bias, shape, axes[0])


@composite(
    symbol=r"\operatorname{RMS}",
    torch=("x", "normalized_shape", "weight", "eps"),
    cases=(Case(((2, 4),)), Case(((2, 3, 4), (3, 4)), {"eps": 1e-5})),
)
def rms_norm(
    x: Variable, weight: Variable | None = None, *, normalized_shape: Any = None, eps: Scalar | None = None
) -> Variable:
    """Each example divided by the root of its mean square over its last axes."""
    shape, axes = normalized_axes(x, normalized_shape, weight, None)
    y = x / sqrt(mean(x**2, axis=axes, keepdims=True) + (FLOAT64_EPS if eps is None else eps))
    return affine(y, weight, None, shape, axes[0])


@composite(
    symbol=r"\operatorname{GN}",
    torch=("x", "num_groups", "weight", "bias", "eps"),
    cases=(Case(((2, 4, 3),), {"num_groups": 2}), Case(((2, 4, 2, 2), (4,), (4,)), {"num_groups": 2})),
)
def group_norm(
    x: Variable, weight: Variable | None = None, bias: Variable | None = None, *, num_groups: int, eps: Scalar = 1e-5
) -> Variable:
    """Each group of channels (axis 1) of each example standardised by itself."""
    if x.ndim < 2:
        raise ShapeError("group-norm-axes", shape=x.shape)
    batch, channels = x.shape[:2]
    if isinstance(num_groups, bool) or not isinstance(num_groups, int) or num_groups < 1 or channels % num_groups:
        raise ShapeError("channel-groups", channels=channels, groups=repr(num_groups))
    inside = channels // num_groups * size_of(x.shape[2:])
    y = standardized(in_shape(x, (batch, num_groups, inside)), (2,), eps)
    return affine(in_shape(y, x.shape), weight, bias, (channels,), 1)


@composite(
    symbol=r"\operatorname{LRN}",
    cases=(Case(((2, 5, 3),), {"size": 3}), Case(((2, 4, 2, 2),), {"size": 2, "alpha": 0.5})),
)
def local_response_norm(
    x: Variable, *, size: int, alpha: Scalar = 1e-4, beta: Scalar = 0.75, k: Scalar = 1.0
) -> Variable:
    """Each element divided by a power of the average square of its neighbours in `size` channels."""
    if x.ndim < 3:
        raise ShapeError("local-response-axes", shape=x.shape)
    batch, channels = x.shape[:2]
    squares = in_shape(x * x, (batch, channels, size_of(x.shape[2:])))
    average = avg_pool(squares, kernel_size=(size, 1), stride=1, padding=(size // 2, 0))
    if size % 2 == 0:
        average = average[:, :channels]
    return x / (k + alpha * in_shape(average, x.shape)) ** beta
