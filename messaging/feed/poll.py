"""The poll: finds what no ring announced, in one statement for everybody who waits here."""

import asyncio
import contextlib
import logging
import random
from dataclasses import dataclass
from uuid import UUID

from messaging.doorbell import Doorbell
from models.database import Database, for_reading
from models.outages import outages

logger = logging.getLogger(__name__)

# How often to look while the doorbell is down, where the interval is longer.
UNHEARD_SECONDS = 0.5

# A statement takes so many ids on every database.
_IDS_AT_ONCE = 10_000


class Poll:
    """Looks every few seconds whether the feed of anybody who waits in this process has grown."""

    def __init__(self, doorbell: Doorbell, *, interval_seconds: float) -> None:
        self._doorbell = doorbell
        self._interval = interval_seconds
        self._seen: dict[UUID, int] = {}
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._keep_looking(), name="poll")

    async def stop(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def look(self) -> None:
        """Wake those whose feed has grown since the last look, and those not looked at before."""
        waiting = sorted(self._doorbell.listening_users())
        seen: dict[UUID, int] = {}
        for start in range(0, len(waiting), _IDS_AT_ONCE):
            seen |= await _heads(for_reading(), waiting[start : start + _IDS_AT_ONCE])
        for user_id, seq in seen.items():
            if self._seen.get(user_id) != seq:
                self._doorbell.wake_user(user_id)
        self._seen = seen

    async def _keep_looking(self) -> None:
        while True:
            await self._pause()
            try:
                await self.look()
            except Exception as error:
                if not outages.note(error):
                    logger.exception("The poll will look again.")

    async def _pause(self) -> None:
        """Wait for the next look: briefly while no ring of another process is heard."""
        clock = asyncio.get_running_loop().time
        # Jittered, so that many processes do not look at the same moment.
        until = clock() + self._interval * random.uniform(0.7, 1.0)  # noqa: S311  # jitter
        while (remaining := until - clock()) > 0:
            await asyncio.sleep(min(remaining, UNHEARD_SECONDS))
            if not self._doorbell.is_connected:
                return


@dataclass(slots=True)
class _Head:
    user_id: UUID
    seq: int


async def _heads(db: Database, user_ids: list[UUID]) -> dict[UUID, int]:
    """The newest seq of each person's feed.

    Uses index: mailboxes (user_id).
    """
    are_these, args = db.among("user_id", user_ids)
    found = await db.rows(_Head, f"SELECT user_id, seq FROM mailboxes WHERE {are_these}", *args)
    return {head.user_id: head.seq for head in found}
