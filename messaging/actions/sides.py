"""One person's side of a conversation, and bringing its counters up to date."""

from dataclasses import dataclass
from uuid import UUID

from messaging.errors import NotFound
from messaging.reads.messages import IS_VISIBLE
from models.database import Database


@dataclass(slots=True)
class Side:
    """One person's own side of a conversation, under the conversation's lock."""

    conversation_id: UUID
    user_id: UUID
    peer_id: UUID
    read_seq: int
    cleared_seq: int
    unread_count: int
    last_seq: int
    is_listed: bool


async def lock_side(db: Database, user_id: UUID, conversation_id: UUID) -> Side:
    """Hold the conversation against other writers and read this person's side of it.

    Raises NotFound for who takes no part in it.
    """
    # PostgreSQL reads a row anew once it has waited for the lock, but not the rows joined to it.
    await db.execute(
        f"SELECT id FROM conversations WHERE id = $1 {db.for_update}",
        conversation_id,
    )
    side = await db.row(
        Side,
        """SELECT p.conversation_id, p.user_id, p.peer_id, p.read_seq, p.cleared_seq,
               p.unread_count, c.last_seq, p.listed_at IS NOT NULL
           FROM participants p JOIN conversations c ON c.id = p.conversation_id
           WHERE p.conversation_id = $1 AND p.user_id = $2""",
        conversation_id,
        user_id,
    )
    if side is None:
        raise NotFound
    return side


# Unread = not mine, not deleted, seq > max(read position, clear position) (D5).
_RECOUNT = f"""
    UPDATE participants AS p SET
        unread_count = (SELECT COUNT(*) FROM messages m
            WHERE m.conversation_id = p.conversation_id AND m.sender_id <> p.user_id
            AND m.seq > p.read_seq AND {IS_VISIBLE}),
        last_message_id = (SELECT m.id FROM messages m
            WHERE m.conversation_id = p.conversation_id AND {IS_VISIBLE}
            ORDER BY m.seq DESC LIMIT 1)
    WHERE p.conversation_id = $1 AND p.user_id = $2
    RETURNING unread_count
"""


async def recount(db: Database, side: Side) -> int:
    """Derive the side's unread count and newest message anew; by how much the count changed.

    Uses index: messages (conversation_id, seq).
    """
    [[unread_count]] = await db.values(_RECOUNT, side.conversation_id, side.user_id)
    return int(unread_count) - side.unread_count
