"""A client's connections: impatient, and gone at once when they end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from tests.support.client import Closed, Failed, Socket

CONNECT_LIMIT_SECONDS = 2.0
_CLOSE_LIMIT_SECONDS = 0.3

# The connection, or the server behind it, is gone: what a client tries again after.
GONE = (OSError, EOFError, TimeoutError, WebSocketException, httpx2.TransportError, Closed, Failed)

# Whatever a client of graphql-ws is set to, it never comes back after these.
FINAL_CODES = frozenset({1007, 1008, 1009, 1011, 4400, 4401, 4406, 4409, 4429, 4500})


@asynccontextmanager
async def open_socket(url: str, token: str) -> AsyncIterator[Socket]:
    """A socket, signed in. Raises one of GONE where there is none in time."""
    async with connect(
        url.replace("http", "ws", 1) + "/graphql",
        subprotocols=[Subprotocol("graphql-transport-ws")],
        open_timeout=CONNECT_LIMIT_SECONDS,
        close_timeout=_CLOSE_LIMIT_SECONDS,
        ping_interval=None,
        compression=None,
        proxy=None,
    ) as connection:
        socket = Socket(connection)
        async with asyncio.timeout(CONNECT_LIMIT_SECONDS):
            await socket.start({"Authorization": f"Bearer {token}"})
        try:
            yield socket
        finally:
            await socket.stop()
