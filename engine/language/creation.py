"""Arrays made of nothing but sizes: `zeros(2, 3)`, `arange(4)`, `torch.tensor([1.0, 2.0])`, `randn(2, 3)`."""

from __future__ import annotations

import ast
import math
from typing import Any

import numpy as np

from tidegraph.engine.graph import REGISTRY, ShapeError, Variable, constant
from tidegraph.engine.language.expressions import ExpressionEvaluator, variables_in
from tidegraph.engine.language.objects import Known, Tensor, is_number
from tidegraph.engine.ops.arrange import MOST_NUMBERS, room

Raw = Any
"""An argument that is taken as it is, known or not."""


def shape_of(sizes: tuple[Any, ...], size: Any = None) -> tuple[int, ...]:
    """A shape given as sizes one by one, as one sequence, or by name."""
    if size is not None and not sizes:
        sizes = (size,)
    if len(sizes) == 1 and isinstance(sizes[0], (tuple, list, np.ndarray)):
        sizes = tuple(sizes[0])
    shape = []
    for n in sizes:
        if isinstance(n, float) and n.is_integer():
            n = int(n)
        if isinstance(n, (bool, str)) or not isinstance(n, (int, np.integer)) or n < 0:
            raise ShapeError("size-not-whole", size=repr(n)[:40])
        shape.append(int(n))
    room(*shape)
    return tuple(shape)


def role(requires_grad: bool) -> str:
    """The role of a tensor in the graph."""
    return "parameter" if requires_grad else "input"


def filled(shape: tuple[int, ...], value: float, requires_grad: bool) -> Any:
    """An array of one number."""
    array = np.full(shape, value, np.float64)
    if requires_grad:
        return Tensor(shape, array, "parameter")
    return array if shape else value


def zeros(*shape: int, size: Any = None, dtype: Any = None, requires_grad: bool = False) -> Any:
    """An array of zeros."""
    return filled(shape_of(shape, size), 0.0, requires_grad)


def ones(*shape: int, size: Any = None, dtype: Any = None, requires_grad: bool = False) -> Any:
    """An array of ones."""
    made = filled(shape_of(shape, size), 1.0, requires_grad)
    if dtype is not None and getattr(dtype, "name", str(dtype)).endswith("bool") and isinstance(made, np.ndarray):
        return made.astype(bool)
    return made


def numpy_zeros(shape: Any = (), dtype: Any = None, order: Any = None) -> Any:
    """An array of zeros."""
    return filled(shape_of((shape,)), 0.0, False)


def numpy_ones(shape: Any = (), dtype: Any = None, order: Any = None) -> Any:
    """An array of ones."""
    return ones(*shape_of((shape,)), dtype=dtype)


def full(shape: Any, fill_value: Variable, dtype: Any = None, requires_grad: bool = False) -> Any:
    """An array of one number."""
    sizes = shape_of((shape,))
    if fill_value.literal is None:
        return REGISTRY["broadcast_to"](fill_value, shape=sizes)
    if isinstance(fill_value.literal, bool):
        return np.full(sizes, fill_value.literal)
    return filled(sizes, float(fill_value.literal), requires_grad)


def eye(n: int, m: Any = None, dtype: Any = None, requires_grad: bool = False) -> Any:
    """The identity matrix."""
    rows, columns = shape_of((n, n if m is None else m))
    made = np.eye(rows, columns)
    return Tensor(made.shape, made, "parameter") if requires_grad else made


def arange(*ends: float, start: Any = None, stop: Any = None, end: Any = None, step: Any = None, dtype: Any = None,
           requires_grad: bool = False) -> Any:  # fmt: skip
    """Numbers from a start up to an end, which is left out."""
    numbers = list(ends)
    stop = end if stop is None else stop
    if len(numbers) == 1 and stop is None and start is None:
        numbers = [0, numbers[0]]
    elif len(numbers) < 2:
        numbers = [
            start if start is not None else (numbers.pop(0) if numbers else 0),
            stop if stop is not None else numbers[0],
        ]
    if len(numbers) == 2:
        numbers.append(1 if step is None else step)
    if len(numbers) != 3 or not all(is_number(n) for n in numbers) or numbers[2] == 0:
        raise ShapeError("range-of-numbers")
    first, last, by = numbers
    if not all(math.isfinite(n) for n in numbers) or (last - first) / by > MOST_NUMBERS:
        raise ShapeError("array-too-large", shape=(MOST_NUMBERS,))
    made = np.arange(first, last, by)
    if dtype is not None and "float" in getattr(dtype, "name", str(dtype)):
        made = made.astype(np.float64)
    return Tensor(made.shape, made.astype(float), "parameter") if requires_grad else made


