"""The programs whose drawings are checked: the gallery's, the shared cases', named ones, and random ones."""

from __future__ import annotations

import json
import random
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tidegraph

EXAMPLES = Path(__file__).parents[2] / "app" / "examples"

CHAPTER_WITH_BIAS = """
x: input[4]
y: target[3]
W1: parameter[5, 4]
b1: parameter[5]
W2: parameter[3, 5]
lam = 0.1

def l2(W1, W2, lam):
    return lam / 2 * (sum(W1 ** 2) + sum(W2 ** 2))

z = W1 @ x + b1
h = relu(z)
o = W2 @ h
L = squared_error(o, y)
s = l2(W1, W2, lam)
J = L + s
"""

NAMED = {
    "log": "x: input = -1\ny = log(x)\nJ = y * 2",
    "micrograd": (
        "a: parameter = 2\nb: parameter = -3\nc: parameter = 10\nf: parameter = -2\ne = a * b\nd = e + c\nL = d * f"
    ),
    "neuron": (
        "x1: input = 2\nx2: input = 0\nw1: parameter = -3\nw2: parameter = 1\nb: parameter = 6.88\n"
        "n = x1 * w1 + x2 * w2 + b\no = tanh(n)"
    ),
    "linear": "X: input[6, 3]\ny: target[6]\nw: parameter[3]\nb: parameter\np = X @ w + b\nJ = mean((p - y) ** 2)",
    "softmax": (
        "X: input[6, 4]\ny: target[6] = [0, 1, 2, 0, 1, 2]\nW: parameter[4, 3]\nb: parameter[3]\n"
        "logits = X @ W + b\nJ = cross_entropy(logits, y)"
    ),
    "two layers": (
        "X: input[5, 3]\nY: target[5, 2]\nW1: parameter[3, 4]\nb1: parameter[4]\n"
        "W2: parameter[4, 2]\nb2: parameter[2]\n"
        "H = sigmoid(X @ W1 + b1)\nP = H @ W2 + b2\nJ = mse_loss(P, Y)"
    ),
    "two layers with decay": (
        "X: input[5, 3]\nY: target[5, 2]\nW1: parameter[3, 4]\nb1: parameter[4]\n"
        "W2: parameter[4, 2]\nb2: parameter[2]\n"
        "H = sigmoid(X @ W1 + b1)\nP = H @ W2 + b2\nJ = mse_loss(P, Y) + 0.01 * (sum(W1 ** 2) + sum(W2 ** 2))"
    ),
    "chapter with a bias": CHAPTER_WITH_BIAS,
    "deep": "x: input[4]\ny: target[4]\n"
    + "\n".join(f"W{i}: parameter[4, 4]" for i in range(60))
    + "\nh = x\n"
    + "\n".join(f"h{i} = sigmoid(W{i} @ {'x' if i == 0 else f'h{i - 1}'})" for i in range(60))
    + "\nJ = mse_loss(h59, y)",
    "sigmoid by hand": "x: input = 0.5\nw: parameter = 2\nb: parameter = 1\nJ = 1 / (1 + exp(-(w * x + b)))",
    "residual": (
        "x: input[4]\ny: target[4]\nW1: parameter[4, 4]\nW2: parameter[4, 4]\nh1 = relu(W1 @ x) + x\n"
        "h2 = relu(W2 @ h1) + h1\nh3 = h2 + x\nJ = mse_loss(h3, y)"
    ),
    "vae": (
        "x: input[6]\neps: input[2]\nW1: parameter[5, 6]\nWm: parameter[2, 5]\nWs: parameter[2, 5]\n"
        "V1: parameter[5, 2]\nV2: parameter[6, 5]\nh = tanh(W1 @ x)\nmu = Wm @ h\nlogvar = Ws @ h\n"
        "z = mu + exp(logvar / 2) * eps\ng = tanh(V1 @ z)\nr = sigmoid(V2 @ g)\nrec = sum((r - x) ** 2)\n"
        "kl = -0.5 * sum(1 + logvar - mu ** 2 - exp(logvar))\nJ = rec + kl"
    ),
    "rnn of three steps": (
        "x: input[3, 2]\nU: parameter[4, 2]\nW: parameter[4, 4]\nb: parameter[4]\nh: input[4] = zeros()\n"
        "for t in range(3):\n    h = tanh(U @ x[t] + W @ h + b)\nJ = sum(h ** 2)"
    ),
    "lstm": (
        "x: input[5, 3]\n"
        + "".join(f"W{g}: parameter[4, 3]\nU{g}: parameter[4, 4]\nb{g}: parameter[4]\n" for g in "ifog")
        + "h: input[4] = zeros()\nc: input[4] = zeros()\nfor t in range(5):\n    i = sigmoid(Wi @ x[t] + Ui @ h + bi)\n"
        "    f = sigmoid(Wf @ x[t] + Uf @ h + bf)\n    o = sigmoid(Wo @ x[t] + Uo @ h + bo)\n"
        "    g = tanh(Wg @ x[t] + Ug @ h + bg)\n    c = f * c + i * g\n    h = o * tanh(c)\nJ = sum(h ** 2)"
    ),
}


