"""Second derivatives over HTTP: levels against a hand count, their pictures, the Hessian at a point, shapes."""

from __future__ import annotations

from typing import Any

import httpx
import numpy as np
import pytest

import tidegraph
from tidegraph.app import examples

pytestmark = pytest.mark.anyio

QUADRATIC = "w: parameter[2] = [1, 2]\nA = [[3, 1], [1, 2]]\nJ = w @ A @ w / 2"
LINEAR = "x: input[4]\nW: parameter[3, 4]\nz = W @ x\nJ = sum(z * z)"
LAYER = "X: input[6, 4]\nW: parameter[4, 3]\nZ = X @ W\nJ = sum(relu(Z)) / 6"


async def ask(client: httpx.AsyncClient, path: str, program: str = QUADRATIC, **request: Any) -> dict[str, Any]:
    answer = await client.post(f"/api/v1/{path}", json={"program": program, **request})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_levels_are_counted_as_by_hand(client: httpx.AsyncClient) -> None:
    body = await ask(client, "levels", LINEAR, measure=False)
    value, gradient, product, whole = body["levels"]
    forward = 2 * 3 * 4 + 3 + 3  # the product, the squares, their sum
    assert value["flops"] == forward
    assert gradient["flops"] == forward + 3 + 3 * 4  # twice z, and its outer product with x
    assert whole["flops"] == 12 * product["flops"]
    assert body["parameters"] == {"W": [3, 4]}
    assert body["size"] == 12
    assert [level["time_ratio"] for level in body["levels"]] == [None] * 4
    timed = await ask(client, "levels", LINEAR)
    assert all(level["seconds"] > 0 for level in timed["levels"])
    assert timed["levels"][0]["time_ratio"] == 1


async def test_the_picture_of_a_level_is_a_trace_with_derivatives_tied_to_variables(client: httpx.AsyncClient) -> None:
    body = await ask(client, "levels/picture", LINEAR, level="gradient", values={"x": [1, 2, 3, 4]})
    nodes = {node["id"]: node for node in body["graph"]["nodes"]}
    gradients = (await ask(client, "gradients", LINEAR, values={"x": [1, 2, 3, 4]}))["gradients"]
    assert {"derivative": "dJ/dW", "variable": "W"} in body["ties"]
    assert nodes["dJ/dW"]["value"] == gradients["W"]
    assert body["orders"]["dJ/dW"] == 1
    assert "z" not in body["orders"]
    assert body["backward"] == []
    counted = (await ask(client, "levels", LINEAR, measure=False))["levels"][1]
    assert len(body["forward"]) == counted["operators"]


@pytest.mark.parametrize("name", sorted(examples.load()))
async def test_every_example_has_levels_and_pictures(client: httpx.AsyncClient, name: str) -> None:
    program = examples.load()[name].program
    levels = (await ask(client, "levels", program, measure=False))["levels"]
    for level in ("value", "gradient", "hessian-vector product"):
        body = await ask(client, "levels/picture", program, level=level)
        counted = next(one for one in levels if one["name"] == level)
        assert len(body["forward"]) == counted["operators"]
        nodes = {node["id"] for node in body["graph"]["nodes"]}
        assert {tie["derivative"] for tie in body["ties"]} <= nodes


async def test_curvature_at_a_point(client: httpx.AsyncClient) -> None:
    body = await ask(client, "curvature", learning_rate=0.1)
    assert np.array(body["hessian"]["matrix"]) == pytest.approx(np.array([[3, 1], [1, 2]]))
    assert body["hessian"]["eigenvalues"] == pytest.approx([(5 - 5**0.5) / 2, (5 + 5**0.5) / 2])
    assert body["hessian"]["definite"] == "minimum"
    assert body["gradient"] == [5, 5]
    assert body["line"]["best"] == pytest.approx(50 / 175)
    lowest = np.argmin(body["path"]["target"])
    assert body["path"]["rates"][lowest] == pytest.approx(50 / 175, rel=0.05)
    assert body["path"]["parabola"] == pytest.approx(body["path"]["target"])
    gradient, newton = body["steps"]
    assert gradient["parameters"]["w"] == pytest.approx([0.5, 1.5])
    assert newton["after"] == pytest.approx(0, abs=1e-12)
    assert gradient["before"] == newton["before"] == 7.5


async def test_a_hessian_that_is_too_large_is_told_and_the_rest_is_there(client: httpx.AsyncClient) -> None:
    body = await ask(client, "curvature", "w: parameter[401]\nJ = sum(w ** 2)")
    assert body["hessian"] is None
    assert body["steps"] == []
    assert body["too_large"] == {"quantity": "parameters", "value": 401, "limit": 400}
    assert body["line"]["best"] == pytest.approx(0.5)
    answer = await client.post(
        "/api/v1/levels/picture", json={"program": "w: parameter[401]\nJ = sum(exp(w))", "level": "hessian"}
    )
    assert answer.status_code == 422
    assert "401 parameters" in answer.json()["detail"]


async def test_shapes_and_the_numbers_of_a_jacobian(client: httpx.AsyncClient) -> None:
    body = await ask(client, "shapes", LAYER, name="W")
    assert tuple(body["shape"]) == np.shape(body["gradient"]) == (4, 3)
    assert body["jacobians"][0]["shape"] == [6, 3, 4, 3]
    values = np.array(body["jacobian"]["values"])
    assert values.shape == (6, 3, 4, 3)
    x = tidegraph.initial_values(tidegraph.parse(LAYER))["X"]
    expected = np.einsum("ai,bj->abij", x, np.eye(3))
    np.testing.assert_allclose(values, expected)
    assert body["jacobian"]["zeros"] == 6 * 3 * 4 * 2
    through = (await ask(client, "shapes", LAYER, name="W", of="J"))["jacobian"]
    np.testing.assert_allclose(through["values"], body["gradient"])


async def test_a_jacobian_that_is_too_large_still_has_its_shape(client: httpx.AsyncClient) -> None:
    body = await ask(client, "shapes", "x: input[100]\nW: parameter[100, 100]\nz = W @ x\nJ = sum(z ** 2)", name="W")
    assert body["jacobians"][0]["size"] == 1_000_000
    assert body["jacobian"]["values"] is None
    assert body["jacobian"]["too_large"]["value"] == 1_000_000


@pytest.mark.parametrize(
    ("path", "request_", "words"),
    [
        ("shapes", {"name": "v"}, "no variable 'v'"),
        ("curvature", {"wrt": ["J"]}, "is computed; it is not a parameter"),
        ("levels/picture", {"level": "third"}, "level"),
    ],
)
async def test_what_is_wrong_is_told(
    client: httpx.AsyncClient, path: str, request_: dict[str, Any], words: str
) -> None:
    answer = await client.post(f"/api/v1/{path}", json={"program": QUADRATIC, **request_})
    assert answer.status_code == 422
    assert words in answer.text