def linspace(start: float, stop: Any = None, num: Any = None, *, end: Any = None, steps: Any = None, dtype: Any = None,
             endpoint: bool = True, requires_grad: bool = False) -> Any:  # fmt: skip
    """So many numbers from a start to an end, both of which are in."""
    last = end if stop is None else stop
    count = shape_of((num if num is not None else steps if steps is not None else 50,))[0]
    if not is_number(start) or not is_number(last):
        raise ShapeError("range-of-numbers")
    made = np.linspace(start, last, count, endpoint=endpoint)
    return Tensor(made.shape, made, "parameter") if requires_grad else made


def logspace(
    start: float, stop: Any = None, num: int = 50, base: float = 10.0, *, end: Any = None, steps: Any = None
) -> Any:
    """Powers of a base with evenly spaced exponents."""
    return np.logspace(start, end if stop is None else stop, shape_of((steps or num,))[0], base=base)


def zeros_like(x: Variable, dtype: Any = None, requires_grad: bool = False) -> Any:
    """Zeros in the shape of an array."""
    return filled(x.shape, 0.0, requires_grad)


def ones_like(x: Variable, dtype: Any = None, requires_grad: bool = False) -> Any:
    """Ones in the shape of an array."""
    return filled(x.shape, 1.0, requires_grad)


def full_like(x: Variable, fill_value: Variable, dtype: Any = None, requires_grad: bool = False) -> Any:
    """One number in the shape of an array."""
    return full(x.shape, fill_value, None, requires_grad) if x.shape else fill_value


def randn(*shape: int, size: Any = None, dtype: Any = None, requires_grad: bool = False) -> Any:
    """Draws from the standard normal distribution, from the seed of the request."""
    return Tensor(shape_of(shape, size), ("normal", (0.0, 1.0)), role(requires_grad))


def rand(*shape: int, size: Any = None, dtype: Any = None, requires_grad: bool = False) -> Any:
    """Draws from [0, 1), from the seed of the request."""
    return Tensor(shape_of(shape, size), ("uniform", (0.0, 1.0)), role(requires_grad))


def randn_like(x: Variable, dtype: Any = None, requires_grad: bool = False) -> Any:
    """Normal draws in the shape of an array."""
    return Tensor(x.shape, ("normal", (0.0, 1.0)), role(requires_grad))


def rand_like(x: Variable, dtype: Any = None, requires_grad: bool = False) -> Any:
    """Uniform draws in the shape of an array."""
    return Tensor(x.shape, ("uniform", (0.0, 1.0)), role(requires_grad))


def randint(
    ev: ExpressionEvaluator, *ends: int, size: Any = None, low: Any = None, high: Any = None, dtype: Any = None
) -> Any:
    """Whole numbers from a range, the same in every run."""
    numbers = list(ends)
    if size is None and numbers and isinstance(numbers[-1], (tuple, list)):
        size = numbers.pop()
    if size is None and len(numbers) == 3:
        size = numbers.pop()
    low = low if low is not None else (numbers.pop(0) if len(numbers) > 1 else 0)
    high = high if high is not None else (numbers.pop(0) if numbers else None)
    shape = shape_of((() if size is None else size,))
    if not isinstance(low, int) or not isinstance(high, int) or high <= low:
        raise ShapeError("range-of-numbers")
    made = np.random.default_rng(ev.next_seed()).integers(low, high, shape).astype(np.float64)
    return Tensor(shape, made, "input")


def randperm(ev: ExpressionEvaluator, n: int, dtype: Any = None) -> Any:
    """The numbers below n in an order that is the same in every run."""
    return np.random.default_rng(ev.next_seed()).permutation(shape_of((n,))[0])


def normal(loc: Any = 0.0, scale: Any = 1.0, size: Any = None, *, mean: Any = None, std: Any = None) -> Any:
    """Normal draws with a mean and a standard deviation."""
    loc, scale = (mean if mean is not None else loc), (std if std is not None else scale)
    return Tensor(shape_of((() if size is None else size,)), ("normal", (float(loc), float(scale))))


def uniform(low: Any = 0.0, high: Any = 1.0, size: Any = None) -> Any:
    """Uniform draws from a range."""
    return Tensor(shape_of((() if size is None else size,)), ("uniform", (float(low), float(high))))


def tensor(ev: ExpressionEvaluator, node: Any, data: Raw, dtype: Any = None, requires_grad: bool = False) -> Any:
    """An array given by its numbers; of variables it is a stack."""
    if isinstance(data, Known):
        data = data.value
    if isinstance(data, Variable):
        return data
    if isinstance(data, Tensor):
        return Tensor(data.shape, data.initial, role(requires_grad) if requires_grad else data.role)
    if any(True for _ in variables_in(data)) or _holds(data):
        return stacked(ev, node, data)
    try:
        array = np.array(ev.static(data))
    except ValueError:
        raise ShapeError("ragged") from None
    if array.dtype.kind not in "bif":
        raise ShapeError("not-numbers", text=str(data)[:40])
    room(*array.shape)
    if array.dtype.kind == "b":
        return array
    return Tensor(array.shape, array.astype(np.float64), role(bool(requires_grad)))


