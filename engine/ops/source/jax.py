"""Every operator in JAX: NumPy's spelling with `jnp`, and JAX's own functions where they are better."""

from __future__ import annotations

from collections.abc import Sequence

from tidegraph.engine.graph import Operator
from tidegraph.engine.ops.source import numpy as numpy_source
from tidegraph.engine.ops.source.numpy import reduction
from tidegraph.engine.ops.source.text import PRODUCT, Spelling, Text, named, number, shape_of, template
from tidegraph.engine.ops.windows import numbers


def translated(spelling: Spelling) -> Spelling:
    """A spelling with `jnp` for `np`."""

    def write(operator: Operator, a: Sequence[Text]) -> Text:
        marked = [Text(f"\0{n}\0", text.level) for n, text in enumerate(a)]
        text, level = spelling(operator, marked)
        text = text.replace("np.", "jnp.")
        for n, operand in enumerate(a):
            text = text.replace(f"\0{n}\0", operand.text)
        return Text(text, level)

    return write


def placed(operator: Operator, a: Sequence[Text]) -> Text:
    """Zeros with the input at an index."""
    text = numpy_source.placed(operator, a).text
    key = text[text.index(shape_of(operator)) + len(shape_of(operator)) + 2 : -1]
    return Text(f"jnp.zeros({shape_of(operator)}).at[{key.replace('np.s_', 'jnp.s_')}].add({a[0]})")


def convolved(operator: Operator, a: Sequence[Text]) -> Text:
    """A convolution."""
    x, w = operator.inputs
    how, n = operator.attributes, w.ndim - 2
    stride, padding, dilation = (numbers(name, how[name], n, 0) for name in ("stride", "padding", "dilation"))
    options = {
        "rhs_dilation": (dilation, (1,) * n),
        "feature_group_count": (how["groups"], 1),
    }
    single = x.ndim == n + 1
    first = f"{a[0]:a}[None]" if single else a[0].text
    pads = number(tuple((p, p) for p in padding))
    text = named("jax.lax.conv_general_dilated", [first, a[1].text, number(stride), pads], options).text
    return Text(f"{text}[0]" if single else text)


def running(function: str) -> Spelling:
    """A running function of `jax.lax`."""

    def write(operator: Operator, a: Sequence[Text]) -> Text:
        axis = operator.attributes["axis"]
        if axis is None:
            return Text(f"{function}({a[0]:a}.flatten(), axis=0)")
        return Text(f"{function}({a[0]}, axis={axis % operator.inputs[0].ndim})")

    return write


def joined(function: str) -> Spelling:
    """A function of a sequence of arrays, bare numbers among them made arrays."""

    def write(operator: Operator, a: Sequence[Text]) -> Text:
        parts = [
            text.text if variable.literal is None else f"jnp.array({text})"
            for variable, text in zip(operator.inputs, a, strict=True)
        ]
        inside = f"({', '.join(parts)}{',' * (len(parts) == 1)})"
        return named(function, [inside], {"axis": (operator.attributes["axis"], 0)})

    return write


def elu(operator: Operator, a: Sequence[Text]) -> Text:
    """An exponential linear unit."""
    return named("jax.nn.elu", [a[0].text], {"alpha": (operator.attributes["alpha"], 1)})


SPELLINGS: dict[str, Spelling] = {
    **{name: translated(spelling) for name, spelling in numpy_source.SPELLINGS.items()},
    "relu": template("jax.nn.relu({0})"),
    "detach": template("jax.lax.stop_gradient({0})"),
    "sigmoid": template("jax.nn.sigmoid({0})"),
    "logsigmoid": template("jax.nn.log_sigmoid({0})"),
    "softmax": template("jax.nn.softmax({0}, axis={axis})"),
    "log_softmax": template("jax.nn.log_softmax({0}, axis={axis})"),
    "logsumexp": reduction("jax.nn.logsumexp"),
    "elu": elu,
    "erf": template("jax.scipy.special.erf({0})"),
    "erfc": template("jax.scipy.special.erfc({0})"),
    "lgamma": template("jax.scipy.special.gammaln({0})"),
    "digamma": template("jax.scipy.special.digamma({0})"),
    "polygamma": template("jax.scipy.special.polygamma({n}, {0})"),
    "erfinv": template("jax.scipy.special.erfinv({0})"),
    "ndtri": template("jax.scipy.special.ndtri({0})"),
    "matrix_exp": template("jax.scipy.linalg.expm({0})"),
    "rsqrt": template("1 / jnp.sqrt({0})", PRODUCT),
    "logcumsumexp": running("jax.lax.cumlogsumexp"),
    "put": placed,
    "stack": joined("jnp.stack"),
    "concatenate": joined("jnp.concatenate"),
    "convolution": convolved,
    "one_hot": template("jax.nn.one_hot({0:a}.astype(int), {num_classes})"),
}
