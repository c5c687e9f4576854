"""The OpenAPI document, taken at its word: whatever it allows or forbids, what is answered is what it says."""

from __future__ import annotations

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
# A schema cannot say what a program is: a text that is none is refused with 422 although it is a text.
schema.config.checks.positive_data_acceptance.expected_statuses = ["2xx", "404", "422", "503"]


@schema.parametrize()
@settings(max_examples=3, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate])
def test_what_is_answered_is_what_is_documented(case: Any) -> None:
    case.call_and_validate()
