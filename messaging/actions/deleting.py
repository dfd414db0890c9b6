"""Deleting messages, for everyone or for oneself, and chats from one's own list."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from messaging.access import access_conversation
from messaging.actions.sides import Side, lock_side, recount
from messaging.errors import NotFound, Refused, UserErrorCode
from messaging.feed.log import Entry
from messaging.policy.rules import sentence
from messaging.reads.columns import ConversationRow
from messaging.viewers import Viewer
from messaging.work import Work, repeatable
from models import FeedKind, HiddenMessage
from models.database import Database


class DeleteScope(StrEnum):
    """For whom a message is deleted."""

    FOR_ME = "FOR_ME"
    FOR_EVERYONE = "FOR_EVERYONE"


@dataclass(slots=True)
class _Deletable:
    id: UUID
    conversation_id: UUID
    seq: int
    sender_id: UUID
    is_deleted: bool


@repeatable
async def delete_message(
    work: Work, viewer: Viewer, message_id: UUID, scope: DeleteScope
) -> ConversationRow:
    """Delete a message for everyone (D1, D3) or for the viewer (D2). Twice is as good as once.

    Raises NotFound, Refused with MAY_NOT_DELETE.
    """
    message = await _deletable(work.db, viewer, message_id)
    if scope is DeleteScope.FOR_ME:
        await _delete_for_me(work, viewer, message)
    elif message.sender_id == viewer.id or viewer.administers_account:
        await _delete_for_everyone(work, viewer, message)
    else:
        raise Refused(
            UserErrorCode.MAY_NOT_DELETE,
            f"{sentence('D1')} {sentence('D3')} You may delete it for yourself.",
            field="scope",
        )
    return await access_conversation(work.db, viewer, message.conversation_id)


async def delete_chat(work: Work, viewer: Viewer, conversation_id: UUID) -> ConversationRow:
    """Take a chat off the viewer's list, with all its messages up to now (D4).

    The read position stays where it is, so the peer sees no false read mark. Not to be repeated
    unasked: a message may have come between. Raises NotFound.
    """
    side = await lock_side(work.db, viewer.id, conversation_id)
    if side.is_listed:
        await work.db.execute(
            """UPDATE participants SET cleared_seq = $3, unread_count = 0,
                   last_message_id = NULL, listed_at = NULL
               WHERE conversation_id = $1 AND user_id = $2""",
            conversation_id,
            viewer.id,
            side.last_seq,
        )
        work.tell(
            Entry(
                viewer.id,
                FeedKind.CHAT_DELETED,
                conversation_id,
                unread_delta=-side.unread_count,
            )
        )
    return await access_conversation(work.db, viewer, conversation_id)


async def _deletable(db: Database, viewer: Viewer, message_id: UUID) -> _Deletable:
    """A message of the viewer's that they have not cleared; one deleted before is found too."""
    message = await db.row(
        _Deletable,
        """SELECT m.id, m.conversation_id, m.seq, m.sender_id, m.deleted_at IS NOT NULL
           FROM messages m
           JOIN participants p ON p.conversation_id = m.conversation_id AND p.user_id = $2
           WHERE m.id = $1 AND m.seq > p.cleared_seq""",
        message_id,
        viewer.id,
    )
    if message is None:
        raise NotFound
    return message


async def _delete_for_me(work: Work, viewer: Viewer, message: _Deletable) -> None:
    side = await lock_side(work.db, viewer.id, message.conversation_id)
    _, is_new = await HiddenMessage.get_or_create(message_id=message.id, user_id=viewer.id)
    if is_new and not message.is_deleted:
        await _recount_and_tell(work, message, side)


async def _delete_for_everyone(work: Work, viewer: Viewer, message: _Deletable) -> None:
    own = await lock_side(work.db, viewer.id, message.conversation_id)
    peers = await lock_side(work.db, own.peer_id, message.conversation_id)
    if await erase(work, message.id):
        await _recount_and_tell(work, message, own, peers)


async def erase(work: Work, message_id: UUID) -> bool:
    """Take a message's text out of the database (D1); false where it was gone already.

    The only place that does so, for a legal hold to suspend one day. The row stays, and so does
    the idempotency key: a late repetition of the send must not bring the message back.
    """
    erased = await work.db.values(
        """UPDATE messages SET body = NULL, idempotency_hash = NULL, deleted_at = $2
           WHERE id = $1 AND deleted_at IS NULL RETURNING id""",
        message_id,
        datetime.now(UTC),
    )
    work.has_erased = True
    return bool(erased)


async def _recount_and_tell(work: Work, message: _Deletable, *sides: Side) -> None:
    for side in sides:
        # Whoever cleared it has no chat on their page that it could go from. Told of it, a page
        # would have to guess whether to show the chat again.
        if message.seq > side.cleared_seq:
            work.tell(
                Entry(
                    side.user_id,
                    FeedKind.MESSAGE_DELETED,
                    message.conversation_id,
                    message.id,
                    unread_delta=await recount(work.db, side),
                )
            )