def micrograd_value(ev: ExpressionEvaluator, node: Any, data: Raw, label: Any = None) -> Any:
    """`Value(2.0)` of micrograd: a scalar whose gradient is wanted; its label is for pictures."""
    return tensor(ev, node, data, requires_grad=True)


def numpy_array(
    ev: ExpressionEvaluator, node: Any, data: Raw, dtype: Any = None, copy: Any = None, ndmin: Any = None
) -> Any:
    """An array given by its numbers: a constant."""
    if isinstance(data, (Variable, Known)):
        return data
    made = tensor(ev, node, data)
    if isinstance(made, Tensor) and isinstance(made.initial, np.ndarray):
        return made.initial if made.shape else made.initial.item()
    return made


def _holds(data: Any) -> bool:
    """Whether nested lists hold known values with names, which stay variables."""
    if isinstance(data, (list, tuple)):
        return any(_holds(v) for v in data)
    return isinstance(data, (Known, Tensor)) or hasattr(data, "declare")


def joined_array(ev: ExpressionEvaluator, value: Any) -> Any:
    """A list with variables in it as one array."""
    if _holds(value) or any(isinstance(v, Variable) for v in value):
        return stacked(ev, ast.Constant(0), list(value))
    return value


def stacked(ev: ExpressionEvaluator, node: Any, data: Any) -> Any:
    """Nested lists with variables in them as one array."""
    if isinstance(data, (list, tuple)):
        parts = [stacked(ev, node, v) for v in data]
        return REGISTRY["stack"]([p if isinstance(p, Variable) else constant(np.float64(p)) for p in parts], axis=0)
    found = ev.operand(data, node)
    return found if isinstance(found, Variable) else constant(np.array(float(found)))


def one_hot(x: Variable, num_classes: int = -1) -> Variable:
    """A row with a single one for each class index."""
    if num_classes == -1:
        raise ShapeError("classes-must-be-given")
    return REGISTRY["one_hot"](x, num_classes=num_classes)


def meshgrid(*xs: Variable, indexing: str = "ij") -> Any:
    """The coordinates of a grid, one array an axis."""
    if indexing == "xy" and len(xs) > 1:
        xs = (xs[1], xs[0], *xs[2:])
    shape = tuple(x.size for x in xs)
    found = []
    for axis, x in enumerate(xs):
        column = REGISTRY["reshape"](x, shape=tuple(n if a == axis else 1 for a, n in enumerate(shape)))
        found.append(REGISTRY["broadcast_to"](column, shape=shape))
    if indexing == "xy" and len(xs) > 1:
        found[0], found[1] = found[1], found[0]
    return tuple(found)


COMMON: dict[str, Any] = {
    "arange": arange,
    "eye": eye,
    "full": full,
    "full_like": full_like,
    "linspace": linspace,
    "logspace": logspace,
    "ones": ones,
    "ones_like": ones_like,
    "rand": rand,
    "randint": randint,
    "randn": randn,
    "randperm": randperm,
    "zeros": zeros,
    "zeros_like": zeros_like,
}
"""Without a prefix, sizes may stand one by one or together."""

TORCH: dict[str, Any] = {
    **COMMON,
    "as_tensor": tensor,
    "empty": zeros,
    "empty_like": zeros_like,
    "from_numpy": tensor,
    "normal": normal,
    "one_hot": one_hot,
    "rand_like": rand_like,
    "randn_like": randn_like,
    "scalar_tensor": tensor,
    "tensor": tensor,
    "Tensor": tensor,
    "FloatTensor": tensor,
    "LongTensor": tensor,
}

NUMPY: dict[str, Any] = {
    **{k: v for k, v in COMMON.items() if k not in ("rand", "randn", "randint", "randperm")},
    "array": numpy_array,
    "asarray": numpy_array,
    "empty": numpy_zeros,
    "empty_like": zeros_like,
    "identity": eye,
    "ones": numpy_ones,
    "zeros": numpy_zeros,
}

NUMPY_RANDOM: dict[str, Any] = {
    "integers": randint,
    "normal": normal,
    "permutation": randperm,
    "rand": rand,
    "randint": randint,
    "randn": randn,
    "random": rand,
    "random_sample": rand,
    "standard_normal": randn,
    "uniform": uniform,
}
