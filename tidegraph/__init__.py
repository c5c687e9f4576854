"""Tidegraph: programs to computational graphs, their values and gradients, and pictures that play.

This is the public API. `app` (the service) and `engine` are packages inside.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tidegraph.engine import ops
from tidegraph.engine.analysis import checkpointing as checkpoint
from tidegraph.engine.analysis import curvature, memory, shapes
from tidegraph.engine.analysis import derivative_orders as levels
from tidegraph.engine.analysis.numerical_check import check
from tidegraph.engine.analysis.tangents import Tangents, tangents
from tidegraph.engine.autodiff.derivatives import grad, hessian, hvp, jacobian, jvp
from tidegraph.engine.editing import diff, edits, naming
from tidegraph.engine.exchange.code import code as write_code
from tidegraph.engine.exchange.node_link import graph_from_data
from tidegraph.engine.graph import (
    Graph,
    InputError,
    Operator,
    ProgramError,
    Scope,
    ShapeError,
    TidegraphError,
    Variable,
)
from tidegraph.engine.language import sizes
from tidegraph.engine.language.parser import parse
from tidegraph.engine.models.model import Model, load, save
from tidegraph.engine.ops.custom import declare
from tidegraph.engine.parallel import partition, placement, shard
from tidegraph.engine.parallel import schedules as schedule
from tidegraph.engine.runtime.function import Function, function, value_and_grad
from tidegraph.engine.runtime.plan import Plan, plan
from tidegraph.engine.runtime.values import initial_values
from tidegraph.engine.trace import svg as picture
from tidegraph.engine.trace.tracer import Trace, Tracer, trace
from tidegraph.engine.training import data, feed
from tidegraph.engine.training import loop as train
from tidegraph.engine.training import optimisers as optim
from tidegraph.engine.training.loop import Training

from tidegraph import jax, keras, onnx, torch  # isort: skip
from tidegraph.version import __version__

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def show(graph: Any, values: Any = None, **options: Any) -> Any:
    """A program, example, graph, model, trace, or PyTorch module with its argument as a player in a notebook.

    Options: `height` in pixels, `moment`, `theme` (light or dark), `open` (scopes), `wrt`, `target`, `seed`. Needs the
    service's packages, which a plain `pip install tidegraph` brings.
    """
    from tidegraph.app.integrations import jupyter

    return jupyter.show(graph, values, **options)


def question(program: str, text: str, **options: Any) -> Any:
    """A question on a program or an example, in a notebook; docs/teaching.md describes the text.

    Options: `learner` (draws individual numbers), `height` in pixels, `language` (en or zh), `theme`.
    """
    from tidegraph.app.integrations import jupyter

    return jupyter.question(program, text, **options)


def tour(program: str, text: str, **options: Any) -> Any:
    """A tour of a program or an example, in a notebook; docs/teaching.md describes the text.

    Options: `mode` (steps, scroll or slides), `learner` (draws individual numbers), `height` in pixels, `language` (en
    or zh), `theme`.
    """
    from tidegraph.app.integrations import jupyter

    return jupyter.tour(program, text, **options)


def code(
    program: Graph | Model | str,
    values: Mapping[str, Any] | None = None,
    *,
    to: str = "pytorch",
    target: str | None = None,
    seed: int = 0,
    backward: bool | None = None,
) -> str:
    """A program as one file of Python for `pytorch`, `jax` or `numpy`, with its values and a check of its gradients.

    `values` are those of declared variables; the others are drawn from `seed`. `backward` writes the backward pass out,
    line by line: by default for NumPy alone. Raises InputError for what the framework has no function for.
    """
    graph = parse(program) if isinstance(program, str) else program.graph if isinstance(program, Model) else program
    own = program.values if isinstance(program, Model) else {}
    given = {**initial_values(graph, seed), **own, **(values or {})}
    _, gradients = value_and_grad(graph, target)(given)
    return write_code(graph, given, to=to, target=target, expected=gradients, backward=backward)


def load_ipython_extension(shell: InteractiveShell) -> None:
    """`%load_ext tidegraph`: graphs and traces play in a notebook's output."""
    from tidegraph.app.integrations import jupyter

    jupyter.load_ipython_extension(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """`%unload_ext tidegraph`: graphs and traces are still pictures."""
    from tidegraph.app.integrations import jupyter

    jupyter.unload_ipython_extension(shell)


__all__ = [
    "Function",
    "Graph",
    "InputError",
    "Model",
    "Operator",
    "Plan",
    "ProgramError",
    "Scope",
    "ShapeError",
    "Tangents",
    "TidegraphError",
    "Trace",
    "Tracer",
    "Training",
    "Variable",
    "__version__",
    "check",
    "checkpoint",
    "code",
    "curvature",
    "data",
    "declare",
    "diff",
    "edits",
    "feed",
    "function",
    "grad",
    "graph_from_data",
    "hessian",
    "hvp",
    "initial_values",
    "jacobian",
    "jax",
    "jvp",
    "keras",
    "levels",
    "load",
    "memory",
    "naming",
    "onnx",
    "ops",
    "optim",
    "parse",
    "partition",
    "picture",
    "placement",
    "plan",
    "question",
    "save",
    "schedule",
    "shapes",
    "shard",
    "show",
    "sizes",
    "tangents",
    "torch",
    "tour",
    "trace",
    "train",
    "value_and_grad",
]
