"""Following a feed: what is there, then what comes.

Register with the doorbell, clear the bell, read, hand out, wait, and again. A bell cleared after
the read would lose what was committed in between; so would a bell registered after it.
"""

from collections.abc import AsyncGenerator
from functools import partial
from uuid import UUID

from messaging.doorbell import Doorbell, Topic
from messaging.feed.cursor import Cursor
from messaging.feed.reader import FeedReader
from messaging.feed.reading import FeedEvent, head_of
from messaging.patience import patiently
from models.database import for_reading


async def follow(
    doorbell: Doorbell, reader: FeedReader, user_id: UUID, after: str | None
) -> AsyncGenerator[FeedEvent, None]:
    """The person's entries behind a cursor (None: from now on), for as long as one listens.

    Raises ResyncRequired where the cursor cannot be resumed at, SignedOut once the person is not
    active any more. A database that goes away is waited for.
    """
    with doorbell.listen(Topic.FEED, user_id) as bell:
        if after is None:
            position = await patiently(partial(head_of, for_reading(), user_id))
        else:
            position = Cursor.parse(after)
        expected = 1
        while True:
            bell.clear()
            read = await reader.read_after(user_id, position, expected)
            position = read.position
            bell.reached = position.seq
            for event in read.events:
                yield event
            expected = read.left or 1
            if not read.left:
                await bell.wait()
