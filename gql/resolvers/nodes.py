"""Behind what is asked for by its id: null for what is not there or not visible."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias
from uuid import UUID

import strawberry

from gql import ids
from gql.context import Info
from messaging.access import (
    access_conversation,
    access_course,
    access_message,
    access_user,
)
from messaging.errors import NotFound
from messaging.reads.columns import ConversationRow, CourseRow, MessageRow, UserRow
from messaging.viewers import Viewer
from models.database import Database

NodeRow: TypeAlias = UserRow | ConversationRow | MessageRow | CourseRow

_DOORS: Mapping[ids.Kind, Callable[[Database, Viewer, UUID], Awaitable[NodeRow]]] = {
    ids.Kind.USER: access_user,
    ids.Kind.CONVERSATION: access_conversation,
    ids.Kind.MESSAGE: access_message,
    ids.Kind.COURSE: access_course,
}


async def node(info: Info, id: strawberry.ID) -> NodeRow | None:  # noqa: A002  # the API's name
    """Anything that the viewer may see, by its global id."""
    return await _visible(info, ids.parse(id))


async def conversation(info: Info, id: strawberry.ID) -> NodeRow | None:  # noqa: A002  # the API's name
    """A conversation in which the viewer takes part; one deleted from the list answers, empty."""
    return await _visible(info, ids.parse(id), ids.Kind.CONVERSATION)


async def course(info: Info, id: strawberry.ID) -> NodeRow | None:  # noqa: A002  # the API's name
    """A course that the viewer studies, teaches or administers."""
    return await _visible(info, ids.parse(id), ids.Kind.COURSE)


async def _visible(
    info: Info, found: tuple[ids.Kind, UUID] | None, only: ids.Kind | None = None
) -> NodeRow | None:
    if found is None or only not in (None, found[0]):
        return None
    kind, key = found
    try:
        return await _DOORS[kind](info.context.db, info.context.viewer, key)
    except NotFound:
        return None
