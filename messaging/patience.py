"""Waiting for a database that went away, where nobody is served better by an error."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from messaging.background import jittered
from models.failures import is_lost
from models.outages import outages

T = TypeVar("T")

RETRY_SECONDS = 0.3
# A database that restarts is back within a moment; a longer outage is for the caller to know.
BRIEFLY_SECONDS = 2.0


async def patiently(read: Callable[[], Awaitable[T]], *, limit_seconds: float = float("inf")) -> T:
    """What a read finds, once the database answers; any other failure is raised.

    So is the loss of a database that has been away for longer than the limit.
    """
    while True:
        try:
            return await read()
        except Exception as error:
            if not outages.note(error) or not is_lost(error) or outages.seconds > limit_seconds:
                raise
        await asyncio.sleep(jittered(RETRY_SECONDS))
