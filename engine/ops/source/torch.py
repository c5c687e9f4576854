"""Every operator in PyTorch, by name; composites too, where PyTorch has a function that means the same.

The exported file makes float64 the default, so a bare number is as exact as an array. PyTorch 2.6 or newer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from tidegraph.engine.graph import Operator, Scope
from tidegraph.engine.ops.source.numpy import resampled, window_of
from tidegraph.engine.ops.source.text import (
    COMPARISONS,
    PRODUCT,
    SUM,
    Spelling,
    Text,
    Unknown,
    compared,
    index,
    infix,
    named,
    number,
    power,
    prefix,
    same,
    shape_of,
    template,
)
from tidegraph.engine.ops.windows import numbers


def tensors(function: str) -> Spelling:
    """A function that takes tensors alone."""

    def write(operator: Operator, a: Sequence[Text]) -> Text:
        return Text(f"{function}({', '.join(map(tensor, operator.inputs, a))})")

    return write


def tensor(variable: Any, text: Text) -> str:
    """An operand where a bare number will not do."""
    return text.text if variable.literal is None else f"torch.tensor({text})"


def clamped(function: str, bound: str) -> Spelling:
    """`torch.maximum`, or a clamp where one of the two is a number."""

    def write(operator: Operator, a: Sequence[Text]) -> Text:
        first, second = operator.inputs
        if first.literal is None and second.literal is not None:
            return Text(f"torch.clamp({a[0]}, {bound}={a[1]})")
        if second.literal is None and first.literal is not None:
            return Text(f"torch.clamp({a[1]}, {bound}={a[0]})")
        return tensors(function)(operator, a)

    return write


def reduction(function: str, every: str = "") -> Spelling:
    """A reduction; `every` is the function over all axes where it is another."""

    def write(operator: Operator, a: Sequence[Text]) -> Text:
        how = operator.attributes
        axis = how["axis"]
        if axis is None and not how["keepdims"]:
            return Text(f"{every or function}({tensor(operator.inputs[0], a[0])})")
        if axis is None:
            axis = tuple(range(operator.inputs[0].ndim))
        elif isinstance(axis, list):
            axis = tuple(axis)
        return named(function, [a[0].text], {"dim": (axis, None), "keepdim": (how["keepdims"], False)})

    return write


def over_all(function: str) -> Spelling:
    """A reduction that PyTorch defines with axes alone."""

    def write(operator: Operator, a: Sequence[Text]) -> Text:
        how = operator.attributes
        axis = tuple(range(operator.inputs[0].ndim)) if how["axis"] is None else how["axis"]
        return named(function, [a[0].text], {"dim": (axis, None), "keepdim": (how["keepdims"], False)})

    return write


def one_axis(function: str) -> Spelling:
    """A reduction that PyTorch defines over one axis: over several, one after the other, the last first."""

    def write(operator: Operator, a: Sequence[Text]) -> Text:
        how, ndim = operator.attributes, operator.inputs[0].ndim
        axes = how["axis"]
        if axes is None and not how["keepdims"]:
            return Text(f"{function}({a[0]})")
        wanted = range(ndim) if axes is None else axes if isinstance(axes, (tuple, list)) else (axes,)
        text = a[0].text
        for axis in sorted((axis % ndim for axis in wanted), reverse=True):
            text = named(function, [text], {"dim": (axis, None), "keepdim": (how["keepdims"], False)}).text
        return Text(text)

    return write


def along(function: str) -> Spelling:
    """A running function, of the flattened array where no axis is given."""

    def write(operator: Operator, a: Sequence[Text]) -> Text:
        axis = operator.attributes["axis"]
        return Text(f"{function}({a[0]:a}.flatten(), dim=0)" if axis is None else f"{function}({a[0]}, dim={axis})")

    return write


def concatenated(operator: Operator, a: Sequence[Text]) -> Text:
    """Tensors joined along an axis, flattened where none is given."""
    if operator.attributes["axis"] is None:
        parts = [f"{Text(tensor(v, x)):a}.flatten()" for v, x in zip(operator.inputs, a, strict=True)]
        return Text(f"torch.cat(({', '.join(parts)},))")
    return joined("torch.cat")(operator, a)


def joined(function: str) -> Spelling:
    """A function of a sequence of tensors."""
    return lambda operator, a: named(
        function,
        [f"({', '.join(tensor(v, x) for v, x in zip(operator.inputs, a, strict=True))}{',' * (len(a) == 1)})"],
        {"dim": (operator.attributes["axis"], 0)},
    )


def transposed(operator: Operator, a: Sequence[Text]) -> Text:
    """Axes in another order."""
    axes = operator.attributes["axes"]
    ndim = operator.inputs[0].ndim
    order = tuple(reversed(range(ndim))) if axes is None else tuple(n % ndim for n in axes)
    if order == (1, 0):
        return Text(f"{a[0]:a}.T")
    return Text(f"{a[0]:a}.permute({', '.join(map(str, order))})") if order else a[0]


def repeated(operator: Operator, a: Sequence[Text]) -> Text:
    """Broadcasting."""
    (x,), shape = operator.inputs, shape_of(operator)
    if x.literal is not None:
        return Text(f"torch.full({shape}, {a[0]})")
    return Text(f"torch.broadcast_to({a[0]}, {shape})")


def summed(operator: Operator, a: Sequence[Text]) -> Text:
    """The sum over the axes that a broadcast added or repeated."""
    return Text(f"{a[0]:a}.sum_to_size({shape_of(operator)})")


def forward_slices(key: Any, shape: Sequence[int]) -> tuple[Any, list[int]]:
    """An index without negative steps, which PyTorch does not take, and the axes of the result to flip."""
    parts = list(key) if isinstance(key, tuple) else [key]
    consumed = sum(1 for part in parts if part is not None and part is not Ellipsis)
    places, axis, out, flips = [], 0, 0, []
    for part in parts:
        if part is Ellipsis:
            skipped = len(shape) - consumed
            axis, out = axis + skipped, out + skipped
        elif part is None:
            out += 1
        elif isinstance(part, slice):
            if part.step is not None and part.step < 0:
                taken = range(*part.indices(shape[axis]))
                part = slice(taken[-1], taken[0] + 1, -part.step) if len(taken) else slice(0, 0)
                flips.append(out)
            axis, out = axis + 1, out + 1
        else:
            out += isinstance(part, np.ndarray)
            axis += 1
        places.append(part)
    if flips and any(isinstance(part, np.ndarray) for part in parts):
        raise Unknown("getitem with a negative step beside an array of indices")
    return (tuple(places) if isinstance(key, tuple) else places[0]), flips


def indexed(operator: Operator, a: Sequence[Text]) -> Text:
    """Indexing and slicing."""
    key, flips = forward_slices(operator.attributes["key"], operator.inputs[0].shape)
    alone = isinstance(key, tuple) and len(key) == 1 and isinstance(key[0], np.ndarray)
    text = f"{a[0]:a}[{index(key)}{',' * alone}]"
    return Text(f"torch.flip({text}, {number(tuple(flips))})" if flips else text)


def placed(operator: Operator, a: Sequence[Text]) -> Text:
    """Zeros with the input at an index."""
    shape = operator.outputs[0].shape
    key, flips = forward_slices(operator.attributes["key"], shape)
    value = f"torch.flip({a[0]}, {number(tuple(flips))})" if flips else tensor(operator.inputs[0], a[0])
    text = index(key)
    whole = key if isinstance(key, tuple) else (key,)
    if any(isinstance(part, slice) for part in whole):
        text = f"np.s_[{text}]"
    elif isinstance(key, tuple):
        text = f"({text}{',' * (len(key) == 1)})"
    return Text(f"h:put({value}, {number(shape)}, {text})")


def norm(operator: Operator, a: Sequence[Text]) -> Text:
    """A vector norm."""
    how = operator.attributes
    options = {"ord": (how["ord"], 2), "dim": (how["axis"], None), "keepdim": (how["keepdims"], False)}
    return named("torch.linalg.vector_norm", [a[0].text], options)


def dropped(operator: Operator, a: Sequence[Text]) -> Text:
    """Dropout with the mask of its seed."""
    how = operator.attributes
    if not how["training"]:
        return a[0]
    if how["p"] == 1:
        return Text(f"torch.zeros_like({a[0]})")
    return Text(f"h:dropout({a[0]}, {number(how['p'])}, {how['seed']})")


DEFAULTS = {"padding": 0, "ceil_mode": False, "count_include_pad": True}


def window(operator: Operator, n: int, names: Sequence[str], stride: int | None = 1) -> str:
    """Keyword arguments of a window where they are not the defaults; `stride` is the default of it."""
    how, shown = operator.attributes, []
    for name in names:
        if name not in how:
            continue
        value, plain = how[name], DEFAULTS.get(name, stride if name == "stride" else 1)
        if value is not None and value != plain and value != (plain,) * n:
            shown.append(f", {name}={number(value)}")
    return "".join(shown)


def convolved(operator: Operator, a: Sequence[Text]) -> Text:
    """A convolution."""
    x, w = operator.inputs
    n = w.ndim - 2
    if n > 3 or x.ndim > n + 2:
        raise Unknown("convolution over these axes")
    return Text(f"F.conv{n}d({a[0]}, {a[1]}{window(operator, n, ('stride', 'padding', 'dilation', 'groups'))})")


def convolved_back(function: str, size: str) -> Spelling:
    """One of the two gradients of a convolution."""

    def write(operator: Operator, a: Sequence[Text]) -> Text:
        first, (y,) = operator.inputs[0], operator.outputs
        n = len(operator.attributes[size])
        if n > 3 or first.ndim > n + 2:
            raise Unknown("convolution over these axes")
        rest = window(operator, n, ("stride", "padding", "dilation", "groups"))
        single = first.ndim == n + 1
        batched = [f"{text:a}[None]" if single else text.text for text in a]
        if size == "sizes":
            shape = (1, *y.shape) if single else y.shape
            text = f"torch.nn.grad.conv{n}d_input({number(shape)}, {a[1]}, {batched[0]}{rest})"
            return Text(f"{text}[0]" if single else text)
        return Text(f"torch.nn.grad.conv{n}d_weight({batched[0]}, {number(y.shape)}, {batched[1]}{rest})")

    return write


def unfolded(operator: Operator, a: Sequence[Text]) -> Text:
    """Windows as columns."""
    kernel, _ = window_of(operator)
    if len(kernel) != 2:
        raise Unknown("unfold over other than two axes")
    return Text(f"F.unfold({a[0]}, {number(kernel)}{window(operator, 2, ('dilation', 'padding', 'stride'))})")


def folded(operator: Operator, a: Sequence[Text]) -> Text:
    """Columns added back."""
    kernel, _ = window_of(operator)
    if len(kernel) != 2:
        raise Unknown("fold over other than two axes")
    size = numbers("output_size", operator.attributes["output_size"], 2, 0)
    rest = window(operator, 2, ("dilation", "padding", "stride"))
    return Text(f"F.fold({a[0]}, {number(size)}, {number(kernel)}{rest})")


def pooled(operator: Operator, what: str, names: Sequence[str]) -> str:
    """A pooling of PyTorch and its arguments."""
    x, kernel = operator.inputs[0], operator.attributes["kernel_size"]
    n = len(kernel)
    if n > 3 or not n + 1 <= x.ndim <= n + 2:
        raise Unknown("pooling over these axes")
    return f"F.{what}{n}d({{}}, {number(tuple(kernel))}{window(operator, n, names, stride=None)}"


def pool_index(operator: Operator, a: Sequence[Text]) -> Text:
    """Where each window has its largest element."""
    text = pooled(operator, "max_pool", ("stride", "padding", "dilation", "ceil_mode"))
    return Text(f"{text.format(a[0])}, return_indices=True)[1]")


def adaptive_index(operator: Operator, a: Sequence[Text]) -> Text:
    """Where each of as many ranges as wanted has its largest element."""
    sizes, ndim = operator.attributes["sizes"], operator.inputs[0].ndim
    if not len(sizes) + 1 <= ndim <= len(sizes) + 2 or len(sizes) > 3:
        raise Unknown("pooling over these axes")
    return Text(f"F.adaptive_max_pool{len(sizes)}d({a[0]}, {number(tuple(sizes))}, return_indices=True)[1]")


def averaged(operator: Operator, a: Sequence[Text]) -> Text:
    """Average pooling."""
    text = pooled(operator, "avg_pool", ("stride", "padding", "ceil_mode", "count_include_pad"))
    divisor = operator.attributes["divisor_override"]
    if divisor is not None and len(operator.attributes["kernel_size"]) == 1:
        raise Unknown("a divisor of windows over one axis")
    return Text(f"{text.format(a[0])}{'' if divisor is None else f', divisor_override={divisor}'})")


def softplus(operator: Operator, a: Sequence[Text]) -> Text:
    """A smooth relu."""
    how = operator.attributes
    return named("F.softplus", [a[0].text], {"beta": (how["beta"], 1), "threshold": (how["threshold"], 20)})


def elu(operator: Operator, a: Sequence[Text]) -> Text:
    """An exponential linear unit."""
    return named("F.elu", [a[0].text], {"alpha": (operator.attributes["alpha"], 1)})


def argsorted(operator: Operator, a: Sequence[Text]) -> Text:
    """The order of elements."""
    how = operator.attributes
    options = {"dim": (how["axis"], -1), "descending": (how["descending"], False), "stable": (True, False)}
    return named("torch.argsort", [a[0].text], options)


def taken(operator: Operator, a: Sequence[Text]) -> Text:
    """Elements at indices."""
    axis, (x, i) = operator.attributes["axis"], operator.inputs
    at = f"{a[1]:a}.long()" if i.literal is None else a[1].text
    if axis is None:
        return Text(f"{a[0]:a}.flatten()[{at}]")
    return Text(f"{a[0]:a}[{':, ' * (axis % x.ndim)}{at}]")


def singular(operator: Operator, a: Sequence[Text]) -> Text:
    """A singular value decomposition."""
    if operator.attributes["compute_uv"]:
        return Text(f"torch.linalg.svd({a[0]}, full_matrices=False)")
    return Text(f"torch.linalg.svdvals({a[0]})")


def solved(operator: Operator, a: Sequence[Text]) -> Text:
    """A linear system."""
    first, second = operator.inputs
    if second.ndim == 1 and first.ndim > 2:
        return Text(f"torch.linalg.solve({a[0]}, {a[1]:a}[:, None])[..., 0]")
    return Text(f"torch.linalg.solve({a[0]}, {a[1]})")


def sinc(operator: Operator, a: Sequence[Text]) -> Text:
    """Normalised sinc."""
    if operator.attributes["order"]:
        raise Unknown("a derivative of sinc")
    return Text(f"torch.sinc({a[0]})")


def no_nan(operator: Operator, a: Sequence[Text]) -> Text:
    """NaN and infinities replaced."""
    how = operator.attributes
    options = {"nan": (how["nan"], 0.0), "posinf": (how["posinf"], None), "neginf": (how["neginf"], None)}
    return named("torch.nan_to_num", [a[0].text], options)


def picked(function: str) -> Spelling:
    """`pick` and `unpick`, which are helpers here too."""

    def write(operator: Operator, a: Sequence[Text]) -> Text:
        how = operator.attributes
        options = {"dim": (how["axis"], object()), "ignore_index": (how["ignore_index"], None)}
        shape = [number(tuple(how["shape"]))] if "shape" in how else []
        return named(function, [a[0].text, a[1].text, *shape], options)

    return write


def by_index(function: str) -> Spelling:
    """An operation along an axis at indices."""

    def write(operator: Operator, a: Sequence[Text]) -> Text:
        first = tensor(operator.inputs[0], a[0])
        rest = "".join(f", {text}" for text in a[2:])
        return Text(f"{function}({first}, {operator.attributes['axis']}, {a[1]:a}.long(){rest})")

    return write


def outer(operator: Operator, a: Sequence[Text]) -> Text:
    """An outer product."""
    flat = [f"{x:a}.flatten()" if v.ndim != 1 else x.text for v, x in zip(operator.inputs, a, strict=True)]
    return Text(f"torch.outer({', '.join(flat)})")


def unary(function: str) -> Spelling:
    """A function of one tensor."""
    return lambda operator, a: Text(f"{function}({tensor(operator.inputs[0], a[0])})")


def truth(function: str) -> Spelling:
    """Whether any or all elements are not zero."""

    def write(operator: Operator, a: Sequence[Text]) -> Text:
        (x,) = operator.inputs
        text = a[0].text if x.kind == "bool" else f"{a[0].at(SUM)} != 0"
        if operator.attributes["keepdims"] or operator.attributes["axis"] is not None:
            return over_all(function)(operator, [Text(text)])
        return Text(f"{function}({text})")

    return write


def chosen(operator: Operator, a: Sequence[Text]) -> Text:
    """A choice by condition."""
    (condition, *_), maker = a, operator.inputs[0].operator
    if operator.inputs[0].kind != "bool" or maker is None or maker.op.name not in TRUTHS:  # constants are floats
        condition = Text(f"{a[0].at(SUM)} != 0")
    return Text(f"torch.where({condition}, {a[1]}, {a[2]})")


TRUTHS = {*COMPARISONS, "logical_and", "logical_or", "logical_xor", "logical_not", "isfinite", "isinf", "isnan"} | {
    "signbit", "lasting", "any", "all",
}  # fmt: skip
"""Operators whose PyTorch function gives truth values."""

SAME = (
    "exp log sqrt sign abs isfinite isinf isnan logical_not expm1 exp2 log1p log2 "
    "log10 rsqrt square reciprocal sin cos "
    "tan sinh cosh tanh arcsin arccos arctan arcsinh arccosh arctanh floor ceil trunc erf erfc lgamma "
    "digamma sigmoid relu signbit erfinv matrix_exp"
)

SPELLINGS: dict[str, Spelling] = {
    **{name: unary(f"torch.{name}") for name in SAME.split()},
    **{name: compared(symbol) for name, symbol in COMPARISONS.items()},
    **{name: tensors(f"torch.{name}") for name in ("hypot", "logaddexp", "logical_and", "logical_or", "logical_xor")},
    "arctan2": tensors("torch.arctan2"),
    "maximum": clamped("torch.maximum", "min"),
    "minimum": clamped("torch.minimum", "max"),
    "remainder": template("torch.remainder({0}, {1})"),
    "fmod": template("torch.fmod({0}, {1})"),
    "outer": outer,
    "add": infix("+", SUM),
    "subtract": infix("-", SUM),
    "multiply": infix("*", PRODUCT),
    "divide": infix("/", PRODUCT),
    "matmul": infix("@", PRODUCT),
    "power": power,
    "neg": prefix("-"),
    "identity": same,
    "after": same,
    "detach": template("{0:a}.detach()"),
    "where": chosen,
    "xlogy": template("torch.xlogy({0}, {1})"),
    "cbrt": template("torch.sign({0}) * torch.abs({0}) ** (1 / 3)", PRODUCT),
    "reshape": lambda operator, a: Text(f"torch.reshape({a[0]}, {shape_of(operator)})"),
    "transpose": transposed,
    "broadcast_to": repeated,
    "sum_to": summed,
    "stack": joined("torch.stack"),
    "concatenate": concatenated,
    "getitem": indexed,
    "put": placed,
    "polygamma": template("torch.polygamma({n}, {0})"),
    "softplus": softplus,
    "logsigmoid": template("F.logsigmoid({0})"),
    "elu": elu,
    "cumsum": along("torch.cumsum"),
    "cumprod": along("torch.cumprod"),
    "logcumsumexp": along("torch.logcumsumexp"),
    "recurrence": template("h:recurrence({0}, {1}, {axis}, {transposed})"),
    "sum": reduction("torch.sum"),
    "mean": reduction("torch.mean"),
    "prod": one_axis("torch.prod"),
    "logsumexp": over_all("torch.logsumexp"),
    "softmax": template("F.softmax({0}, dim={axis})"),
    "log_softmax": template("F.log_softmax({0}, dim={axis})"),
    "tril": lambda operator, a: named("torch.tril", [a[0].text], {"diagonal": (operator.attributes["k"], 0)}),
    "triu": lambda operator, a: named("torch.triu", [a[0].text], {"diagonal": (operator.attributes["k"], 0)}),
    "det": template("torch.linalg.det({0})"),
    "slogdet": template("torch.linalg.slogdet({0})"),
    "inv": template("torch.linalg.inv({0})"),
    "pinv": template("torch.linalg.pinv({0})"),
    "solve": solved,
    "cholesky": template("torch.linalg.cholesky(h:symmetric({0}))"),
    "eigh": template("torch.linalg.eigh(h:symmetric({0}))"),
    "svd": singular,
    "qr": template("torch.linalg.qr({0})"),
    "amax": over_all("torch.amax"),
    "amin": over_all("torch.amin"),
    "max": over_all("torch.amax"),
    "min": over_all("torch.amin"),
    "argmax": reduction("torch.argmax"),
    "argmin": reduction("torch.argmin"),
    "any": truth("torch.any"),
    "all": truth("torch.all"),
    "vector_norm": norm,
    "dropout": dropped,
    "causal_mask": lambda operator, a: Text(
        f"torch.where(torch.ones{operator.inputs[0].shape[-2:]}.tril() > 0, {a[0]}, -1e30)"
    ),
    "pick": picked("h:pick"),
    "unpick": picked("h:unpick"),
    "bounded_log": template("torch.clamp(torch.log({0}), min=-100)"),
    "unfold": unfolded,
    "fold": folded,
    "convolution": convolved,
    "convolution_input": convolved_back("convolution_input", "sizes"),
    "convolution_kernel": convolved_back("convolution_kernel", "kernel"),
    "sinc": sinc,
    "erfcx": unary("torch.special.erfcx"),
    "ndtri": unary("torch.special.ndtri"),
    "dft": template("h:dft({0}, {axis}, {inverse})"),
    "lasting": template("h:lasting({0}, {shape}, {axis})"),
    "running_place": lambda operator, a: Text(
        f"torch.{'cummax' if operator.attributes['largest'] else 'cummin'}({a[0]}, {operator.attributes['axis']})[1]"
    ),
    "adaptive_max_index": adaptive_index,
    "take": taken,
    "index_add": by_index("torch.index_add"),
    "gather": by_index("torch.gather"),
    "scatter_add": by_index("torch.scatter_add"),
    "one_hot": template("F.one_hot({0:a}.long(), {num_classes})"),
    "max_pool_index": pool_index,
    "avg_pool": averaged,
    "resample": resampled(back=False),
    "resample_back": resampled(back=True),
    "round": lambda operator, a: named("torch.round", [a[0].text], {"decimals": (operator.attributes["decimals"], 0)}),
    "nan_to_num": no_nan,
    "argsort": argsorted,
}


def takes_numbers(operator: Operator) -> bool:
    """Whether a bare number may be an operand: where Python's own operators are written."""
    return SPELLINGS.get(operator.op.name) in ARITHMETIC


