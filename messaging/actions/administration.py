"""Administration: the messaging mode, instructors, who may be here, who administers what."""

from uuid import UUID

from messaging.access import access_course, access_user
from messaging.errors import Refused, UserErrorCode
from messaging.feed.announcements import announce, announce_to_all
from messaging.policy.reasons import RefusalReason
from messaging.policy.rules import sentence
from messaging.reads.columns import CourseRow, UserRow
from messaging.viewers import Viewer, load_viewer
from messaging.work import Work, repeatable
from models import Account, InstructorAssignment, MessagingMode, Role, User, UserStatus

_INACTIVE_REASON = {
    UserStatus.DEACTIVATED: RefusalReason.PEER_DEACTIVATED,
    UserStatus.REMOVED: RefusalReason.PEER_REMOVED,
}


@repeatable
async def set_messaging_mode(work: Work, viewer: Viewer, mode: MessagingMode) -> Viewer:
    """Let the account's people write to each other, or not (W3)."""
    account = await Account.select_for_update(no_key=True).get(id=viewer.account_id)
    if account.messaging_mode is not mode:
        account.messaging_mode = mode
        await account.save(update_fields=["messaging_mode"])
        await announce_to_all(work, account.id)
    return await load_viewer(work.db, viewer.id)


@repeatable
async def assign_instructor(
    work: Work, viewer: Viewer, course_id: UUID, user_id: UUID
) -> tuple[CourseRow, UserRow]:
    """Have somebody teach a course. Raises NotFound; Refused by A4."""
    course = await access_course(work.db, viewer, course_id)
    user = await access_user(work.db, viewer, user_id)
    if user.status is not UserStatus.ACTIVE:
        raise _may_not_manage("A4", _INACTIVE_REASON[user.status])
    await _set_assignment(work, viewer, course_id, user_id, is_assigned=True)
    return course, user


@repeatable
async def unassign_instructor(
    work: Work, viewer: Viewer, course_id: UUID, user_id: UUID
) -> tuple[CourseRow, UserRow]:
    """Have somebody teach a course no longer; the assignment is ended, not forgotten.

    Raises NotFound.
    """
    course = await access_course(work.db, viewer, course_id)
    user = await access_user(work.db, viewer, user_id)
    await _set_assignment(work, viewer, course_id, user_id, is_assigned=False)
    return course, user


async def _set_assignment(
    work: Work, viewer: Viewer, course_id: UUID, user_id: UUID, *, is_assigned: bool
) -> None:
    assignment = (
        await InstructorAssignment.filter(course_id=course_id, user_id=user_id)
        .select_for_update(no_key=True)
        .first()
    )
    if assignment is None:
        if not is_assigned:
            # A row here would say that they once taught the course.
            return
        assignment = InstructorAssignment(course_id=course_id, user_id=user_id)
    was_assigned = assignment.is_active
    assignment.set_by_hand(is_assigned)
    await assignment.save()
    if was_assigned != is_assigned:
        await announce(work, viewer.account_id, [user_id], concerns_chats=True)


@repeatable
async def deactivate_user(work: Work, viewer: Viewer, user_id: UUID) -> UserRow:
    """Keep somebody out until activated again (W4). Raises NotFound; Refused by A1-A3."""
    return await _set_status(work, viewer, user_id, UserStatus.DEACTIVATED)


@repeatable
async def remove_user(work: Work, viewer: Viewer, user_id: UUID) -> UserRow:
    """Keep somebody out as one who left (W4). Raises NotFound; Refused by A1-A3."""
    return await _set_status(work, viewer, user_id, UserStatus.REMOVED)


@repeatable
async def activate_user(work: Work, viewer: Viewer, user_id: UUID) -> UserRow:
    """Undo both. Raises NotFound; Refused by A2."""
    return await _set_status(work, viewer, user_id, UserStatus.ACTIVE)


async def _set_status(work: Work, viewer: Viewer, user_id: UUID, status: UserStatus) -> UserRow:
    # Two owners who deactivate each other at once: the second waits here and meets A3.
    await Account.select_for_update(no_key=True).get(id=viewer.account_id)
    await access_user(work.db, viewer, user_id)
    user = await User.select_for_update(no_key=True).get(id=user_id)
    await _check_manageable(viewer, user, status)
    was = user.status
    if not (was is UserStatus.REMOVED and status is UserStatus.DEACTIVATED):
        # Also where it is so already: what a hand set stands against the roster (A5).
        user.set_status_by_hand(status)
        await user.save(update_fields=["hand_status", "status"])
    if user.status is not was:
        await announce(work, viewer.account_id, [user_id], concerns_chats=True)
    return await access_user(work.db, viewer, user_id)


async def _check_manageable(viewer: Viewer, user: User, status: UserStatus) -> None:
    takes_away = status is not UserStatus.ACTIVE
    if takes_away and user.id == viewer.id:
        raise _may_not_manage("A1")
    if user.role in (Role.OWNER, Role.ACCOUNT_ADMIN) and not viewer.is_owner:
        raise _may_not_manage("A2")
    if takes_away and await is_last_active_owner(user):
        raise _may_not_manage("A3")


async def is_last_active_owner(user: User) -> bool:
    """Whether the account would be left without an active owner (A3)."""
    if user.role is not Role.OWNER or user.status is not UserStatus.ACTIVE:
        return False
    others = User.filter(
        account_id=user.account_id, role=Role.OWNER, status=UserStatus.ACTIVE
    ).exclude(id=user.id)
    return not await others.exists()


def _may_not_manage(rule_id: str, reason: RefusalReason | None = None) -> Refused:
    return Refused(UserErrorCode.MAY_NOT_MANAGE, sentence(rule_id), reason=reason)