def named() -> Iterator[tuple[str, str, dict[str, Any] | None]]:
    """The gallery, the programs of a course, the shared cases: name, program and the figure that it brings along."""
    for path in sorted(EXAMPLES.glob("*.toml")):
        example = tomllib.loads(path.read_text())
        yield f"gallery {path.stem}", example["program"], example.get("layout")
    for name, program in NAMED.items():
        yield name, program, None


def cases(path: Path) -> Iterator[tuple[str, str, dict[str, Any] | None]]:
    """The programs of a file of cases, one JSON object a line."""
    for line in path.read_text().splitlines():
        case = json.loads(line)
        if "program" in case and "expect_error" not in case:
            yield f"case {case['id']}", case["program"], None


def random_program(seed: int) -> str:
    """A program of vectors, matrices and scalars: layers, sums, skips and shared parameters at random."""
    draw = random.Random(seed)
    size = draw.choice([2, 3, 4])
    lines = [f"x{i}: {draw.choice(['input', 'parameter'])}[{size}]" for i in range(draw.randint(1, 3))]
    known = [line.split(":")[0] for line in lines]
    weights = [f"W{i}" for i in range(draw.randint(0, 3))]
    lines += [f"{name}: parameter[{size}, {size}]" for name in weights]
    scalars: list[str] = []
    if draw.random() < 0.5:
        lines.append("lam: parameter = 0.5")
        scalars.append("lam")
    block = draw.random() < 0.3
    if block:
        lines += ["def block(u, v):", "    m = tanh(u) * v", "    return m + u"]
    for i in range(draw.randint(1, 12)):
        a, b = draw.choice(known[-4:]), draw.choice(known)
        kinds = ["unary", "sum", "product", "sum", "product", "constant"]
        kinds += ["layer", "layer"] if weights else []
        kinds += ["scaled"] if scalars else []
        kinds += ["block"] if block else []
        match draw.choice(kinds):
            case "unary":
                text = f"{draw.choice(['relu', 'tanh', 'sigmoid', 'exp', 'sin'])}({a})"
            case "sum":
                text = f"{a} {draw.choice('+-')} {b}"
            case "product":
                text = f"{a} * {b}"
            case "layer":
                text = f"{draw.choice(weights)} @ {a}"
                if draw.random() < 0.5:
                    text = f"tanh({text} + {b})"
            case "scaled":
                text = f"{scalars[0]} * {a}"
            case "block":
                text = f"block({a}, {b})"
            case _:
                text = draw.choice([f"1 + {a}", f"{a} / 2", f"1 - {a}", f"{a} ** 2"])
        lines.append(f"v{i} = {text}")
        known.append(f"v{i}")
    used = "\n".join(lines)
    loose = [name for name in known if used.count(name) == 1] or [known[-1]]
    lines.append("J = " + " + ".join(f"sum({name})" for name in dict.fromkeys([*loose, known[-1]])))
    return "\n".join(lines)


def body(name: str, program: str, figure: dict[str, Any] | None) -> dict[str, Any] | None:
    """What is drawn of a program; null for one that does not run with the numbers that it brings along."""
    try:
        trace = tidegraph.trace(tidegraph.parse(program)).to_dict()
    except tidegraph.TidegraphError:
        return None
    for node in trace["graph"]["nodes"]:
        node["value"] = node["gradient"] = 0
    for step in [*trace["forward"], *trace["backward"]]:
        step["equation"] = {}
        step["contribution"] = step["gradient"] = None
    for scope in trace["scopes"]:
        scope["forward"] = scope["backward"] = []
    return {"name": name, "program": program, "figure": figure, "trace": trace}
