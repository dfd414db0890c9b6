"""Moving the read position."""

from uuid import UUID

from messaging.access import access_conversation
from messaging.actions.sides import lock_side, recount
from messaging.feed.log import Entry
from messaging.reads.columns import ConversationRow
from messaging.viewers import Viewer
from messaging.work import Work, repeatable
from models import FeedKind


@repeatable
async def mark_read(
    work: Work, viewer: Viewer, conversation_id: UUID, up_to_seq: int
) -> ConversationRow:
    """Move the viewer's read position; it never goes back and stops at the last message (D5).

    Raises NotFound.
    """
    side = await lock_side(work.db, viewer.id, conversation_id)
    read_seq = min(up_to_seq, side.last_seq)
    if read_seq > side.read_seq:
        await work.db.execute(
            "UPDATE participants SET read_seq = $3 WHERE conversation_id = $1 AND user_id = $2",
            conversation_id,
            viewer.id,
            read_seq,
        )
        delta = await recount(work.db, side)
        for user_id in (viewer.id, side.peer_id):
            work.tell(
                Entry(
                    user_id,
                    FeedKind.CHAT_READ,
                    conversation_id,
                    reader_id=viewer.id,
                    up_to_seq=read_seq,
                    unread_delta=delta if user_id == viewer.id else 0,
                )
            )
    return await access_conversation(work.db, viewer, conversation_id)
