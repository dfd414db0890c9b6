"""Behind the mutations of people who write, read and delete."""

import strawberry

from gql import ids
from gql.context import Info
from gql.resolvers.payloads import (
    ConversationPayload,
    DeletedMessagePayload,
    MessagePayload,
    refusable,
)
from messaging.actions import deleting, reading, sending
from messaging.actions.deleting import DeleteScope


@refusable(MessagePayload)
async def start_chat(
    info: Info, recipient_id: strawberry.ID, body: str, idempotency_key: str | None
) -> MessagePayload:
    """Write to somebody whom one administers, in the chat with them or in a new one."""
    sent = await info.context.perform(
        sending.start_chat,
        ids.decode(ids.Kind.USER, recipient_id),
        body,
        idempotency_key,
    )
    return MessagePayload(message=sent.message, conversation=sent.conversation)


@refusable(MessagePayload)
async def contact_instructor(
    info: Info,
    course_id: strawberry.ID,
    instructor_id: strawberry.ID,
    body: str,
    idempotency_key: str | None,
) -> MessagePayload:
    """Write to an instructor of a course one is enrolled in; the message names the course."""
    sent = await info.context.perform(
        sending.contact_instructor,
        ids.decode(ids.Kind.COURSE, course_id),
        ids.decode(ids.Kind.USER, instructor_id),
        body,
        idempotency_key,
    )
    return MessagePayload(message=sent.message, conversation=sent.conversation)


@refusable(MessagePayload)
async def send_message(
    info: Info, conversation_id: strawberry.ID, body: str, idempotency_key: str | None
) -> MessagePayload:
    """Write in a chat, while it is open."""
    # Who sends is read anew together with the chat, not before it.
    context = info.context
    sent = await context.office.run_single(
        sending.send_message,
        context.viewer,
        ids.decode(ids.Kind.CONVERSATION, conversation_id),
        body,
        idempotency_key,
        context.admit,
    )
    return MessagePayload(message=sent.message, conversation=sent.conversation)


@refusable(DeletedMessagePayload)
async def delete_message(
    info: Info, message_id: strawberry.ID, scope: DeleteScope
) -> DeletedMessagePayload:
    """Delete a message for everyone or for oneself. Twice is as good as once."""
    conversation = await info.context.perform(
        deleting.delete_message,
        ids.decode(ids.Kind.MESSAGE, message_id),
        scope,
    )
    return DeletedMessagePayload(message_id=message_id, conversation=conversation)


@refusable(ConversationPayload)
async def delete_chat(info: Info, conversation_id: strawberry.ID) -> ConversationPayload:
    """Take a chat off one's list, with its messages up to now; the peer keeps everything."""
    conversation = await info.context.perform(
        deleting.delete_chat, ids.decode(ids.Kind.CONVERSATION, conversation_id)
    )
    return ConversationPayload(conversation_id=conversation_id, conversation=conversation)


@refusable(ConversationPayload)
async def mark_read(
    info: Info, conversation_id: strawberry.ID, up_to_seq: int
) -> ConversationPayload:
    """Have read a chat up to a message; the read position never goes back."""
    conversation = await info.context.perform(
        reading.mark_read,
        ids.decode(ids.Kind.CONVERSATION, conversation_id),
        up_to_seq,
    )
    return ConversationPayload(conversation_id=conversation_id, conversation=conversation)
