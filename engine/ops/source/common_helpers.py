"""Functions that exported code defines in every framework: plain NumPy over numbers that are known before a run.

Their source is copied as it stands here.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def interpolation(mode: str, m: int, n: int, step: float, align_corners: bool) -> Any:
    """How m new elements are made of n old ones, as a matrix."""
    rows, matrix = np.arange(m), np.zeros((m, n))
    if m == n:
        return np.eye(n)
    if mode == "nearest":
        matrix[rows, np.minimum((rows * (0.5 if m == 2 * n else step)).astype(int), n - 1)] = 1
    elif mode == "nearest-exact":
        matrix[rows, np.minimum(((rows + 0.5) * step).astype(int), n - 1)] = 1
    elif mode == "cubic":
        place = rows * ((n - 1) / (m - 1) if m > 1 else 0.0) if align_corners else (rows + 0.5) * step - 0.5
        low = np.floor(place).astype(int)
        for k in range(-1, 3):
            d = np.abs(place - low - k)
            weight = np.where(d <= 1, (1.25 * d - 2.25) * d * d + 1, ((3.75 - 0.75 * d) * d - 6) * d + 3)
            np.add.at(matrix, (rows, np.clip(low + k, 0, n - 1)), weight)
    elif mode == "area":
        for i in rows:
            first, last = i * n // m, -(-(i + 1) * n // m)
            matrix[i, first:last] = 1 / (last - first)
    else:
        if align_corners:
            place = rows * ((n - 1) / (m - 1) if m > 1 else 0.0)
        else:
            place = np.maximum((rows + 0.5) * step - 0.5, 0.0)
        low = np.minimum(place.astype(int), n - 1)
        share = np.where(low < n - 1, place - low, 0.0)
        matrix[rows, low] = 1 - share
        matrix[rows, np.minimum(low + 1, n - 1)] += share
    return matrix
