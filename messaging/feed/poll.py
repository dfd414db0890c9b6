"""The poll: finds what no ring announced, together for everybody who waits here."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from messaging.background import Background, jittered
from messaging.doorbell import Doorbell, Ring, Topic
from messaging.feed.log import Head
from models import UserStatus
from models.database import Database, for_reading

# How often to look while the doorbell is down, where the interval is longer.
UNHEARD_SECONDS = 0.5

# More would hold the loop for too long while they are compared.
_IDS_AT_ONCE = 1_000


class Poll(Background):
    """Looks every few seconds whether the feed of anybody who waits in this process has grown."""

    complaint = "The poll will look again."

    def __init__(self, doorbell: Doorbell, *, interval_seconds: float) -> None:
        super().__init__()
        self._doorbell = doorbell
        self._interval = interval_seconds
        self._seen: dict[UUID, int] = {}

    async def look(self) -> None:
        """Wake who is not at the newest entry of their feed, and who may not be here any more.

        A feed that has not moved since the last look is nobody's concern. Most of those that have
        were announced by rings, and are read: a crowd that was told is not woken again.
        """
        waiting = list(self._doorbell.listening_users())
        seen: dict[UUID, int] = {}
        for start in range(0, len(waiting), _IDS_AT_ONCE):
            heads = await _seqs(for_reading(), waiting[start : start + _IDS_AT_ONCE])
            moved = [user_id for user_id, seq in heads.items() if self._seen.get(user_id) != seq]
            for user_id in moved:
                self._doorbell.wake_unless_at(user_id, heads[user_id])
            # After the heads: what ended somebody's stay is an entry of theirs.
            gone = await _inactive(for_reading(), moved)
            self._doorbell.wake(Ring(Topic.ACCESS, user_id) for user_id in gone)
            seen |= heads
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


@dataclass(slots=True)
class _Person:
    id: UUID


async def _inactive(db: Database, user_ids: list[UUID]) -> list[UUID]:
    """Those of them who are not active (W4).

    Uses index: users (id).
    """
    if not user_ids:
        return []
    are_these, args = db.among("id", user_ids)
    statement = f"SELECT id FROM users WHERE {are_these} AND status <> '{UserStatus.ACTIVE}'"
    return [person.id for person in await db.rows(_Person, statement, *args)]
