"""The requests and responses of splitting a graph over devices."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from tidegraph.app.api.schemas.runs import Model, RunRequest
from tidegraph.app.api.schemas.training import Named, Optimizer

LAYERS = """m, n = 32, 24
X: input[m, n]
Y: target[m, n]
W1: parameter[m, m]
W2: parameter[m, m]
H = relu(W1 @ X)
J = squared_error(W2 @ H, Y) / n"""


class PartitionRequest(RunRequest):
    """A program, and the equal devices over which its training step is split."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"program": LAYERS, "devices": 2, "memory": 40_000}]})

    devices: Annotated[int, Field(ge=1, le=16, description="How many devices there are.")] = 4
    memory: Annotated[
        float | None, Field(ge=1, le=1e18, description="Bytes of memory a device; no limit by default.")
    ] = None
    flop_rate: Annotated[float, Field(ge=1, le=1e24, description="Floating-point operations a second and device.")] = (
        1e12
    )
    bandwidth: Annotated[float, Field(ge=1, le=1e24, description="Bytes a second over each link.")] = 1e10
    latency: Annotated[float, Field(ge=0, le=1e6, description="Seconds a message takes besides.")] = 1e-5
    batch: Annotated[
        str | None, Field(description="The named size that is the minibatch; by default the one that can be.")
    ] = None
    microbatches: Annotated[
        int | None, Field(ge=1, le=256, description="Parts of the minibatch in the pipeline; up to 4 by default.")
    ] = None
    optimizer: Optimizer = Named(name="sgd")
    execute: Annotated[
        bool, Field(description="Also run the stages on the workers of the cluster, and measure what travels.")
    ] = False
    verify: Annotated[
        bool, Field(description="Also execute stage by stage, and compare the gradients bit for bit.")
    ] = False


class MovedDocument(Model):
    """What travelled over one link: the bytes that were planned, and those that were moved."""

    source: int
    target: int
    planned_bytes: int
    moved_bytes: int


class PhaseDocument(Model):
    """One stage at work, and its time."""

    device: int
    worker: Annotated[str, Field(description="The worker that ran it.")]
    phase: Literal["forward", "backward"]
    microbatch: int
    seconds: float


class ExecutedDocument(Model):
    """A training pass on the workers of a cluster."""

    same: Annotated[bool, Field(description="Whether the gradients are bit for bit those of one machine.")]
    gradients: Annotated[dict[str, Any], Field(description="The gradient of each parameter, by name.")]
    microbatches: Annotated[int, Field(description="Parts in which the minibatch was executed.")]
    links: Annotated[list[MovedDocument], Field(description="Planned and moved bytes of every link.")]
    phases: Annotated[list[PhaseDocument], Field(description="The stages in their order, with measured times.")]


class StageDocument(Model):
    """What one device of the partition holds and does in a step."""

    device: int
    bytes: Annotated[int, Field(description="Its memory at the peak.")]
    forward_flops: int
    backward_flops: int
    operators: Annotated[list[str], Field(description="Operators of the forward pass, as in a trace.")]
    parameters: Annotated[list[str], Field(description="Parameters that it updates.")]


class LinkDocument(Model):
    """Everything that one device sends another in a step."""

    source: int
    target: int
    forward_bytes: int
    backward_bytes: int
    parameter_bytes: int
    names: list[str]


class CutDocument(Model):
    """An arrow of the graph from one device to another; arrows of one variable to one device share a message."""

    source: Annotated[str, Field(description="The variable.")]
    target: Annotated[str, Field(description="The operator that reads it.")]
    sender: int
    receiver: int
    bytes: int


class EventDocument(Model):
    """A bar of the timeline: a device computing, or a link (`target` is the other device) carrying bytes."""

    device: int
    kind: Annotated[str, Field(description="forward, backward, update, transfer or all-reduce.")]
    start: Annotated[float, Field(description="Seconds from the start of the step.")]
    end: float
    microbatch: int
    target: int | None
    bytes: int


Placed = Literal["stages", "copies", "parts", "one"]


class StrategyDocument(Model):
    """One way to make a training step, with its cost and its simulated timeline."""

    name: str
    placed: Annotated[
        Placed,
        Field(
            description="stages: by `placement`; copies: all everywhere; parts: `divided` in parts; one: one device."
        ),
    ]
    devices: int
    examples: Annotated[int, Field(description="Examples a step sees; 0 where the program names no minibatch.")]
    microbatches: int
    memory_bytes: Annotated[list[int], Field(description="Each device's peak.")]
    moved_bytes: int
    seconds: float
    examples_per_second: float
    utilisation: Annotated[float, Field(description="Share of the devices' time that is spent computing.")]
    bubble: float
    fits: Annotated[bool, Field(description="Whether the memory limit is kept.")]
    divided: list[str]
    text: str
    events: list[EventDocument]


class VerifiedDocument(Model):
    """Gradients of the split graph, executed stage by stage, beside those of the whole."""

    same: Annotated[bool, Field(description="Equal in every bit.")]
    compared: list[str]
    differing: list[str]


class PartitionResponse(Model):
    """The placement, what it costs, and the other strategies beside it. Devices are counted from 0."""

    target: str
    algorithm: str
    devices: Annotated[int, Field(description="Devices in use; 0 where no placement keeps the memory limit.")]
    flops: Annotated[int, Field(description="Operations of one step, forward and backward.")]
    needs: Annotated[
        list[int], Field(description="For 1, 2, ... devices, the least memory of each that holds the step.")
    ]
    batch: str | None
    batches: Annotated[list[str], Field(description="Named sizes that the minibatch can be.")]
    examples: int
    placement: Annotated[dict[str, list[int]], Field(description="The devices of every node of the graph.")]
    stages: list[StageDocument]
    links: list[LinkDocument]
    cuts: list[CutDocument]
    strategies: list[StrategyDocument]
    missing: Annotated[dict[str, str], Field(description="Why a strategy cannot be had.")]
    cluster: Annotated[bool, Field(description="Whether this server has a cluster to execute the stages on.")]
    executed: Annotated[ExecutedDocument | None, Field(description="The stages at work on a cluster.")] = None
    verified: VerifiedDocument | None
