"""Every operator in NumPy, by name. `h:` in front of a function says that it is one of `helpers`."""

from __future__ import annotations

from collections.abc import Sequence

from tidegraph.engine.graph import Operator
from tidegraph.engine.ops.pooling import pool_window
from tidegraph.engine.ops.source.text import (
    ATOM,
    COMPARISONS,
    POWER,
    PRODUCT,
    SUM,
    Spelling,
    Text,
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
from tidegraph.engine.ops.windows import Window, numbers, sliding_axes

MARK = "h:"
"""In front of a helper's name, until the writer has noted that it is used."""


def reduction(function: str) -> Spelling:
    """A reduction with its axis and keepdims where they are not the defaults."""

    def write(operator: Operator, a: Sequence[Text]) -> Text:
        how = operator.attributes
        options = {"axis": (how["axis"], None), "keepdims": (how["keepdims"], False)}
        return named(function, [a[0].text], options)

    return write


def along(function: str, default: object = None) -> Spelling:
    """A function along one axis."""
    return lambda operator, a: named(function, [a[0].text], {"axis": (operator.attributes["axis"], default)})


def joined(function: str) -> Spelling:
    """A function of a sequence of arrays."""
    return lambda operator, a: named(
        function, [f"({', '.join(x.text for x in a)}{',' * (len(a) == 1)})"], {"axis": (operator.attributes["axis"], 0)}
    )


def flat(function: str) -> Spelling:
    """A running function, which flattens where no axis is given."""
    return lambda operator, a: named(function, [a[0].text], {"axis": (operator.attributes["axis"], None)})


def transposed(operator: Operator, a: Sequence[Text]) -> Text:
    """Axes in another order."""
    axes = operator.attributes["axes"]
    if axes is None or tuple(axes) == tuple(reversed(range(len(axes)))):
        return Text(f"{a[0]:a}.T")
    return Text(f"np.transpose({a[0]}, {number(tuple(axes))})")


def reshaped(operator: Operator, a: Sequence[Text]) -> Text:
    """The same elements in another shape."""
    shape = operator.outputs[0].shape
    inside = ", ".join(map(str, shape)) if shape else "()"
    return (
        Text(f"np.reshape({a[0]}, {number(shape)})")
        if not shape or a[0].level < ATOM
        else Text(f"{a[0]:a}.reshape({inside})")
    )


def summed(operator: Operator, a: Sequence[Text]) -> Text:
    """The sum over the axes that a broadcast added or repeated."""
    (x,), (y,) = operator.inputs, operator.outputs
    lead = x.ndim - y.ndim
    added = tuple(range(lead))
    repeated = tuple(lead + i for i, n in enumerate(y.shape) if n == 1 and x.shape[lead + i] != 1)
    if not y.ndim:
        return Text(f"np.sum({a[0]})")
    if not repeated:
        return named("np.sum", [a[0].text], {"axis": (added[0] if len(added) == 1 else added, None)})
    kept = named("np.sum", [a[0].text], {"axis": ((*added, *repeated), None), "keepdims": (True, False)})
    return Text(f"{kept.text}.reshape({', '.join(map(str, y.shape))})") if lead else kept


def indexed(operator: Operator, a: Sequence[Text]) -> Text:
    """Indexing and slicing."""
    return Text(f"{a[0]:a}[{index(operator.attributes['key'])}]")


def placed(operator: Operator, a: Sequence[Text]) -> Text:
    """Zeros with the input at an index."""
    key = operator.attributes["key"]
    text = index(key)
    whole = key if isinstance(key, tuple) else (key,)
    if any(isinstance(part, slice) for part in whole):
        text = f"np.s_[{text}]"
    elif isinstance(key, tuple):
        text = f"({text}{',' * (len(key) == 1)})"
    return Text(f"h:put({a[0]}, {shape_of(operator)}, {text})")


def extreme(function: str) -> Spelling:
    """`np.maximum` and its kin."""
    return lambda operator, a: Text(f"{function}({a[0]}, {a[1]})")


def norm(operator: Operator, a: Sequence[Text]) -> Text:
    """A norm written out."""
    ord, axis, keepdims = (operator.attributes[name] for name in ("ord", "axis", "keepdims"))
    options = {"axis": (axis, None), "keepdims": (keepdims, False)}
    if ord in (float("inf"), float("-inf")):
        return named("np.max" if ord > 0 else "np.min", [f"np.abs({a[0]})"], options)
    if ord == 0:
        return named("np.sum", [f"{a[0].at(SUM)} != 0"], options)
    if ord == 1:
        return named("np.sum", [f"np.abs({a[0]})"], options)
    if ord == 2:
        return Text(f"np.sqrt({named('np.sum', [f'{a[0]:a}**2'], options)})")
    return Text(f"{named('np.sum', [f'np.abs({a[0]})**{number(ord)}'], options)}**(1 / {number(ord)})", POWER)


def softplus(operator: Operator, a: Sequence[Text]) -> Text:
    """A smooth relu."""
    beta, threshold = operator.attributes["beta"], operator.attributes["threshold"]
    scaled = a[0].text if beta == 1 else f"{number(beta)} * {a[0].at(PRODUCT + 1)}"
    smooth = f"np.logaddexp({scaled}, 0){'' if beta == 1 else f' / {number(beta)}'}"
    if threshold < 20:
        return Text(f"np.where({scaled} > {number(threshold)}, {a[0]}, {smooth})")
    return Text(smooth, ATOM if beta == 1 else PRODUCT)


def elu(operator: Operator, a: Sequence[Text]) -> Text:
    """An exponential linear unit."""
    alpha = operator.attributes["alpha"]
    scale = "" if alpha == 1 else f"{number(alpha)} * "
    return Text(f"np.where({a[0].at(SUM)} > 0, {a[0]}, {scale}np.expm1(np.minimum({a[0]}, 0)))")


def dropped(operator: Operator, a: Sequence[Text]) -> Text:
    """Dropout with the mask of its seed."""
    how = operator.attributes
    if not how["training"]:
        return a[0]
    if how["p"] == 1:
        return Text(f"np.zeros_like({a[0]})")
    return Text(f"h:dropout({a[0]}, {number(how['p'])}, {how['seed']})")


def geometry(operator: Operator, sizes: Sequence[int], kernel: Sequence[int]) -> dict[str, str]:
    """The window of a convolution or an unfolding as the helpers take it."""
    how = operator.attributes
    n = len(kernel)
    names = [name for name in ("stride", "padding", "dilation") if name in how]
    return {name: number(numbers(name, how[name], n, 0)) for name in names}


def convolved(function: str) -> Spelling:
    """A convolution or one of its two gradients."""

    def write(operator: Operator, a: Sequence[Text]) -> Text:
        how = operator.attributes
        kernel = operator.attributes.get("kernel") or operator.inputs[1].shape[2:]
        parts = geometry(operator, (), kernel)
        extra = {name: number(tuple(how[name])) for name in ("sizes", "kernel") if name in how}
        given = {**extra, **parts, "groups": number(how["groups"])}
        return Text(f"{function}({a[0]}, {a[1]}, {', '.join(f'{k}={v}' for k, v in given.items())})")

    return write


def unfolded(operator: Operator, a: Sequence[Text]) -> Text:
    """Windows as columns."""
    kernel, parts = window_of(operator)
    return Text(f"h:unfold({a[0]}, {number(kernel)}, {parts['stride']}, {parts['padding']}, {parts['dilation']})")


def folded(operator: Operator, a: Sequence[Text]) -> Text:
    """Columns added back."""
    kernel, parts = window_of(operator)
    how = operator.attributes
    ndim = len(kernel)
    sizes = numbers("output_size", how["output_size"], ndim, 0)
    counts = Window.over(sizes, kernel, how["dilation"], how["padding"], how["stride"]).counts
    given = (number(sizes), number(counts), number(kernel), parts["stride"], parts["padding"], parts["dilation"])
    return Text(f"h:fold({a[0]}, {', '.join(given)})")


def window_of(operator: Operator) -> tuple[tuple[int, ...], dict[str, str]]:
    """The kernel of an unfolding, one number an axis, and the rest of its window."""
    size = operator.attributes["kernel_size"]
    kernel = numbers("kernel_size", size, sliding_axes(size), 1)
    return kernel, geometry(operator, (), kernel)


def pooling(operator: Operator, sizes: tuple[int, ...]) -> Window:
    """The window of a pooling over axes of the given sizes."""
    names = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")
    return pool_window(sizes, **{name: operator.attributes[name] for name in names if name in operator.attributes})


def pool_index(operator: Operator, a: Sequence[Text]) -> Text:
    """Where each window has its largest element."""
    n = len(operator.attributes["kernel_size"])
    w = pooling(operator, operator.inputs[0].shape[-n:])
    given = ", ".join(map(number, (w.counts, w.kernel, w.stride, w.padding, w.dilation)))
    return Text(f"h:max_pool_index({a[0]}, {given})")


def averaged(operator: Operator, a: Sequence[Text]) -> Text:
    """Average pooling."""
    n = len(operator.attributes["kernel_size"])
    w = pooling(operator, operator.inputs[0].shape[-n:])
    given = map(number, (w.counts, w.kernel, w.stride, w.padding, operator.attributes["count_include_pad"]))
    return named("h:avg_pool", [a[0].text, *given], {"divisor": (operator.attributes["divisor_override"], None)})


def shared_out(operator: Operator, a: Sequence[Text]) -> Text:
    """The gradient of average pooling."""
    w = pooling(operator, tuple(operator.attributes["sizes"]))
    given = map(number, (w.sizes, w.kernel, w.stride, w.padding, operator.attributes["count_include_pad"]))
    return named("h:avg_unpool", [a[0].text, *given], {"divisor": (operator.attributes["divisor_override"], None)})


def resampled(back: bool) -> Spelling:
    """Interpolation, or its gradient: the same matrices, turned over."""

    def write(operator: Operator, a: Sequence[Text]) -> Text:
        how = operator.attributes
        (x,), (y,) = operator.inputs, operator.outputs
        n = len(how["sizes"])
        wide, narrow = (y.shape[-n:], x.shape[-n:]) if back else (x.shape[-n:], y.shape[-n:])
        matrices = [
            f"h:interpolation({how['mode']!r}, {m}, {k}, {number(step)}, {how['align_corners']}){'.T' * back}"
            for m, k, step in zip(narrow, wide, how["steps"], strict=True)
        ]
        return Text(f"h:resample({a[0]}, [{', '.join(matrices)}])")

    return write


def picked(operator: Operator, a: Sequence[Text]) -> Text:
    """Elements by label."""
    how = operator.attributes
    options = {"axis": (how["axis"], object()), "ignore_index": (how["ignore_index"], None)}
    return named("h:pick", [a[0].text, a[1].text], options)


def unpicked(operator: Operator, a: Sequence[Text]) -> Text:
    """The gradient of elements by label."""
    how = operator.attributes
    options = {"axis": (how["axis"], object()), "ignore_index": (how["ignore_index"], None)}
    return named("h:unpick", [a[0].text, a[1].text, number(tuple(how["shape"]))], options)


def argsorted(operator: Operator, a: Sequence[Text]) -> Text:
    """The order of elements."""
    how = operator.attributes
    if how["descending"]:
        return Text(f"np.argsort(-{a[0].at(POWER)}, axis={how['axis']}, kind='stable')")
    return Text(f"np.argsort({a[0]}, axis={how['axis']}, kind='stable')")


def taken(operator: Operator, a: Sequence[Text]) -> Text:
    """Elements at indices."""
    axis = operator.attributes["axis"]
    return named("np.take", [a[0].text, f"{a[1]:a}.astype(int)"], {"axis": (axis, None)})


def gathered(operator: Operator, a: Sequence[Text]) -> Text:
    """One element an index; the indices may cover less than the other axes."""
    (x, i), axis = operator.inputs, operator.attributes["axis"]
    alike = all(m == n for k, (m, n) in enumerate(zip(i.shape, x.shape, strict=True)) if k != axis % x.ndim)
    function = "np.take_along_axis" if alike else "h:gather"
    return Text(f"{function}({a[0]}, {a[1]:a}.astype(int), {axis})")


def rounded(operator: Operator, a: Sequence[Text]) -> Text:
    """Rounding."""
    return named("np.round", [a[0].text], {"decimals": (operator.attributes["decimals"], 0)})


def no_nan(operator: Operator, a: Sequence[Text]) -> Text:
    """NaN and infinities replaced."""
    how = operator.attributes
    options = {"nan": (how["nan"], 0.0), "posinf": (how["posinf"], None), "neginf": (how["neginf"], None)}
    return named("np.nan_to_num", [a[0].text], options)


def sinc(operator: Operator, a: Sequence[Text]) -> Text:
    """Normalised sinc."""
    order = operator.attributes["order"]
    return Text(f"h:sinc({a[0]}, {order})") if order else Text(f"np.sinc({a[0]})")


def singular(operator: Operator, a: Sequence[Text]) -> Text:
    """A singular value decomposition."""
    if operator.attributes["compute_uv"]:
        return Text(f"np.linalg.svd({a[0]}, full_matrices=False)")
    return Text(f"np.linalg.svd({a[0]}, compute_uv=False)")


def solved(operator: Operator, a: Sequence[Text]) -> Text:
    """A linear system."""
    if operator.inputs[1].ndim == 1 and operator.inputs[0].ndim > 2:
        return Text(f"np.linalg.solve({a[0]}, {a[1]:a}[:, None])[..., 0]")
    return Text(f"np.linalg.solve({a[0]}, {a[1]})")


def triangle(function: str) -> Spelling:
    """The lower or upper triangle."""
    return lambda operator, a: named(function, [a[0].text], {"k": (operator.attributes["k"], 0)})


def repeated(operator: Operator, a: Sequence[Text]) -> Text:
    """Broadcasting."""
    (x,) = operator.inputs
    shape = shape_of(operator)
    if x.literal is not None:
        return Text(f"np.full({shape}, {a[0]})")
    return Text(f"np.broadcast_to({a[0]}, {shape})")


UNARY = (
    "exp log sqrt sign abs isfinite isinf isnan logical_not expm1 exp2 log1p log2 log10 cbrt square reciprocal sin cos "
    "tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh floor ceil trunc"
)
BINARY = "arctan2 hypot logaddexp maximum minimum remainder fmod logical_and logical_or logical_xor outer"

SPELLINGS: dict[str, Spelling] = {
    **{name: template(f"np.{name}({{0}})") for name in UNARY.split()},
    **{name: extreme(f"np.{name}") for name in BINARY.split()},
    "add": infix("+", SUM),
    "subtract": infix("-", SUM),
    "multiply": infix("*", PRODUCT),
    "divide": infix("/", PRODUCT),
    "matmul": infix("@", PRODUCT),
    "power": power,
    "neg": prefix("-"),
    "identity": same,
    "detach": same,
    "after": same,
    **{name: compared(symbol) for name, symbol in COMPARISONS.items()},
    "where": template("np.where({0}, {1}, {2})"),
    "xlogy": template("np.where({0} == 0, 0.0, {0:a} * np.log(np.where({0} == 0, 1.0, {1})))"),
    "square": template("{0:a}**2", POWER),
    "rsqrt": template("1 / np.sqrt({0})", PRODUCT),
    "reshape": reshaped,
    "transpose": transposed,
    "broadcast_to": repeated,
    "sum_to": summed,
    "stack": joined("np.stack"),
    "concatenate": joined("np.concatenate"),
    "getitem": indexed,
    "put": placed,
    "erf": template("h:erf({0})"),
    "erfc": template("h:erfc({0})"),
    "lgamma": template("h:lgamma({0})"),
    "digamma": template("h:polygamma(0, {0})"),
    "polygamma": template("h:polygamma({n}, {0})"),
    "signbit": template("np.signbit({0})"),
    **{name: template(f"h:{name}({{0}})") for name in ("erfinv", "erfcx", "ndtri", "matrix_exp")},
    "dft": template("h:dft({0}, {axis}, {inverse})"),
    "lasting": template("h:lasting({0}, {shape}, {axis})"),
    "running_place": template("h:running_place({0}, {axis}, {largest})"),
    "adaptive_max_index": template("h:adaptive_max_index({0}, {sizes})"),
    "relu": template("np.maximum({0}, 0)"),
    "sigmoid": template("h:sigmoid({0})"),
    "softplus": softplus,
    "logsigmoid": template("-np.logaddexp(0, -{0:a})", PRODUCT + 1),
    "elu": elu,
    "cumsum": flat("np.cumsum"),
    "cumprod": flat("np.cumprod"),
    "logcumsumexp": lambda operator, a: (
        Text(f"np.logaddexp.accumulate({a[0]}, axis={operator.attributes['axis']})")
        if operator.attributes["axis"] is not None
        else Text(f"np.logaddexp.accumulate(np.ravel({a[0]}))")
    ),
    "recurrence": template("h:recurrence({0}, {1}, {axis}, {transposed})"),
    "sum": reduction("np.sum"),
    "mean": reduction("np.mean"),
    "prod": reduction("np.prod"),
    "logsumexp": reduction("h:logsumexp"),
    "softmax": template("h:softmax({0}, axis={axis})"),
    "log_softmax": template("h:log_softmax({0}, axis={axis})"),
    "tril": triangle("np.tril"),
    "triu": triangle("np.triu"),
    "det": template("np.linalg.det({0})"),
    "slogdet": template("np.linalg.slogdet({0})"),
    "inv": template("np.linalg.inv({0})"),
    "pinv": template("np.linalg.pinv({0})"),
    "solve": solved,
    "cofactor": template("h:cofactor({0})"),
    "cofactor_slope": template("h:cofactor_slope({0}, {1})"),
    "cholesky": template("np.linalg.cholesky(h:symmetric({0}))"),
    "eigh": template("np.linalg.eigh(h:symmetric({0}))"),
    "svd": singular,
    "qr": template("np.linalg.qr({0})"),
    "amax": reduction("np.max"),
    "amin": reduction("np.min"),
    "max": reduction("np.max"),
    "min": reduction("np.min"),
    "argmax": reduction("np.argmax"),
    "argmin": reduction("np.argmin"),
    "any": reduction("np.any"),
    "all": reduction("np.all"),
    "vector_norm": norm,
    "dropout": dropped,
    "causal_mask": lambda operator, a: Text(
        f"np.where(np.tri({operator.inputs[0].shape[-2]}, {operator.inputs[0].shape[-1]}, dtype=bool), {a[0]}, -1e30)"
    ),
    "pick": picked,
    "unpick": unpicked,
    "bounded_log": template("np.maximum(np.log({0}), -100)"),
    "unfold": unfolded,
    "fold": folded,
    "convolution": convolved("h:convolution"),
    "convolution_input": convolved("h:convolution_input"),
    "convolution_kernel": convolved("h:convolution_kernel"),
    "sinc": sinc,
    "take": taken,
    "index_add": template("h:index_add({0}, {1}, {2}, {axis})"),
    "gather": gathered,
    "scatter_add": template("h:scatter_add({0}, {1}, {2}, {axis})"),
    "one_hot": template("np.eye({num_classes})[{0:a}.astype(int)]"),
    "max_pool_index": pool_index,
    "avg_pool": averaged,
    "avg_unpool": shared_out,
    "resample": resampled(back=False),
    "resample_back": resampled(back=True),
    "round": rounded,
    "nan_to_num": no_nan,
    "argsort": argsorted,
}
