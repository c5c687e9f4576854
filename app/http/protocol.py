"""What comes before a request is one: what is not HTTP gets 400, and a head is bounded as a body is."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from tidegraph.app.http.headers import SECURITY_HEADERS
from tidegraph.app.http.problems import Problem, respond

HEAD_BYTES = 256 * 1024
"""Bytes of a request's address and headers: a program may stand in the address, percent-encoded."""

WRITE_SECONDS = "write_seconds"
"""The state of the application that says how long a client may take to read an answer."""

LINGER_SECONDS = 0.5
"""Seconds for which an idle connection stays open at shutdown, since a request may be on its way."""

HEAD_SECONDS = 20.0
"""Seconds for them to arrive."""


class Protocol(HttpToolsProtocol):
    """HTTP as uvicorn reads it; what it refuses to read is answered with a problem document."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.head = 0
        self.in_head = True
        self.deadline: asyncio.TimerHandle | None = None
        self.stalled: asyncio.TimerHandle | None = None
        self.leaving = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self.got_head()
        self.resume_writing()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self.stalled = self.loop.call_later(self.app_state.get(WRITE_SECONDS, 40.0) / 2, self.transport.abort)

    def resume_writing(self) -> None:
        if self.stalled is not None:
            self.stalled.cancel()
            self.stalled = None
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.in_head:
            self.head += len(data)
            if self.head > HEAD_BYTES:
                self.refuse(Problem(431, "head-too-large", limit=HEAD_BYTES))

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if not self.in_head:
            self.await_head()

    def on_headers_complete(self) -> None:
        self.got_head()
        super().on_headers_complete()
        if self.leaving and self.cycle is not None:
            self.cycle.keep_alive = False

    def shutdown(self) -> None:
        """Answer what has begun, or is on its way, and close then."""
        self.leaving = True
        super().shutdown() if self.busy else self.loop.call_later(LINGER_SECONDS, self.leave)

    @property
    def busy(self) -> bool:
        """Whether a request is being answered."""
        return self.cycle is not None and not self.cycle.response_complete

    def leave(self) -> None:
        """Close an idle connection; one on which a head is arriving is closed with its answer."""
        if not self.busy and not (self.in_head and self.head):
            self.transport.close()

    def await_head(self) -> None:
        """Count the bytes and the seconds of a head from here."""
        self.head, self.in_head = 0, True
        self.deadline = self.loop.call_later(HEAD_SECONDS, self.give_up)

    def got_head(self) -> None:
        """The head is complete, or there will be none."""
        self.in_head = False
        if self.deadline is not None:
            self.deadline.cancel()

    def give_up(self) -> None:
        """Close a connection on which the head did not arrive in time."""
        if self.head:
            self.refuse(Problem(408, "head-too-slow", seconds=HEAD_SECONDS))
        else:
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        self.refuse(Problem(400, "not-http", reason=msg))

    def refuse(self, problem: Problem) -> None:
        """Answer with a problem document what is not read any further."""
        if self.transport.is_closing():
            return
        answer = respond(problem)
        answer.headers.update({**SECURITY_HEADERS, "Connection": "close"})
        headers = [*self.server_state.default_headers, *answer.raw_headers]
        lines = [
            STATUS_LINE[problem.status_code],
            *(b"%b: %b\r\n" % pair for pair in headers),
            b"\r\n",
            bytes(answer.body),
        ]
        self.transport.write(b"".join(lines))
        self.transport.close()
