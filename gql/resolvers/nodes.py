"""Behind node(id)."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias
from uuid import UUID

import strawberry

from gql import ids
from gql.context import Info
from messaging.reads.columns import ConversationRow, CourseRow, MessageRow, UserRow
from messaging.reads.conversations import conversation_of
from messaging.reads.courses import course_of
from messaging.reads.messages import message_of
from messaging.reads.people import user_of
from models.database import Database

NodeRow: TypeAlias = UserRow | ConversationRow | MessageRow | CourseRow

_READS: Mapping[ids.Kind, Callable[[Database, UUID, UUID], Awaitable[NodeRow | None]]] = {
    ids.Kind.USER: user_of,
    ids.Kind.CONVERSATION: conversation_of,
    ids.Kind.MESSAGE: message_of,
    ids.Kind.COURSE: course_of,
}


async def node(info: Info, id: strawberry.ID) -> NodeRow | None:  # noqa: A002  # the API's name
    """Anything that the viewer may see, by its global id."""
    found = ids.parse(id)
    if found is None:
        return None
    kind, key = found
    return await _READS[kind](info.context.db, info.context.viewer.id, key)
