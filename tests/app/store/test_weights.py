"""Weights are kept by their hash, within a bound, and nothing else than numbers is."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from tidegraph.app.store.links import Full, Links
from tidegraph.app.store.weights import NotSafetensors, Weights, WrongHash

CONTENT = save({"W": np.arange(6, dtype=np.float32).reshape(2, 3)})


def named(content: bytes) -> str:
    """The name of a file."""
    return f"sha256-{sha256(content).hexdigest()}"


def test_a_file_is_kept_once_and_read_back(tmp_path: Path) -> None:
    weights = Weights(str(tmp_path), Links("sqlite://", 1), 10_000)
    assert [weights.put(named(CONTENT), CONTENT), weights.put(named(CONTENT), CONTENT)] == [True, False]
    found = weights.get(named(CONTENT))
    assert found is not None
    np.testing.assert_array_equal(found["W"], [[0, 1, 2], [3, 4, 5]])
    assert found["W"].dtype == np.float64
    weights.links.close()


@pytest.mark.parametrize("name", ["sha256-" + "0" * 64, "../secret", "", "sha256-" + "g" * 64])
def test_what_is_not_there_is_not_found(tmp_path: Path, name: str) -> None:
    assert Weights(str(tmp_path), Links("sqlite://", 1), 10_000).get(name) is None


def test_what_is_refused(tmp_path: Path) -> None:
    weights = Weights(str(tmp_path), Links("sqlite://", 1), len(CONTENT) + 1)
    with pytest.raises(WrongHash):
        weights.put("sha256-" + "0" * 64, CONTENT)
    with pytest.raises(NotSafetensors):
        weights.put(named(b"nonsense"), b"nonsense")
    weights.put(named(CONTENT), CONTENT)
    other = save({"b": np.zeros(3)})
    with pytest.raises(Full):
        weights.put(named(other), other)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{named(CONTENT)}.safetensors"]
    weights.links.close()
