"""Weights: safetensors files by their hash, on disk or in any storage that fsspec knows, within a bound."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

import fsspec  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from tidegraph.app.store.links import Full, Links, Unavailable
from tidegraph.app.store.links import weights as table

NAME = re.compile(r"sha256-[0-9a-f]{64}")


class NotSafetensors(Exception):
    """Bytes that are no safetensors file of numbers."""


class WrongHash(Exception):
    """Bytes that do not have the hash that they are sent by."""


@dataclass(frozen=True)
class Weights:
    """The files under `url` (a folder, or an address such as s3://bucket/weights), `most` bytes of them at most."""

    url: str
    links: Links
    most: int

    def put(self, name: str, content: bytes) -> bool:
        """Keep a file; whether it is new. Raises WrongHash, NotSafetensors, Full or Unavailable."""
        if f"sha256-{sha256(content).hexdigest()}" != name:
            raise WrongHash
        arrays_of(content)
        try:
            with self.links.engine.begin() as connection:
                if connection.execute(select(table.c.id).where(table.c.id == name)).first() is not None:
                    return False
                used = connection.execute(select(func.coalesce(func.sum(table.c.bytes), 0))).scalar_one()
                if used + len(content) > self.most:
                    raise Full
                with fsspec.open(f"{self.url.rstrip('/')}/{name}.safetensors", "wb", auto_mkdir=True) as file:
                    file.write(content)
                connection.execute(table.insert().values(id=name, bytes=len(content)))
        except IntegrityError:
            return False
        except (SQLAlchemyError, OSError) as error:
            raise Unavailable(type(error).__name__) from None
        return True

    def get(self, name: str) -> dict[str, NDArray[np.float64]] | None:
        """The arrays of a file, by name; None where there is none. Raises Unavailable."""
        if not NAME.fullmatch(name):
            return None
        try:
            return stored(self.url.rstrip("/"), name)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unavailable(type(error).__name__) from None


@lru_cache(maxsize=4)
def stored(url: str, name: str) -> dict[str, NDArray[np.float64]]:
    """The arrays of a stored file. A file of a hash never changes."""
    with fsspec.open(f"{url}/{name}.safetensors", "rb") as file:
        return arrays_of(file.read())


def arrays_of(content: bytes) -> dict[str, NDArray[np.float64]]:
    """The arrays of a safetensors file, by name. Raises NotSafetensors."""
    try:
        found = load(content)
    except (SafetensorError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotSafetensors(str(error)[:200]) from None
    if not all(array.dtype.kind in "biuf" for array in found.values()):
        raise NotSafetensors("it holds something else than numbers")
    return {name: np.asarray(array, dtype=np.float64) for name, array in found.items()}
