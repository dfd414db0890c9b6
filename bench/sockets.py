"""Subscribers: sockets that speak graphql-transport-ws and note when something came.

Raw, like bench.load: ten thousand of them must not cost the one who asks more than the server.
"""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from bench.documents import document
from bench.people import Person
from bench.processes import Running

_TEXT, _CLOSE, _PING = 1, 8, 9
_AT_ONCE = 50
_PATIENCE_SECONDS = 60.0
_QUIET_SHARE = 0.1
_QUIET_SECONDS = 0.2
_QUIET_TRIES = 20

Heard = Callable[[Person, bytes, float], None]


@dataclass
class Audience:
    """People who follow their feeds on one server."""

    running: Running
    # Of each who listens, the cursor to listen after.
    people: Sequence[tuple[Person, str]]
    # What came last to each.
    heard: dict[Person, bytes] = field(default_factory=dict)
    _sockets: "list[_Socket]" = field(default_factory=list)
    _awaited: int = 0
    _all_heard: asyncio.Event = field(default_factory=asyncio.Event)
    # Called for each delivery instead of counting it.
    on_heard: Heard | None = None

    async def __aenter__(self) -> "Audience":
        loop = asyncio.get_running_loop()
        turn = asyncio.Semaphore(_AT_ONCE)

        async def open_one(person: Person, cursor: str) -> None:
            async with turn, asyncio.timeout(_PATIENCE_SECONDS):
                _, socket = await loop.create_connection(
                    lambda: _Socket(person, cursor, self._hear), "127.0.0.1", self.running.port
                )
                self._sockets.append(socket)
                await socket.is_subscribed.wait()

        await asyncio.gather(*(open_one(*each) for each in self.people))
        await self.quiet()
        return self

    async def __aexit__(self, *_: object) -> None:
        for socket in self._sockets:
            socket.abort()
        await asyncio.sleep(0)

    @property
    def open_count(self) -> int:
        """How many sockets are still open."""
        return sum(socket.is_open for socket in self._sockets)

    async def quiet(self) -> None:
        """Wait until the server does next to nothing, for a few seconds at most."""
        for _ in range(_QUIET_TRIES):
            before = self.running.cpu_seconds()
            await asyncio.sleep(_QUIET_SECONDS)
            if self.running.cpu_seconds() - before <= _QUIET_SECONDS * _QUIET_SHARE:
                return

    async def deliveries(self, count: int, begin: Callable[[], Any]) -> float:
        """Begin something, and wait until so many things came; the seconds that took."""
        self._awaited = count
        self._all_heard.clear()
        started = time.perf_counter()
        await begin()
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await self._all_heard.wait()
        return time.perf_counter() - started

    def _hear(self, person: Person, frame: bytes) -> None:
        if self.on_heard is not None:
            self.on_heard(person, frame, time.perf_counter())
            return
        self.heard[person] = frame
        self._awaited -= 1
        if self._awaited == 0:
            self._all_heard.set()


class _Socket(asyncio.Protocol):
    def __init__(self, person: Person, cursor: str, hear: Callable[[Person, bytes], None]) -> None:
        self.is_subscribed = asyncio.Event()
        self.is_open = False
        self._person = person
        self._cursor = cursor
        self._hear = hear
        self._received = bytearray()
        self._is_upgraded = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclasses.
        self._transport = cast(asyncio.Transport, transport)
        self.is_open = True
        self._transport.write(
            b"GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
        )

    def connection_lost(self, _: Exception | None) -> None:
        self.is_open = False

    def abort(self) -> None:
        """Hang up."""
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._is_upgraded:
            head, found, rest = bytes(self._received).partition(b"\r\n\r\n")
            if not found:
                return
            if not head.startswith(b"HTTP/1.1 101"):
                raise RuntimeError(f"no socket: {head!r}")
            self._is_upgraded = True
            self._received = bytearray(rest)
            authorization = f"Bearer {self._person.token()}"
            payload = {"Authorization": authorization, "viewerId": self._person.id}
            self._send({"type": "connection_init", "payload": payload})
        while (frame := self._next_frame()) is not None:
            self._take(*frame)

    def _next_frame(self) -> tuple[int, bytes] | None:
        received = self._received
        if len(received) < 2:
            return None
        length, start = received[1] & 0x7F, 2
        if length >= 126:
            start = 4 if length == 126 else 10
            if len(received) < start:
                return None
            length = int.from_bytes(received[2:start], "big")
        if len(received) < start + length:
            return None
        frame = bytes(received[start : start + length])
        kind = received[0] & 0x0F
        del received[: start + length]
        return kind, frame

    def _take(self, kind: int, frame: bytes) -> None:
        if kind == _CLOSE:
            raise RuntimeError(f"the server closed a socket: {frame!r}")
        if kind != _TEXT:
            return
        if b'"next"' in frame[:64]:
            self._hear(self._person, frame)
            return
        message = json.loads(frame)
        if message["type"] == "connection_ack":
            variables = {"after": self._cursor}
            payload = {
                "operationName": "Feed", "query": document("Feed"), "variables": variables
            }  # fmt: skip
            self._send({"id": "1", "type": "subscribe", "payload": payload})
            self.is_subscribed.set()
        elif message["type"] == "ping":
            self._send({"type": "pong"})
        else:
            raise RuntimeError(f"not expected: {message}")

    def _send(self, message: dict[str, Any]) -> None:
        payload = json.dumps(message).encode()
        length = len(payload)
        head = (
            bytes((0x81, 0x80 | length))
            if length < 126
            else b"\x81\xfe" + length.to_bytes(2, "big")
        )
        # A mask of zeros, which changes nothing.
        self._transport.write(head + bytes(4) + payload)
