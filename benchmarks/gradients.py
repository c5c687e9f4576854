"""Value and both parameter gradients of the chapter's network: the engine against its peers, all in one run.

Every contender computes the same formulas in float64 and returns J, dJ/dW1 and dJ/dW2; the answers are compared
before anything is timed. Contenders take turns, so that a busy machine is busy for all of them; what is reported is
the median over the rounds of each one's time divided by that of straightforward NumPy in the same round.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import tidegraph

SIZES = ((4, 5, 3, 1), (32, 64, 10, 32), (784, 256, 10, 128), (1024, 1024, 1024, 256))
LAMBDA = 0.1
ROUNDS = 15
SECONDS = 0.05
"""Time that one contender runs for in one round."""

PROGRAM = """
d, h, q, n = {}, {}, {}, {}
x: input[d, n]
y: target[q, n]
W1: parameter[h, d]
W2: parameter[q, h]
lam = 0.1

def l2(W1, W2, lam):
    return lam / 2 * (sum(W1 ** 2) + sum(W2 ** 2))

z = W1 @ x
a = relu(z)
o = W2 @ a
L = squared_error(o, y)
s = l2(W1, W2, lam)
J = L + s
"""

Arrays = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
Contender = Callable[[Arrays], Callable[[], tuple[Any, Any, Any]]]


def numpy_plain(arrays: Arrays) -> Callable[[], tuple[Any, Any, Any]]:
    """What a person writes."""
    x, y, W1, W2 = arrays

    def run() -> tuple[Any, Any, Any]:
        z = W1 @ x
        a = np.maximum(z, 0)
        o = W2 @ a
        loss = np.sum((o - y) ** 2) / 2
        s = LAMBDA / 2 * (np.sum(W1**2) + np.sum(W2**2))
        J = loss + s
        do = o - y
        dW2 = do @ a.T + LAMBDA * W2
        da = W2.T @ do
        dz = da * (z > 0)
        dW1 = dz @ x.T + LAMBDA * W1
        return J, dW1, dW2

    return run


def numpy_preallocated(arrays: Arrays) -> Callable[[], tuple[Any, Any, Any]]:
    """The same calls, each writing to an array made before; results are overwritten by the next run."""
    x, y, W1, W2 = arrays
    z, o = W1 @ x, y.copy()
    a, da, dz, positive = z.copy(), z.copy(), z.copy(), z > 0
    r, square = o.copy(), o.copy()
    dW1, dW2, t1, t2 = W1.copy(), W2.copy(), W1.copy(), W2.copy()

    def run() -> tuple[Any, Any, Any]:
        np.matmul(W1, x, out=z)
        np.maximum(z, 0, out=a)
        np.matmul(W2, a, out=o)
        np.subtract(o, y, out=r)
        np.square(r, out=square)
        loss = np.sum(square) / 2
        np.square(W1, out=t1)
        np.square(W2, out=t2)
        s = LAMBDA / 2 * (np.sum(t1) + np.sum(t2))
        J = loss + s
        np.matmul(r, a.T, out=dW2)
        np.multiply(W2, LAMBDA, out=t2)
        np.add(dW2, t2, out=dW2)
        np.matmul(W2.T, r, out=da)
        np.greater(z, 0, out=positive)
        np.multiply(da, positive, out=dz)
        np.matmul(dz, x.T, out=dW1)
        np.multiply(W1, LAMBDA, out=t1)
        np.add(dW1, t1, out=dW1)
        return J, dW1, dW2

    return run


def products_alone(arrays: Arrays) -> Callable[[], tuple[Any, Any, Any]]:
    """The five matrix products and nothing else: the floor, not an answer."""
    x, y, W1, W2 = arrays
    z, o, da, dW1, dW2 = W1 @ x, y.copy(), W1 @ x, W1.copy(), W2.copy()

    def run() -> tuple[Any, Any, Any]:
        np.dot(W1, x, z)
        np.dot(W2, z, o)
        np.dot(o, z.T, dW2)
        np.dot(W2.T, o, da)
        np.dot(da, x.T, dW1)
        return None, dW1, dW2

    return run


def hips_autograd(arrays: Arrays) -> Callable[[], tuple[Any, Any, Any]]:
    """HIPS autograd."""
    import autograd
    import autograd.numpy as anp

    x, y, W1, W2 = arrays

    def objective(W1: Any, W2: Any) -> Any:
        o = anp.dot(W2, anp.maximum(anp.dot(W1, x), 0))
        return anp.sum((o - y) ** 2) / 2 + LAMBDA / 2 * (anp.sum(W1**2) + anp.sum(W2**2))

    both = autograd.value_and_grad(objective, (0, 1))

    def run() -> tuple[Any, Any, Any]:
        J, (dW1, dW2) = both(W1, W2)
        return J, dW1, dW2

    return run


def torch_eager(arrays: Arrays) -> Callable[[], tuple[Any, Any, Any]]:
    """PyTorch, eager."""
    import torch

    x, y, W1, W2 = map(torch.from_numpy, arrays)
    W1.requires_grad_()
    W2.requires_grad_()

    def run() -> tuple[Any, Any, Any]:
        o = W2 @ torch.relu(W1 @ x)
        J = ((o - y) ** 2).sum() / 2 + LAMBDA / 2 * ((W1**2).sum() + (W2**2).sum())
        dW1, dW2 = torch.autograd.grad(J, (W1, W2))
        return J.detach(), dW1, dW2

    return run


def jax_jit(arrays: Arrays) -> Callable[[], tuple[Any, Any, Any]]:
    """JAX, compiled by XLA."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    x, y, W1, W2 = map(jnp.asarray, arrays)

    def objective(W1: Any, W2: Any) -> Any:
        o = W2 @ jnp.maximum(W1 @ x, 0)
        return jnp.sum((o - y) ** 2) / 2 + LAMBDA / 2 * (jnp.sum(W1**2) + jnp.sum(W2**2))

    both = jax.jit(jax.value_and_grad(objective, (0, 1)))

    def run() -> tuple[Any, Any, Any]:
        J, (dW1, dW2) = jax.block_until_ready(both(W1, W2))
        return J, dW1, dW2

    return run


