"""The page's generator draws what NumPy's draws, bit for bit."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

SEEDS = [0, 1, 12345, 2**32 - 1, 2**53 - 1, [0, 3632233996], [7, 1, 2, 3, 4, 5]]


@pytest.fixture(scope="module")
def drawn() -> list[dict[str, list[float]]]:
    command = ["node", str(Path(__file__).with_name("draw.mjs")), json.dumps(SEEDS)]
    answers: list[dict[str, list[float]]] = json.loads(
        subprocess.run(command, check=True, capture_output=True, text=True).stdout
    )
    return answers


@pytest.mark.parametrize("which", range(len(SEEDS)), ids=map(str, SEEDS))
def test_draws_are_numpys_bit_for_bit(drawn: list[dict[str, list[float]]], which: int) -> None:
    def random() -> np.random.Generator:
        return np.random.default_rng(SEEDS[which])

    found, first = drawn[which], random()
    assert found["double"] == first.random(50).tolist()
    assert found["uniform"] == first.uniform(-2, 3, 20).tolist()
    assert found["single"] == random().random(51, np.float32).tolist()
    assert found["normal"] == random().normal(size=4000).tolist()
    assert found["small"] == random().integers(0, 7, 50).tolist()
    assert found["large"] == random().integers(0, 2**40, 20).tolist()
