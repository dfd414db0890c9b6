"""One read for all who want theirs: 1,000 subscribers woken at once ask in twenty statements."""

import asyncio
from uuid import UUID

from messaging.feed.cursor import Cursor
from messaging.feed.reading import Place, Slice, read_many
from models.database import for_reading

# More in one read would hold the loop for too long while it is taken apart.
PLACES_AT_ONCE = 50


class FeedReader:
    """Reads feeds for the subscribers of a process, together those who ask meanwhile.

    One read is under way at a time; who asks during it is in the next. Alone, nobody waits.
    """

    def __init__(self) -> None:
        self._asked: list[tuple[Place, asyncio.Future[Slice]]] = []
        self._task: asyncio.Task[None] | None = None

    async def read_after(self, user_id: UUID, position: Cursor) -> Slice:
        """What messaging.feed.reading.read_after returns and raises."""
        answer: asyncio.Future[Slice] = asyncio.get_running_loop().create_future()
        self._asked.append(((user_id, position), answer))
        if self._task is None:
            # Of its own: whoever asked first may leave, and the others still wait.
            self._task = asyncio.create_task(self._read_all(), name="feed reader")
        return await answer

    async def _read_all(self) -> None:
        try:
            while self._asked:
                some = self._asked[:PLACES_AT_ONCE]
                del self._asked[:PLACES_AT_ONCE]
                waiting = [(place, answer) for place, answer in some if not answer.done()]
                if waiting:
                    await _answer(waiting)
        finally:
            self._task = None


async def _answer(waiting: list[tuple[Place, asyncio.Future[Slice]]]) -> None:
    try:
        reads: list[Slice | Exception] = [
            *await read_many(for_reading(), [place for place, _ in waiting])
        ]
    except Exception as error:  # noqa: BLE001  # raised where each of them waits
        reads = [error] * len(waiting)
    for (_, answer), read in zip(waiting, reads, strict=True):
        if answer.done():
            continue
        if isinstance(read, Exception):
            answer.set_exception(read)
        else:
            answer.set_result(read)
