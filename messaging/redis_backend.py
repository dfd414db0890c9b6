"""Redis under broadcaster, in a form that says when it is gone.

broadcaster's own backend loses its listener with the first lost connection, silently and for good.
This one lets its keeper watch for that, and begin again with a new one.
"""

import asyncio
import contextlib
from typing import Any
from urllib.parse import urlsplit

from broadcaster import BroadcastBackend, Event
from redis import asyncio as redis
from redis.asyncio.connection import parse_url
from redis.backoff import NoBackoff
from redis.retry import Retry

CONNECT_LIMIT_SECONDS = 1.0
# Rings go together, one message after the other; beats go beside them.
PUBLISHERS = 2
# Less than a ring may take.
PUBLISHER_LIMIT_SECONDS = 0.5


def check_address(url: str) -> None:
    """Raise ValueError for what is no address of a Redis."""
    parse_url(url)
    # Which reads none of this.
    if not urlsplit(url).hostname:
        raise ValueError("it names no host")


class RedisBackend(BroadcastBackend):
    """A connection to listen on, and a few to publish with. Raises ValueError for a wrong address.

    Where all of these are in use, a message waits for a moment and is then not published.
    """

    def __init__(self, url: str) -> None:
        # The client's own retries would mend the connection without a word of what was missed.
        pool = redis.BlockingConnectionPool.from_url(
            url,
            max_connections=1 + PUBLISHERS,
            timeout=PUBLISHER_LIMIT_SECONDS,
            socket_connect_timeout=CONNECT_LIMIT_SECONDS,
            retry=Retry(NoBackoff(), 0),
            decode_responses=True,
        )
        self._client = redis.Redis.from_pool(pool)
        self._pubsub = self._client.pubsub(ignore_subscribe_messages=True)
        self._is_subscribed = asyncio.Event()
        self._lost = asyncio.Event()

    async def connect(self) -> None:
        """Reach the server, or raise; one that accepts and says nothing is not reached."""
        async with asyncio.timeout(CONNECT_LIMIT_SECONDS):
            await self._client.ping()  # type: ignore[misc]  # its stubs serve both kinds

    async def disconnect(self) -> None:
        """Close both connections, or what is left of them; again is no fault."""
        for close in (self._pubsub.aclose, self._client.aclose):
            with contextlib.suppress(OSError, redis.RedisError):
                await close()

    async def subscribe(self, channel: str) -> None:
        """Listen to a channel."""
        await self._pubsub.subscribe(channel)
        self._is_subscribed.set()

    async def unsubscribe(self, channel: str) -> None:
        """Listen to a channel no longer; a connection that is gone listens to none."""
        if not self._lost.is_set():
            await self._pubsub.unsubscribe(channel)

    async def publish(self, channel: str, message: Any) -> None:
        """Tell everybody who listens to the channel."""
        await self._client.publish(channel, message)

    async def next_published(self) -> Event:
        """What is told next. Where the connection is lost, nothing more: see ``watch``."""
        await self._is_subscribed.wait()
        try:
            while True:
                message = await self._pubsub.get_message(timeout=None)
                if message is not None:
                    return Event(message["channel"], message["data"])
        except (OSError, redis.RedisError):
            self._lost.set()
        # The broadcaster's listener, whose end nobody would notice, waits to be cancelled.
        return await asyncio.Future()

    async def watch(self) -> None:
        """Raise ConnectionError once the connection is lost."""
        await self._lost.wait()
        raise ConnectionError("the broker's connection is lost")
