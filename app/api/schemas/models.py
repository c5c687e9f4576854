"""What an import answers."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from tidegraph.app.api.schemas.runs import Model


class ImportResponse(Model):
    """A model as a program; `program` and `values` can be sent to every endpoint that runs programs."""

    program: Annotated[str, Field(description="The program's text, without arrays.")]
    values: Annotated[dict[str, Any], Field(description="The value of each declared variable, by name.")]
    inputs: Annotated[list[str], Field(description="The model's inputs, by their names in the program.")]
    outputs: Annotated[list[str], Field(description="The model's results, by their names in the program.")]
    names: Annotated[
        dict[str, str], Field(description="Names in the program by the names in the model; of submodules, scopes.")
    ]
    notes: Annotated[list[str], Field(description="What was changed or left out.")]
    weights: Annotated[
        str | None, Field(description="With `arrays=stored`, what requests name the large arrays by; null without any.")
    ] = None
    dtype: Annotated[
        str | None, Field(description="With `arrays=stored`, the precision to run it in: `float32` or `float64`.")
    ] = None
    sizes: Annotated[
        dict[str, int] | None,
        Field(description="With `arrays=stored`, the dimensions that the file leaves open, as they were read."),
    ] = None
