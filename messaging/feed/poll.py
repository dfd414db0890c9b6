"""The poll: finds what no ring announced, in one statement for everybody who waits here."""

import asyncio
from uuid import UUID

from messaging.background import Background, jittered
from messaging.doorbell import Doorbell
from messaging.feed.log import Head
from models.database import Database, for_reading

# How often to look while the doorbell is down, where the interval is longer.
UNHEARD_SECONDS = 0.5

# A statement takes so many ids on every database.
_IDS_AT_ONCE = 10_000


class Poll(Background):
    """Looks every few seconds whether the feed of anybody who waits in this process has grown."""

    complaint = "The poll will look again."

    def __init__(self, doorbell: Doorbell, *, interval_seconds: float) -> None:
        super().__init__()
        self._doorbell = doorbell
        self._interval = interval_seconds
        self._seen: dict[UUID, int] = {}

    async def look(self) -> None:
        """Wake those whose feed has grown since the last look, and those not looked at before."""
        waiting = sorted(self._doorbell.listening_users())
        seen: dict[UUID, int] = {}
        for start in range(0, len(waiting), _IDS_AT_ONCE):
            seen |= await _seqs(for_reading(), waiting[start : start + _IDS_AT_ONCE])
        for user_id, seq in seen.items():
            if self._seen.get(user_id) != seq:
                self._doorbell.wake_user(user_id)
        self._seen = seen

    async def _round(self) -> None:
        await self.look()

    async def _pause(self) -> None:
        """Wait for the next look: briefly while no ring of another process is heard."""
        clock = asyncio.get_running_loop().time
        until = clock() + jittered(self._interval)
        while (remaining := until - clock()) > 0:
            await asyncio.sleep(min(remaining, jittered(UNHEARD_SECONDS)))
            if not self._doorbell.is_connected:
                return


async def _seqs(db: Database, user_ids: list[UUID]) -> dict[UUID, int]:
    """The newest seq of each person's feed.

    Uses index: mailboxes (user_id).
    """
    are_these, args = db.among("user_id", user_ids)
    found = await db.rows(Head, f"SELECT user_id, seq FROM mailboxes WHERE {are_these}", *args)
    return {head.user_id: head.seq for head in found}
