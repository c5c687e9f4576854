"""The words for what an operator makes of its inputs, and for what it does to a gradient on the way back through it.

An operator without an entry is told by its name and its documentation alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from tidegraph.engine.graph import Operator, Variable
from tidegraph.engine.ops.shape import index_text

SAYS = {
    "add": "the sum of {0} and {1}{each}",
    "subtract": "{0} minus {1}{each}",
    "multiply": "{0} times {1}{each}",
    "divide": "{0} divided by {1}{each}",
    "power": "{0} to the power {1}{each}",
    "neg": "{0} with its sign turned",
    "abs": "the size of {0} without its sign{each}",
    "identity": "{0} under another name",
    "matmul": "the matrix product of {0} and {1}",
    "sum": "the sum of {axes}{0}",
    "mean": "the mean of {axes}{0}",
    "max": "the largest of {axes}{0}",
    "min": "the smallest of {axes}{0}",
    "exp": "e to the power {0}{each}",
    "log": "the natural logarithm of {0}{each}",
    "sqrt": "the square root of {0}{each}",
    "relu": "{0} where it is positive, and 0 elsewhere",
    "sigmoid": "{0} squashed between 0 and 1 by the logistic function",
    "tanh": "{0} squashed between -1 and 1 by the hyperbolic tangent",
    "softmax": "{0} made into probabilities, which sum to 1",
    "log_softmax": "the logarithm of the probabilities that softmax makes of {0}",
    "transpose": "{0} with its axes exchanged",
    "reshape": "{0} in another shape",
    "getitem": "{0}[{index}]",
}
"""What a result is, as a phrase: {0} and {1} are the operands, {each} and {axes} are about their entries."""

HOW: Mapping[str, str | tuple[str, str]] = {
    "add": "same",
    "subtract": ("same", "turned"),
    "multiply": "times",
    "divide": ("divided", "quotient"),
    "neg": "turned",
    "abs": "sign",
    "identity": "same",
    "exp": "result",
    "log": "inverse",
    "sqrt": "root",
    "relu": "positive",
    "sigmoid": "logistic",
    "tanh": "tangent",
    "softmax": "softmax",
    "sum": "spread",
    "mean": "shared",
    "transpose": "exchanged",
    "reshape": "shaped",
    "getitem": "placed",
    "concatenate": "cut",
    "stack": "cut",
}

PHRASES = {
    "same": "unchanged",
    "turned": "with its sign turned",
    "times": "multiplied by {other}",
    "divided": "divided by {other}",
    "quotient": "multiplied by minus {result} and divided by {own}",
    "double": "multiplied by 2 {own}",
    "sign": "multiplied by the sign of {own}",
    "result": "multiplied by {result}",
    "inverse": "divided by {own}",
    "root": "divided by 2 {result}",
    "positive": "kept where {own} is positive and stopped elsewhere",
    "logistic": "multiplied by {result} (1 - {result})",
    "tangent": "multiplied by 1 - {result} squared",
    "softmax": "less its mean weighted by {result}, then multiplied by {result}",
    "transposed": "multiplied by {other} transposed",
    "outer": "every entry multiplied by every entry of {other}",
    "spread": "handed to every entry alike",
    "shared": "shared out equally over the entries",
    "exchanged": "with its axes exchanged back",
    "shaped": "in the former shape",
    "placed": "put back in its place, with zeros around it",
    "cut": "cut to its own part",
}
"""What happens to a gradient on its way from an operator's result to one of its inputs."""

SUMMED = "summed where {own} was repeated"


def said(operator: Operator, names: Mapping[Variable, str]) -> str | None:
    """What the result of an operator is, as a phrase."""
    template = SAYS.get(operator.op.name)
    if template is None:
        return None
    a, *more = operator.inputs
    if operator.op.name == "matmul" and a.ndim == more[0].ndim == 1:
        template = "the dot product of {0} and {1}"
    axis = operator.attributes.get("axis")
    over = axis if isinstance(axis, (tuple, list)) else (axis,)
    axes = "the entries of " if axis is None else f"the entries along axis {' and '.join(map(str, over))} of "
    index = index_text(operator.attributes["key"]).replace(r"\ldots", "...") if "key" in operator.attributes else ""
    each = ", entry by entry" if operator.outputs[0].shape and len(operator.inputs) > 1 else ""
    return template.format(*(called(v, names) for v in operator.inputs), each=each, axes=axes, index=index)


def called(variable: Variable, names: Mapping[Variable, str]) -> str:
    """An operand as a sentence calls it: a number by its digits."""
    return f"{variable.literal:g}" if variable.literal is not None else names[variable]


def how(operator: Operator, port: int, names: Mapping[Variable, str]) -> dict[str, str] | None:
    """What happens to the gradient on the way to the input `port`: the `key` of a phrase, and the names in it."""
    key = way(operator, port)
    if key is None:
        return None
    own = operator.inputs[port]
    told = {"key": key, "own": called(own, names), "result": names[operator.outputs[0]]}
    if len(operator.inputs) == 2:
        told["other"] = called(operator.inputs[1 - port], names)
    if key != "spread" and operator.op.name in ("add", "subtract", "multiply", "divide", "power"):
        told |= {"repeated": "yes"} if own.shape != operator.outputs[0].shape else {}
    return told


def way(operator: Operator, port: int) -> str | None:
    """The key of the phrase for one input."""
    name = operator.op.name
    if name == "matmul":
        a, b = operator.inputs
        if a.ndim == 1 and b.ndim == 2 and port == 1:
            return "outer"
        return "times" if a.ndim == 1 else "transposed"
    if name == "power":
        return "double" if port == 0 and operator.inputs[1].literal == 2 else None
    keys = HOW.get(name)
    return keys if keys is None or isinstance(keys, str) else keys[port]


def phrase(told: Mapping[str, str]) -> str:
    """The same in words."""
    parts = [PHRASES[told["key"]], *([SUMMED] if "repeated" in told else [])]
    return ", ".join(parts[told["key"] == "same" and len(parts) > 1 :]).format(**told)
