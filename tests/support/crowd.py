"""Thousands of subscribers, each with a socket that costs next to nothing here."""

import asyncio
import base64
import json
import os
import resource
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.support.operations import FEED

_AT_ONCE = 50
_TEXT, _CLOSE = 0x81, 0x88
# Each subscriber is a file here; what else a test needs is a few.
_SPARE_FILES = 500


@dataclass
class Crowd:
    """So many, and how many of them heard what."""

    size: int
    entries: int = 0
    # Set once there is an entry for each.
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    # How many sockets were closed with which code; None for a connection that was cut.
    closed: Counter[int | None] = field(default_factory=Counter)

    @property
    def gone(self) -> int:
        """How many sockets are closed."""
        return self.closed.total()


@asynccontextmanager
async def crowd(url: str, token: str, count: int, after: str) -> AsyncIterator[Crowd]:
    """So many open feeds of one person, behind a place: by themselves they may begin too late."""
    raise_file_limit(count + _SPARE_FILES)
    crowd, places = Crowd(count), asyncio.Semaphore(_AT_ONCE)
    readers: list[asyncio.Task[None]] = []

    async def join() -> None:
        async with places:
            reader = await _subscribed(url, token, after)
            readers.append(asyncio.create_task(_listen(*reader, crowd)))

    try:
        await asyncio.gather(*(join() for _ in range(count)))
        yield crowd
    finally:
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)


def raise_file_limit(needed: int) -> None:
    """Let this process have so many files open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, max(needed, hard)))


def frame(message: object) -> bytes:
    """A masked text frame (RFC 6455 §5.2), masked with nothing."""
    payload = json.dumps(message).encode()
    size = len(payload)
    head = bytes([_TEXT, 0x80 | size]) if size < 126 else bytes([_TEXT, 0xFE]) + size.to_bytes(2)
    return head + bytes(4) + payload


def upgrade(host: str) -> bytes:
    """The request that opens a socket in the protocol graphql-transport-ws."""
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET /graphql HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
    ).encode()


async def _subscribed(
    url: str, token: str, after: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    where = urlsplit(url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    writer.write(upgrade(where.netloc))
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    authorization = {"Authorization": f"Bearer {token}"}
    writer.write(frame({"type": "connection_init", "payload": authorization}))
    opcode, payload = await receive(reader)
    assert opcode == _TEXT, payload
    asked = {"query": FEED, "variables": {"after": after}}
    writer.write(frame({"id": "1", "type": "subscribe", "payload": asked}))
    # Answered once the subscription was read.
    writer.write(frame({"type": "ping"}))
    assert json.loads((await receive(reader))[1]) == {"type": "pong"}
    return reader, writer


async def _listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, crowd: Crowd) -> None:
    code: int | None = None
    try:
        while True:
            opcode, payload = await receive(reader)
            if opcode == _CLOSE:
                code = int.from_bytes(payload[:2])
                break
            message = json.loads(payload)
            if message["type"] == "ping":
                writer.write(frame({"type": "pong"}))
            crowd.entries += message["type"] == "next"
            if crowd.entries == crowd.size:
                crowd.heard.set()
    except (OSError, asyncio.IncompleteReadError):
        pass
    finally:
        crowd.closed[code] += 1
        writer.close()


async def receive(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """The next frame's opcode and payload. Raises IncompleteReadError at the end."""
    opcode, size = await reader.readexactly(2)
    if size >= 126:
        size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8))
    return opcode, await reader.readexactly(size)
