"""Listening to bells."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest

from messaging.doorbell import Bell, Ring, Topic
from tests.support.client import PATIENCE_SECONDS, SILENCE_SECONDS


async def rings(bell: Bell) -> None:
    """Wait until the bell rings."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        await bell.wait()


async def is_silent(bell: Bell) -> None:
    """Hear nothing for a moment."""
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(SILENCE_SECONDS):
            await bell.wait()


def ring(user_id: UUID, topic: Topic = Topic.FEED) -> list[Ring]:
    """A ring for one person."""
    return [Ring(topic, user_id)]


@asynccontextmanager
async def deaf(port: int) -> AsyncIterator[None]:
    """A broker that answers everything, but hangs up on whoever wants to listen."""

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while commands := await reader.read(4_096):
            if b"SUBSCRIBE" in commands:
                break
            # Each command is an array, and begins with this.
            writer.write((b"+PONG" if b"PING" in commands else b"+OK") + b"\r\n")
            writer.write(b"+OK\r\n" * (commands.count(b"*") - 1))
        writer.close()

    door = await asyncio.start_server(accept, "127.0.0.1", port)
    try:
        yield
    finally:
        door.close()


@asynccontextmanager
async def mute(port: int = 0) -> AsyncIterator[asyncio.Server]:
    """A broker that accepts everybody and never says a word."""
    lines: list[asyncio.StreamWriter] = []

    async def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines.append(writer)

    door = await asyncio.start_server(accept, "127.0.0.1", port)
    try:
        yield door
    finally:
        door.close()
        for line in lines:
            line.close()
