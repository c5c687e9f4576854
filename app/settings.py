"""Everything an operator of the service can set, read from the environment (`TIDEGRAPH_...`)."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, AliasChoices, Field, NonNegativeInt, PositiveFloat, PositiveInt
from pydantic_settings import BaseSettings, SettingsConfigDict


def rooted(path: str) -> str:
    """A path as it stands between a host and a page's own path: `/tide`, or nothing."""
    return f"/{path.strip('/')}".rstrip("/")


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
    max_elements: Annotated[PositiveInt, Field(description="Elements in any one array.")] = 100_000_000
    max_bytes: Annotated[PositiveInt, Field(description="Bytes of all arrays alive at once.")] = 512_000_000
    max_flops: Annotated[PositiveInt, Field(description="Floating-point operations of one run.")] = 50_000_000_000
    max_training_flops: Annotated[PositiveInt, Field(description="Floating-point operations of one training run.")] = (
        50_000_000_000
    )
    max_training_seconds: Annotated[PositiveInt, Field(description="Seconds of one training run.")] = 60
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
        list[str], Field(description="Values of Host that are answered; * for all. Links are written with them alone.")
    ] = ["*"]
    cors_origins: Annotated[list[str], Field(description="Origins whose pages may call the API; * for all.")] = ["*"]
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
    engine_threads: Annotated[PositiveInt, Field(description="Light runs that compute at the same time.")] = 4
    light_seconds: Annotated[
        PositiveFloat, Field(description="Seconds of computing above which a run moves to a worker process.")
    ] = 0.05
    heavy_processes: Annotated[PositiveInt, Field(description="Worker processes for heavy runs, of each process.")] = 2
    heavy_bytes: Annotated[PositiveInt, Field(description="Bytes of memory of each worker process.")] = 1_000_000_000
    blas_threads: Annotated[PositiveInt, Field(description="Threads of one matrix product in each of them.")] = 1
