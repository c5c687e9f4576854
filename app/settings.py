"""Everything an operator of the service can set, read from the environment (`TIDEGRAPH_...`)."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AliasChoices,
    BeforeValidator,
    Field,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    ValidationError,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def rooted(path: str) -> str:
    """A path as it stands between a host and a page's own path: `/tide`, or nothing."""
    return f"/{path.strip('/')}".rstrip("/")


def data_folder() -> Path:
    """Where data are kept that outlive the process, unless the settings say otherwise."""
    given = os.environ.get("XDG_DATA_HOME")
    return (Path(given) if given else Path.home() / ".local" / "share") / "tidegraph"


def listed(text: Any) -> Any:
    """A list as the environment has it: JSON, or words with commas between them."""
    if not isinstance(text, str):
        return text
    if text.lstrip().startswith("["):
        return json.loads(text)
    return [word.strip() for word in text.split(",") if word.strip()]


Words = Annotated[list[str], NoDecode, BeforeValidator(listed)]


class Settings(BaseSettings):
    """Where the service listens and how much it lets one request cost."""

    model_config = SettingsConfigDict(env_prefix="TIDEGRAPH_", populate_by_name=True, frozen=True)

    host: Annotated[
        str, Field(validation_alias=AliasChoices("TIDEGRAPH_HOST", "HOST"), description="Address to listen on.")
    ] = "127.0.0.1"
    port: Annotated[
        int,
        Field(
            ge=0,
            le=65535,
            validation_alias=AliasChoices("TIDEGRAPH_PORT", "PORT"),
            description="Port to listen on; 0 takes a free one.",
        ),
    ] = 8000
    max_body_bytes: Annotated[PositiveInt, Field(description="Bytes in a request's body.")] = 8_000_000
    max_model_bytes: Annotated[PositiveInt, Field(description="Bytes in the file of a model that is imported.")] = (
        256_000_000
    )
    max_program_length: Annotated[PositiveInt, Field(description="Characters in a program.")] = 1_000_000
    max_operators: Annotated[PositiveInt, Field(description="Operators in the plan, forward and backward.")] = 50_000
    max_graph_operators: Annotated[
        PositiveInt, Field(description="Operators of a graph that is drawn but not run, with its modules closed.")
    ] = 200_000
    max_elements: Annotated[PositiveInt, Field(description="Elements in any one array.")] = 100_000_000
    max_bytes: Annotated[PositiveInt, Field(description="Bytes of all arrays alive at once.")] = 512_000_000
    max_flops: Annotated[PositiveInt, Field(description="Floating-point operations of one run.")] = 50_000_000_000
    max_training_flops: Annotated[PositiveInt, Field(description="Floating-point operations of one training run.")] = (
        50_000_000_000
    )
    max_training_seconds: Annotated[PositiveInt, Field(description="Seconds of one training run.")] = 60
    max_sweep_runs: Annotated[PositiveInt, Field(description="Training runs of one sweep.")] = 64
    max_seconds: Annotated[
        PositiveFloat, Field(description="Seconds of one run; training streams have their own limit.")
    ] = 20.0
    max_response_bytes: Annotated[PositiveInt, Field(description="Bytes of one answer.")] = 50_000_000
    max_passes: Annotated[PositiveInt, Field(description="Passes for one Jacobian or Hessian.")] = 400
    max_split_operators: Annotated[PositiveInt, Field(description="Operators of a graph split over devices.")] = 10_000
    max_edit_operators: Annotated[PositiveInt, Field(description="Operators of a graph whose edits are listed.")] = 1000
    array_limit: Annotated[PositiveInt, Field(description="Elements above which an array is sent as a summary.")] = 4096
    slice_limit: Annotated[PositiveInt, Field(description="Elements in one answer of /api/v1/tensor.")] = 250_000
    rate_limit: Annotated[
        str,
        Field(
            pattern=r"^\d+/(second|minute|hour|day)$",
            description="Runs a client; cached answers, pages and data are not counted.",
        ),
    ] = "1200/minute"
    cost_limit: Annotated[
        str, Field(pattern=r"^\d+/(second|minute|hour|day)$", description="Seconds of computing a client.")
    ] = "240/minute"
    body_seconds: Annotated[PositiveFloat, Field(description="Seconds for a request's body to arrive.")] = 20.0
    write_seconds: Annotated[
        PositiveFloat,
        Field(description="Seconds for a client to read an answer; half of it without reading any."),
    ] = 40.0
    max_training: Annotated[PositiveInt, Field(description="Training runs at once before 503 is answered.")] = 32
    max_waiting: Annotated[PositiveInt, Field(description="Runs under way or waiting before 503 is answered.")] = 64
    cache_bytes: Annotated[NonNegativeInt, Field(description="Bytes of answers that are kept to be sent again.")] = (
        64_000_000
    )
    compiled_bytes: Annotated[
        NonNegativeInt, Field(description="Bytes of compiled programs that are kept to be run again.")
    ] = 128_000_000
    allowed_hosts: Annotated[
        Words, Field(description="Values of Host that are answered; * for all. Links are written with them alone.")
    ] = ["*"]
    cors_origins: Annotated[Words, Field(description="Origins whose pages may call the API; * for all.")] = ["*"]
    frame_ancestors: Annotated[str, Field(description="Who may frame /embed: a CSP source list.")] = "*"
    root_path: Annotated[
        str, AfterValidator(rooted), Field(description="Path that a proxy puts in front, such as /tide.")
    ] = ""
    forwarded_allow_ips: Annotated[str, Field(description="Proxies whose forwarding headers are believed.")] = (
        "127.0.0.1"
    )
    workers: Annotated[PositiveInt, Field(description="Processes that serve.")] = 1
    graceful_seconds: Annotated[PositiveInt, Field(description="Seconds that running requests have at shutdown.")] = 30
    log_json: Annotated[bool, Field(description="Log lines as JSON objects.")] = False
    redis_url: Annotated[
        str, Field(description="Redis in which processes share rate limits and answers, redis://host:6379/0.")
    ] = ""
    database_url: Annotated[
        str,
        Field(
            default_factory=lambda: f"sqlite:///{data_folder() / 'tidegraph.db'}",
            description="Database of short links, sqlite:///path or postgresql://user@host/name.",
        ),
    ]
    max_links: Annotated[PositiveInt, Field(description="Short links that are kept.")] = 1_000_000
    max_link_bytes: Annotated[PositiveInt, Field(description="Bytes of the content of one link.")] = 200_000
    weights_url: Annotated[
        str,
        Field(
            default_factory=lambda: str(data_folder() / "weights"),
            description="Folder of stored weights, or its address for fsspec such as s3://bucket/weights.",
        ),
    ]
    max_weights_bytes: Annotated[PositiveInt, Field(description="Bytes of one file of weights.")] = 64_000_000
    max_stored_bytes: Annotated[PositiveInt, Field(description="Bytes of all files of weights.")] = 10_000_000_000
    dask: Annotated[str, Field(description="Scheduler of a Dask cluster for heavy runs, tcp://host:8786.")] = ""
    engine_threads: Annotated[PositiveInt, Field(description="Light runs that compute at the same time.")] = 4
    light_seconds: Annotated[
        PositiveFloat, Field(description="Seconds of computing above which a run moves to a worker process.")
    ] = 0.05
    heavy_processes: Annotated[PositiveInt, Field(description="Worker processes for heavy runs, of each process.")] = 2
    heavy_bytes: Annotated[PositiveInt, Field(description="Bytes of memory of each worker process.")] = 1_000_000_000
    blas_threads: Annotated[PositiveInt, Field(description="Threads of one matrix product in each of them.")] = 1


