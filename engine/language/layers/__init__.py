"""Layers that declare their own parameters: `nn.Linear(4, 3)`, `nn.LSTM`, `class Net(nn.Module)`.

Importing this package declares them all.
"""

from tidegraph.engine.language.layers import attention, basic, recurrent
from tidegraph.engine.language.layers.initial import INITIALISERS, is_parameter
from tidegraph.engine.language.layers.module import Class, Layer, Method, Module, Unused, layer, names

__all__ = [
    "INITIALISERS",
    "Class",
    "Layer",
    "Method",
    "Module",
    "Unused",
    "attention",
    "basic",
    "is_parameter",
    "layer",
    "names",
    "recurrent",
]
