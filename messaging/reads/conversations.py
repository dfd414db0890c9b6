"""Conversations as a participant sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from messaging.policy.chats import chat_state_columns
from messaging.reads.columns import ConversationRow, UserRow, message_columns, user_columns
from messaging.reads.paging import (
    Page,
    decode_cursor,
    encode_cursor,
    foreign_cursor,
    forward_page,
    id_in_cursor,
)
from messaging.reads.search import NAME_CONTAINS, search_pattern
from models.database import Database, placeholders

CONVERSATION_COLUMNS = f"""
    c.id, {user_columns("peer")}, {message_columns("p", "other")},
    p.unread_count, c.last_activity_at, {chat_state_columns("viewer", "peer", "account")}"""

# What belongs to a participant's side p of a conversation c. More tables than PostgreSQL looks at
# together (join_collapse_limit): what narrows p down must stand before them.
FROM_SIDE = """
    FROM participants p
    JOIN conversations c ON c.id = p.conversation_id
    JOIN users viewer ON viewer.id = p.user_id
    JOIN users peer ON peer.id = p.peer_id
    JOIN accounts account ON account.id = viewer.account_id
    JOIN participants other ON other.conversation_id = p.conversation_id
        AND other.user_id = p.peer_id
    LEFT JOIN messages m ON m.id = p.last_message_id
    LEFT JOIN courses course ON course.id = m.course_id
"""

_SELECT = f"SELECT {CONVERSATION_COLUMNS} {FROM_SIDE}"


@dataclass(slots=True)
class _Listed:
    node: ConversationRow
    listed_at: datetime

    @property
    def cursor(self) -> str:
        return encode_cursor("conversations", self.listed_at, self.node.id)


async def conversation_of(
    db: Database, viewer: UserRow, conversation_id: UUID
) -> ConversationRow | None:
    """The conversation, if the viewer takes part in it.

    Uses index: participants (conversation_id, user_id).
    """
    where = "WHERE p.conversation_id = $1 AND p.user_id = $2"
    found = await db.row(ConversationRow, _SELECT + where, conversation_id, viewer.id)
    if found is not None:
        found.sign(viewer)
    return found


async def conversations_with(
    db: Database, viewer: UserRow, peer_ids: Sequence[UUID]
) -> dict[UUID, ConversationRow]:
    """The viewer's conversations with these people, by the peer's id.

    Uses index: participants (user_id, peer_id).
    """
    if not peer_ids:
        return {}
    where = f"""WHERE p.user_id = $1
        AND p.peer_id IN ({placeholders(len(peer_ids), after=1)})"""
    found = await db.rows(ConversationRow, _SELECT + where, viewer.id, *peer_ids)
    for row in found:
        row.sign(viewer)
    return {row.peer.id: row for row in found}


async def list_conversations(
    db: Database,
    viewer: UserRow,
    *,
    first: int,
    after: str | None,
    unread_only: bool,
    search: str | None,
) -> Page[ConversationRow]:
    """The viewer's chats, the latest activity first; those deleted are not among them.

    Uses index: participants (user_id, listed_at, conversation_id).
    """
    conditions = ["p.user_id = $1", "p.listed_at IS NOT NULL"]
    args: list[object] = [viewer.id, first + 1]
    if after is not None:
        conditions.append("(p.listed_at, p.conversation_id) < ($3, $4)")
        args += _place(after)
    if unread_only:
        conditions.append("p.unread_count > 0")
    if search:
        args.append(search_pattern(search))
        conditions.append(NAME_CONTAINS.format(user="peer", pattern=f"${len(args)}"))
    found = await db.rows(
        _Listed,
        f"""SELECT {CONVERSATION_COLUMNS}, p.listed_at {FROM_SIDE} WHERE {" AND ".join(conditions)}
            ORDER BY p.listed_at DESC, p.conversation_id DESC LIMIT $2""",  # of constants
        *args,
    )
    for line in found:
        line.node.sign(viewer)
    return forward_page(found, first, after)


def _place(cursor: str) -> tuple[datetime, UUID]:
    listed_at, conversation_id = decode_cursor("conversations", cursor, str, str)
    try:
        moment = datetime.fromisoformat(str(listed_at))
    except ValueError as error:
        raise foreign_cursor() from error
    # Any other offset is not ours, and may lead out of the calendar.
    if moment.utcoffset() != timedelta():
        raise foreign_cursor()
    return moment, id_in_cursor(conversation_id)
