"""Forgetting old feed entries, a batch at a time; an older cursor then asks for a resync."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from messaging.background import Background, jittered
from messaging.work import UnitOfWork, Work, repeatable
from models.database import Database, for_reading

# Between two rounds over all mailboxes.
ROUND_SECONDS = 3_600.0
# Each batch is a transaction; senders wait no longer than for one of their own.
ENTRIES_FORGOTTEN_AT_ONCE = 500
MAILBOXES_LOOKED_AT = 100

_NIL = UUID(int=0)

# The oldest entry that is kept tells whether anything is old: entries are in the order of time.
# Uses index: mailboxes (user_id), feed_entries (user_id, seq).
_STALE = """
    SELECT box.user_id FROM mailboxes box
    JOIN feed_entries e ON e.user_id = box.user_id AND e.seq = box.pruned_seq + 1
    WHERE box.user_id > $1 AND e.created_at < $2 ORDER BY box.user_id LIMIT $3
"""
_OLD = """
    SELECT MAX(old.seq) FROM (
        SELECT e.seq, e.created_at FROM feed_entries e
        JOIN mailboxes box ON box.user_id = e.user_id
        WHERE e.user_id = $1 AND e.seq > box.pruned_seq ORDER BY e.seq LIMIT $3) AS old
    WHERE old.created_at < $2
"""


@dataclass(slots=True)
class _Stale:
    user_id: UUID


class Pruner(Background):
    """Forgets entries older than the retention."""

    complaint = "Old feed entries wait for the next round."

    def __init__(self, office: UnitOfWork, retention: timedelta) -> None:
        super().__init__()
        self._office = office
        self._retention = retention

    async def prune(self) -> int:
        """Forget all that is too old now; how many entries that was."""
        before = datetime.now(UTC) - self._retention
        forgotten, after = 0, _NIL
        while stale := await _stale(for_reading(), after, before):
            for mailbox in stale:
                while count := await self._office.run(_prune_batch, mailbox.user_id, before):
                    forgotten += count
            after = stale[-1].user_id
        return forgotten

    async def _round(self) -> None:
        await self.prune()

    async def _pause(self) -> None:
        await asyncio.sleep(jittered(ROUND_SECONDS))


async def _stale(db: Database, after: UUID, before: datetime) -> list[_Stale]:
    return await db.rows(_Stale, _STALE, after, before, MAILBOXES_LOOKED_AT)


@repeatable
async def _prune_batch(work: Work, user_id: UUID, before: datetime) -> int:
    """Forget the oldest entries of one person; how many that was."""
    [[up_to]] = await work.db.values(_OLD, user_id, before, ENTRIES_FORGOTTEN_AT_ONCE)
    if up_to is None:
        return 0
    # First the row whose lock whoever else prunes waits for. Readers, who read it and the entries
    # in one statement, see both changes or neither.
    await work.db.execute(
        "UPDATE mailboxes SET pruned_seq = $2 WHERE user_id = $1 AND pruned_seq < $2",
        user_id,
        up_to,
    )
    deleted = await work.db.values(
        "DELETE FROM feed_entries WHERE user_id = $1 AND seq <= $2 RETURNING seq", user_id, up_to
    )
    return len(deleted)
