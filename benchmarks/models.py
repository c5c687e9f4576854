"""Opening a large model and running it: ResNet-18 with 11.7 million parameters, beside PyTorch on the same threads.

Run with `python -m benchmarks.models`.
"""

from __future__ import annotations

import gc
import gzip
from collections.abc import Callable
from io import BytesIO
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any, TypeVar

import torch
from threadpoolctl import threadpool_limits
from torch import nn

import tidegraph
from tidegraph.app.api import runs
from tidegraph.app.api.compiled import Program
from tidegraph.app.api.models import Upload, imported
from tidegraph.app.api.pipeline import with_weights
from tidegraph.app.api.schemas.runs import TraceRequest
from tidegraph.app.http import codec
from tidegraph.app.settings import Settings
from tidegraph.engine.trace.run import Run
from tidegraph.engine.trace.tracer import combine

T = TypeVar("T")


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


def best(*works: Callable[[], Any], repeats: int = 7) -> list[float]:
    """Seconds of the fastest of several runs of each; they take turns, so that other programs slow all alike."""
    found: list[list[float]] = [[] for _ in works]
    for _ in range(repeats):
        for work, seconds in zip(works, found, strict=True):
            gc.collect()
            start = perf_counter()
            work()
            seconds.append(perf_counter() - start)
    return [min(seconds) for seconds in found]


class Timeline:
    """Prints how long each stage takes: processor time, which other programs do not change, and elapsed time."""

    def __init__(self) -> None:
        self.seconds = self.elapsed = 0.0

    def stage(self, name: str, work: Callable[[], T]) -> T:
        """What `work` gives."""
        began, start = process_time(), perf_counter()
        made = work()
        seconds, elapsed = process_time() - began, perf_counter() - start
        self.seconds += seconds
        self.elapsed += elapsed
        note = f"  {len(made) / 1e6:.1f} MB" if isinstance(made, bytes) else ""
        print(f"    {name:22}{seconds:7.2f} s processor time {elapsed:7.2f} s elapsed{note}")
        return made


def opening(name: str, content: bytes) -> None:
    """What the service does from an uploaded file to the answer that the page draws, stage by stage, in one thread."""
    print(f"  open {name}, {len(content) / 1e6:.0f} MB")
    line = Timeline()
    with TemporaryDirectory() as folder, threadpool_limits(1, user_api="blas"):
        settings = Settings(database_url=f"sqlite:///{folder}/links.db", weights_url=f"{folder}/weights")
        upload = Upload(name, content, "stored", {}, settings)
        found = codec.loads(line.stage("read, keep weights", lambda: imported(upload)))
        body = codec.dump({key: found[key] for key in ("program", "values", "weights", "dtype")})
        request = line.stage(
            "load weights", lambda: with_weights(codec.read(TraceRequest, codec.loads(body)), settings)
        )
        program = line.stage("parse", lambda: Program(request, settings))
        structure = line.stage("differentiate and plan", lambda: runs.structure_of(program))
        line.stage("write equations", structure.to_dict)
        run = line.stage("run", lambda: Run(structure, program.values()))
        trace = line.stage("fill in numbers", lambda: combine(run, request.digits, request.scientific))
        answer = line.stage("summarise", lambda: trace.to_dict(runs.writer(request, settings)))
        line.stage("compress", lambda: gzip.compress(codec.dump(answer), 4, mtime=0))
    print(f"    {'all':22}{line.seconds:7.2f} s processor time {line.elapsed:7.2f} s elapsed")


def exported(module: nn.Module, x: torch.Tensor) -> bytes:
    """A module as an ONNX file."""
    content = BytesIO()
    torch.onnx.export(module, (x,), content, dynamo=False)
    return content.getvalue()


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
    here, there = best(lambda: run(values), peer)
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
    model = compare("ResNet-18", resnet18(), torch.randn(1, 3, 224, 224), torch.tensor([3]))
    opening("resnet18.tide", model.to_bytes())
    opening("resnet18.onnx", exported(resnet18(), torch.randn(1, 3, 224, 224)))


if __name__ == "__main__":
    main()
