"""PyTorch as the oracle for value, gradient and Hessian-vector product of every operator that it has.

A row of a table says how PyTorch spells an operator: a function of the tensors, with the attributes as keywords.
Whole numbers arrive as float tensors, as they do in a program. A row missing for an operator that PyTorch has under
the same name fails `test_every_operator_that_torch_has_is_compared`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
F = torch.nn.functional

import tidegraph  # noqa: E402
from tests.engine import torch_compositions, torch_elementwise  # noqa: E402
from tests.engine.calls import Call, assert_close, calls, run  # noqa: E402
from tests.engine.torch_networks import LOSSES, NETWORKS  # noqa: E402
from tidegraph.engine.ops import REGISTRY  # noqa: E402

Row = Callable[..., Any]


def dims(t: Any, axis: Any) -> Any:
    """An axis attribute as PyTorch wants it: None is all of them."""
    return tuple(range(t.ndim)) if axis is None else axis


ARITHMETIC: dict[str, Row] = {
    "add": torch.add,
    "subtract": torch.subtract,
    "multiply": torch.multiply,
    "divide": torch.divide,
    "power": torch.pow,
    "neg": torch.neg,
    "identity": lambda x: x,
    "detach": torch.detach,
    "less": torch.lt,
    "less_equal": torch.le,
    "greater": torch.gt,
    "greater_equal": torch.ge,
    "equal": torch.eq,
    "not_equal": torch.ne,
    "maximum": torch.maximum,
    "minimum": torch.minimum,
    "where": lambda c, a, b: torch.where(c != 0, a, b),
    "exp": torch.exp,
    "log": torch.log,
    "sqrt": torch.sqrt,
    "sign": torch.sign,
    "abs": torch.abs,
}

ACTIVATIONS: dict[str, Row] = {
    "relu": F.relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
}

REDUCTIONS: dict[str, Row] = {
    "sum": lambda x, axis=None, keepdims=False: x.sum(dims(x, axis), keepdim=keepdims) if x.ndim else x.sum(),
    "mean": lambda x, axis=None, keepdims=False: x.mean(dims(x, axis), keepdim=keepdims) if x.ndim else x.mean(),
    "softmax": lambda x, axis=-1: F.softmax(x, axis),
    "log_softmax": lambda x, axis=-1: F.log_softmax(x, axis),
}

LINALG: dict[str, Row] = {
    "matmul": torch.matmul,
    "outer": lambda a, b: torch.outer(a.flatten(), b.flatten()),
    "dot": lambda a, b: (
        a * b if not a.ndim else torch.matmul(a, b) if b.ndim <= 2 else torch.einsum("ij,kjl->ikl", a, b)
    ),
    "inner": lambda a, b: torch.inner(a, b),
    "tensordot": lambda a, b, axes=2: torch.tensordot(a, b, axes),
    "einsum": lambda *x, subscripts: torch.einsum(subscripts, *x),
    "kron": torch.kron,
    "cross": lambda a, b, axis=-1: torch.linalg.cross(*torch.broadcast_tensors(a, b), dim=axis),
    "diagonal": lambda x, offset=0, axis1=0, axis2=1: x.diagonal(offset, axis1, axis2),
    "diag": lambda x, k=0: x.diag(k),
    "trace": lambda x, offset=0, axis1=0, axis2=1: x.diagonal(offset, axis1, axis2).sum(-1),
    "tril": lambda x, k=0: x.tril(k),
    "triu": lambda x, k=0: x.triu(k),
}

DECOMPOSITIONS: dict[str, Row] = {
    "det": torch.linalg.det,
    "slogdet": torch.linalg.slogdet,
    "inv": torch.linalg.inv,
    "pinv": torch.linalg.pinv,
    "solve": lambda a, b: torch.linalg.solve(a, b if b.ndim > 1 else b.expand(*a.shape[:-1])),
    "cholesky": lambda x: torch.linalg.cholesky((x + x.mT) / 2),
    "eigh": lambda x: torch.linalg.eigh((x + x.mT) / 2),
    "svd": lambda x, compute_uv=True: signed_svd(x) if compute_uv else torch.linalg.svdvals(x),
    "qr": torch.linalg.qr,
    "matrix_power": lambda x, n: torch.linalg.matrix_power(x, n),
}

SHAPE: dict[str, Row] = {
    "reshape": lambda x, shape: x.reshape(shape),
    "transpose": lambda x, axes=None: x.permute(*(range(x.ndim)[::-1] if axes is None else axes)),
    "broadcast_to": lambda x, shape: x.broadcast_to(shape),
    "sum_to": lambda x, shape: x.sum_to_size(shape),
    "stack": lambda *x, axis=0: torch.stack(x, axis),
    "getitem": lambda x, key: x.flip(0)[::2] if key == slice(4, None, -2) else x[key],
    "put": lambda g, shape, key: torch.zeros(shape, dtype=g.dtype).index_put(
        coordinates(shape, key), g, accumulate=True
    ),
}


ARRANGEMENT: dict[str, Row] = {
    "flatten": lambda x, start_dim=0, end_dim=-1: x.flatten(start_dim, end_dim),
    "ravel": torch.ravel,
    "swapaxes": lambda x, axis1, axis2: x.swapaxes(axis1, axis2),
    "moveaxis": lambda x, source, destination: x.moveaxis(source, destination),
    "squeeze": lambda x, axis=None: x.squeeze() if axis is None else x.squeeze(axis),
    "concatenate": lambda *x, axis=0: torch.cat([t.flatten() for t in x] if axis is None else x, axis or 0),
    "split": lambda x, indices_or_sections, axis=0: torch.tensor_split(x, indices_or_sections, axis),
    "tile": lambda x, reps: x.tile(reps),
    "repeat": lambda x, repeats, axis=None: x.repeat_interleave(torch.as_tensor(repeats), axis),
    "flip": lambda x, axis=None: x.flip(dims(x, axis)),
    "roll": lambda x, shift, axis=None: x.roll(shift, axis),
    "pad": lambda x, pad_width, mode="constant", constant_values=0.0: pad(x, pad_width, mode, constant_values),
}

INDEXING: dict[str, Row] = {
    "take": lambda x, i, axis=None: torch.take(x, i.long()) if axis is None else taken(x, i.long(), axis),
    "take_each": lambda x, *i, axes: x[
        tuple(i[axes.index(a)].long() if a in axes else slice(None) for a in range(x.ndim))
    ],
    "index_add": lambda x, i, source, axis=0: x.index_add(axis, i.long(), source),
    "gather": lambda x, i, axis: x.gather(axis, i.long()),
    "scatter_add": lambda x, i, source, axis: x.scatter_add(axis, i.long(), source),
    "take_along_axis": lambda x, i, axis=-1: torch.take_along_dim(x, i.long(), axis),
    "one_hot": lambda i, num_classes: F.one_hot(i.long(), num_classes),
    "embedding": lambda i, weight: F.embedding(i.long(), weight),
}


def signed_svd(x: Any) -> tuple[Any, Any, Any]:
    """PyTorch's vectors with NumPy's signs, which are arbitrary."""
    u, s, vh = torch.linalg.svd(x, full_matrices=False)
    sign = (u * torch.as_tensor(np.linalg.svd(x.detach().numpy(), False)[0])).sum(-2).sign().detach()
    return u * sign[..., None, :], s, vh * sign[..., :, None]


def taken(x: Any, i: Any, axis: int) -> Any:
    axis %= x.ndim
    return x.index_select(axis, i.flatten()).reshape(*x.shape[:axis], *i.shape, *x.shape[axis + 1 :])


def pad(x: Any, pad_width: Any, mode: str, value: float) -> Any:
    widths = [int(n) for pair in np.broadcast_to(pad_width, (x.ndim, 2))[::-1] for n in pair]
    if mode == "constant":
        return F.pad(x, widths, value=value)
    batch = x[(None,) * (3 - x.ndim)]
    widths += [0] * (4 - len(widths))
    return F.pad(batch[None], widths, {"edge": "replicate", "wrap": "circular"}.get(mode, mode))[0].reshape(
        [n + a + b for n, (a, b) in zip(x.shape, np.broadcast_to(pad_width, (x.ndim, 2)), strict=True)]
    )


def planar(how: dict[str, Any]) -> tuple[bool, dict[str, Any]]:
    """Window attributes for two axes, and whether a second axis had to be added: PyTorch knows nothing else."""
    if how["kernel_size"] == 2 or len(how["kernel_size"]) == 2:
        return False, how
    neutral = {"kernel_size": 1, "dilation": 1, "padding": 0, "stride": 1, "output_size": 1}
    first = {name: value[0] if isinstance(value, tuple) else value for name, value in how.items()}
    return True, {name: (value, neutral[name]) for name, value in first.items()}


def unfold(x: Any, **how: Any) -> Any:
    added, how = planar(how)
    return F.unfold(x[..., None] if added else x, **how)


def fold(x: Any, **how: Any) -> Any:
    added, how = planar(how)
    return F.fold(x, **how)[..., 0] if added else F.fold(x, **how)


WINDOWS: dict[str, Row] = {"unfold": unfold, "fold": fold}

TABLE = {
    **torch_elementwise.TABLE,
    **torch_compositions.TABLE,
    **ARITHMETIC,
    **ACTIVATIONS,
    **REDUCTIONS,
    **LINALG,
    **DECOMPOSITIONS,
    **SHAPE,
    **ARRANGEMENT,
    **INDEXING,
    **WINDOWS,
    **NETWORKS,
    **LOSSES,
}

OTHERWISE_IN_TORCH = {"multinomial"}
"""Operators whose name PyTorch uses for something else, or whose random numbers are others there."""

COMPARED = list(calls([op for name, op in REGISTRY.items() if name in TABLE]))
every_call = pytest.mark.parametrize("call", COMPARED, ids=str)
every_float = pytest.mark.parametrize("call", [c for c in COMPARED if c.floats], ids=str)


def coordinates(shape: tuple[int, ...], key: Any) -> tuple[Any, ...]:
    """The index tensors of what a NumPy index selects."""
    flat = np.arange(int(np.prod(shape))).reshape(shape)[key]
    return tuple(torch.as_tensor(i) for i in np.unravel_index(flat, shape))


class Oracle:
    """One call in PyTorch: results, gradient and Hessian-vector product of the same objective."""

    def __init__(self, call: Call) -> None:
        self.leaves = {
            name: torch.tensor(value, dtype=torch.float64, requires_grad=name in call.wrt)
            for name, value in call.values.items()
        }
        operands = [self.leaves.get(f"x{n}") for n in range(len(call.shapes))]
        result = TABLE[call.op.name](*operands, **call.attributes)
        self.results = list(result) if isinstance(result, (tuple, list)) else [result]
        self.wrt = [self.leaves[name] for name in call.wrt]
        self.objective = sum(
            ((self.leaves[name] + 0.5 * self.results[int(name[1:])]) * self.results[int(name[1:])]).sum()
            for name in self.leaves
            if name.startswith("w")
        )

    def gradient(self) -> list[Any]:
        return self.derivative(self.objective)

    def product(self, direction: list[Any]) -> list[Any]:
        """The Hessian of the objective times a direction."""
        along = sum((g * torch.as_tensor(d)).sum() for g, d in zip(self.gradient(), direction, strict=True))
        return self.derivative(along)

    def derivative(self, scalar: Any) -> list[Any]:
        if not getattr(scalar, "requires_grad", False):
            return [torch.zeros_like(x) for x in self.wrt]
        return list(torch.autograd.grad(scalar, self.wrt, create_graph=True, materialize_grads=True))


@every_call
def test_value(call: Call) -> None:
    for y, value in zip(Oracle(call).results, run(call, call.results).values(), strict=True):
        assert_close(value, y.detach().numpy(), 1e-10)


@every_float
def test_gradient(call: Call) -> None:
    (gradients,) = tidegraph.function(tidegraph.grad(call.graph, "J", call.wrt))(call.values)
    for name, wanted in zip(call.wrt, Oracle(call).gradient(), strict=True):
        assert_close(gradients[f"dJ_d{name}"], wanted.detach().numpy(), 1e-10, name)


@every_float
def test_hessian_vector_product(call: Call) -> None:
    direction = call.direction()
    (products,) = tidegraph.function(tidegraph.hvp(call.graph, "J", call.wrt))(
        {**call.values, **{f"{n}_dot": v for n, v in direction.items()}}
    )
    for name, wanted in zip(call.wrt, Oracle(call).product([direction[n] for n in call.wrt]), strict=True):
        assert_close(products[f"H{name}"], wanted.detach().numpy(), 1e-10, name)


def test_every_operator_that_torch_has_is_compared() -> None:
    spaces = (torch, F, torch.linalg, torch.special, torch.Tensor)
    known = {name for name in REGISTRY if any(hasattr(space, name) for space in spaces)}
    assert known - TABLE.keys() - OTHERWISE_IN_TORCH == set()


def test_every_row_is_an_operator() -> None:
    assert TABLE.keys() - REGISTRY.keys() == set()
