"""Putting a message into its conversation, with the counters and feed entries that go with it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from messaging.feed.log import Entry
from messaging.work import Work
from models import FeedKind
from models.database import Database

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Post:
    """A message that its sender may send."""

    id: UUID
    conversation_id: UUID
    sender_id: UUID
    peer_id: UUID
    body: str
    course_id: UUID | None
    idempotency_key: str | None
    idempotency_hash: str | None


@dataclass(slots=True)
class Posted:
    """What the message got."""

    seq: int
    sent_at: datetime
    # Of the sender's side of the conversation.
    unread_count: int


async def post(work: Work, message: Post) -> Posted:
    """Write the message. Under a key that is in use, a unique violation has the work look again.

    Uses index: conversations (id), participants (conversation_id, user_id).
    """
    work.is_repeatable = message.idempotency_key is not None
    if work.db.is_postgres:
        return await in_one_statement(work, message)
    return await in_several_statements(work, message)


# The next seq of the thread, and a time that is not before its last message's.
_TAKE_PLACE = """
    UPDATE conversations SET last_seq = last_seq + 1, last_activity_at =
        CASE WHEN last_activity_at > $2 THEN last_activity_at ELSE $2 END
    WHERE id = $1 RETURNING last_seq AS seq, last_activity_at AS sent_at"""

# Each part takes its rows from the one before, so that the locks are taken in this order: the
# conversation's row, from which on this thread has one writer; both sides; last and briefly the
# mailboxes, in the order of their users' ids as everywhere (messaging.feed.log).
_POST = f"""
    WITH place AS ({_TAKE_PLACE}),
    message AS (
        INSERT INTO messages (id, conversation_id, seq, sender_id, body, sent_at, course_id,
            idempotency_key, idempotency_hash)
        SELECT $3::uuid, $1, seq, $4::uuid, $5, sent_at, $6::uuid, $7, $8 FROM place
        RETURNING id, conversation_id, seq, sender_id, sent_at),
    sides AS (
        UPDATE participants AS p SET last_message_id = message.id, listed_at = message.sent_at,
            unread_count = p.unread_count
                + CASE WHEN p.user_id = message.sender_id THEN 0 ELSE 1 END
        FROM message WHERE p.conversation_id = message.conversation_id
        RETURNING p.user_id, p.unread_count, p.user_id = message.sender_id AS is_senders),
    locked AS (
        SELECT box.user_id, sides.is_senders FROM mailboxes box JOIN sides USING (user_id)
        ORDER BY box.user_id FOR UPDATE OF box),
    heads AS (
        UPDATE mailboxes AS box SET seq = box.seq + 1,
            unread_count = box.unread_count + CASE WHEN locked.is_senders THEN 0 ELSE 1 END
        FROM locked WHERE box.user_id = locked.user_id
        RETURNING box.user_id, box.seq),
    entries AS (
        INSERT INTO feed_entries (user_id, seq, kind, conversation_id, message_id, created_at)
        SELECT heads.user_id, heads.seq, '{FeedKind.MESSAGE_SENT}', $1, $3, $2 FROM heads)
    SELECT message.seq, message.sent_at, sides.unread_count
    FROM message JOIN sides ON sides.is_senders"""


async def in_one_statement(work: Work, message: Post) -> Posted:
    """Write the message and everything about it in one statement of PostgreSQL.

    Uses index: those of post, and mailboxes (user_id).
    """
    # Outside a transaction it is committed once it has run.
    work.is_committing = True
    work.told |= {message.sender_id, message.peer_id}
    return await _row(
        work.db,
        Posted,
        _POST,
        message.conversation_id,
        datetime.now(UTC),
        message.id,
        message.sender_id,
        message.body,
        message.course_id,
        message.idempotency_key,
        message.idempotency_hash,
    )


@dataclass(slots=True)
class _Place:
    seq: int
    sent_at: datetime


@dataclass(slots=True)
class _Side:
    user_id: UUID
    unread_count: int


async def in_several_statements(work: Work, message: Post) -> Posted:
    """Write the message in a transaction, whose end appends the entries."""
    place = await _row(work.db, _Place, _TAKE_PLACE, message.conversation_id, datetime.now(UTC))
    await work.db.execute(
        """INSERT INTO messages (id, conversation_id, seq, sender_id, body, sent_at, course_id,
               idempotency_key, idempotency_hash)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
        message.id,
        message.conversation_id,
        place.seq,
        message.sender_id,
        message.body,
        place.sent_at,
        message.course_id,
        message.idempotency_key,
        message.idempotency_hash,
    )
    sent = FeedKind.MESSAGE_SENT, message.conversation_id, message.id
    work.tell(
        Entry(message.sender_id, *sent),
        Entry(message.peer_id, *sent, unread_delta=1),
    )
    sides = await work.db.rows(
        _Side,
        """UPDATE participants SET last_message_id = $2, listed_at = $3,
               unread_count = unread_count + CASE WHEN user_id = $4 THEN 0 ELSE 1 END
           WHERE conversation_id = $1 RETURNING user_id, unread_count""",
        message.conversation_id,
        message.id,
        place.sent_at,
        message.sender_id,
    )
    [unread_count] = [side.unread_count for side in sides if side.user_id == message.sender_id]
    return Posted(place.seq, place.sent_at, unread_count)


async def _row(db: Database, row: type[Row], statement: str, *args: object) -> Row:
    found = await db.row(row, statement, *args)
    if found is None:
        raise LookupError(f"no conversation {args[0]}")
    return found