ARITHMETIC = [SPELLINGS[name] for name in ("add", "subtract", "multiply", "divide", "power", *COMPARISONS)]


class Composite(NamedTuple):
    """A function of PyTorch that means the same as a composite operator.

    `options` gives an attribute's keyword and its default there; `positional` attributes stand after the inputs.
    Optional inputs that are given are named. `suits` says whether these inputs and attributes mean the same at all.
    """

    function: str
    options: Mapping[str, tuple[str, Any]] = {}
    positional: tuple[str, ...] = ()
    suits: Callable[[Scope], bool] = lambda scope: True


REDUCTION = {"reduction": ("reduction", "mean")}
WINDOW = {"stride": ("stride", 1), "padding": ("padding", 0), "dilation": ("dilation", 1), "groups": ("groups", 1)}
POOL = {"stride": ("stride", None), "padding": ("padding", 0), "ceil_mode": ("ceil_mode", False)}


def probable(scope: Scope) -> bool:
    """Whether the classes are given as probabilities: labels are float here, and PyTorch wants whole numbers."""
    scores, classes = scope.operands[:2]
    return scores is not None and classes is not None and scores.ndim == classes.ndim


COMPOSITES: dict[str, Composite] = {
    **{
        name: Composite(f"F.{name}")
        for name in ("selu", "relu6", "hardswish", "silu", "mish", "softsign", "tanhshrink", "linear")
    },
    "leaky_relu": Composite("F.leaky_relu", {"negative_slope": ("negative_slope", 0.01)}),
    "celu": Composite("F.celu", {"alpha": ("alpha", 1.0)}),
    "gelu": Composite("F.gelu", {"approximate": ("approximate", "none")}),
    "hardtanh": Composite("F.hardtanh", {"min_val": ("min_val", -1.0), "max_val": ("max_val", 1.0)}),
    "mse_loss": Composite("F.mse_loss", REDUCTION, suits=lambda scope: same_shapes(scope)),
    "l1_loss": Composite("F.l1_loss", REDUCTION, suits=lambda scope: same_shapes(scope)),
    "smooth_l1_loss": Composite(
        "F.smooth_l1_loss", {**REDUCTION, "beta": ("beta", 1.0)}, suits=lambda scope: same_shapes(scope)
    ),
    "huber_loss": Composite(
        "F.huber_loss", {**REDUCTION, "delta": ("delta", 1.0)}, suits=lambda scope: same_shapes(scope)
    ),
    "binary_cross_entropy": Composite("F.binary_cross_entropy", REDUCTION, suits=lambda scope: unweighted(scope)),
    "binary_cross_entropy_with_logits": Composite(
        "F.binary_cross_entropy_with_logits", REDUCTION, suits=lambda scope: unweighted(scope)
    ),
    "cross_entropy": Composite(
        "F.cross_entropy", {**REDUCTION, "label_smoothing": ("label_smoothing", 0.0)}, suits=probable
    ),
    **{
        f"conv{n}d": Composite(f"F.conv{n}d", WINDOW, suits=lambda scope: scope.attributes["padding"] != "same")
        for n in (1, 2, 3)
    },
    **{f"max_pool{n}d": Composite(f"F.max_pool{n}d", POOL, ("kernel_size",)) for n in (1, 2)},
    **{
        f"avg_pool{n}d": Composite(
            f"F.avg_pool{n}d", {**POOL, "count_include_pad": ("count_include_pad", True)}, ("kernel_size",)
        )
        for n in (1, 2)
    },
}


