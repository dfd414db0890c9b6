"""Sending: starting a chat, contacting an instructor, writing in a chat that exists."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from messaging.access import (
    access_conversation,
    access_course,
    access_message,
    access_user,
)
from messaging.actions.idempotency import Request, first_of, message_deleted, request_of
from messaging.actions.text import check_body
from messaging.errors import Refused, UserErrorCode
from messaging.feed.log import Entry
from messaging.policy.pairs import pair_of
from messaging.policy.reasons import RefusalReason
from messaging.policy.rules import ADMINISTRATIVE
from messaging.reads.columns import ConversationRow, MessageRow
from messaging.reads.courses import contact_of
from messaging.reads.messages import message_of
from messaging.viewers import Viewer
from messaging.work import Work
from models import Conversation, FeedKind, Participant
from models.database import Database
from models.ids import new_id


@dataclass(frozen=True, slots=True)
class Sent:
    """A message and where it stands, as its sender sees them."""

    message: MessageRow
    conversation: ConversationRow


async def start_chat(
    work: Work, viewer: Viewer, recipient_id: UUID, body: str, key: str | None
) -> Sent:
    """Write to somebody by S0-S2, in the pair's conversation where there is one.

    Raises NotFound, BadInput; Refused with MAY_NOT_START and the reason, or for body and key.
    """
    check_body(body)
    request = request_of(key, "startChat", recipient_id, body)
    if (earlier := await _earlier(work.db, viewer, request)) is not None:
        return earlier
    await access_user(work.db, viewer, recipient_id)
    pair = await pair_of(work.db, viewer.id, recipient_id)
    if (reason := pair.start_refusal(ADMINISTRATIVE)) is not None:
        raise _may_not_start(reason)
    conversation_id = await _conversation_with(viewer, recipient_id)
    return await _send(work, viewer, conversation_id, recipient_id, body, request)


async def contact_instructor(
    work: Work, viewer: Viewer, course_id: UUID, instructor_id: UUID, body: str, key: str | None
) -> Sent:
    """Write to an instructor about a course by S0 and S3; the message remembers the course.

    Raises NotFound, BadInput; Refused with MAY_NOT_START and the reason, or for body and key.
    """
    check_body(body)
    request = request_of(key, "contactInstructor", course_id, instructor_id, body)
    if (earlier := await _earlier(work.db, viewer, request)) is not None:
        return earlier
    await access_course(work.db, viewer, course_id)
    await access_user(work.db, viewer, instructor_id)
    contact = await contact_of(work.db, viewer.id, course_id, instructor_id)
    if (reason := contact.contact_refusal) is not None:
        raise _may_not_start(reason)
    conversation_id = await _conversation_with(viewer, instructor_id)
    return await _send(work, viewer, conversation_id, instructor_id, body, request, course_id)


async def send_message(
    work: Work, viewer: Viewer, conversation_id: UUID, body: str, key: str | None
) -> Sent:
    """Write in a chat that exists, while it is open (W1).

    Raises NotFound, BadInput; Refused with CHAT_CLOSED and the reason, or for body and key.
    """
    check_body(body)
    request = request_of(key, "sendMessage", conversation_id, body)
    if (earlier := await _earlier(work.db, viewer, request)) is not None:
        return earlier
    conversation = await access_conversation(work.db, viewer, conversation_id)
    if (reason := conversation.closed_reason) is not None:
        raise Refused(
            UserErrorCode.CHAT_CLOSED, "Nobody can write in this chat now.", reason=reason
        )
    return await _send(work, viewer, conversation_id, conversation.peer.id, body, request)


def _may_not_start(reason: RefusalReason) -> Refused:
    return Refused(
        UserErrorCode.MAY_NOT_START, "You may not start a chat with this person.", reason=reason
    )


async def _earlier(db: Database, viewer: Viewer, request: Request) -> Sent | None:
    first = await first_of(db, viewer.id, request)
    if first is None:
        return None
    message = await message_of(db, viewer.id, first.message_id)
    if message is None:
        raise message_deleted()
    return await _sent(db, viewer, message)


async def _sent(db: Database, viewer: Viewer, message: MessageRow) -> Sent:
    return Sent(message, await access_conversation(db, viewer, message.conversation_id))


async def _conversation_with(viewer: Viewer, peer_id: UUID) -> UUID:
    """The pair's conversation, made where there is none.

    Two who start with each other at once: the loser's unique violation has the unit of work look
    again, and find the winner's.
    """
    own = await Participant.get_or_none(user_id=viewer.id, peer_id=peer_id)
    if own is not None:
        return own.conversation_id
    lower, higher = sorted((viewer.id, peer_id))
    conversation = await Conversation.create(
        account_id=viewer.account_id,
        lower_user_id=lower,
        higher_user_id=higher,
        last_activity_at=datetime.now(UTC),
    )
    for user_id, other_id in ((lower, higher), (higher, lower)):
        await Participant.create(conversation_id=conversation.id, user_id=user_id, peer_id=other_id)
    return conversation.id


@dataclass(slots=True)
class _Place:
    seq: int
    sent_at: datetime


async def _take_place(db: Database, conversation_id: UUID) -> tuple[int, datetime]:
    """The next seq of a thread, and a time that is not before its last message's.

    Holds the conversation's row: from here on this thread has one writer.
    """
    place = await db.row(
        _Place,
        """UPDATE conversations SET last_seq = last_seq + 1, last_activity_at =
               CASE WHEN last_activity_at > $2 THEN last_activity_at ELSE $2 END
           WHERE id = $1 RETURNING last_seq, last_activity_at""",
        conversation_id,
        datetime.now(UTC),
    )
    if place is None:
        raise LookupError(f"no conversation {conversation_id}")
    return place.seq, place.sent_at


async def _send(
    work: Work,
    viewer: Viewer,
    conversation_id: UUID,
    peer_id: UUID,
    body: str,
    request: Request,
    course_id: UUID | None = None,
) -> Sent:
    work.is_repeatable = request.key is not None
    message_id = new_id()
    seq, now = await _take_place(work.db, conversation_id)
    await work.db.execute(
        """INSERT INTO messages (id, conversation_id, seq, sender_id, body, sent_at, course_id,
               idempotency_key, idempotency_hash)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
        message_id,
        conversation_id,
        seq,
        viewer.id,
        body,
        now,
        course_id,
        request.key,
        request.digest if request.key is not None else None,
    )
    await work.db.execute(
        """UPDATE participants SET last_message_id = $2, listed_at = $3,
               unread_count = unread_count + CASE WHEN user_id = $4 THEN 0 ELSE 1 END
           WHERE conversation_id = $1""",
        conversation_id,
        message_id,
        now,
        viewer.id,
    )
    work.tell(
        Entry(viewer.id, FeedKind.MESSAGE_SENT, conversation_id, message_id),
        Entry(peer_id, FeedKind.MESSAGE_SENT, conversation_id, message_id, unread_delta=1),
    )
    return await _sent(work.db, viewer, await access_message(work.db, viewer, message_id))
