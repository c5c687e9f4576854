"""What an import answers can be sent to every endpoint that runs programs."""

from __future__ import annotations

import httpx
import numpy as np
import pytest
from pydantic import ValidationError

import tidegraph
from tidegraph.app.api.schemas.models import ImportResponse
from tidegraph.app.api.schemas.runs import RunRequest

pytestmark = pytest.mark.anyio

FILE = tidegraph.Model("x: input[2]\nw: parameter[2]\nJ = sum(w * x)\n", {"w": np.array([1.0, 2.0])}).to_bytes()
RAW = {"content-type": "application/octet-stream"}


@pytest.mark.parametrize("arrays", ["lists", "base64"])
async def test_an_import_is_a_request_of_a_run(client: httpx.AsyncClient, arrays: str) -> None:
    answer = await client.post(f"/api/v1/import?name=m.tide&arrays={arrays}", content=FILE, headers=RAW)
    found = ImportResponse.model_validate_json(answer.content)
    request = RunRequest.model_validate({"program": found.program, "values": found.values})
    assert request.values["w"].tolist() == [1, 2]
    assert (found.weights, found.dtype) == (None, None)


async def test_a_wrong_option_is_named(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/import?name=m.tide&arrays=hex", content=FILE, headers=RAW)
    assert answer.status_code == 422
    assert "arrays" in answer.json()["detail"]


def test_no_other_field_is_answered() -> None:
    fields = {"program": "", "values": {}, "inputs": [], "outputs": [], "names": {}, "notes": []}
    ImportResponse.model_validate(fields)
    with pytest.raises(ValidationError, match="weight"):
        ImportResponse.model_validate({**fields, "weight": ""})
