"""A way to the server on which answers get lost and connections go silent."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_CHUNK_BYTES = 64 * 1024
_SEND = b"sendMessage("
_UPGRADE = b"upgrade: websocket"
_CLOSE_NORMALLY = bytes.fromhex("88 02 03 e8")  # a frame of RFC 6455: close, code 1000
_KEY = re.compile(rb'"idempotencyKey":"([^"]+)"')


@dataclass
class UnreliableWay:
    """Forwards connections to one port of this host."""

    to_port: int
    url: str = ""
    # So many answers to sends are lost on the way back; their connections are cut.
    answers_to_lose: int = 0
    # The idempotency key of each send that came by.
    keys: list[str] = field(default_factory=list)
    is_silent: bool = False
    _connections: list["_Connection"] = field(default_factory=list)

    def silence(self) -> None:
        """Let nothing through any more, without closing what is open or refusing what comes."""
        self.is_silent = True
        for connection in self._connections:
            connection.is_silent = True

    def speak(self) -> None:
        """Let everything through on connections that come from now on."""
        self.is_silent = False

    def close_normally(self) -> None:
        """Close the WebSockets there are with code 1000, as something on the way may."""
        for connection in self._connections:
            if connection.is_websocket and not connection.writer.is_closing():
                connection.writer.write(_CLOSE_NORMALLY)
                connection.writer.close()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Forward one connection until either side ends it."""
        behind_reader, behind = await asyncio.open_connection("127.0.0.1", self.to_port)
        connection = _Connection(self, writer, self.is_silent)
        self._connections.append(connection)
        there = asyncio.create_task(connection.forward(reader, behind))
        back = asyncio.create_task(connection.bring_back(behind_reader))
        await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
        for task, end in ((there, behind), (back, writer)):
            task.cancel()
            end.close()


@dataclass
class _Connection:
    way: UnreliableWay
    writer: asyncio.StreamWriter
    is_silent: bool
    is_websocket: bool = False
    has_sent: bool = False

    async def forward(self, reader: asyncio.StreamReader, behind: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(_CHUNK_BYTES):
                if self.is_silent:
                    continue
                self.is_websocket = self.is_websocket or _UPGRADE in chunk.lower()
                self.has_sent = self.has_sent or _SEND in chunk
                self.way.keys += [key.decode() for key in _KEY.findall(chunk)]
                behind.write(chunk)

    async def bring_back(self, behind: asyncio.StreamReader) -> None:
        with contextlib.suppress(OSError):
            while chunk := await behind.read(_CHUNK_BYTES):
                if self.has_sent and self.way.answers_to_lose:
                    self.way.answers_to_lose -= 1
                    return
                if not self.is_silent:
                    self.writer.write(chunk)


@asynccontextmanager
async def unreliable_way(url: str) -> AsyncIterator[UnreliableWay]:
    """A way to the server at that address."""
    way = UnreliableWay(int(url.rpartition(":")[2]))
    listener = await asyncio.start_server(way.accept, "127.0.0.1", 0)
    way.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        yield way
    finally:
        listener.close()
