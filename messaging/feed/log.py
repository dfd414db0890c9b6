"""Writing feed entries: last in the transaction, and briefly.

The mailbox rows are locked in the order of their users' ids, so that two writers never wait for
each other; the counter under lock makes each feed gapless and its order the order of commits.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from models import FeedKind
from models.database import Database, placeholders

# So many mailboxes one transaction may lock; what concerns more follows in batches.
MAILBOXES_LOCKED_AT_ONCE = 500
# So many entries go into one statement.
_LINES_AT_ONCE = 500

_COLUMNS = "user_id, seq, kind, conversation_id, message_id, reader_id, up_to_seq, created_at"
_COLUMN_COUNT = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """What one person's feed is to say. References only: readers fill in what they may see."""

    user_id: UUID
    kind: FeedKind
    conversation_id: UUID | None = None
    message_id: UUID | None = None
    reader_id: UUID | None = None
    up_to_seq: int | None = None
    # By how much the person's number of unread messages changes with it.
    unread_delta: int = 0


@dataclass(slots=True)
class Head:
    """Where a person's feed ends."""

    user_id: UUID
    seq: int


async def append(db: Database, entries: Sequence[Entry]) -> None:
    """Give each entry the next place in its person's feed."""
    by_user: dict[UUID, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_user[entry.user_id].append(entry)
    if not by_user:
        return
    if db.is_postgres:
        await db.execute(
            "SELECT user_id FROM mailboxes WHERE user_id = ANY($1) ORDER BY user_id FOR UPDATE",
            list(by_user),
        )
    heads = await _advance(db, by_user)
    now = datetime.now(UTC)
    lines: list[object] = []
    for user_id, own in by_user.items():
        first = heads[user_id] - len(own) + 1
        for seq, entry in enumerate(own, start=first):
            lines += [
                user_id,
                seq,
                entry.kind,
                entry.conversation_id,
                entry.message_id,
                entry.reader_id,
                entry.up_to_seq,
                now,
            ]
    for start in range(0, len(lines), _LINES_AT_ONCE * _COLUMN_COUNT):
        some = lines[start : start + _LINES_AT_ONCE * _COLUMN_COUNT]
        values = ", ".join(
            f"({placeholders(_COLUMN_COUNT, after=offset)})"
            for offset in range(0, len(some), _COLUMN_COUNT)
        )
        await db.execute(f"INSERT INTO feed_entries ({_COLUMNS}) VALUES {values}", *some)


async def _advance(db: Database, by_user: dict[UUID, list[Entry]]) -> dict[UUID, int]:
    """Move the counters on, alike ones in one statement; the new seq of each person."""
    alike: dict[tuple[int, int], list[UUID]] = defaultdict(list)
    for user_id, own in by_user.items():
        alike[len(own), sum(entry.unread_delta for entry in own)].append(user_id)
    heads: dict[UUID, int] = {}
    for (count, unread_delta), user_ids in alike.items():
        are_these, args = db.among("user_id", user_ids, after=2)
        advanced = await db.rows(
            Head,
            f"""UPDATE mailboxes SET seq = seq + $1, unread_count = unread_count + $2
                WHERE {are_these} RETURNING user_id, seq""",
            count,
            unread_delta,
            *args,
        )
        heads.update({head.user_id: head.seq for head in advanced})
    return heads
