"""Short links: what a page shows, kept under the hash of its content in SQLite or PostgreSQL."""

from __future__ import annotations

from base64 import b32encode
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Column, DateTime, Integer, LargeBinary, MetaData, String, Table, create_engine, func, select
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

ID_BYTES = 12
"""Bytes of a hash in an id of 20 characters."""

metadata = MetaData()
links = Table(
    "links",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("created", DateTime, server_default=func.now(), nullable=False, index=True),
)
weights = Table(
    "weights",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("bytes", Integer, nullable=False),
    Column("created", DateTime, server_default=func.now(), nullable=False, index=True),
)


class Unavailable(Exception):
    """The database cannot be reached, or not be written."""


class Full(Exception):
    """There is no room for more."""


@dataclass(frozen=True)
class Links:
    """The links in the database at `url`, at most `most` of them."""

    url: str
    most: int

    @cached_property
    def engine(self) -> Engine:
        """The connections; tables are made where they are missing."""
        url = make_url(self.url)
        if url.drivername in ("postgresql", "postgres"):
            url = url.set(drivername="postgresql+psycopg")
        options: dict[str, Any] = {"pool_pre_ping": True}
        if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
            options["connect_args"] = {"timeout": 10}
        elif url.get_backend_name() == "sqlite":  # in memory: one connection, which all threads use
            options |= {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
        engine = create_engine(url, **options)
        try:
            metadata.create_all(engine)
        except IntegrityError:  # another process makes them at the same time
            metadata.create_all(engine)
        return engine

    def put(self, content: dict[str, Any]) -> tuple[str, bool]:
        """The id of a content, and whether it is new. Raises Full or Unavailable."""
        text = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
        name = b32encode(sha256(text).digest()[:ID_BYTES]).decode().rstrip("=").lower()
        try:
            with self.engine.begin() as connection:
                if connection.execute(select(links.c.id).where(links.c.id == name)).first() is not None:
                    return name, False
                if connection.execute(select(func.count()).select_from(links)).scalar_one() >= self.most:
                    raise Full
                connection.execute(links.insert().values(id=name, content=text))
        except IntegrityError:
            return name, False
        except (SQLAlchemyError, OSError) as error:
            raise Unavailable(type(error).__name__) from None
        return name, True

    def get(self, name: str) -> dict[str, Any] | None:
        """The content of an id. Raises Unavailable."""
        try:
            with self.engine.connect() as connection:
                found = connection.execute(select(links.c.content).where(links.c.id == name)).scalar()
        except (SQLAlchemyError, OSError) as error:
            raise Unavailable(type(error).__name__) from None
        return None if found is None else orjson.loads(found)

    def close(self) -> None:
        """Close the connections."""
        if "engine" in vars(self):
            self.engine.dispose()
