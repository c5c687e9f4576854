"""Convolutions over any number of axes, and their transposes.

A convolution couples three arrays: x (..., channels, *sizes), w (features, channels / groups, *kernel) and
y (..., features, *counts). Given two of them, each of the three primitives here computes the third, and the gradient
of each is the other two, so derivatives of every order stay among them (Dumoulin and Visin, A guide to convolution
arithmetic for deep learning, 2016). Each is one matrix product a group with the windows laid out as columns. As in
every deep-learning library the kernel is not flipped. `conv1d` and its kin have the arguments of PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tidegraph.engine.graph import Operator, Shape, ShapeError, Type, Variable, size_of
from tidegraph.engine.graph.kinds import Layer, Way
from tidegraph.engine.ops.arrange import pad
from tidegraph.engine.ops.declare import Case, Composite, Primitive, composite, primitive
from tidegraph.engine.ops.shape import in_shape
from tidegraph.engine.ops.windows import Window, numbers

STRIDED = {"stride": (2, 1), "padding": (1, 0), "dilation": (1, 2)}


def _infer_convolution(
    x: Variable, w: Variable, *, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Type:
    ndim = w.ndim - 2
    if ndim < 1 or x.ndim < ndim + 1:
        raise ShapeError("convolution-axes")
    *batch, channels = x.shape[:-ndim]
    if not isinstance(groups, int) or groups < 1 or w.shape[0] % groups or channels % groups:
        raise ShapeError("convolution-groups", channels=channels, features=w.shape[0], groups=repr(groups))
    if channels != w.shape[1] * groups:
        code = "kernel-channels-in-groups" if groups > 1 else "kernel-channels"
        raise ShapeError(code, channels=channels, groups=groups, expected=w.shape[1] * groups)
    window = Window.over(x.shape[-ndim:], w.shape[2:], dilation, padding, stride)
    return Type((*batch, w.shape[0], *window.counts))


def _infer_convolution_input(
    y: Variable, w: Variable, *, sizes: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Type:
    ndim = w.ndim - 2
    if ndim < 1 or y.ndim < ndim + 1:
        raise ShapeError("transposed-convolution-axes")
    features = y.shape[-ndim - 1]
    if features != w.shape[0]:
        raise ShapeError("kernel-channels", channels=features, expected=w.shape[0])
    if not isinstance(groups, int) or groups < 1 or features % groups:
        raise ShapeError("channel-groups", channels=features, groups=repr(groups))
    window = Window.over(numbers("sizes", sizes, ndim, 0), w.shape[2:], dilation, padding, stride)
    if y.shape[-ndim:] != window.counts:
        raise ShapeError("convolution-windows", windows=y.shape[-ndim:], fits=window.counts)
    return Type(_input_shape(y, w, sizes, groups))


def _input_shape(y: Variable, w: Variable, sizes: Any, groups: int) -> Shape:
    return (*y.shape[: 1 - w.ndim], w.shape[1] * groups, *sizes)


def _infer_convolution_kernel(
    x: Variable, y: Variable, *, kernel: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Type:
    ndim = len(kernel)
    if min(x.ndim, y.ndim) < ndim + 1:
        raise ShapeError("convolution-more-axes", axes=ndim)
    w = Variable((y.shape[-ndim - 1], x.shape[-ndim - 1] // groups, *kernel))
    whole = _infer_convolution(x, w, stride=stride, padding=padding, dilation=dilation, groups=groups)
    if y.shape != whole.shape:
        raise ShapeError("convolution-result", y=y.shape, x=x.shape, result=whole.shape)
    return Type(w.shape)


class Layout:
    """The sizes that the kernels of the three primitives share, worked out once."""

    def __init__(self, x: Shape, w: Shape, groups: int, stride: Any, padding: Any, dilation: Any) -> None:
        ndim = len(w) - 2
        self.window = Window.over(x[-ndim:], w[2:], dilation, padding, stride)
        self.slices = self.window.slices()
        self.batch = size_of(x[: -ndim - 1])
        self.channels = x[-ndim - 1]
        inside, windows = size_of(w[2:]), size_of(self.window.counts)
        self.x = (self.batch, self.channels, *x[-ndim:])
        self.w = (groups, w[0] // groups, w[1] * inside)
        self.y = (self.batch, groups, w[0] // groups, windows)
        self.columns = (self.batch, groups, w[1] * inside, windows)
        self.whole = inside == 1 and set(self.window.stride) <= {1} and not any(self.window.padding)

    def unfolded(self, x: Any, batch_last: bool = False) -> Any:
        """The windows of x as columns: (batch, groups, rows, windows), or (groups, rows, batch * windows)."""
        window, shape = self.window, (self.channels, *self.window.kernel)
        if self.whole and not batch_last:
            return x.reshape(self.columns)
        if batch_last:
            columns = np.zeros((*shape, self.batch, *window.counts), x.dtype)
            target = np.moveaxis(columns, len(shape), 0)
        else:
            columns = target = np.zeros((self.batch, *shape, *window.counts), x.dtype)
        x = x.reshape(self.x)
        for at, part in self.slices:
            target[at] = x[part]
        if batch_last:
            return columns.reshape(*self.columns[1:3], self.batch * self.columns[3])
        return columns.reshape(self.columns)


def _select_convolution(operator: Operator) -> Callable[..., Any]:
    x, w = operator.inputs
    layout = Layout(x.shape, w.shape, **operator.attributes)

    def convolve(x: Any, w: Any, out: Any) -> None:
        np.matmul(w.reshape(layout.w), layout.unfolded(x), out.reshape(layout.y))

    return convolve


def _select_convolution_input(operator: Operator) -> Callable[..., Any]:
    (_, w), (x,) = operator.inputs, operator.outputs
    how = {name: value for name, value in operator.attributes.items() if name != "sizes"}
    layout = Layout(x.shape, w.shape, **how)
    inside = (layout.batch, layout.channels, *layout.window.kernel, *layout.window.counts)

    def convolve_input(y: Any, w: Any, out: Any) -> None:
        rows, right = w.reshape(layout.w).swapaxes(1, 2), y.reshape(layout.y)
        if layout.whole:
            np.matmul(rows, right, out.reshape(layout.columns))
            return
        columns = np.matmul(rows, right).reshape(inside)
        out[...] = 0
        target = out.reshape(layout.x)
        for at, part in layout.slices:
            target[part] += columns[at]

    return convolve_input


def _select_convolution_kernel(operator: Operator) -> Callable[..., Any]:
    (x, _), (w,) = operator.inputs, operator.outputs
    how = {name: value for name, value in operator.attributes.items() if name != "kernel"}
    layout = Layout(x.shape, w.shape, **how)
    batch, groups, features, windows = layout.y

    def convolve_kernel(x: Any, y: Any, out: Any) -> None:
        left = y.reshape(layout.y).transpose(1, 2, 0, 3).reshape(groups, features, batch * windows)
        np.matmul(left, layout.unfolded(x, batch_last=True).swapaxes(1, 2), out.reshape(layout.w))

    return convolve_kernel


def _columns(x: Shape, w: Shape, **how: Any) -> int:
    layout = Layout(x, w, **how)
    return 0 if layout.whole else size_of(layout.columns)


def _flops(y: int, w: Variable) -> int:
    """A multiplication and an addition for each element of the result and of the kernel that it meets."""
    return 2 * y * size_of(w.shape[1:])


def _back_convolution_x(g: Variable, y: Variable, x: Variable, w: Variable, **how: Any) -> Variable:
    return convolution_input(g, w, sizes=x.shape[2 - w.ndim :], **how)


def _back_convolution_w(g: Variable, y: Variable, x: Variable, w: Variable, **how: Any) -> Variable:
    return convolution_kernel(x, g, kernel=w.shape[2:], **how)


convolution: Primitive = primitive(
    "convolution",
    infer=_infer_convolution,
    kernel=None,
    select=_select_convolution,
    vjp=(_back_convolution_x, _back_convolution_w),
    jvp=lambda t, y, x, w, **how: [t[0] and convolution(t[0], w, **how), t[1] and convolution(x, t[1], **how)],
    latex=r"{0} \star {1}",
    symbol=r"\star",
    flops=lambda x, w, **how: _flops(size_of(_infer_convolution(x, w, **how).shape), w),
    workspace=lambda width, x, w, **how: width * _columns(x.shape, w.shape, **how),
    analytic=True,
    backward=(Way.CONVOLVED, Way.CORRELATED),
    doc="Convolution over as many axes as the kernel has after features and channels; the kernel is not flipped.",
    cases=(
        Case(((2, 3, 7), (4, 3, 3)), {"padding": 1}),
        Case(((2, 4, 6, 5), (6, 2, 3, 2)), {**STRIDED, "groups": 2}),
        Case(((3, 4, 4), (2, 3, 1, 1))),
        Case(((1, 2, 3, 4, 3), (2, 2, 2, 2, 2))),
    ),
)

convolution_input: Primitive = primitive(
    "convolution_input",
    infer=_infer_convolution_input,
    kernel=None,
    select=_select_convolution_input,
    vjp=(
        lambda g, x, y, w, *, sizes, **how: convolution(g, w, **how),
        lambda g, x, y, w, *, sizes, **how: convolution_kernel(g, y, kernel=w.shape[2:], **how),
    ),
    jvp=lambda t, x, y, w, **how: [
        t[0] and convolution_input(t[0], w, **how),
        t[1] and convolution_input(y, t[1], **how),
    ],
    latex=r"{0} \star^\top {1}",
    symbol=r"\star^\top",
    flops=lambda y, w, **how: _flops(y.size, w),
    workspace=lambda width, y, w, *, sizes, **how: (
        width * _columns(_input_shape(y, w, sizes, how["groups"]), w.shape, **how)
    ),
    analytic=True,
    backward=(Way.CONVOLVED, Way.CORRELATED),
    doc="What flows back to the input of a convolution; by itself a transposed convolution to the given sizes.",
    cases=(
        Case(((2, 4, 7), (4, 3, 3)), {"sizes": (7,), "padding": 1}),
        Case(((2, 6, 3, 3), (6, 2, 3, 2)), {"sizes": (6, 5), **STRIDED, "groups": 2}),
        Case(((2, 4, 4), (2, 3, 1, 1)), {"sizes": (4, 4)}),
    ),
)

convolution_kernel: Primitive = primitive(
    "convolution_kernel",
    infer=_infer_convolution_kernel,
    kernel=None,
    select=_select_convolution_kernel,
    vjp=(
        lambda g, w, x, y, *, kernel, **how: convolution_input(y, g, sizes=x.shape[-len(kernel) :], **how),
        lambda g, w, x, y, *, kernel, **how: convolution(x, g, **how),
    ),
    jvp=lambda t, w, x, y, **how: [
        t[0] and convolution_kernel(t[0], y, **how),
        t[1] and convolution_kernel(x, t[1], **how),
    ],
    latex=r"{0} \star {1}",
    symbol=r"\star",
    flops=lambda x, y, *, kernel, groups, **how: 2 * y.size * x.shape[-len(kernel) - 1] // groups * size_of(kernel),
    workspace=lambda width, x, y, *, kernel, **how: (
        width
        * (
            y.size
            + size_of(Layout(x.shape, _infer_convolution_kernel(x, y, kernel=kernel, **how).shape, **how).columns)
        )
    ),
    analytic=True,
    backward=Way.CORRELATED,
    doc="What flows back to the kernel of a convolution: its input against the gradient of its output.",
    cases=(
        Case(((2, 3, 7), (2, 4, 7)), {"kernel": (3,), "padding": 1}),
        Case(((2, 4, 6, 5), (2, 6, 3, 3)), {"kernel": (3, 2), **STRIDED, "groups": 2}),
    ),
)


def with_bias(y: Variable, bias: Variable | None, ndim: int) -> Variable:
    """A number a channel added to channels that have `ndim` axes after them."""
    if bias is None:
        return y
    channels = y.shape[-ndim - 1]
    if bias.shape != (channels,):
        raise ShapeError("bias-shape", shape=bias.shape, channels=channels)
    return y + in_shape(bias, (channels,) + (1,) * ndim)


def check_kernel(name: str, x: Variable, weight: Variable, ndim: int) -> None:
    """The axes that an operator named after its number of them needs."""
    if weight.ndim != ndim + 2:
        raise ShapeError("kernel-axes", name=name, axes=ndim + 2, shape=weight.shape)
    if x.ndim not in (ndim + 1, ndim + 2):
        raise ShapeError("batch-channels-axes", name=name, axes=ndim, shape=x.shape)


def padded(x: Variable, weight: Variable, ndim: int, stride: Any, padding: Any, dilation: Any) -> tuple[Variable, Any]:
    """`padding` as numbers: "valid" is none, "same" keeps the sizes; where that is uneven, the end gets one more."""
    if padding == "valid":
        return x, 0
    if padding != "same":
        if isinstance(padding, str):
            raise ShapeError("unknown-padding", padding=repr(padding))
        return x, padding
    if any(s != 1 for s in numbers("stride", stride, ndim, 1)):
        raise ShapeError("padding-same-stride")
    spans = [d * (k - 1) for d, k in zip(numbers("dilation", dilation, ndim, 1), weight.shape[2:], strict=True)]
    if any(span % 2 for span in spans):
        x = pad(x, pad_width=((0, 0),) * (x.ndim - ndim) + tuple((0, span % 2) for span in spans))
    return x, tuple(span // 2 for span in spans)


def _declare_convolution(ndim: int, cases: tuple[Case, ...]) -> Composite:
    name = f"conv{ndim}d"

    def conv(
        x: Variable,
        weight: Variable,
        bias: Variable | None = None,
        *,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
    ) -> Variable:
        check_kernel(name, x, weight, ndim)
        x, padding = padded(x, weight, ndim, stride, padding, dilation)
        y = convolution(x, weight, stride=stride, padding=padding, dilation=dilation, groups=groups)
        return with_bias(y, bias, ndim)

    conv.__doc__ = f"Convolution over {ndim} axes, plus a bias; the kernel is features x channels x sizes."
    layer = Layer({"weight": "bias"}, again=f'{name}({{operand}}, {{weight}}, padding="same")', window=True)
    return composite(name, symbol=r"\operatorname{conv}", layer=layer, cases=cases)(conv)


def _declare_transposed(ndim: int, cases: tuple[Case, ...]) -> Composite:
    name = f"conv_transpose{ndim}d"

    def conv(
        x: Variable,
        weight: Variable,
        bias: Variable | None = None,
        *,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        dilation: Any = 1,
    ) -> Variable:
        check_kernel(name, x, weight, ndim)
        strides, dilations = numbers("stride", stride, ndim, 1), numbers("dilation", dilation, ndim, 1)
        margins, extras = numbers("padding", padding, ndim, 0), numbers("output_padding", output_padding, ndim, 0)
        if any(e >= max(s, d) for e, s, d in zip(extras, strides, dilations, strict=True)):
            raise ShapeError("output-padding")
        axes = zip(x.shape[-ndim:], weight.shape[2:], strides, margins, extras, dilations, strict=True)
        sizes = tuple((n - 1) * s - 2 * p + d * (k - 1) + e + 1 for n, k, s, p, e, d in axes)
        steps = [e // s for e, s in zip(extras, strides, strict=True)]
        if any(steps):
            x = pad(x, pad_width=((0, 0),) * (x.ndim - ndim) + tuple((0, n) for n in steps))
        y = convolution_input(
            x, weight, sizes=sizes, stride=strides, padding=margins, dilation=dilations, groups=groups
        )
        return with_bias(y, bias, ndim)

    conv.__doc__ = f"Transposed convolution over {ndim} axes, plus a bias; the kernel is channels x features x sizes."
    layer = Layer({"weight": "bias"}, outputs=1, window=True)
    return composite(name, symbol=r"\operatorname{conv}^\top", layer=layer, cases=cases)(conv)


conv1d = _declare_convolution(
    1,
    (
        Case(((2, 4, 9), (6, 2, 3), (6,)), {"stride": 2, "padding": 1, "dilation": 2, "groups": 2}),
        Case(((4, 9), (3, 4, 4)), {"padding": "same"}),
        Case(((2, 3, 5), (2, 3, 1)), {"stride": 2, "padding": 2}),
    ),
)
conv2d = _declare_convolution(
    2,
    (
        Case(((2, 3, 5, 6), (4, 3, 3, 2), (4,))),
        Case(((2, 4, 6, 5), (6, 2, 3, 2), (6,)), {**STRIDED, "groups": 2}),
        Case(((3, 4, 5), (2, 3, 2, 3)), {"padding": "same"}),
    ),
)
conv3d = _declare_convolution(
    3, (Case(((2, 2, 4, 3, 4), (3, 2, 2, 2, 3), (3,)), {"stride": (2, 1, 1), "padding": (1, 0, 1)}),)
)
conv_transpose1d = _declare_transposed(
    1, (Case(((2, 4, 5), (4, 3, 3), (6,)), {"stride": 2, "padding": 1, "output_padding": 1, "groups": 2}),)
)
conv_transpose2d = _declare_transposed(
    2,
    (
        Case(((2, 3, 3, 4), (3, 2, 2, 3), (2,))),
        Case(((3, 3, 4), (3, 2, 3, 2)), {"stride": (2, 1), "padding": (1, 0), "dilation": (1, 2), "output_padding": 1}),
    ),
)
conv_transpose3d = _declare_transposed(3, (Case(((1, 2, 2, 1, 2), (2, 1, 2, 2, 1), (1,)), {"stride": (2, 1, 1)}),))
