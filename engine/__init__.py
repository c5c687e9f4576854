"""Tidegraph's engine: programs to graphs, gradients of any order as graphs, plans, and traces. NumPy only."""

from engine import ops
from engine.autodiff import grad, hessian, hvp, jacobian, jvp
from engine.compile import Function, function, value_and_grad
from engine.errors import InputError, ProgramError, ShapeError, TidegraphError
from engine.graph import Graph, Operator, Scope, Variable
from engine.language import parse
from engine.plan import Plan, plan
from engine.trace import Trace, trace
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
    "TidegraphError",
    "Trace",
    "Variable",
    "function",
    "grad",
    "hessian",
    "hvp",
    "initial_values",
    "jacobian",
    "jvp",
    "ops",
    "parse",
    "plan",
    "trace",
    "value_and_grad",
]
