"""Streams of server-sent events as they come over the wire."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx2

from tests.support.client import PATIENCE_SECONDS, SILENCE_SECONDS, Client

EVENT_STREAM = "text/event-stream"


class CutOff(Exception):
    """The stream ended without saying so."""


class Events:
    """One stream, event by event."""

    def __init__(self, response: httpx2.Response) -> None:
        self.response = response
        self.comments = 0
        self._lines = _lines_of(response)
        self._coming: asyncio.Future[str] | None = None

    async def stop(self) -> None:
        """Listen no more."""
        if self._coming is not None:
            self._coming.cancel()
            await asyncio.wait([self._coming])

    async def event(self) -> tuple[str, Any]:
        """The next event and its data. Raises CutOff, StopAsyncIteration where nothing follows."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            try:
                return await self._event()
            except httpx2.TransportError as error:
                raise CutOff from error

    async def next(self) -> Any:
        """The next result."""
        name, data = await self.event()
        assert name == "next", name
        return json.loads(data)

    async def entry(self) -> Any:
        """The next entry of a feed, whatever the root field is called."""
        result = await self.next()
        assert "errors" not in result, result["errors"]
        [entry] = result["data"].values()
        return entry

    async def codes(self) -> list[str]:
        """The codes of a result with errors, which has to be the last."""
        codes = [error["extensions"]["code"] for error in (await self.next())["errors"]]
        await self.completed()
        return codes

    async def completed(self) -> None:
        """Hear that it is complete, and no more."""
        assert await self.event() == ("complete", "")
        try:
            raise AssertionError(await self.event())
        except StopAsyncIteration:
            pass

    async def nothing(self) -> None:
        """Listen for a moment, and hear nothing."""
        try:
            async with asyncio.timeout(SILENCE_SECONDS):
                heard = await self._event()
        except TimeoutError:
            return
        raise AssertionError(f"unexpected: {heard}")

    async def comment(self) -> None:
        """Wait for a comment beyond those that came."""
        before = self.comments
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.comments == before:
                assert await self._line() == ""

    async def _event(self) -> tuple[str, Any]:
        fields: dict[str, str] = {}
        while True:
            line = await self._line()
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif fields:
                return fields["event"], fields["data"]

    async def _line(self) -> str:
        if self._coming is None:
            self._coming = asyncio.ensure_future(anext(self._lines))
        # Whoever waits in vain leaves it to the next who waits.
        await asyncio.wait([self._coming])
        coming, self._coming = self._coming, None
        line = coming.result()
        if line.startswith(":"):
            self.comments += 1
            return ""
        return line


async def _lines_of(response: httpx2.Response) -> AsyncIterator[str]:
    # httpx splits at whatever Unicode takes for the end of a line; events do not.
    left = b""
    async for part in response.aiter_bytes():
        *lines, left = (left + part).split(b"\n")
        for line in lines:
            yield line.decode()


@asynccontextmanager
async def stream(
    client: Client,
    document: str,
    *,
    accept: str = EVENT_STREAM,
    headers: Mapping[str, str] | None = None,
    method: str = "POST",
    **variables: Any,
) -> AsyncIterator[Events]:
    """What one request over HTTP is answered, as it comes."""
    sent = {"Accept": accept, **(headers or {})}
    if client.token:
        sent["Authorization"] = f"Bearer {client.token}"
    if method == "POST":
        given: dict[str, Any] = {"json": {"query": document, "variables": variables}}
    else:
        given = {"params": {"query": document, "variables": json.dumps(variables)}}
    async with (
        httpx2.AsyncClient(timeout=PATIENCE_SECONDS, verify=False) as http,
        http.stream(method, f"{client.url}/graphql", headers=sent, **given) as response,
    ):
        events = Events(response)
        try:
            yield events
        finally:
            await events.stop()


def written(client: Client, document: str, **variables: Any) -> bytes:
    """A request for a stream, as it goes over the wire."""
    body = json.dumps({"query": document, "variables": variables}).encode()
    lines = (
        "POST /graphql HTTP/1.1",
        f"Host: {urlsplit(client.url).netloc}",
        f"Authorization: Bearer {client.token}",
        "Content-Type: application/json",
        f"Accept: {EVENT_STREAM}",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
