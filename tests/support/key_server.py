"""A provider of keys on a real port, that answers as it is told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


def answering(
    body: str | bytes, status: str = "200 OK", headers: str = "Content-Type: application/json"
) -> Answer:
    """An answer with this body."""
    raw = body.encode() if isinstance(body, str) else body

    async def answer(writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 {status}\r\n{headers}\r\nContent-Length: {len(raw)}\r\n\r\n"
        writer.write(head.encode() + raw)
        await writer.drain()

    return answer


class KeyServer:
    """Notes the heads of the requests that it had."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[str] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        try:
            self.asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
            await self.answer(writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def key_server(answer: Answer) -> AsyncIterator[KeyServer]:
    """A provider, while the context is open."""
    provider = KeyServer(answer)
    server = await asyncio.start_server(provider.serve, "127.0.0.1", 0)
    provider.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/keys"
    try:
        yield provider
    finally:
        server.close()
