"""Requests and frames that no client library would send."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from tests.support.client import PATIENCE_SECONDS, Closed

JSON = "application/json"


async def request(
    url: str,
    method: str = "POST",
    content: bytes = b"",
    *,
    content_type: str | None = JSON,
    token: str | None = None,
    headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
) -> httpx2.Response:
    """Send anything over HTTP."""
    all_headers = list(headers.items() if isinstance(headers, Mapping) else headers)
    if content_type is not None and method == "POST":
        all_headers.append(("Content-Type", content_type))
    if token is not None:
        all_headers.append(("Authorization", f"Bearer {token}"))
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in all_headers]
    async with httpx2.AsyncClient(timeout=PATIENCE_SECONDS, verify=False) as http:
        return await http.request(method, url, content=content or None, headers=encoded)


async def small_peer(url: str) -> socket.socket:
    """A connection whose own end takes in next to nothing by itself."""
    host, port = url.removeprefix("http://").split(":")
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
    peer.setblocking(False)
    await asyncio.get_running_loop().sock_connect(peer, (host, int(port)))
    return peer


async def small_streams(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Such a connection as streams."""
    return await asyncio.open_connection(sock=await small_peer(url), limit=1_024)


def codes(response: httpx2.Response) -> list[str]:
    """The codes in a response, which has to be JSON."""
    assert response.headers["content-type"].startswith(JSON), response.text
    return [error["extensions"]["code"] for error in response.json().get("errors", [])]


class Wire:
    """A socket spoken to frame by frame."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def send(self, frame: object) -> None:
        """Send a frame: texts and bytes as they are, the rest as JSON."""
        raw = frame if isinstance(frame, str | bytes) else json.dumps(frame)
        await self.connection.send(raw)

    async def receive(self) -> Any:
        """The next frame. Raises Closed."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return json.loads(await self.connection.recv())
        except ConnectionClosed:
            raise Closed(self.connection.close_code or 0) from None

    async def init(self, token: str | None) -> None:
        """Sign in."""
        payload = {"Authorization": f"Bearer {token}"} if token else {}
        await self.send({"type": "connection_init", "payload": payload})
        assert await self.receive() == {"type": "connection_ack"}

    async def subscribe(self, document: str, id_: str = "1", **payload: Any) -> None:
        """Start an operation."""
        await self.send({"type": "subscribe", "id": id_, "payload": {"query": document, **payload}})

    async def closed(self) -> int:
        """The code that the server closes with, whatever it says before."""
        try:
            while True:
                await self.receive()
        except Closed as closed:
            return closed.code


@asynccontextmanager
async def wire(
    url: str,
    *,
    protocol: str | None = "graphql-transport-ws",
    origin: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> AsyncIterator[Wire]:
    """An open socket on which nothing was said yet."""
    async with connect(
        url.replace("http", "ws", 1) + "/graphql",
        subprotocols=None if protocol is None else [Subprotocol(protocol)],
        origin=None if origin is None else Origin(origin),
        additional_headers=headers,
    ) as connection:
        yield Wire(connection)
