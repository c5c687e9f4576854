"""uvicorn's server and supervisor, which at shutdown answer everything that has reached them."""

from __future__ import annotations

import asyncio
import os
import socket

import uvicorn
from uvicorn.supervisors import multiprocess


class Server(uvicorn.Server):
    """A server that takes what waits at its door before it closes it."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        doors = [socket.socket(fileno=os.dup(door.fileno())) for server in self.servers for door in server.sockets]
        for server in self.servers:
            server.close()
        for one in sockets or []:
            one.close()
        waiting = []
        for door in doors:
            door.setblocking(False)
            with door:
                waiting += arrived(door)
        loop = asyncio.get_running_loop()
        for connection in waiting:
            await loop.connect_accepted_socket(self.protocol, connection)
        await super().shutdown()

    def protocol(self) -> asyncio.Protocol:
        """The protocol of one more connection."""
        protocol: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return protocol


def arrived(door: socket.socket) -> list[socket.socket]:
    """The connections that wait to be accepted."""
    found: list[socket.socket] = []
    while True:
        try:
            connection, _ = door.accept()
        except OSError:
            return found
        connection.setblocking(False)
        found.append(connection)


class Worker(multiprocess.Process):
    """A process of several that serve."""

    @property
    def server(self) -> uvicorn.Server:
        if self._server is None:
            self._server = Server(config=self.config)
        return self._server


class Supervisor(multiprocess.Multiprocess):
    """uvicorn's supervisor; at shutdown its own copy of the door is closed before those of its workers."""

    def run(self) -> None:
        multiprocess.Process = Worker  # type: ignore[misc]  # uvicorn has no other way to say what a worker is
        super().run()

    def terminate_all(self) -> None:
        for door in self.sockets:
            door.close()
        super().terminate_all()
