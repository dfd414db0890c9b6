"""A client's own way to each server, which can be cut."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Mapping

_CHUNK_BYTES = 64 * 1024
_END_LIMIT_SECONDS = 2.0
# Closing with this sends a reset in place of a proper end.
_NO_LINGER = struct.pack("ii", 1, 0)


class Proxy:
    """Forwards a client's connections to the servers, one listener for each of them."""

    def __init__(self) -> None:
        self._listeners: dict[str, asyncio.Server] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self, ports: Mapping[str, int]) -> None:
        """Listen for the connections to each of the servers, named with their ports."""
        for name, port in ports.items():
            self._listeners[name] = await self._listen(port)

    async def _listen(self, port: int) -> asyncio.Server:
        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._tasks.add(task)
            try:
                await self._forward(reader, writer, port)
            finally:
                self._tasks.discard(task)

        return await asyncio.start_server(accept, "127.0.0.1", 0)

    def url(self, name: str) -> str:
        """The way to a server."""
        port: int = self._listeners[name].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def reset(self) -> int:
        """Cut all connections with a reset; how many ends there were."""
        writers = list(self._writers)
        for writer in writers:
            _abort(writer)
        return len(writers)

    async def stop(self) -> None:
        """End all."""
        for listener in self._listeners.values():
            listener.close()
        self.reset()
        # Each ends with its connections; one that is cancelled, asyncio would complain of.
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_END_LIMIT_SECONDS)

    async def _forward(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int
    ) -> None:
        self._writers.add(writer)
        try:
            behind_reader, behind = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            _abort(writer)
            self._writers.discard(writer)
            return
        self._writers.add(behind)
        there = asyncio.create_task(_pump(reader, behind))
        back = asyncio.create_task(_pump(behind_reader, writer))
        try:
            # Either end's close is the other's.
            await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            there.cancel()
            back.cancel()
            for each in (writer, behind):
                self._writers.discard(each)
                each.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(_CHUNK_BYTES):
            writer.write(chunk)
            await writer.drain()


def _abort(writer: asyncio.StreamWriter) -> None:
    connection = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    writer.transport.abort()
