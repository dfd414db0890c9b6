"""Reading feeds for the subscribers of a process."""

from collections.abc import Awaitable, Sequence
from uuid import UUID

from messaging.feed.cursor import Cursor
from messaging.feed.reading import Place, Slice, read_many
from messaging.patience import patiently
from messaging.together import Together
from models.database import for_reading

# More in one read would hold the loop for too long while it is taken apart.
PLACES_AT_ONCE = 50


class FeedReader:
    """Reads feeds, together those of all who ask meanwhile.

    A database that goes away is waited for, by one read for all of them.
    """

    def __init__(self) -> None:
        self._places: Together[Place, Slice] = Together(
            _read, most=PLACES_AT_ONCE, name="feed reader"
        )

    def read_after(self, user_id: UUID, position: Cursor, expected: int = 1) -> Awaitable[Slice]:
        """What messaging.feed.reading.read_after returns and raises; some of those expected."""
        return self._places.ask(Place(user_id, position, expected))


async def _read(places: list[Place]) -> Sequence[Slice | Exception]:
    return await patiently(lambda: read_many(for_reading(), places))
