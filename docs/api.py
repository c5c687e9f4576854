"""Writes docs/api.md, a guide to the REST API with examples to paste: `python docs/api.py`.

Endpoints, descriptions and requests are those of the OpenAPI document; the tests run every example.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tidegraph.app.main import create_app
from tidegraph.app.settings import Settings

PAGE = Path(__file__).with_suffix(".md")
ADDRESS = "http://localhost:8000"
STREAMED = ("/api/v1/train", "/api/v1/sweep")
FILES = "/api/v1/export"

HEAD = """\
# REST API

Everything that the page does goes through these endpoints. They are described by OpenAPI at
`/api/v1/openapi.json`, which a client generator accepts, and drawn at `/docs` of a running server. This page is written
from that description (`make docs`), and the tests run every example on it.

- **A run is a pure function of its request.** The same program, values and seed give the same bytes. Every answer to a
  run has an `ETag`; sent back as `If-None-Match` it is answered 304 without computing. What is measured (`"measure":
  true` of memory and, by default, of levels) is no such function: it is measured anew each time, and has none.
- **A program or a graph.** A request has `program`, or `graph` (and `scopes`) as in a trace's own answer: a trace's
  graph sent back gives the same trace. `sizes` gives other numbers to sizes that the program names.
- **Arrays** are nested lists; NaN and infinities are the strings `"NaN"`, `"Infinity"`, `"-Infinity"`. As a value you
  may also send `{"dtype": "float64", "shape": [2, 3], "base64": "..."}` or `{"npy": "..."}` (a .npy file, base64), and
  with `"arrays": "base64"` you get typed buffers back. A .npy file itself, with `Content-Type: application/x-npy`, is
  the value of the variable that the address names, beside the rest of the request as JSON:
  `?value=x&request={"program": "..."}`. `/api/v1/tensor` and `/api/v1/jacobian` answer one to
  `Accept: application/x-npy`. Arrays above the server's limit come as a summary; `/api/v1/tensor` returns any slice.
  A large body may be sent with `Content-Encoding: gzip`; answers are compressed for clients that take them so.
- **Errors** are problem documents (RFC 9457, `application/problem+json`) with `detail`, and `hint`, `line`, `column`
  where they apply. 413 and 422 name the figure that was too large and the limit, before anything runs; 429 and 503 have
  `Retry-After`. Every answer has an `X-Request-ID`.
- **Short links.** `POST /api/v1/links` keeps a program, its values and where the show stands. The answer has `id` and
  `url`, `/g/ID`, which opens the page with this content; `GET /api/v1/links/ID` returns the content as data. The same
  content has the same id, and a link never changes.
- **Weights.** `PUT /api/v1/weights/sha256-HASH` keeps a safetensors file under the SHA-256 of its bytes. Requests name
  it in `weights`; its arrays are values, and those in `values` go before them.
- **Clients** can be generated: `openapi-python-client generate --url http://localhost:8000/api/v1/openapi.json`, or
  `npx openapi-typescript http://localhost:8000/api/v1/openapi.json --default-non-nullable=false` for the types of
  `openapi-fetch`.
- **Operations:** [Running the service](operations.md) has its settings and limits, proxies, metrics and shutdown.
"""


RUN = """\
## Every run

