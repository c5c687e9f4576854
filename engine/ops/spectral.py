"""Fourier transforms. A complex array is an array of pairs: its last axis holds the real and the imaginary parts.

All are made of one linear operator on pairs, the unscaled transform, whose adjoint is the transform with the other
sign. Names and the factor `norm` are those of `numpy.fft`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tidegraph.engine.graph import ShapeError, Type, Variable, constant
from tidegraph.engine.graph.kinds import Way
from tidegraph.engine.ops.arrange import along, pad, roll, room, whole_number
from tidegraph.engine.ops.declare import Case, Primitive, composite, normal_axis, primitive
from tidegraph.engine.ops.shape import getitem, stack, transpose


def _infer_dft(z: Variable, *, axis: int = -2, inverse: bool = False) -> Type:
    if z.ndim < 2 or z.shape[-1] != 2 or normal_axis(axis, z.ndim) == z.ndim - 1:
        raise ShapeError("needs-shape", name="dft", needed="[..., n, 2]", shape=z.shape)
    return Type(z.shape)


def _dft(z: Any, out: Any, *, axis: int, inverse: bool) -> None:
    axis %= z.ndim
    if not z.size:
        return
    if z.dtype.kind == "c":
        parts = np.empty(z.shape), np.empty(z.shape)
        _dft(z.real, parts[0], axis=axis, inverse=inverse)
        _dft(z.imag, parts[1], axis=axis, inverse=inverse)
        np.copyto(out, parts[0] + 1j * parts[1])
        return
    whole = z[..., 0] + 1j * z[..., 1]
    found = np.fft.ifft(whole, axis=axis, norm="forward") if inverse else np.fft.fft(whole, axis=axis)
    out[..., 0], out[..., 1] = found.real, found.imag


def _dft_flops(z: Variable, *, axis: int, inverse: bool) -> int:
    """5 n log2(n), the cost of Cooley and Tukey's algorithm."""
    n = z.shape[axis]
    return 5 * z.size // 2 * max(n - 1, 1).bit_length()


dft: Primitive = primitive(
    "dft",
    infer=_infer_dft,
    kernel=_dft,
    linear=True,
    vjp=(lambda g, y, z, *, axis, inverse: dft(g, axis=axis, inverse=not inverse),),
    latex=r"\mathcal{{F}}\left({0}\right)",
    symbol=r"\mathcal{F}",
    flops=_dft_flops,
    workspace=lambda width, z, **how: 8 * z.size * (2 if width == 8 else 3),
    portable=False,
    backward=Way.ADJOINT,
    doc="Discrete Fourier transform along an axis of pairs of real and imaginary parts, without a factor.",
    cases=(Case(((4, 2),)), Case(((3, 2, 2),), {"axis": 0, "inverse": True})),
)

NORMS = ("backward", "ortho", "forward")


def _factor(norm: str | None, n: int, inverse: bool) -> float:
    if norm not in (None, *NORMS):
        raise ShapeError("option-not-known", option="norm", given=norm or "None", known=list(NORMS))
    if norm == "ortho":
        return 1 / math.sqrt(n)
    return 1 / n if inverse == (norm != "forward") else 1.0


def _sized(x: Variable, n: int | None, axis: int) -> Variable:
    """An axis cut or filled with zeros to a length."""
    size = x.shape[axis]
    if n is None or n == size:
        if not size:
            raise ShapeError("length-not-valid", name="n", given=0, least=1, most=2**31)
        return x
    n = whole_number("n", n, 1)
    if n < size:
        return getitem(x, key=along(axis, slice(0, n)))
    return pad(x, pad_width=tuple((0, n - size if a == axis else 0) for a in range(x.ndim)))


def _pairs(x: Variable) -> Variable:
    return stack(x, x * 0.0, axis=-1)


def _transformed(z: Variable, axis: int, norm: str | None, inverse: bool) -> Variable:
    factor = _factor(norm, z.shape[axis], inverse)
    y = dft(z, axis=axis, inverse=inverse)
    return y if factor == 1 else y * factor


@composite(symbol=r"\mathcal{F}", cases=(Case(((4,),)), Case(((2, 3),), {"n": 4, "axis": 0, "norm": "ortho"})))
def fft(x: Variable, *, n: int | None = None, axis: int = -1, norm: str | None = None) -> Variable:
    """Fourier transform of real numbers along an axis, as pairs of real and imaginary parts."""
    axis = normal_axis(axis, x.ndim)
    return _transformed(_pairs(_sized(x, n, axis)), axis, norm, inverse=False)


@composite(symbol=r"\mathcal{F}^{-1}", cases=(Case(((4, 2),)), Case(((3, 2, 2),), {"axis": 0, "norm": "forward"})))
def ifft(z: Variable, *, n: int | None = None, axis: int = -1, norm: str | None = None) -> Variable:
    """Inverse Fourier transform of pairs along an axis, counted without that of the pairs."""
    _infer_dft(z)
    axis = normal_axis(axis, z.ndim - 1)
    return _transformed(_sized(z, n, axis), axis, norm, inverse=True)


