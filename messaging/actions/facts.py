"""What a send in a chat has to know, in one read."""

from dataclasses import dataclass
from uuid import UUID

from messaging.actions.idempotency import FIRST_COLUMNS, First, Request
from messaging.reads.columns import ConversationRow
from messaging.reads.conversations import CONVERSATION_COLUMNS, FROM_SIDE
from messaging.viewers import Viewer, viewer_columns
from models.database import Database


@dataclass(slots=True)
class Facts:
    """The sender as they are now, their chat, and what the same request made before."""

    viewer: Viewer
    first: First | None
    # None where the sender takes no part in it.
    conversation: ConversationRow | None


_FACTS = f"""
    SELECT {viewer_columns("viewer", "account", "box")}, {FIRST_COLUMNS}, {CONVERSATION_COLUMNS}
    {FROM_SIDE}
    JOIN mailboxes box ON box.user_id = viewer.id
    LEFT JOIN messages first
        ON first.sender_id = viewer.id AND first.idempotency_key = $3
    WHERE p.user_id = $1 AND p.conversation_id = $2
"""


async def facts_of(
    db: Database, viewer_id: UUID, conversation_id: UUID, request: Request
) -> Facts | None:
    """What is known of a sender and a chat; None where they take no part in it.

    Uses index: participants (conversation_id, user_id), messages (sender_id, idempotency_key).
    """
    found = await db.row(Facts, _FACTS, viewer_id, conversation_id, request.key)
    if found is not None and found.conversation is not None:
        found.conversation.sign(found.viewer.user)
    return found