What is asked for is a run of a program, or of a graph, and these fields say which. Requests are read strictly: an
unknown field is an error, and so is `"3"` where a number is meant.
"""


def document() -> dict[str, Any]:
    """The OpenAPI document."""
    return create_app(Settings()).openapi()


def endpoints(described: dict[str, Any]) -> list[tuple[str, str, dict[str, Any], Any]]:
    """Method, path, operation and example request of every endpoint of the API."""
    found = []
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            if not path.startswith("/api/") or "{id}" in path:
                continue
            request = None
            if is_upload(operation):
                continue
            if "requestBody" in operation:
                reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
                request = described["components"]["schemas"][reference.split("/")[-1]]["examples"][0]
            found.append((method.upper(), path.replace("{name}", "chapter"), operation, request))
    return found


def is_upload(operation: dict[str, Any]) -> bool:
    """Whether an endpoint takes a file as it is."""
    return "requestBody" in operation and "application/json" not in operation["requestBody"]["content"]


def uploads(described: dict[str, Any]) -> list[str]:
    """A section for each endpoint that takes a file."""
    found = []
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            if is_upload(operation):
                asked = "".join(
                    f"- `{p['name']}`: {p['description']}\n" for p in operation["parameters"] if p["in"] == "query"
                )
                answer = table(described, schema_of(described, operation["responses"]["200"]["content"]))
                found.append(
                    f"## {operation['summary']}\n\n`{method.upper()} {path}`\n\n{operation['description']} "
                    f"The body is the file itself.\n\n{asked}\nThe answer:\n\n{answer}"
                )
    return found


def curl(method: str, path: str, request: Any) -> str:
    """The request as a shell command."""
    if request is None:
        return f"curl -s {ADDRESS}{path}"
    body = json.dumps(request).replace("'", "'\\''")
    buffer = "-sN" if path in STREAMED else "-s"
    return f"curl {buffer} {ADDRESS}{path} -H 'content-type: application/json' \\\n  -d '{body}'"


def python(method: str, path: str, request: Any) -> str:
    """The request in Python, with httpx."""
    if request is None:
        return f'import httpx\n\nanswer = httpx.get("{ADDRESS}{path}")\nanswer.raise_for_status()\nprint(answer.json())'
    body = json.dumps(request, indent=4)
    if path in STREAMED:
        return (
            f"import httpx\n\nrequest = {body}\n"
            f'with httpx.stream("POST", "{ADDRESS}{path}", json=request) as answer:\n'
            "    answer.raise_for_status()\n    for line in answer.iter_lines():\n        print(line)"
        )
    read = "text" if path == FILES else "json()"
    return (
        f'import httpx\n\nrequest = {body}\nanswer = httpx.post("{ADDRESS}{path}", json=request)\n'
        f"answer.raise_for_status()\nprint(answer.{read})"
    )


def javascript(method: str, path: str, request: Any) -> str:
    """The request in JavaScript, with fetch."""
    if request is None:
        return f'const answer = await fetch("{ADDRESS}{path}");\nconsole.log(await answer.json());'
    body = json.dumps(request, indent=2)
    read = "text" if path in (*STREAMED, FILES) else "json"
    return (
        f'const answer = await fetch("{ADDRESS}{path}", {{\n  method: "POST",\n'
        '  headers: { "content-type": "application/json" },\n'
        f"  body: JSON.stringify({body}),\n}});\nconsole.log(await answer.{read}());"
    )


EXAMPLES = {"sh": curl, "python": python, "js": javascript}


def schema_of(described: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
    """What the OpenAPI document says of a request or an answer in JSON; nothing where it is a list or a file."""
    said = content.get("application/json", {}).get("schema", {})
    return described["components"]["schemas"].get(said.get("$ref", "").split("/")[-1], {})


def kind(field: dict[str, Any]) -> str:
    """What a field is, in a word or two."""
    if "$ref" in field:
        name = field["$ref"].split("/")[-1]
        return {"Values": "array", "GivenValues": "array"}.get(name, "object")
    if "anyOf" in field:
        if any(one.get("enum") == WORDS for one in field["anyOf"]):
            return "array or null" if {"type": "null"} in field["anyOf"] else "array"
        return " or ".join(dict.fromkeys(map(kind, field["anyOf"])))
    if "enum" in field or "const" in field:
        return ", ".join(f"`{json.dumps(one)}`" for one in field.get("enum", [field.get("const")]))
    if field.get("type") == "array":
        return f"list of {kind(field['items'])}s" if field.get("items", {}).get("type") in NAMES else "list"
    return NAMES.get(field.get("type", ""), field.get("type", "anything"))


WORDS = ["NaN", "Infinity", "-Infinity"]
"""What stands for numbers in arrays, by which a field is known to be one."""

NAMES = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}


def about(described: dict[str, Any], field: Any) -> str:
    """What is said of the schema that a field refers to."""
    if isinstance(field, list):
        return next(filter(None, (about(described, one) for one in field)), "")
    if not isinstance(field, dict):
        return ""
    if "$ref" in field:
        return str(described["components"]["schemas"][field["$ref"].split("/")[-1]].get("description", ""))
    return about(described, [field.get(inside) for inside in ("anyOf", "items", "additionalProperties")])


def table(described: dict[str, Any], schema: dict[str, Any], without: Iterable[str] = ()) -> str:
    """The fields of a request or an answer."""
    rows = []
    for name, field in schema.get("properties", {}).items():
        if name in without:
            continue
        default = field.get("default")
        optional = "" if default in (None, [], {}) else f"; `{json.dumps(default)}` by default"
        words = field.get("description") or about(described, field)
        rows.append(f"| `{name}` | {kind(field)}{optional} | {words} |")
    return "\n".join(["| Field | Is | Means |", "| --- | --- | --- |", *rows]) + "\n" if rows else ""


def page() -> str:
    """The guide as Markdown."""
    described = document()
    run = described["components"]["schemas"]["RunRequest"]
    parts = [HEAD, RUN, table(described, run)]
    for method, path, operation, request in endpoints(described):
        parts.append(f"## {operation['summary']}\n\n`{method} {path}`\n\n{operation['description']}\n")
        body = operation.get("requestBody", {}).get("content", {})
        more = table(described, schema_of(described, body), run["properties"])
        if more:
            parts.append(f"Besides the fields of every run:\n\n{more}")
        answer = table(described, schema_of(described, operation["responses"]["200"]["content"]))
        if answer:
            parts.append(f"The answer:\n\n{answer}")
        parts += [f"```{language}\n{write(method, path, request)}\n```\n" for language, write in EXAMPLES.items()]
    return "\n".join([*parts, *uploads(described)])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