@composite(symbol=r"\mathcal{F}", cases=(Case(((5,),)), Case(((4, 2),), {"axis": 0, "norm": "ortho"})))
def rfft(x: Variable, *, n: int | None = None, axis: int = -1, norm: str | None = None) -> Variable:
    """Fourier transform of real numbers along an axis: the n // 2 + 1 frequencies from 0 on, as pairs."""
    axis = normal_axis(axis, x.ndim)
    z = _transformed(_pairs(_sized(x, n, axis)), axis, norm, inverse=False)
    return getitem(z, key=along(axis, slice(0, z.shape[axis] // 2 + 1)))


@composite(symbol=r"\mathcal{F}^{-1}", cases=(Case(((3, 2),)), Case(((3, 2, 2),), {"n": 5, "axis": 0})))
def irfft(z: Variable, *, n: int | None = None, axis: int = -1, norm: str | None = None) -> Variable:
    """Inverse of rfft: n real numbers, by default 2 (m - 1), from the pairs of m frequencies."""
    _infer_dft(z)
    axis = normal_axis(axis, z.ndim - 1)
    size = 2 * (z.shape[axis] - 1) if n is None else whole_number("n", n, 1)
    if size < 1:
        raise ShapeError("length-not-valid", name="n", given=size, least=1, most=2**31)
    room(size)
    z = _sized(z, size // 2 + 1, axis)
    weights = np.full(z.shape[axis], 2.0)
    weights[0] = 1.0
    if size % 2 == 0:
        weights[-1] = 1.0
    z = _sized(z * constant(weights.reshape(-1, *(1,) * (z.ndim - axis - 1))), size, axis)
    y = _transformed(z, axis, norm, inverse=True)
    return getitem(y, key=(..., 0))


@composite(
    symbol=r"\operatorname{STFT}",
    torch=("x", "n_fft", "hop_length", "win_length", "window", "center", "pad_mode", "normalized", "onesided"),
    cases=(Case(((8,), (4,)), {"n_fft": 4, "hop_length": 2}), Case(((2, 9),), {"n_fft": 4, "center": False})),
)
def stft(
    x: Variable,
    window: Variable | None = None,
    *,
    n_fft: int,
    hop_length: int | None = None,
    win_length: int | None = None,
    center: bool = True,
    pad_mode: str = "reflect",
    normalized: bool = False,
    onesided: bool = True,
    return_complex: bool = True,
) -> Variable:
    """Fourier transforms of windows along a signal: ... x frequencies x frames, as pairs."""
    size = whole_number("n_fft", n_fft, 1)
    hop = whole_number("hop_length", size // 4 or 1 if hop_length is None else hop_length, 1)
    if x.ndim not in (1, 2):
        raise ShapeError("needs-shape", name="stft", needed="[batch, time]", shape=x.shape)
    if center:
        x = pad(x, pad_width=((0, 0),) * (x.ndim - 1) + ((size // 2, size // 2),), mode=pad_mode)
    if x.shape[-1] < size:
        raise ShapeError("length-not-valid", name="n_fft", given=size, least=1, most=x.shape[-1])
    count = (x.shape[-1] - size) // hop + 1
    room(count, size)
    frames = getitem(x, key=(..., np.arange(count)[:, None] * hop + np.arange(size)))
    width = whole_number("win_length", size if win_length is None else win_length, 1)
    left = (size - width) // 2
    if window is not None:
        if window.shape != (width,):
            raise ShapeError("needs-shape", name="window", needed=f"[{width}]", shape=window.shape)
        frames = frames * (window if width == size else pad(window, pad_width=((left, size - width - left),)))
    elif width != size:
        flat = np.zeros(size)
        flat[left : left + width] = 1
        frames = frames * constant(flat)
    z = dft(_pairs(frames), axis=frames.ndim - 1)
    if normalized:
        z = z * (1 / math.sqrt(size))
    if onesided:
        z = getitem(z, key=(..., slice(0, size // 2 + 1), slice(None)))
    n = z.ndim
    return transpose(z, axes=(*range(n - 3), n - 2, n - 3, n - 1))


@composite(cases=(Case(((2, 5),)), Case(((4,),), {"axis": 0})))
def fftshift(x: Variable, *, axis: Any = None) -> Variable:
    """Frequencies rearranged so that 0 is in the middle."""
    return _rolled(x, axis, 0)


@composite(cases=(Case(((5,),)),))
def ifftshift(x: Variable, *, axis: Any = None) -> Variable:
    """The inverse of fftshift."""
    return _rolled(x, axis, 1)


def _rolled(x: Variable, axis: Any, more: int) -> Variable:
    axes = tuple(range(x.ndim)) if axis is None else tuple(axis) if isinstance(axis, (tuple, list)) else (axis,)
    places = tuple(normal_axis(a, x.ndim) for a in axes)
    if not places:
        return x
    return roll(x, shift=tuple((x.shape[a] + more) // 2 for a in places), axis=places)