def ours(**options: Any) -> Contender:
    """The engine from program text; what is handed back is a fresh set of arrays by name, every call."""

    def prepare(arrays: Arrays) -> Callable[[], tuple[Any, Any, Any]]:
        x, y, W1, W2 = arrays
        (h, d), (q, n) = W1.shape, y.shape
        f = tidegraph.value_and_grad(tidegraph.parse(PROGRAM.format(d, h, q, n)), **options)

        def run() -> tuple[Any, Any, Any]:
            values, gradients = f(x=x, y=y, W1=W1, W2=W2)
            return values["J"], gradients["W1"], gradients["W2"]

        return run

    return prepare


CONTENDERS: dict[str, Contender] = {
    "NumPy": numpy_plain,
    "autograd": hips_autograd,
    "PyTorch": torch_eager,
    "JAX jit": jax_jit,
    "NumPy, preallocated": numpy_preallocated,
    "five products alone": products_alone,
    "engine, all": ours(),
    "engine, all of parameters": ours(wrt=("W1", "W2")),
    "engine, named": ours(keep="named"),
    "engine, training": ours(keep="training"),
}


def prepared(sizes: tuple[int, int, int, int]) -> dict[str, Callable[[], Any]]:
    """Every contender that is installed, with its answers compared to NumPy's."""
    d, h, q, n = sizes
    random = np.random.default_rng(0)
    arrays = tuple(random.normal(0, 1 / np.sqrt(s[-1]), s) for s in ((d, n), (q, n), (h, d), (q, h)))
    runs = {}
    for name, contender in CONTENDERS.items():
        try:
            runs[name] = contender(arrays)  # type: ignore[arg-type]
        except ImportError:
            continue
    expected = runs["NumPy"]()
    for name, run in runs.items():
        if name != "five products alone":
            for ours, theirs in zip(run(), expected, strict=True):
                np.testing.assert_allclose(np.asarray(ours), theirs, rtol=1e-9, atol=1e-12, err_msg=name)
    return runs


def seconds(run: Callable[[], Any], count: int) -> float:
    """Mean time of one call. The last answer is held while the next is worked out, as in a training loop."""
    start = time.perf_counter()
    for _ in range(count):
        held = run()  # noqa: F841
    return (time.perf_counter() - start) / count


def measure(sizes: tuple[int, int, int, int]) -> tuple[float, dict[str, float]]:
    """Seconds of straightforward NumPy, and everyone's time relative to it."""
    runs = prepared(sizes)
    counts = {name: max(3, int(SECONDS / seconds(run, 3))) for name, run in runs.items()}
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            times[name].append(seconds(run, counts[name]))
    base = times["NumPy"]
    ratios = {name: statistics.median(t / b for t, b in zip(own, base, strict=True)) for name, own in times.items()}
    return statistics.median(base), ratios


def main() -> None:
    """Print the table."""
    results = {sizes: measure(sizes) for sizes in SIZES}
    print("## Value and gradients: time relative to straightforward NumPy\n")
    print("| d, h, q, batch | " + " | ".join(", ".join(map(str, s)) for s in SIZES) + " |")
    print("|---" * (len(SIZES) + 1) + "|")
    print("| NumPy, microseconds | " + " | ".join(f"{results[s][0] * 1e6:.1f}" for s in SIZES) + " |")
    for name in results[SIZES[0]][1]:
        print(f"| {name} | " + " | ".join(f"{results[s][1][name]:.2f}" for s in SIZES) + " |")
    print()


if __name__ == "__main__":
    main()
