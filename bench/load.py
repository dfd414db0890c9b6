"""Asking as fast as is answered: HTTP/1.1 over raw sockets, a few connections kept open.

Bytes go out as they were prepared, and of an answer only its status, length and end are looked
at: some 20 µs each, of a core that is not the server's, so that the asking does not limit.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_LAST_CHUNK = b"\r\n0\r\n\r\n"
_PATIENCE_SECONDS = 30.0


@dataclass
class Load:
    """What was asked and how it was answered."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    # The first answer that was none.
    failure: bytes | None = None

    @property
    def count(self) -> int:
        """How many answers there were."""
        return len(self.latencies)

    def percentile(self, share: float) -> float:
        """The seconds within which this share was answered."""
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


class Connections:
    """Some open connections to one server, each with one request under way at a time."""

    def __init__(self, port: int, count: int) -> None:
        self._port = port
        self._count = count
        self._open: list[_Connection] = []
        self._free: asyncio.LifoQueue[_Connection] = asyncio.LifoQueue()

    async def __aenter__(self) -> "Connections":
        for _ in range(self._count):
            self._free.put_nowait(await self._opened())
        return self

    async def __aexit__(self, *_: object) -> None:
        for connection in self._open:
            connection.close()

    async def ask_for(self, seconds: float, requests: Iterator[bytes]) -> Load:
        """Ask for so long; raises RuntimeError for an answer that is no result."""
        load = Load()
        started = time.perf_counter()
        until = started + seconds
        async with asyncio.timeout(seconds + _PATIENCE_SECONDS):
            await asyncio.gather(
                *(connection.ask_until(until, requests, load) for connection in self._open)
            )
        load.seconds = time.perf_counter() - started
        if load.failure is not None:
            raise RuntimeError(f"not a result: {load.failure[:2000]!r}")
        return load

    async def ask(self, request: bytes) -> bytes:
        """Ask once; the answer's body."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await self._open[0].ask(request)

    @asynccontextmanager
    async def free(self) -> AsyncIterator["_Connection"]:
        """A connection that has nothing under way."""
        connection = await self._free.get()
        if connection.is_closed:
            # The server hangs up on one that was not needed for some seconds.
            self._open.remove(connection)
            connection = await self._opened()
        try:
            yield connection
        finally:
            self._free.put_nowait(connection)

    async def _opened(self) -> "_Connection":
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(_Connection, "127.0.0.1", self._port)
        self._open.append(connection)
        return connection

    async def ask_when_free(self, request: bytes) -> bytes:
        """Ask once, on a connection that has nothing under way; the answer's body."""
        async with self.free() as connection, asyncio.timeout(_PATIENCE_SECONDS):
            return await connection.ask(request)


class _Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self.is_closed = False
        self._received = bytearray()
        self._ends_at = 0
        self._done: asyncio.Future[bytes] | None = None
        # Set while asking until a time.
        self._requests: Iterator[bytes] | None = None
        self._load = Load()
        self._until = 0.0
        self._asked_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclasses.
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_closed = True
        if self._done is not None and not self._done.done():
            self._done.set_exception(exc or ConnectionResetError("the server hung up"))

    def close(self) -> None:
        """Hang up."""
        self._transport.close()

    async def ask(self, request: bytes) -> bytes:
        """Ask once; the answer's body."""
        self._requests = None
        self._done = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._done

    async def ask_until(self, until: float, requests: Iterator[bytes], load: Load) -> None:
        """Ask again as soon as is answered."""
        self._requests, self._until, self._load = requests, until, load
        self._done = asyncio.get_running_loop().create_future()
        self._next()
        await self._done

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._ends_at:
            head_ends = self._received.find(b"\r\n\r\n")
            if head_ends < 0:
                return
            length = _LENGTH.search(self._received, 0, head_ends)
            self._ends_at = head_ends + 4 + int(length[1]) if length else -1
        if self._ends_at > 0:
            is_whole = len(self._received) >= self._ends_at
        else:
            is_whole = self._received.endswith(_LAST_CHUNK)
        if is_whole:
            answer = bytes(self._received)
            self._received.clear()
            self._ends_at = 0
            self._answered(answer)

    def _next(self) -> None:
        assert self._requests is not None
        self._asked_at = time.perf_counter()
        self._transport.write(next(self._requests))

    def _answered(self, answer: bytes) -> None:
        assert self._done is not None
        if self._requests is None:
            self._done.set_result(answer.partition(b"\r\n\r\n")[2])
            return
        now = time.perf_counter()
        self._load.latencies.append(now - self._asked_at)
        if not answer.startswith(b"HTTP/1.1 200") or b'"message":null' in answer:
            self._load.failure = answer
        if now < self._until and self._load.failure is None:
            self._next()
        else:
            self._done.set_result(b"")
