"""Arrays between JSON and NumPy: nested lists, and the words for NaN and infinities."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from itertools import chain
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from tidegraph.app.http.problems import Problem

WORDS = {"NaN": np.nan, "Infinity": np.inf, "-Infinity": -np.inf}
NUMBERS = (int, float, bool)
MAX_DIMENSIONS = 32
BUFFERS = {"float64": "<f8", "float32": "<f4", "int64": "<i8", "int32": "<i4", "bool": "|b1"}

Encode = Callable[[NDArray[Any]], Any]


@dataclass(frozen=True, slots=True)
class ArraysAnswer:
    """An answer that is arrays: whole ones by kind and name, summaries of others, and what is known of the run."""

    target: str | None
    first_nonfinite: dict[str, str | None]
    encode: Encode
    arrays: dict[str, dict[str, NDArray[Any]]]
    summaries: dict[str, dict[str, Any]] = field(default_factory=dict)
    warnings: list[dict[str, Any]] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """The answer as JSON."""
        made: dict[str, Any] = {"target": self.target}
        for kind, arrays in self.arrays.items():
            made[kind] = {name: self.encode(array) for name, array in arrays.items()} | self.summaries.get(kind, {})
        made["first_nonfinite"] = self.first_nonfinite
        return made | ({"warnings": self.warnings} if self.warnings else {})

    def to_safetensors(self) -> bytes:
        """The answer as one document; arrays have the ids of slots, and the rest is JSON in the metadata."""
        whole = {f"{kind[0]}:{name}": array for kind, arrays in self.arrays.items() for name, array in arrays.items()}
        rest = {f"{kind[0]}:{name}": one for kind, found in self.summaries.items() for name, one in found.items()}
        facts = {
            "target": self.target,
            "first_nonfinite": self.first_nonfinite,
            "summaries": rest,
            **({"warnings": self.warnings} if self.warnings else {}),
        }
        text = {name: orjson.dumps(fact, option=orjson.OPT_SERIALIZE_NUMPY).decode() for name, fact in facts.items()}
        return safetensors(whole, text)


def decode(name: str, value: Any) -> NDArray[np.float64]:
    """The array that `value`, a number or nested lists of numbers, stands for; a `Problem` if it is neither."""
    if isinstance(value, dict):
        return decode_bytes(name, value)
    level: list[Any] = [value]
    shape: tuple[int, ...] = ()
    while level and isinstance(level[0], list):
        lengths = {len(item) if isinstance(item, list) else -1 for item in level}
        if len(lengths) > 1:
            raise Problem(422, "value-ragged", name=name[:80])
        if len(shape) == MAX_DIMENSIONS:
            raise Problem(422, "value-too-deep", name=name[:80], most=MAX_DIMENSIONS)
        shape = (*shape, *lengths)
        level = list(chain.from_iterable(level))
    if not all(type(item) in NUMBERS for item in level):
        level = [decode_number(name, item) for item in level]
    return np.array(level, dtype=np.float64).reshape(shape)


def decode_bytes(name: str, value: dict[str, Any]) -> NDArray[np.float64]:
    """The array of a typed buffer `{dtype, shape, base64}` or of a .npy file `{npy}`."""
    try:
        if set(value) == {"npy"}:
            array = np.lib.format.read_array(BytesIO(b64decode(value["npy"], validate=True)), allow_pickle=False)
        elif set(value) == {"dtype", "shape", "base64"} and value["dtype"] in BUFFERS:
            raw = np.frombuffer(b64decode(value["base64"], validate=True), BUFFERS[value["dtype"]])
            shape = value["shape"]
            if not isinstance(shape, list) or not all(type(n) is int and n >= 0 for n in shape):
                raise Problem(422, "value-shape-invalid", name=name[:80])
            array = raw.reshape(shape)
        else:
            kinds = ", ".join(BUFFERS)
            raise Problem(422, "value-unknown-object", name=name[:80], dtypes=kinds)
        if array.dtype.kind not in "biuf":
            raise Problem(422, "value-not-numbers", name=name[:80], dtype=str(array.dtype))
        return array.astype(np.float64)
    except (ValueError, TypeError, EOFError, OverflowError) as error:
        raise Problem(422, "value-unreadable", name=name[:80], reason=str(error)) from None


def encode_bytes(array: NDArray[Any]) -> dict[str, Any]:
    """`array` as a typed buffer."""
    raw = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    return {"dtype": str(array.dtype), "shape": array.shape, "base64": b64encode(raw.tobytes()).decode()}


def npy(array: NDArray[Any]) -> bytes:
    """`array` as a .npy file."""
    file = BytesIO()
    np.lib.format.write_array(file, np.asarray(array), allow_pickle=False)
    return file.getvalue()


DTYPES = {"float64": "F64", "float32": "F32", "int64": "I64", "bool": "BOOL"}
"""What safetensors calls NumPy's types."""


def safetensors(arrays: Mapping[str, NDArray[Any]], metadata: Mapping[str, str]) -> bytes:
    """`arrays` as one safetensors document: a header of JSON, then the elements, little-endian, in C order.

    The wider types come first and the header is padded to 8 bytes, so that a reader needs no copy.
    """
    order = sorted(arrays, key=lambda name: -arrays[name].dtype.itemsize)
    header: dict[str, Any] = {"__metadata__": dict(metadata)}
    parts, end = [], 0
    for name in order:
        array = arrays[name]
        raw = np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes()
        shape = list(array.shape)
        header[name] = {"dtype": DTYPES[str(array.dtype)], "shape": shape, "data_offsets": [end, end + len(raw)]}
        parts.append(raw)
        end += len(raw)
    text = orjson.dumps(header)
    text += b" " * (-len(text) % 8)
    return b"".join([len(text).to_bytes(8, "little"), text, *parts])


def decode_number(name: str, item: Any) -> float:
    """One number, written as a number or as the word for what JSON has no number for."""
    if type(item) in NUMBERS:
        return float(item)
    if isinstance(item, str) and item in WORDS:
        return WORDS[item]
    if isinstance(item, list):
        raise Problem(422, "value-ragged", name=name[:80])
    kind = {type(None): "null", str: "text", dict: "object"}[type(item)]
    raise Problem(422, f"value-holds-{kind}", name=name[:80])


def encode(array: NDArray[Any]) -> Any:
    """`array` as strict JSON: nested lists, a bare number for a scalar, words for what is not finite.

    A finite array stays a NumPy array, which the JSON writer writes without making a Python object a number.
    """
    if array.ndim == 0:
        return encode_number(array.item())
    if array.dtype.kind != "f" or np.isfinite(array).all():
        return np.ascontiguousarray(array)
    words = np.array([encode_number(number) for number in array.ravel().tolist()], dtype=object)
    return words.reshape(array.shape).tolist()


def encode_finite(array: NDArray[Any]) -> Any:
    """What `encode` makes of an array that is known to be finite."""
    return array.item() if array.ndim == 0 else np.ascontiguousarray(array)


def encode_number(number: Any) -> Any:
    """One number, or the word for it."""
    if isinstance(number, float) and not np.isfinite(number):
        return "NaN" if number != number else "Infinity" if number > 0 else "-Infinity"
    return number
