"""Behind the mutations of those who administer the account."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import strawberry

from gql import ids
from gql.context import Info
from gql.resolvers.payloads import InstructorPayload, UserPayload, ViewerPayload, refusable
from messaging.actions import administration
from messaging.reads.columns import CourseRow, UserRow
from messaging.viewers import Viewer
from messaging.work import Work
from models import MessagingMode

_OnUser = Callable[[Work, Viewer, UUID], Awaitable[UserRow]]
_OnInstructor = Callable[[Work, Viewer, UUID, UUID], Awaitable[tuple[CourseRow, UserRow]]]


@refusable(ViewerPayload)
async def set_messaging_mode(info: Info, mode: MessagingMode) -> ViewerPayload:
    """Let the account's people write to each other, or not."""
    viewer = await info.context.perform(administration.set_messaging_mode, mode)
    return ViewerPayload(viewer=viewer)


@refusable(InstructorPayload)
async def assign_instructor(
    info: Info, course_id: strawberry.ID, user_id: strawberry.ID
) -> InstructorPayload:
    """Have somebody teach a course."""
    return await _on_instructor(info, administration.assign_instructor, course_id, user_id)


@refusable(InstructorPayload)
async def unassign_instructor(
    info: Info, course_id: strawberry.ID, user_id: strawberry.ID
) -> InstructorPayload:
    """Have somebody teach a course no longer. Their chats with its learners close, and stay."""
    return await _on_instructor(info, administration.unassign_instructor, course_id, user_id)


@refusable(UserPayload)
async def deactivate_user(info: Info, user_id: strawberry.ID) -> UserPayload:
    """Keep somebody out until activated again. Their chats close, and stay."""
    return await _on_user(info, administration.deactivate_user, user_id)


@refusable(UserPayload)
async def activate_user(info: Info, user_id: strawberry.ID) -> UserPayload:
    """Undo deactivateUser and removeUser."""
    return await _on_user(info, administration.activate_user, user_id)


@refusable(UserPayload)
async def remove_user(info: Info, user_id: strawberry.ID) -> UserPayload:
    """Keep somebody out as one who left. Their chats close, and stay, with their name."""
    return await _on_user(info, administration.remove_user, user_id)


async def _on_user(info: Info, action: _OnUser, user_id: str) -> UserPayload:
    user = await info.context.perform(action, ids.decode(ids.Kind.USER, user_id))
    return UserPayload(user=user)


async def _on_instructor(
    info: Info, action: _OnInstructor, course_id: str, user_id: str
) -> InstructorPayload:
    course, user = await info.context.perform(
        action,
        ids.decode(ids.Kind.COURSE, course_id),
        ids.decode(ids.Kind.USER, user_id),
    )
    return InstructorPayload(course=course, user=user)
