"""Waiting for a database that went away, where nobody is served better by an error."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from models.failures import is_lost

logger = logging.getLogger(__name__)

T = TypeVar("T")

RETRY_SECONDS = 0.3


async def patiently(read: Callable[[], Awaitable[T]]) -> T:
    """What a read finds, once the database answers; any other failure is raised."""
    while True:
        try:
            return await read()
        except Exception as error:
            if not is_lost(error):
                raise
            logger.warning("A reader waits for the database: %r", error)
        # Jittered: many wait for the same database.
        await asyncio.sleep(RETRY_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311  # jitter
