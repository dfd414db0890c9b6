"""Who calls, over HTTP and over a socket, and the very bytes of what they are answered."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from typing import Any

import httpx2

from tests.support.client import PATIENCE_SECONDS, Closed
from tests.support.raw import Wire, wire
from tests.support.service import Service

NOBODY = "nobody"


class Caller:
    """Somebody with one connection of each kind; the socket may have been refused."""

    def __init__(
        self, name: str, url: str, token: str | None, http: httpx2.AsyncClient, socket: Wire | None
    ) -> None:
        self.name = name
        self._url = f"{url}/graphql"
        self._headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"
        self._http = http
        self._socket = socket
        self._ids = count(100_000)

    @property
    def has_socket(self) -> bool:
        """Whether the service let them connect."""
        return self._socket is not None

    async def over_http(self, document: str, variables: Mapping[str, Any]) -> bytes:
        """Status, type and body of an answer."""
        content = json.dumps({"query": document, "variables": variables})
        answer = await self._http.post(self._url, content=content, headers=self._headers)
        head = f"{answer.status_code} {answer.headers['content-type']}\n"
        return head.encode() + answer.content

    async def over_socket(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        most: int = 1,
        silence: float = PATIENCE_SECONDS,
    ) -> bytes:
        """The frames of one operation, its id apart; of a subscription at most so many entries.

        Raises TimeoutError where they do not come within that many seconds.
        """
        assert self._socket is not None
        id_ = str(next(self._ids))
        await self._socket.subscribe(document, id_, variables=dict(variables or {}))
        frames: list[str] = []
        try:
            async with asyncio.timeout(silence):
                while len(frames) < (most if document.startswith("subscription") else 2):
                    raw = str(await self._socket.connection.recv())
                    frame = json.loads(raw)
                    if frame.get("id") == id_:
                        frames.append(raw.replace(f'"{id_}"', '"id"'))
                        if frame["type"] != "next":
                            break
        finally:
            await self._socket.send({"type": "complete", "id": id_})
        return "\n".join(frames).encode()


def data_of(raw: bytes) -> Any:
    """What an answer over HTTP says."""
    return json.loads(raw.partition(b"\n")[2])


def cursors_in(answer: object) -> set[str]:
    """Every cursor in an answer."""
    if isinstance(answer, dict):
        own = {value for key, value in answer.items() if key == "cursor"}
        return own.union(*(cursors_in(each) for each in answer.values()))
    if isinstance(answer, list):
        return set().union(*(cursors_in(each) for each in answer))
    return set()


@asynccontextmanager
async def calling(service: Service, names: Sequence[str]) -> AsyncIterator[dict[str, Caller]]:
    """The callers, connected; NOBODY has no token."""
    async with AsyncExitStack() as stack:
        client = httpx2.AsyncClient(timeout=PATIENCE_SECONDS, verify=False)
        http = await stack.enter_async_context(client)
        callers = {}
        for name in names:
            token = None if name == NOBODY else service.token(name)
            socket = await _connected(stack, service.url, token)
            callers[name] = Caller(name, service.url, token, http, socket)
        yield callers


async def _connected(stack: AsyncExitStack, url: str, token: str | None) -> Wire | None:
    socket = await stack.enter_async_context(wire(url))
    try:
        await socket.init(token)
    except Closed as closed:
        if closed.code != 4401:
            raise
        return None
    return socket


def ways(caller: Caller) -> tuple[str, ...]:
    """How somebody may ask."""
    return ("http", "socket") if caller.has_socket else ("http",)
