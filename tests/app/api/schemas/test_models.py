"""What an import answers can be sent to every endpoint that runs programs."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

import tidegraph
from tidegraph.app.api.models import Upload, imported
from tidegraph.app.api.schemas.models import ImportResponse
from tidegraph.app.api.schemas.runs import RunRequest
from tidegraph.app.settings import Settings

FILE = tidegraph.Model("x: input[2]\nw: parameter[2]\nJ = sum(w * x)\n", {"w": np.array([1.0, 2.0])}).to_bytes()


@pytest.mark.parametrize("arrays", ["lists", "base64"])
def test_an_import_is_a_request_of_a_run(arrays: str) -> None:
    answer = imported(Upload("m.tide", FILE, arrays, {}, Settings()))
    found = ImportResponse.model_validate_json(answer)
    request = RunRequest.model_validate({"program": found.program, "values": found.values})
    assert request.values["w"].tolist() == [1, 2]
    assert (found.weights, found.dtype) == (None, None)


def test_no_other_field_is_answered() -> None:
    fields = {"program": "", "values": {}, "inputs": [], "outputs": [], "names": {}, "notes": []}
    ImportResponse.model_validate(fields)
    with pytest.raises(ValidationError, match="weight"):
        ImportResponse.model_validate({**fields, "weight": ""})
