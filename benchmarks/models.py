"""Opening a large model and running it: ResNet-18 with 11.7 million parameters, beside PyTorch on the same threads.

Run with `python -m benchmarks.models`.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np
import torch
from torch import nn

import tidegraph
from tidegraph.app.api import runs
from tidegraph.app.api.schemas.runs import TraceRequest
from tidegraph.app.http import codec
from tidegraph.app.settings import Settings


class Block(nn.Module):
    """Two convolutions and a way around them."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU()
        around = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
        self.downsample = around if stride != 1 or inputs != outputs else nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The sum of both ways."""
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        return self.relu(y + self.downsample(x))


def resnet18() -> nn.Module:
    """ResNet-18 as in He et al. (2016), table 1, for pictures of 224 by 224."""
    layers: list[nn.Module] = [
        nn.Conv2d(3, 64, 7, 2, 3, bias=False),
        nn.BatchNorm2d(64),
        nn.ReLU(),
        nn.MaxPool2d(3, 2, 1),
    ]
    inputs = 64
    for outputs, stride in ((64, 1), (128, 2), (256, 2), (512, 2)):
        layers.append(nn.Sequential(Block(inputs, outputs, stride), Block(outputs, outputs, 1)))
        inputs = outputs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 1000)).eval()


def lenet() -> nn.Module:
    """LeNet-5, for batches of 32 digits."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.Sigmoid(), nn.AvgPool2d(2),
        nn.Conv2d(6, 16, 5), nn.Sigmoid(), nn.AvgPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10),
    )  # fmt: skip


def best(work: Callable[[], Any], repeats: int = 5) -> float:
    """Seconds of the fastest of several runs."""
    found = []
    for _ in range(repeats):
        gc.collect()
        start = perf_counter()
        work()
        found.append(perf_counter() - start)
    return min(found)


def opening(model: tidegraph.Model) -> None:
    """How long it takes from the file to the answer that the page draws."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "model.tide"
        model.save(file)
        start = perf_counter()
        loaded = tidegraph.load(file)
        values = {name: np.asarray(value, np.float64) for name, value in loaded.values.items()}
        request = TraceRequest(program=loaded.program, dtype="float32").model_copy(update={"values": values})
        read = perf_counter()
        run = runs.record(request, Settings())
        recorded = perf_counter()
        answer = codec.dump(run.to_dict(runs.writer(request, Settings())))
        done = perf_counter()
    print(f"  open from a .tide file {done - start:.2f} s: ", end="")
    parts = {"read": read - start, "run": recorded - read, "write": done - recorded}
    print(", ".join(f"{part} {seconds:.2f}" for part, seconds in parts.items()), f"({len(answer) / 1e6:.1f} MB)")


def compare(name: str, module: nn.Module, x: torch.Tensor, labels: torch.Tensor) -> tidegraph.Model:
    """Forward and backward, here and in PyTorch, in float32."""

    def loss(out: torch.Tensor) -> torch.Tensor:
        return nn.functional.cross_entropy(out, labels)

    def peer() -> None:
        module.zero_grad()
        loss(module(x)).backward()

    model = tidegraph.torch.capture(module, (x,), loss=loss)
    run = tidegraph.value_and_grad(model.graph, target=model.outputs[0], dtype="float32")
    values = dict(model.values)
    here, there = best(lambda: run(values)), best(peer)
    print(f"{name:12} {1000 * here:9.1f} ms, PyTorch {1000 * there:8.1f} ms: {here / there:5.2f} times")
    return model


def main() -> None:
    """Print the table."""
    torch.manual_seed(0)
    print(f"Models, forward and backward in float32, {torch.get_num_threads()} threads (PyTorch {torch.__version__})")
    compare("LeNet", lenet(), torch.randn(32, 1, 28, 28), torch.randint(10, (32,)))
    encoder = nn.TransformerEncoderLayer(256, 8, 1024, 0.0, "gelu", batch_first=True, norm_first=True)
    block = nn.Sequential(encoder, nn.Flatten(), nn.Linear(256 * 64, 10))
    compare("GPT block", block, torch.randn(2, 64, 256), torch.randint(10, (2,)))
    opening(compare("ResNet-18", resnet18(), torch.randn(1, 3, 224, 224), torch.tensor([3])))


if __name__ == "__main__":
    main()
