"""Programs, requests and values that are odd: the tests cross them, and the search begins with them."""

from __future__ import annotations

from typing import Any

PROGRAMS = {
    "syntax": "J = (",
    "overflow": "x: parameter = 1e200\nJ = x * x * x",
    "no element": "x: input[0]\nJ = sum(x)",
    "empty parameter": "W: parameter[0]\nx: input\nJ = sum(W) + x * x",
    "unused": "x: parameter\nb: parameter[2]\nJ = x * x",
    "no scalar": "x: input[3]\ny = x * 2",
    "matrix": "x: input[2, 3]\nW: parameter[3, 2]\nJ = sum(W @ x)",
    "nan": "x: parameter = -1.0\nJ = log(x)",
    "whole numbers": "x: input[3]\ni = argmax(x)\nJ = sum(x)",
    "number": "J = 2.0 * 3",
    "nothing": "",
    "size": "n = 4\nx: input[n, 2]\ny: target[n]\nW: parameter[2]\nJ = mean((x @ W - y) ** 2)",
}

REQUESTS: list[tuple[str, dict[str, Any]]] = [
    *[(path, {}) for path in ("gradients", "trace", "structure", "run", "kept", "levels", "edits", "train/data")],
    ("batch", {"batch": [{}, {"x": [1, 2]}], "wrt": ["x", "x"]}),
    ("tensor", {"name": "x", "of": "gradient"}),
    ("jvp", {"directions": {"x": [1]}}),
    ("hvp", {"directions": {"W": []}}),
    ("tangents", {"wrt": "x"}),
    ("jacobian", {"of": "J", "wrt": "x"}),
    ("hessian", {"wrt": ["x", "x"]}),
    ("hessian", {"wrt": []}),
    ("check", {}),
    ("check", {"wrt": ["x", "x"]}),
    ("levels/picture", {"level": "gradient"}),
    ("curvature", {}),
    ("curvature", {"wrt": ["x", "x"], "learning_rate": 1e308}),
    ("shapes", {"name": "x"}),
    *[("export", {"format": name}) for name in ("html", "json", "tex", "svg")],
    ("train/start", {"data": {"name": "moons", "noise": 1e308}}),
    ("train/step", {"data": {"name": "own"}}),
    ("memory", {"checkpointing": True, "formulas": True, "size": "n", "points": [0, 1, 5]}),
    ("partition", {"devices": 3, "verify": True}),
    ("diff", {"before": "x: input\nJ = x"}),
    ("health", {"learning_rate": 0.1}),
    *[("code", {"to": name}) for name in ("pytorch", "jax", "numpy")],
]

LYING_NPY = "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDk5OTk5OTk5OTk5LCksIH0K"
SIXTEEN = "AAAAAAAAAAAAAAAAAAAAAA=="

VALUES: list[Any] = [
    [1e308] * 3,
    "NaN",
    [],
    {"dtype": "float64", "shape": [-1], "base64": SIXTEEN},
    {"dtype": "float64", "shape": "2", "base64": SIXTEEN},
    {"dtype": "float64", "shape": [2.7], "base64": SIXTEEN},
    {"dtype": "float64", "shape": [True, 2], "base64": SIXTEEN},
    {"npy": LYING_NPY},
    {"npy": "k05VTVBZAQD//w=="},
]
