"""Overwriting what was deleted, beside the answers: whoever reads the files may hold it up."""

import asyncio
import logging
from typing import ClassVar

from messaging.background import Background
from models.database import overwrite_deleted

logger = logging.getLogger(__name__)

# Between two tries while somebody reads: longer each time.
PAUSE_SECONDS = (0.02, 1.0)
# A backup of a large file takes as long; then somebody should look who that is.
PATIENCE_SECONDS = 60.0


class Overwriter(Background):
    """Overwrites once for however many deletions, and once at the start for an earlier process."""

    complaint: ClassVar[str] = "A deleted text stands in the database's log until the next try."

    def __init__(self, erased: asyncio.Event) -> None:
        super().__init__()
        self._erased = erased

    async def _round(self) -> None:
        # Before it: what is deleted meanwhile takes another round.
        self._erased.clear()
        try:
            await self._overwrite()
        except Exception:
            self._erased.set()
            raise

    async def _pause(self) -> None:
        if self._erased.is_set():
            await asyncio.sleep(PAUSE_SECONDS[1])
        await self._erased.wait()

    async def _overwrite(self) -> None:
        clock = asyncio.get_running_loop().time
        pause, longest = PAUSE_SECONDS
        complain_at = clock() + PATIENCE_SECONDS
        while not await overwrite_deleted():
            if clock() > complain_at:
                logger.warning("A deleted text cannot be overwritten: the database is read long.")
                complain_at = float("inf")
            await asyncio.sleep(pause)
            pause = min(pause * 2, longest)