PREFIX = "TIDEGRAPH_"

OTHER = {"TIDEGRAPH_MESSAGES"}
"""Variables of this prefix that are no settings of the service."""


def misspelled(environment: Mapping[str, str]) -> list[str]:
    """What is wrong with the names in an environment: each that is no setting, with the nearest that is one."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | OTHER
    faults = []
    for name in sorted(environment):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            near = get_close_matches(name.upper(), known, 1)
            faults.append(f"there is no setting {name}" + (f"; did you mean {near[0]}?" if near else ""))
    return faults


EXTRAS = {"redis_url": ("redis", "redis"), "dask": ("distributed", "dask")}
"""Settings that need a package, and the extra that installs it."""


def not_installed(settings: Settings) -> list[str]:
    """The settings whose packages are not installed, each with what installs them."""
    return [
        f"{PREFIX}{name.upper()} needs a package that is not installed: pip install 'tidegraph[{extra}]'"
        for name, (package, extra) in EXTRAS.items()
        if getattr(settings, name) and find_spec(package) is None
    ]


def faults_of(error: ValidationError) -> list[str]:
    """What is wrong with the values of settings, each with its name and without the value."""
    faults = []
    for fault in error.errors(include_url=False, include_input=False):
        name = str(fault["loc"][0]) if fault["loc"] else ""
        name = name if name.upper().startswith(PREFIX) or name in ("HOST", "PORT") else f"{PREFIX}{name.upper()}"
        faults.append(f"{name}: {fault['msg']}")
    return faults
