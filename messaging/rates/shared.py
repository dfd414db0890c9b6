"""Counts that all processes share, in the doorbell's Redis.

Nobody waits for a Redis that is gone or frozen, nor is refused by it. Whoever meets it first waits
a quarter of a second; from then on each process counts for itself, until Redis answers again.
"""

import asyncio
import contextlib
import logging

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.aio.storage import RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.util import WindowStats
from redis import RedisError
from redis import asyncio as redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from messaging.background import jittered

logger = logging.getLogger(__name__)

PREFIX = "lms-messages:rates"
# A moment in which a busy machine does not run us is no outage.
ANSWER_LIMIT_SECONDS = 0.25
RETRY_SECONDS = (0.1, 2.0)
# Each is busy for a tenth of a millisecond.
_CONNECTIONS = 8


# As much as nobody asks for.
_PROBE = RateLimitItemPerSecond(1_000_000)


class NotShared(Exception):
    """Redis does not answer."""


class SharedCounts:
    """Counts in a Redis. Every call raises NotShared, at once where that is known."""

    def __init__(self, url: str) -> None:
        self._pool = redis.BlockingConnectionPool.from_url(
            url,
            max_connections=_CONNECTIONS,
            timeout=ANSWER_LIMIT_SECONDS,
            socket_connect_timeout=ANSWER_LIMIT_SECONDS,
            socket_timeout=ANSWER_LIMIT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._storage = RedisStorage(
            f"async+{url}",
            implementation="redispy",
            key_prefix=PREFIX,
            connection_pool=self._pool,  # type: ignore[arg-type]  # as documented
        )
        self._limiter = SlidingWindowCounterRateLimiter(self._storage)
        # There while Redis does not answer.
        self._return: asyncio.Task[None] | None = None

    @property
    def is_shared(self) -> bool:
        """Whether Redis answered when it was last asked."""
        return self._return is None

    async def hit(self, item: RateLimitItem, key: str) -> bool:
        """Count it, unless that would be more than the limit; whether it was counted."""
        self._check()
        try:
            async with asyncio.timeout(ANSWER_LIMIT_SECONDS):
                return await self._limiter.hit(item, key)
        except (OSError, RedisError) as error:
            raise self._lost(error) from error

    async def stats(self, item: RateLimitItem, key: str) -> WindowStats:
        """How much is left, and when there will be more."""
        self._check()
        try:
            async with asyncio.timeout(ANSWER_LIMIT_SECONDS):
                return await self._limiter.get_window_stats(item, key)
        except (OSError, RedisError) as error:
            raise self._lost(error) from error

    async def start(self) -> None:
        """Connect, unless Redis is away."""
        try:
            await self._ask()
        except (OSError, RedisError) as error:
            self._lost(error)

    async def stop(self) -> None:
        """Close the connections."""
        if self._return is not None:
            self._return.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._return
        await self._drop()

    def _check(self) -> None:
        if not self.is_shared:
            raise NotShared

    def _lost(self, error: Exception) -> NotShared:
        if self._return is None:
            logger.warning("Rates are counted by each process for itself: %r", error)
            self._return = asyncio.create_task(self._come_back(), name="rates")
        return NotShared()

    async def _come_back(self) -> None:
        """Ask until Redis answers, so that no request has to find out."""
        # Of those that are open, some may still await an answer.
        await self._drop()
        pause, longest = RETRY_SECONDS
        while not await self._answers():
            await asyncio.sleep(jittered(pause))
            pause = min(2 * pause, longest)
        logger.info("Rates are shared by all processes again.")
        self._return = None

    async def _answers(self) -> bool:
        """Whether it counts again; one that is full, or a replica, answers and does not."""
        try:
            async with asyncio.timeout(ANSWER_LIMIT_SECONDS):
                await self._limiter.hit(_PROBE, "probe")
        except (OSError, RedisError):
            return False
        return True

    async def _ask(self) -> None:
        async with asyncio.timeout(ANSWER_LIMIT_SECONDS):
            await redis.Redis.from_pool(self._pool).ping()  # type: ignore[misc]  # stubs of both

    async def _drop(self) -> None:
        with contextlib.suppress(OSError, RedisError):
            await self._pool.disconnect()
