"""A front end for tests: GraphQL over real HTTP and real WebSockets."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

# The longest that a test waits for what must come.
PATIENCE_SECONDS = 10.0
# How long a test listens for what must not come.
SILENCE_SECONDS = 0.3
# There is no TLS here, and preparing for it would take a while each time.
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Closed(Exception):
    """The server closed the socket."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Failed(Exception):
    """The operation ended in an error frame."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(errors)
        self.codes = [error["extensions"]["code"] for error in errors]


@dataclass
class Answer:
    """What one request was answered."""

    status: int
    body: dict[str, Any]

    @property
    def data(self) -> Any:
        """The data of an answer without errors."""
        assert "errors" not in self.body, self.body["errors"]
        return self.body["data"]

    @property
    def codes(self) -> list[str]:
        """The codes of its top-level errors."""
        return [error["extensions"]["code"] for error in self.body.get("errors", [])]


class Client:
    """One person's front end."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url
        self.token = token

    async def ask(self, document: str, **variables: Any) -> Answer:
        """Send one request over HTTP."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with httpx2.AsyncClient(timeout=PATIENCE_SECONDS, verify=_NO_TLS) as http:
            response = await http.post(
                f"{self.url}/graphql",
                content=json.dumps({"query": document, "variables": variables}),
                headers={"Content-Type": "application/json", **headers},
            )
        return Answer(response.status_code, response.json())

    async def data(self, document: str, **variables: Any) -> Any:
        """Send one request that must succeed."""
        return (await self.ask(document, **variables)).data

    @asynccontextmanager
    async def socket(self, payload: Mapping[str, Any] | None = None) -> AsyncIterator["Socket"]:
        """An open socket, signed in unless the payload says otherwise."""
        if payload is None:
            payload = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        url = self.url.replace("http", "ws", 1) + "/graphql"
        async with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")]) as connection:
            socket = Socket(connection)
            await socket.start(payload)
            try:
                yield socket
            finally:
                await socket.stop()

    @asynccontextmanager
    async def follow(self, document: str, **variables: Any) -> AsyncIterator["Stream"]:
        """A subscription on a socket of its own."""
        async with self.socket() as socket:
            yield await socket.subscribe(document, **variables)


class Socket:
    """One connection in the protocol graphql-transport-ws."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._streams: dict[str, Stream] = {}
        self._ids = count(1)
        self._reader: asyncio.Task[None] | None = None

    async def start(self, payload: Mapping[str, Any]) -> None:
        """Sign in. Raises Closed where the server does not want us."""
        await self.send({"type": "connection_init", "payload": payload})
        message = await self._receive()
        assert message["type"] == "connection_ack", message
        self._reader = asyncio.create_task(self._read())

    async def stop(self) -> None:
        """Close the connection."""
        await self._connection.close()
        if self._reader is not None:
            await self._reader

    def drop(self) -> None:
        """Cut the connection, as a device that leaves the network."""
        self._connection.transport.abort()

    async def send(self, message: Mapping[str, Any]) -> None:
        """Send one frame."""
        await self._connection.send(json.dumps(message))

    async def subscribe(self, document: str, **variables: Any) -> "Stream":
        """Start an operation."""
        stream = Stream(self, str(next(self._ids)))
        self._streams[stream.id] = stream
        payload = {"query": document, "variables": variables}
        await self.send({"id": stream.id, "type": "subscribe", "payload": payload})
        return stream

    async def closed(self) -> int:
        """Wait until the server closes the socket; with which code."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._connection.wait_closed()
        return self._connection.close_code or 0

    async def _receive(self) -> dict[str, Any]:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                message: dict[str, Any] = json.loads(await self._connection.recv())
        except ConnectionClosed:
            raise Closed(self._connection.close_code or 0) from None
        return message

    async def _read(self) -> None:
        try:
            async for text in self._connection:
                message = json.loads(text)
                if message["type"] == "ping":
                    await self.send({"type": "pong"})
                elif message.get("id") in self._streams:
                    self._streams[message["id"]].frames.put_nowait(message)
        except ConnectionClosed:
            pass
        for stream in self._streams.values():
            stream.frames.put_nowait({"type": "closed", "code": self._connection.close_code})


@dataclass
class Stream:
    """What one operation is answered."""

    socket: Socket
    id: str
    frames: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)

    async def next(self) -> Any:
        """The data of the next result. Raises Failed, Closed, StopAsyncIteration."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            frame = await self.frames.get()
        match frame["type"]:
            case "next":
                assert "errors" not in frame["payload"], frame["payload"]["errors"]
                return frame["payload"]["data"]
            case "error":
                raise Failed(frame["payload"])
            case "closed":
                raise Closed(frame["code"])
            case _:
                raise StopAsyncIteration

    async def entry(self) -> Any:
        """The next entry of a feed, whatever the root field is called."""
        [entry] = (await self.next()).values()
        return entry

    async def nothing(self) -> None:
        """Listen for a moment, and hear nothing."""
        try:
            async with asyncio.timeout(SILENCE_SECONDS):
                frame = await self.frames.get()
        except TimeoutError:
            return
        raise AssertionError(f"unexpected: {frame}")

    async def complete(self) -> None:
        """Tell the server that nobody listens any more."""
        await self.socket.send({"id": self.id, "type": "complete"})
