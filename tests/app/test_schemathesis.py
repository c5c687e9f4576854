"""The OpenAPI document, taken at its word: whatever it allows or forbids, what is answered is what it says.

`TIDEGRAPH_EVERY_CASE=1`, which `make fuzz` sets, also sends each of the ten thousand requests that cover its schemas.
"""

from __future__ import annotations

import os
from typing import Any

import schemathesis
from hypothesis import Phase, settings
from schemathesis import GenerationMode

from tidegraph.app.main import create_app
from tidegraph.app.settings import Settings

app = create_app(
    Settings(rate_limit="1000000/second", max_flops=10_000_000, max_training_flops=20_000, max_elements=10_000)
)
schema: Any = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
schema.config.generation.update(modes=list(GenerationMode))
schema.config.phases.coverage.enabled = os.environ.get("TIDEGRAPH_EVERY_CASE") == "1"
# A schema cannot say what a program is: a text that is none is refused with 422 although it is a text.
schema.config.checks.positive_data_acceptance.expected_statuses = ["2xx", "404", "422", "503"]


@schema.parametrize()
@settings(max_examples=10, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate])
def test_what_is_answered_is_what_is_documented(case: Any) -> None:
    case.call_and_validate()
