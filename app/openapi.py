"""What the OpenAPI document says beyond types: every error as a problem document, streams and files."""

from __future__ import annotations

from typing import Any

from app.schemas import ProblemDocument

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


EVENTS = """\
Server-sent events. `start`: sizes, cost, examples of one or two inputs. `step`: step, epoch, rate, loss, metrics,
gradient norms, at intervals the validation loss and a snapshot. `surface`: predictions over the inputs' plane or line.
`divergence`: the operator in which NaN or infinity arose. `end`: why it ended (finished, diverged, time or shutdown)
and the state to go on from."""

EVENT = {
    "type": "object",
    "properties": {
        "event": {"type": "string", "enum": ["start", "step", "surface", "divergence", "end"]},
        "data": {"type": "string", "description": "JSON."},
    },
    "required": ["event", "data"],
}
"""One event, as a reader of server-sent events hands it on."""

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
