"""What the OpenAPI document says beyond types: every error as a problem document, streams and files."""

from __future__ import annotations

from typing import Any

from tidegraph.app.api.schemas.runs import ProblemDocument

PROBLEMS: dict[int | str, tuple[str, dict[str, Any]]] = {
    400: (
        "The body is not JSON.",
        {"title": "Invalid JSON", "detail": "The body is not JSON: unexpected character.", "line": 1, "column": 3},
    ),
    404: (
        "There is nothing of this name.",
        {"title": "Not Found", "detail": "There is no example 'chaptre'."},
    ),
    413: (
        "The body or the program is too long.",
        {
            "title": "Limit exceeded",
            "detail": "The program length of this request would be 60,000 characters; this server allows 50,000.",
            "quantity": "program length",
            "value": 60_000,
            "limit": 50_000,
        },
    ),
    415: (
        "The body is not sent as application/json.",
        {"title": "Unsupported Media Type", "detail": "The body of this request is JSON."},
    ),
    422: (
        "The program, a value or an option is wrong, or the run would cost too much.",
        {
            "title": "Invalid program",
            "detail": "there is no operator rellu",
            "hint": "did you mean relu?",
            "line": 3,
            "column": 5,
        },
    ),
    408: (
        "The body did not arrive in time.",
        {"title": "Request Timeout", "detail": "The body did not arrive within 20 s."},
    ),
    429: (
        "Too many requests came from this address; Retry-After says when to try again.",
        {"title": "Too Many Requests", "detail": "More than 1200 requests in a minute came from this address."},
    ),
    503: (
        "Too many runs are under way; Retry-After says when to try again.",
        {"title": "Service Unavailable", "detail": "64 runs are under way or waiting already."},
    ),
    "default": (
        "Any other error.",
        {"title": "Internal Server Error", "detail": "Something went wrong on our side.", "status": 500},
    ),
}


FIELDS = {
    "added": "Nodes that are new.",
    "algorithm": "How the placement was found.",
    "backward_flops": "Floating-point operations of the backward pass.",
    "bandwidth": "Bytes a second.",
    "batch": "The named size that is the minibatch.",
    "batch_size": "Examples a step.",
    "bytes": "Its bytes.",
    "classes": "How many classes there are.",
    "clip_norm": "The longest that all gradients together may be; longer ones are scaled down.",
    "clip_value": "The largest magnitude that a number of a gradient keeps.",
    "count": "How many examples there are.",
    "description": "What it shows.",
    "dtype": "The type of its numbers.",
    "epoch_steps": "Steps in which every example is seen once.",
    "examples": "Examples that a step sees.",
    "flops": "Floating-point operations.",
    "forward_flops": "Floating-point operations of the forward pass.",
    "gradients": "The gradient of each variable on a path to the target, by name.",
    "kind": "What kind of thing it is.",
    "latex": "Its name as LaTeX.",
    "level": "The level of differentiation.",
    "line": "Line of the program.",
    "missing": "What cannot be had, and why.",
    "name": "Its name.",
    "of": "What it is of.",
    "operator": "The operator's id in the graph.",
    "output": "The variable that is the prediction.",
    "points": "The numbers that the size takes, one after the other.",
    "products": "The Hessian times the directions, by variable.",
    "program": "The program's text.",
    "removed": "Nodes that are gone.",
    "report_every": "Steps between `step` events.",
    "role": "input, target, parameter, constant or intermediate.",
    "scope": "Path of the scope that it is inside; empty at the top level.",
    "seed": "Seed of what is drawn.",
    "shape": "Its shape.",
    "shapes": "The shape of each, by name.",
    "size": "How many numbers it has.",
    "slice": "The slice that was asked for.",
    "step": "Updates made so far.",
    "surface_every": "Steps between pictures of the predictions; 0 for one at the end.",
    "tangents": "How fast each variable moves, by name.",
    "target": "The scalar that is differentiated.",
    "target_latex": "The target's name as LaTeX.",
    "text": "The same as one plain sentence.",
    "title": "What it is called.",
    "validate_every": "Steps between looks at the examples that are held back; 0 for none.",
    "values": "The value of each variable, by name.",
    "wrt": "The variable that it is differentiated by.",
}
"""What a field means where it stands without words of its own: one word a thing, the same everywhere."""


def completed(document: dict[str, Any]) -> None:
    """Say of every field of a request or an answer what it means."""
    for kind, schema in document["components"]["schemas"].items():
        if not kind.endswith(("Request", "Response", "Example")):
            continue
        for name, field in schema.get("properties", {}).items():
            if name in FIELDS and not field.keys() & {"description", "$ref"}:
                field["description"] = FIELDS[name]


EVENTS = """\
Server-sent events. `start`: sizes, cost, examples of one or two inputs. `step`: step, epoch, rate, loss, metrics,
gradient norms, at intervals the validation loss and a snapshot. `surface`: predictions over the inputs' plane or line.
`divergence`: the operator in which NaN or infinity arose. `end`: why it ended (finished, diverged, time or shutdown)
and the state to go on from."""

SWEPT = """\
Server-sent events. `start`: every run of the grid with its number. `progress`: run, step, loss, done, total. `result`:
a run's curve and why it ended (finished, diverged, refused). `end`: why the sweep ended (finished, time, shutdown,
no-workers), the best run with its state, the runs that are left, and the states of those that have begun."""


def stream(description: str, *events: str) -> dict[str, Any]:
    """An answer of server-sent events, each as their reader hands it on."""
    properties = {
        "event": {"type": "string", "enum": list(events)},
        "data": {"type": "string", "description": "JSON."},
    }
    event = {"type": "object", "properties": properties, "required": ["event", "data"]}
    return {"description": description, "content": {"text/event-stream": {"schema": event}}}


TRAINED = stream(EVENTS, "start", "step", "surface", "divergence", "end")
SWEEP = stream(SWEPT, "start", "progress", "result", "end")

FILES: dict[str, Any] = {
    "text/html": {"schema": {"type": "string"}},
    "application/json": {"schema": {"$ref": "#/components/schemas/TraceResponse"}},
    "text/x-tex": {"schema": {"type": "string"}},
    "image/svg+xml": {"schema": {"type": "string"}},
    "image/png": {"schema": {"type": "string", "format": "binary"}},
}
"""What a run can be exported as."""

FILE = {"schema": {"type": "string", "format": "binary"}}
NPY_TOO: dict[int | str, dict[str, Any]] = {200: {"description": "The answer.", "content": {"application/x-npy": FILE}}}
"""An answer about one array, which is also to be had as a .npy file."""

SAFETENSORS_TOO: dict[int | str, dict[str, Any]] = {
    200: {"description": "The answer.", "content": {"application/vnd.safetensors": FILE}}
}
"""An answer of many arrays, which is also to be had as one safetensors document."""

RUN = (400, 408, 413, 415, 422, 429, 503)
"""What may be wrong with a run."""


def of_run() -> dict[int | str, dict[str, Any]]:
    """OpenAPI's description of what may be answered to a run besides what it finds."""
    return {304: {"description": "If-None-Match named the ETag of this answer: the client has it."}} | problems(*RUN)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI's description of the problem documents that an endpoint answers."""
    listed: dict[int | str, dict[str, Any]] = {}
    documented: tuple[int | str, ...] = (*statuses, "default")
    for status in documented:
        description, members = PROBLEMS[status]
        example = {"type": "about:blank", "status": status, **members}
        content = {"application/json": {"example": example}}
        listed[status] = {"model": ProblemDocument, "description": description, "content": content}
    return listed
