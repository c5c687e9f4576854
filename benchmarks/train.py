"""Training steps a second: the chapter's network and a network on 10,000 points, beside PyTorch and JAX, in one run.

Every contender makes the same steps of gradient descent in float64 from the same parameters on the same examples, all
of them in every step; the parameters are compared after some steps before anything is timed. Contenders take turns.
`engine, a run` is `tidegraph.Training`, which also reports loss, metric and gradient norms and looks for divergence in
every step, as the page shows them; `engine` is the compiled gradient and an update, as the peers do it.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import tidegraph

RATE = 0.01
STEPS = 25
"""Steps after which the parameters are compared."""

ROUNDS = 9
SECONDS = 0.1
"""Time that one contender runs for in one round."""

CHAPTER = """
d, h, q, n = 4, 5, 3, 32
x: input[d, n]
y: target[q, n]
W1: parameter[h, d]
W2: parameter[q, h]
lam = 0.1

def l2(W1, W2, lam):
    return lam / 2 * (sum(W1 ** 2) + sum(W2 ** 2))

o = W2 @ relu(W1 @ x)
L = squared_error(o, y) / n
s = l2(W1, W2, lam)
J = L + s
"""

POINTS = """
n, h = 10000, 64
x: input[n, 2]
y: target[n, 1]
W1: parameter[2, h]
b1: parameter[h]
W2: parameter[h, 1]
b2: parameter[1]
o = tanh(x @ W1 + b1) @ W2 + b2
J = binary_cross_entropy_with_logits(o, y)
"""

Arrays = dict[str, np.ndarray]
Run = tuple[Callable[[], Any], Callable[[], Arrays]]
"""A step, and the parameters so far."""


def chapter_data() -> tidegraph.data.Dataset:
    """32 examples of a linear map with noise."""
    random = np.random.default_rng(0)
    inputs = random.normal(size=(32, 4))
    return tidegraph.data.Dataset(inputs, inputs @ random.normal(size=(4, 3)) + random.normal(0, 0.1, (32, 3)))


def points_data() -> tidegraph.data.Dataset:
    """10,000 points of two half circles."""
    return tidegraph.data.generate("moons", 10_000, seed=0)


def first_parameters(program: str) -> Arrays:
    """Small random numbers, the same for all."""
    random = np.random.default_rng(1)
    leaves = tidegraph.parse(program).leaves("parameter")
    return {name: random.normal(0, 0.3, v.shape) for name, v in leaves.items()}


def fed(program: str, dataset: tidegraph.data.Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets as the program reads them."""
    leaves = tidegraph.parse(program).leaves()
    targets = dataset.targets.reshape(len(dataset), -1).astype(float)
    across = leaves["x"].shape[0] != len(dataset)
    return tuple(np.ascontiguousarray(a.T if across else a) for a in (dataset.inputs, targets))  # type: ignore[return-value]


def ours(program: str, dataset: tidegraph.data.Dataset) -> Run:
    """The compiled gradient and an update."""
    x, y = fed(program, dataset)
    f = tidegraph.value_and_grad(tidegraph.parse(program), keep="training")
    parameters = first_parameters(program)

    def step() -> float:
        values, gradients = f(x=x, y=y, **parameters)
        for name, gradient in gradients.items():
            parameters[name] = parameters[name] - RATE * gradient
        return float(values["J"])

    return step, lambda: parameters


def our_run(program: str, dataset: tidegraph.data.Dataset) -> Run:
    """A run with reports."""
    settings = tidegraph.train.Settings(batch_size=len(dataset))
    rule = tidegraph.optim.SGD(learning_rate=RATE)
    training = tidegraph.Training(
        tidegraph.parse(program), dataset, rule, settings=settings, values=first_parameters(program), output="o"
    )
    return training.step, lambda: training.state.parameters


