"""The one door to each thing that a viewer may see.

| thing | who may pass |
|---|---|
| user | themselves; the peers of their chats; administrators, those they administer; whoever sees a course, its instructors |
| conversation | its two participants |
| message | the participants of its conversation, unless deleted, deleted for them, or cleared by them |
| course | who studies or teaches it; administrators of a department above it; owner and account administrators |

Whoever may not pass is answered exactly as if the thing did not exist: NotFound.
"""  # noqa: E501  # a table

from collections.abc import Awaitable
from typing import TypeVar
from uuid import UUID

from messaging.errors import NotFound
from messaging.reads.columns import ConversationRow, CourseRow, MessageRow, UserRow
from messaging.reads.conversations import conversation_of
from messaging.reads.courses import course_of
from messaging.reads.messages import message_of
from messaging.reads.people import user_of
from messaging.viewers import Viewer
from models.database import Database

T = TypeVar("T")


async def access_user(db: Database, viewer: Viewer, user_id: UUID) -> UserRow:
    """The person. Raises NotFound."""
    return await _found(user_of(db, viewer.id, user_id))


async def access_conversation(
    db: Database, viewer: Viewer, conversation_id: UUID
) -> ConversationRow:
    """The conversation, cleared or not. Raises NotFound."""
    return await _found(conversation_of(db, viewer.user, conversation_id))


async def access_message(db: Database, viewer: Viewer, message_id: UUID) -> MessageRow:
    """The message. Raises NotFound."""
    return await _found(message_of(db, viewer.id, message_id))


async def access_course(db: Database, viewer: Viewer, course_id: UUID) -> CourseRow:
    """The course. Raises NotFound."""
    return await _found(course_of(db, viewer.id, course_id))


async def _found(looking: Awaitable[T | None]) -> T:
    thing = await looking
    if thing is None:
        raise NotFound
    return thing
