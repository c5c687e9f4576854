"""Fourier transforms against their sums of exponentials, their inverses, and Parseval's theorem."""

from __future__ import annotations

import cmath
import math
from typing import Any

import numpy as np
import pytest

from tests.engine.known import check, gradients, refusal, value

X = [1.0, 2.0, 0.0, -1.0, 3.0]


def transform(x: list[float], n: int, count: int) -> Any:
    """The sum over x[t] exp(-2 pi i k t / n), as pairs."""
    sums = [sum(v * cmath.exp(-2j * math.pi * k * t / n) for t, v in enumerate(x[:n])) for k in range(count)]
    return np.array([[z.real, z.imag] for z in sums])


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("fft(x)", transform(X, 5, 5)),
        ("fft(x, n=3)", transform(X, 3, 3)),
        ("fft(x, n=8)", transform(X, 8, 8)),
        ('fft(x, norm="ortho")', transform(X, 5, 5) / math.sqrt(5)),
        ('fft(x, norm="forward")', transform(X, 5, 5) / 5),
        ("rfft(x)", transform(X, 5, 3)),
        ("rfft(x, n=8)", transform(X, 8, 5)),
        ("ifft(fft(x))[:, 0]", X),
        ("irfft(rfft(x), n=5)", X),
        ('irfft(rfft(x, norm="ortho"), n=5, norm="ortho")', X),
        ("fftshift(x)", [-1, 3, 1, 2, 0]),
        ("ifftshift(fftshift(x))", X),
    ],
)
def test_known_values(call: str, expected: Any) -> None:
    check(call, {"x": X}, expected, tolerance=1e-12)


def test_frames_are_transforms_of_windows() -> None:
    window = [0.5, 1.0, 0.25, 0.0]
    found = value("stft(x, w, n_fft=4, hop_length=1, center=False)", x=X, w=window)
    for frame in range(2):
        cut = [a * b for a, b in zip(X[frame : frame + 4], window, strict=True)]
        np.testing.assert_allclose(found[:, frame], transform(cut, 4, 3), atol=1e-14)


def test_the_gradient_of_the_energy_is_twice_the_signal() -> None:
    """Parseval: the sum of the squares of an orthonormal transform is that of the signal."""
    np.testing.assert_allclose(gradients('fft(x, norm="ortho") ** 2', x=X)["x"], np.multiply(2, X), atol=1e-14)
    np.testing.assert_allclose(gradients("rfft(x)[0, 0]", x=X)["x"], np.ones(5), rtol=1e-12)


def test_wrong_calls_state_what_is_needed() -> None:
    assert "backward, ortho, forward" in refusal('fft(x, norm="orto")', x=[3])
    assert "[..., n, 2]" in refusal("ifft(x)", x=[3])
    assert "n is at least 1, not 0" in refusal("fft(x, n=0)", x=[3])
    assert "hop_length is at least 1, not 0" in refusal("stft(x, n_fft=4, hop_length=0)", x=[8])
