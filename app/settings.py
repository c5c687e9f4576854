"""Everything an operator of the service can set, read from the environment (`TIDEGRAPH_...`)."""

from __future__ import annotations

from typing import Annotated

from pydantic import AliasChoices, Field, PositiveInt
from pydantic_settings import BaseSettings, SettingsConfigDict


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
    max_program_length: Annotated[PositiveInt, Field(description="Characters in a program.")] = 50_000
    max_operators: Annotated[PositiveInt, Field(description="Operators in the plan, forward and backward.")] = 50_000
    max_elements: Annotated[PositiveInt, Field(description="Elements in any one array.")] = 1_000_000
    max_bytes: Annotated[PositiveInt, Field(description="Bytes of all arrays alive at once.")] = 512_000_000
    max_flops: Annotated[PositiveInt, Field(description="Floating-point operations of one run.")] = 5_000_000_000
    array_limit: Annotated[PositiveInt, Field(description="Elements above which an array is sent as a summary.")] = 4096
    slice_limit: Annotated[PositiveInt, Field(description="Elements in one answer of /api/v1/tensor.")] = 250_000
    engine_threads: Annotated[PositiveInt, Field(description="Runs that compute at the same time.")] = 4
