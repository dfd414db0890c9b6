"""Chats and roster facts that no mutation makes, written past the rules."""

from datetime import UTC, datetime
from uuid import UUID

from messaging.work import UnitOfWork, Work
from models import Conversation, Course, Department, Enrolment, Membership, Participant
from tests.support.cast import course_id, user_id


async def make_chat(office: UnitOfWork, one: str, other: str) -> UUID:
    """An empty chat of two of the cast, whatever the rules say of them; its id."""
    return await office.run(_make_chat, await user_id(one), await user_id(other))


async def _make_chat(_: Work, one: UUID, other: UUID) -> UUID:
    lower, higher = sorted((one, other))
    account = (await Course.all().first()).account_id  # type: ignore[union-attr]  # the cast has some
    now = datetime.now(UTC)
    chat = await Conversation.create(
        account_id=account, lower_user_id=lower, higher_user_id=higher, last_activity_at=now
    )
    for user, peer in ((lower, higher), (higher, lower)):
        await Participant.create(conversation_id=chat.id, user_id=user, peer_id=peer, listed_at=now)
    return chat.id


async def set_enrolled(name: str, course: str, *, is_active: bool) -> None:
    """Have somebody study a course, or no longer, as an import would."""
    await Enrolment.filter(user_id=await user_id(name), course_id=await course_id(course)).update(
        is_active=is_active
    )


async def set_course_archived(course: str, *, is_archived: bool) -> None:
    """Archive a course, or bring it back, as an import would."""
    await Course.filter(id=await course_id(course)).update(is_archived=is_archived)


async def set_department_archived(department: str, *, is_archived: bool) -> None:
    """Archive a department, or bring it back, as an import would."""
    await Department.filter(id=await department_id(department)).update(is_archived=is_archived)


async def move(name: str, department: str) -> None:
    """Have somebody belong to another department, as an import would."""
    await Membership.filter(user_id=await user_id(name)).update(
        department_id=await department_id(department)
    )


async def department_id(source_id: str) -> UUID:
    """The id of one of the departments of the cast's account."""
    account = (await Course.get(id=await course_id("mechanics"))).account_id
    return (await Department.get(source_id=source_id, account_id=account)).id
