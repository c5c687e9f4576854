"""Exported JAX code gives the engine's numbers for every example of the gallery."""

from __future__ import annotations

import pytest

jax = pytest.importorskip("jax")

import tidegraph  # noqa: E402
from tests.engine.exchange.test_code import GALLERY, check, exported  # noqa: E402


@pytest.mark.parametrize("name", GALLERY)
def test_every_example(name: str) -> None:
    text, values, gradients = exported(GALLERY[name].program, to="jax")
    check(text, values, gradients, str(tidegraph.parse(GALLERY[name].program).target))
    assert jax.config.jax_enable_x64
