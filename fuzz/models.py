"""Files of models led by coverage, for one reader: whatever comes in, only a model or an error of ours comes out.

`python -m fuzz.models .onnx -max_total_time=60`: the ending of the files, such as `.tide` or `.ipynb`, then libFuzzer's
options. A fault ends the run with the file that led to it, which belongs into the tests once it is repaired.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

import numpy as np
from safetensors.numpy import save

from tidegraph import Model, TidegraphError
from tidegraph.engine.graph.budget import Budget
from tidegraph.engine.models.files import READERS, read_model

SECONDS = 10.0
"""How long a reader may take for one file."""


def read(ending: str, content: bytes) -> None:
    """Read a file as the service does; whatever is raised besides the engine's own errors is a fault."""
    with Budget({"operators": 20_000}, SECONDS):
        try:
            read_model(f"file{ending}", content)
        except TidegraphError:
            return


def seeds(ending: str) -> list[bytes]:
    """Where the search starts: a good file of each kind."""
    values = {"W": np.arange(6.0).reshape(2, 3), "b": np.zeros(2, np.float32)}
    program = "W: parameter[2, 3]\nb: parameter[2]\nJ = sum(W @ W.T) + sum(b)\n"
    cells = [{"cell_type": "code", "source": ["%time\n", program]}, {"cell_type": "markdown", "source": "x"}]
    made: dict[str, Callable[[], bytes]] = {
        ".tide": Model(program, values).to_bytes,
        ".safetensors": lambda: save(values),
        ".ipynb": lambda: json.dumps({"cells": cells}).encode(),
        ".onnx": onnx_seed,
        ".keras": keras_seed,
    }
    return [made.get(ending, program.encode)()]


def keras_seed() -> bytes:
    """A dense layer and its input."""
    import h5py

    held, content = BytesIO(), BytesIO()
    with h5py.File(held, "w") as file:
        file["layers/dense/vars/0"] = np.ones((2, 3), np.float32)
    layers = [
        {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [None, 2]}},
        {"class_name": "Dense", "config": {"name": "head", "activation": "relu"}},
    ]
    with ZipFile(content, "w") as archive:
        archive.writestr("config.json", json.dumps({"class_name": "Sequential", "config": {"layers": layers}}))
        archive.writestr("model.weights.h5", held.getvalue())
    return content.getvalue()


def onnx_seed() -> bytes:
    """A model with an initialiser, a shape that is worked out, a condition and a loop in functions of one node."""
    from onnx import TensorProto, helper, numpy_helper

    nodes = [
        helper.make_node("Shape", ["x"], ["s"]),
        helper.make_node("Reshape", ["x", "s"], ["r"]),
        helper.make_node("Gemm", ["r", "w", "b"], ["g"], alpha=0.5, transB=1, name="/layer/Gemm"),
        helper.make_node("Softmax", ["g"], ["p"], axis=-1),
        helper.make_node("ReduceSum", ["p"], ["J"], keepdims=0),
    ]
    arrays = [
        numpy_helper.from_array(np.arange(6, dtype=np.float32).reshape(2, 3), "w"),
        numpy_helper.from_array(np.zeros(2, np.float32), "b"),
    ]
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3])]
    outputs = [helper.make_tensor_value_info("J", TensorProto.FLOAT, [])]
    graph = helper.make_graph(nodes, "g", inputs, outputs, arrays)
    content: bytes = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]).SerializeToString()
    return content


def mutated(content: bytes, rng: np.random.Generator) -> bytes:
    """A file with some bytes changed, repeated, moved or cut off."""
    found = bytearray(content)
    for _ in range(int(rng.integers(1, 5))):
        at, to = sorted(int(n) for n in rng.integers(0, len(found) + 1, 2))
        match int(rng.integers(4)):
            case 0 if found:
                found[min(at, len(found) - 1)] = int(rng.integers(256))
            case 1:
                found[at:at] = rng.bytes(int(rng.integers(1, 9)))
            case 2:
                del found[at : min(to, at + 16)]
            case _:
                found[at:at] = found[at : min(to, at + 64)]
    return bytes(found)


def main() -> None:
    """Fuzz one reader until a fault is found or the time that the options allow is over."""
    import atheris

    ending = next((part for part in sys.argv[1:] if part in READERS), ".onnx")
    arguments = [part for part in sys.argv if part != ending]
    warnings.simplefilter("ignore")
    for seed in seeds(ending):
        read(ending, seed)
    atheris.instrument_all()
    atheris.Setup(
        arguments,
        lambda data: read(ending, data),
        custom_mutator=lambda data, most, seed: mutated(data or seeds(ending)[0], np.random.default_rng(seed))[:most],
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
