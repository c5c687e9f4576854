"""Tidegraph's engine: programs to graphs, gradients of any order as graphs, plans, and traces. NumPy only."""

from engine import (
    checkpoint,
    curvature,
    data,
    diff,
    edits,
    feed,
    levels,
    memory,
    naming,
    ops,
    optim,
    partition,
    picture,
    placement,
    schedule,
    shapes,
    shard,
    sizes,
    train,
)
from engine.autodiff import grad, hessian, hvp, jacobian, jvp
from engine.check import check
from engine.errors import InputError, ProgramError, ShapeError, TidegraphError
from engine.graph import Graph, Operator, Scope, Variable
from engine.interchange import graph_from_data
from engine.language import parse
from engine.plan import Function, Plan, function, plan, value_and_grad
from engine.tangents import Tangents, tangents
from engine.trace import Trace, Tracer, trace
from engine.train import Training
from engine.values import initial_values

__all__ = [
    "Function",
    "Graph",
    "InputError",
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
    "check",
    "checkpoint",
    "curvature",
    "data",
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
    "jvp",
    "levels",
    "memory",
    "naming",
    "ops",
    "optim",
    "parse",
    "partition",
    "picture",
    "placement",
    "plan",
    "schedule",
    "shapes",
    "shard",
    "sizes",
    "tangents",
    "trace",
    "train",
    "value_and_grad",
]
