"""The health check over HTTP."""

from __future__ import annotations

import httpx

HEALTHY = "x: input[4]\nW: parameter[3, 4]\nJ = sum((W @ x) ** 2)"


async def test_a_healthy_network(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/health", json={"program": HEALTHY, "learning_rate": 1e-6})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"target": "J", "healthy": True, "findings": []}


async def test_findings_have_evidence_in_the_language_of_the_request(client: httpx.AsyncClient) -> None:
    request = {"program": "x: input = -1\ny = log(x)\nJ = y * 2"}
    (finding,) = (await client.post("/api/v1/health", json=request)).json()["findings"]
    assert (finding["code"], finding["place"]) == ("nonfinite", "y")
    assert finding["evidence"] == {"count": 1, "size": 1}
    (chinese,) = (await client.post("/api/v1/health?language=zh", json=request)).json()["findings"]
    assert chinese["message"] != finding["message"]


async def test_a_learning_rate_beyond_two_over_curvature(client: httpx.AsyncClient) -> None:
    request = {"program": "w: parameter = 3\nJ = 5 * w ** 2", "learning_rate": 0.3}
    (finding,) = (await client.post("/api/v1/health", json=request)).json()["findings"]
    assert finding["code"] == "learning-rate"