def torch_eager(program: str, dataset: tidegraph.data.Dataset) -> Run:
    """PyTorch, eager, with its own optimiser."""
    import torch

    x, y = map(torch.from_numpy, fed(program, dataset))
    p = {n: torch.from_numpy(a).requires_grad_() for n, a in first_parameters(program).items()}
    optimizer = torch.optim.SGD(p.values(), lr=RATE)

    def objective() -> Any:
        if program is CHAPTER:
            o = p["W2"] @ torch.relu(p["W1"] @ x)
            return ((o - y) ** 2).sum() / 2 / 32 + 0.1 / 2 * ((p["W1"] ** 2).sum() + (p["W2"] ** 2).sum())
        o = torch.tanh(x @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"]
        return torch.nn.functional.binary_cross_entropy_with_logits(o, y)

    def step() -> float:
        optimizer.zero_grad()
        loss = objective()
        loss.backward()
        optimizer.step()
        return float(loss.detach())

    return step, lambda: {n: a.detach().numpy() for n, a in p.items()}


def jax_jit(program: str, dataset: tidegraph.data.Dataset) -> Run:
    """JAX, the whole step compiled by XLA."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    x, y = map(jnp.asarray, fed(program, dataset))

    def objective(p: Any) -> Any:
        if program is CHAPTER:
            o = p["W2"] @ jnp.maximum(p["W1"] @ x, 0)
            return jnp.sum((o - y) ** 2) / 2 / 32 + 0.1 / 2 * (jnp.sum(p["W1"] ** 2) + jnp.sum(p["W2"] ** 2))
        o = jnp.tanh(x @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"]
        return jnp.mean(jnp.maximum(o, 0) - o * y + jnp.log1p(jnp.exp(-jnp.abs(o))))

    @jax.jit
    def update(p: Any) -> Any:
        loss, gradients = jax.value_and_grad(objective)(p)
        return loss, {n: a - RATE * gradients[n] for n, a in p.items()}

    held = {"p": {n: jnp.asarray(a) for n, a in first_parameters(program).items()}}

    def step() -> float:
        loss, held["p"] = update(held["p"])
        return float(loss)

    return step, lambda: {n: np.asarray(a) for n, a in held["p"].items()}


TASKS: dict[str, tuple[str, Callable[[], tidegraph.data.Dataset]]] = {
    "chapter, 32 examples": (CHAPTER, chapter_data),
    "2-64-1, 10,000 points": (POINTS, points_data),
}
CONTENDERS: dict[str, Callable[[str, tidegraph.data.Dataset], Run]] = {
    "PyTorch": torch_eager,
    "JAX jit": jax_jit,
    "engine, a run": our_run,
    "engine": ours,
}


def prepared(task: str) -> dict[str, Callable[[], Any]]:
    """Every contender's step that is installed, all at the same parameters."""
    program, dataset = TASKS[task]
    runs: dict[str, Run] = {}
    for name, contender in CONTENDERS.items():
        try:
            runs[name] = contender(program, dataset())
        except ImportError:
            continue
    for step, _ in runs.values():
        for _ in range(STEPS):
            step()
    expected = runs["engine"][1]()
    for name, (_, parameters) in runs.items():
        for key, array in parameters().items():
            np.testing.assert_allclose(array, expected[key], rtol=1e-9, atol=1e-12, err_msg=f"{name}, {key}")
    return {name: step for name, (step, _) in runs.items()}


def rate(step: Callable[[], Any], seconds: float) -> float:
    """Steps a second, over about so many seconds."""
    count, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        step()
        count += 1
    return count / spent


def measure(task: str) -> dict[str, tuple[float, float]]:
    """The median steps a second of each, and the median over the rounds of its ratio to the first contender's."""
    steps = prepared(task)
    rates: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(ROUNDS):
        for name, step in steps.items():
            rates[name].append(rate(step, SECONDS))
    base = next(iter(rates.values()))
    return {
        name: (statistics.median(own), statistics.median(r / b for r, b in zip(own, base, strict=True)))
        for name, own in rates.items()
    }


def main() -> None:
    """Print the table."""
    results = {task: measure(task) for task in TASKS}
    first = next(iter(results[next(iter(TASKS))]))
    print(f"## Training: steps a second, and times {first}\n")
    print("| | " + " | ".join(TASKS) + " |")
    print("|---" * (len(TASKS) + 1) + "|")
    for name in results[next(iter(TASKS))]:
        cells = [f"{found[name][0]:,.0f} ({found[name][1]:.2f})" for found in results.values()]
        print(f"| {name} | {' | '.join(cells)} |")
    print()


if __name__ == "__main__":
    main()
