"""Sending: starting a chat, contacting an instructor, writing in a chat that exists."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from messaging.access import (
    access_conversation,
    access_course,
    access_user,
)
from messaging.actions.facts import Facts, facts_of
from messaging.actions.idempotency import (
    First,
    Request,
    check_same,
    first_of,
    message_deleted,
    request_of,
)
from messaging.actions.posting import Post, post
from messaging.actions.text import check_body
from messaging.errors import NotFound, Refused, UserErrorCode
from messaging.policy.pairs import pair_of
from messaging.policy.reasons import RefusalReason
from messaging.policy.rules import ADMINISTRATIVE
from messaging.reads.columns import ConversationRow, CourseRow, MessageRow
from messaging.reads.courses import contact_of
from messaging.reads.messages import message_of
from messaging.viewers import Admit, Viewer, admit_active, load_viewer
from messaging.work import Work
from models import Conversation, Participant
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
    if (first := await first_of(work.db, viewer.id, request)) is not None:
        return await _repeated(work.db, viewer, first, request)
    await access_user(work.db, viewer, recipient_id)
    pair = await pair_of(work.db, viewer.id, recipient_id)
    if (reason := pair.start_refusal(ADMINISTRATIVE)) is not None:
        raise _may_not_start(reason)
    conversation_id = await _conversation_with(viewer, recipient_id)
    return await _send_in(work, viewer, conversation_id, body, request)


async def contact_instructor(
    work: Work, viewer: Viewer, course_id: UUID, instructor_id: UUID, body: str, key: str | None
) -> Sent:
    """Write to an instructor about a course by S0 and S3; the message remembers the course.

    Raises NotFound, BadInput; Refused with MAY_NOT_START and the reason, or for body and key.
    """
    check_body(body)
    request = request_of(key, "contactInstructor", course_id, instructor_id, body)
    if (first := await first_of(work.db, viewer.id, request)) is not None:
        return await _repeated(work.db, viewer, first, request)
    course = await access_course(work.db, viewer, course_id)
    await access_user(work.db, viewer, instructor_id)
    contact = await contact_of(work.db, viewer.id, course_id, instructor_id)
    if (reason := contact.contact_refusal) is not None:
        raise _may_not_start(reason)
    conversation_id = await _conversation_with(viewer, instructor_id)
    return await _send_in(work, viewer, conversation_id, body, request, course)


async def send_message(
    work: Work,
    viewer: Viewer,
    conversation_id: UUID,
    body: str,
    key: str | None,
    admit: Admit = admit_active,
) -> Sent:
    """Write in a chat that exists, while it is open (W1); one read and, at the end, one write.

    The viewer is read anew with the chat, and admitted as they are then. Raises what ``admit``
    does, NotFound, BadInput; Refused with CHAT_CLOSED and the reason, or for body and key.
    """
    check_body(body)
    request = request_of(key, "sendMessage", conversation_id, body)
    facts = await facts_of(work.db, viewer.id, conversation_id, request)
    if facts is None:
        facts = await _facts_without_chat(work.db, viewer, request)
    admit(facts.viewer)
    if facts.first is not None:
        return await _repeated(work.db, facts.viewer, facts.first, request)
    if facts.conversation is None:
        raise NotFound
    if (reason := facts.conversation.closed_reason) is not None:
        raise Refused(
            UserErrorCode.CHAT_CLOSED, "Nobody can write in this chat now.", reason=reason
        )
    return await _send(work, facts.viewer, facts.conversation, body, request)


def _may_not_start(reason: RefusalReason) -> Refused:
    return Refused(
        UserErrorCode.MAY_NOT_START, "You may not start a chat with this person.", reason=reason
    )


async def _repeated(db: Database, viewer: Viewer, first: First, request: Request) -> Sent:
    check_same(first, request)
    message = await message_of(db, viewer.id, first.message_id)
    if message is None:
        raise message_deleted()
    return Sent(message, await access_conversation(db, viewer, message.conversation_id))


async def _facts_without_chat(db: Database, viewer: Viewer, request: Request) -> Facts:
    return Facts(
        viewer=await load_viewer(db, viewer.id),
        first=await first_of(db, viewer.id, request),
        conversation=None,
    )


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


async def _send_in(
    work: Work,
    viewer: Viewer,
    conversation_id: UUID,
    body: str,
    request: Request,
    course: CourseRow | None = None,
) -> Sent:
    conversation = await access_conversation(work.db, viewer, conversation_id)
    return await _send(work, viewer, conversation, body, request, course)


async def _send(
    work: Work,
    viewer: Viewer,
    conversation: ConversationRow,
    body: str,
    request: Request,
    course: CourseRow | None = None,
) -> Sent:
    message_id = new_id()
    posted = await post(
        work,
        Post(
            id=message_id,
            conversation_id=conversation.id,
            sender_id=viewer.id,
            peer_id=conversation.peer.id,
            body=body,
            course_id=None if course is None else course.id,
            idempotency_key=request.key,
            idempotency_hash=None if request.key is None else request.digest,
        ),
    )
    message = MessageRow(
        id=message_id,
        conversation_id=conversation.id,
        seq=posted.seq,
        body=body,
        sent_at=posted.sent_at,
        course=course,
        is_mine=True,
        is_read_by_peer=False,
    )
    message.sender = viewer.user
    return Sent(
        message,
        replace(
            conversation,
            last_message=message,
            unread_count=posted.unread_count,
            last_activity_at=posted.sent_at,
        ),
    )
