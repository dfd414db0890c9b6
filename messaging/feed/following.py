"""Following a feed: what is there, then what comes.

Register with the doorbell, clear the bell, read, hand out, wait, and again. A bell cleared after
the read would lose what was committed in between; so would a bell registered after it.
"""

import asyncio
import logging
import random
from collections.abc import AsyncGenerator
from uuid import UUID

from messaging.doorbell import Doorbell, Topic
from messaging.feed.cursor import Cursor
from messaging.feed.reading import FeedEvent, Slice, head_of, read_after
from models.database import for_reading
from models.failures import is_lost

logger = logging.getLogger(__name__)

RETRY_SECONDS = 0.3


async def follow(
    doorbell: Doorbell, user_id: UUID, after: str | None
) -> AsyncGenerator[FeedEvent, None]:
    """The person's entries behind a cursor (None: from now on), for as long as one listens.

    Raises ResyncRequired where the cursor cannot be resumed at, SignedOut once the person is not
    active any more. A database that goes away is waited for.
    """
    with doorbell.listen(Topic.FEED, user_id) as bell:
        position = await head_of(for_reading(), user_id) if after is None else Cursor.parse(after)
        while True:
            bell.clear()
            read = await _read_patiently(user_id, position)
            position = read.position
            for event in read.events:
                yield event
            if not read.is_full:
                await bell.wait()


async def _read_patiently(user_id: UUID, position: Cursor) -> Slice:
    while True:
        try:
            return await read_after(for_reading(), user_id, position)
        except Exception as error:
            if not is_lost(error):
                raise
            logger.warning("A feed waits for the database: %r", error)
        # Jittered: everybody who follows waits for the same database.
        await asyncio.sleep(RETRY_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311  # jitter
