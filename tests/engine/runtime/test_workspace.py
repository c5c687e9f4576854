"""Memory of whole passes: the peak that tracemalloc measures is the planned one, whatever the operators do inside."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest

import tidegraph

PROGRAMS = {
    "solve": "A: parameter[n, n]\nb: input[n, n]\nJ = sum(solve(A, b) ** 2)",
    "inv, det": "A: parameter[n, n]\nJ = sum(inv(A) ** 2) + det(A / n)",
    "cholesky": "A: parameter[n, n]\nJ = sum(cholesky(A @ A.T) ** 2)",
    "eigh": "A: parameter[n, n]\nw, v = eigh(A)\nJ = sum(w ** 2) + sum(v ** 2 * w)",
    "svd": "A: parameter[n, n]\nu, s, v = svd(A)\nJ = sum(s) + sum(u * v)",
    "qr": "A: parameter[n, n]\nq, r = qr(A)\nJ = sum(q * r)",
    "pinv": "A: parameter[n, n]\nJ = sum(pinv(A) ** 2)",
    "a stack": "A: parameter[50, 60, 60]\nb: input[50, 60, 3]\nJ = sum(solve(A, b) ** 2) + sum(inv(A))",
    "convolution": "x: input[8, 4, 48, 48]\nk: parameter[8, 4, 3, 3]\nJ = sum(relu(conv2d(x, k, padding=1)) ** 2)",
    "in groups": "x: input[8, 4, 48, 48]\nk: parameter[8, 2, 3, 3]\nJ = sum(conv2d(x, k, groups=2, dilation=2) ** 2)",
    "transposed": "x: input[8, 4, 32, 32]\nk: parameter[4, 8, 3, 3]\nJ = sum(conv_transpose2d(x, k, stride=2) ** 2)",
    "pooling": "x: parameter[8, 4, 96, 96]\nJ = sum(max_pool2d(x, 2) ** 2) + sum(avg_pool2d(x, 3) ** 2)",
    "attention": "q: parameter[4, 8, 96, 32]\nk: parameter[4, 8, 96, 32]\nv: parameter[4, 8, 96, 32]\n"
    "J = sum(scaled_dot_product_attention(q, k, v, is_causal=True) ** 2)",
    "cell": "x: input[256, 128]\nh: input[256, 128]\nc: input[256, 128]\nW: parameter[512, 128]\n"
    "U: parameter[512, 128]\na, b = lstm_cell(x, h, c, W, U)\nJ = sum(a * b)",
    "views": "x: parameter[300, 400]\nW: parameter[400, 200]\nV: parameter[200, 300]\n"
    "J = sum(x[::2] @ W) + sum((x[:, ::-1] @ W) ** 2) + sum((x.T[::2] @ V.T) ** 2) + sum((x > 0) @ W)",
    "sums": "x: parameter[400, 500]\nW: parameter[500, 300]\nJ = sum(sum(x @ W, axis=0) ** 2) + mean(x @ W)",
    "norms": "x: parameter[64, 32, 128]\n"
    "J = sum(layer_norm(x) ** 2) + norm(x) + sum(batch_norm(x, training=True) ** 2)",
    "order": "x: parameter[512, 512]\nv, i = topk(x, 5)\n"
    "J = sum(sort(x)[:, 3:] ** 2) + sum(v) + sum(median(x, axis=1))",
    "running": "x: parameter[512, 512]\n"
    "J = sum(cumsum(x) ** 2) + sum(cumprod(x, axis=1)) + sum(logcumsumexp(x, axis=1))",
    "labels": "x: parameter[4096, 100]\ny: target[4096]\nJ = cross_entropy(x, y)",
    "lookup": "E: parameter[1000, 64]\nt: target[4096, 64]\ni: input[4096]\nJ = sum((embedding(i, E) - t) ** 2)",
    "resampling": "x: parameter[4, 4, 64, 64]\nJ = sum(interpolate(x, scale_factor=2, mode='bilinear') ** 2)",
    "edges": "x: parameter[500, 500]\n"
    "J = sum(pad(x, ((2, 2), (3, 3)), mode='reflect') ** 2) + sum(roll(x, 3) * flip(x))",
    "triangles": "x: parameter[400, 400]\nJ = sum(tril(x) ** 2) + sum(kron(x[:20, :20], x[:20, :20])) + trace(x @ x)",
}

PYTHON_OBJECTS = 65536
"""Bytes that Python itself takes for a first run: the code of a plan and the names of its results."""


@pytest.mark.parametrize(("keep", "dtype"), [("training", "float64"), ("training", "float32"), ("all", "float64")])
@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_the_measured_peak_is_the_planned_one_within_one_percent(program: str, keep: str, dtype: str) -> None:
    graph = tidegraph.parse(f"n = 300\n{program}")
    function = tidegraph.value_and_grad(graph, keep=keep, dtype=dtype)
    leaves = {name: v for name, v in graph.leaves().items() if name not in graph.sizes}
    first = tidegraph.initial_values(graph)
    values = {name: np.asarray(first[name], function.plan.dtype_of(v)) for name, v in leaves.items()}
    assert peak(function, values) == pytest.approx(function.plan.peak_bytes, rel=0.01, abs=PYTHON_OBJECTS)


def peak(function: tidegraph.Function, values: dict[str, Any]) -> int:
    """Bytes that the first run allocates at most, what it hands out included."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        held = function(values)
        measured = tracemalloc.get_traced_memory()[1] - before
        del held
    finally:
        tracemalloc.stop()
    return measured
