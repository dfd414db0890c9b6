"""Listening to bells."""

import asyncio
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