def same_shapes(scope: Scope) -> bool:
    """Whether the two operands have one shape, so that nothing is broadcast."""
    first, second = scope.operands[:2]
    return first is not None and second is not None and first.shape == second.shape


def unweighted(scope: Scope) -> bool:
    """The same, and no weights, for which PyTorch has no gradient."""
    return same_shapes(scope) and all(operand is None for operand in scope.operands[2:])


def composite(scope: Scope, a: Sequence[Text | None]) -> Text | None:
    """A composite's call in PyTorch, or None where its inside is written out."""
    op = scope.op
    known = None if op is None else COMPOSITES.get(op.name)
    if op is None or known is None or not known.suits(scope):
        return None
    others = [
        name
        for name, value in scope.attributes.items()
        if name not in {**known.options, **dict.fromkeys(known.positional)}
    ]
    if any(scope.attributes[name] != op.attributes[name] for name in others):
        return None
    required = [text for text, name in zip(a, op.inputs, strict=True) if name not in op.optional]
    optional = [f"{name}={text}" for text, name in zip(a, op.inputs, strict=True) if text and name in op.optional]
    if None in required:
        return None
    shown = [text.text for text in required if text] + [number(scope.attributes[name]) for name in known.positional]
    options = {keyword: (scope.attributes[name], default) for name, (keyword, default) in known.options.items()}
    return named(known.function, [*shown, *optional], options)
