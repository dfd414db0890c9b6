"""Forgetting old feed entries, a batch at a time; an older cursor then asks for a resync."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from messaging.background import Background, jittered
from messaging.work import UnitOfWork, Work, repeatable
from models.database import Database, for_reading
from models.failures import is_blocked
from models.outages import outages

# Between two rounds over all mailboxes.
ROUND_SECONDS = 3_600.0
# Each batch is a transaction; senders wait no longer than for one of their own.
ENTRIES_FORGOTTEN_AT_ONCE = 500
MAILBOXES_LOOKED_AT = 100

_NIL = UUID(int=0)

# Entries are in the order of commits, their times from many clocks. The oldest one that is kept
# tells whether anything is old, unless it is of the future: then its clock was wrong.
# Uses index: mailboxes (user_id), feed_entries (user_id, seq).
_STALE = """
    SELECT box.user_id FROM mailboxes box
    JOIN feed_entries e ON e.user_id = box.user_id AND e.seq = box.pruned_seq + 1
    WHERE box.user_id > $1 AND (e.created_at < $2 OR e.created_at > $3)
    ORDER BY box.user_id LIMIT $4
"""
# The last old one before the first young one: no clock that was behind takes young ones with it.
# What is of the future is neither, and goes with its neighbours.
# Uses index: feed_entries (user_id, seq).
_OLD = """
    SELECT old.seq FROM feed_entries old JOIN mailboxes box ON box.user_id = old.user_id
    WHERE old.user_id = $1 AND old.seq > box.pruned_seq AND old.created_at < $2
    AND old.seq < COALESCE(
        (SELECT young.seq FROM feed_entries young
         WHERE young.user_id = $1 AND young.seq > box.pruned_seq
         AND young.created_at BETWEEN $2 AND $3 ORDER BY young.seq LIMIT 1),
        box.seq + 1)
    ORDER BY old.seq DESC LIMIT 1
"""
_FORGET = """
    UPDATE mailboxes SET pruned_seq =
        CASE WHEN pruned_seq + $3 < $2 THEN pruned_seq + $3 ELSE $2 END
    WHERE user_id = $1 AND pruned_seq < $2 RETURNING pruned_seq
"""


@dataclass(slots=True)
class _Stale:
    user_id: UUID


@dataclass(slots=True)
class _Place:
    seq: int


class Pruner(Background):
    """Forgets entries older than the retention."""

    complaint = "Old feed entries wait for the next round."

    def __init__(self, office: UnitOfWork, retention: timedelta) -> None:
        super().__init__()
        self._office = office
        self._retention = retention

    async def prune(self) -> int:
        """Forget all that is too old now; how many entries that was."""
        # Not this host's time: it would forget everything where that is ahead.
        now = await for_reading().now()
        forgotten, after = 0, _NIL
        while stale := await _stale(for_reading(), after, now - self._retention, now):
            for user_id in stale:
                forgotten += await self._prune_mailbox(user_id, now)
            after = stale[-1]
        return forgotten

    async def _prune_mailbox(self, user_id: UUID, now: datetime) -> int:
        forgotten, before = 0, now - self._retention
        up_to = await for_reading().row(_Place, _OLD, user_id, before, now)
        try:
            while up_to and (count := await self._office.run(_prune_batch, user_id, up_to.seq)):
                forgotten += count
        except Exception as error:
            # Somebody holds this one: the others need not wait for it.
            if not is_blocked(error) or not outages.note(error):
                raise
        return forgotten

    async def _round(self) -> None:
        await self.prune()

    async def _pause(self) -> None:
        await asyncio.sleep(jittered(ROUND_SECONDS))


async def _stale(db: Database, after: UUID, before: datetime, now: datetime) -> list[UUID]:
    found = await db.rows(_Stale, _STALE, after, before, now, MAILBOXES_LOOKED_AT)
    return [mailbox.user_id for mailbox in found]


@repeatable
async def _prune_batch(work: Work, user_id: UUID, up_to: int) -> int:
    """Forget the oldest entries of one person, none behind that place; how many that was."""
    # First the row whose lock whoever else prunes waits for. Readers, who read it and the entries
    # in one statement, see both changes or neither.
    place = await work.db.values(_FORGET, user_id, up_to, ENTRIES_FORGOTTEN_AT_ONCE)
    if not place:
        return 0
    deleted = await work.db.values(
        "DELETE FROM feed_entries WHERE user_id = $1 AND seq <= $2 RETURNING seq",
        user_id,
        place[0][0],
    )
    return len(deleted)
