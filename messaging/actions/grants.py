"""Granting and revoking administrative roles by hand. Commands do this, not mutations."""

from uuid import UUID

from messaging.actions.administration import is_last_active_owner
from messaging.errors import BadInput
from messaging.feed.announcements import announce
from messaging.policy.rules import sentence
from messaging.roles import refresh_roles
from messaging.work import Work, repeatable
from models import Account, Department, Role, RoleGrant, User

GRANTABLE = (Role.OWNER, Role.ACCOUNT_ADMIN, Role.DEPARTMENT_ADMIN)


@repeatable
async def grant_role(
    work: Work, account_id: UUID, user_source_id: str, role: Role, department_source_id: str | None
) -> bool:
    """Grant a role; false where the person held it already. Raises BadInput."""
    return await _set_grant(
        work, account_id, user_source_id, role, department_source_id, is_granted=True
    )


@repeatable
async def revoke_role(
    work: Work, account_id: UUID, user_source_id: str, role: Role, department_source_id: str | None
) -> bool:
    """Revoke a role; false where the person did not hold it. Raises BadInput, also for A3."""
    return await _set_grant(
        work, account_id, user_source_id, role, department_source_id, is_granted=False
    )


async def _set_grant(
    work: Work,
    account_id: UUID,
    user_source_id: str,
    role: Role,
    department_source_id: str | None,
    *,
    is_granted: bool,
) -> bool:
    # The last two owners revoked at once: the second waits here and meets A3.
    await Account.select_for_update(no_key=True).get(id=account_id)
    user = await User.get_or_none(account_id=account_id, source_id=user_source_id)
    if user is None:
        raise BadInput(f"The account has no user with the source id {user_source_id!r}.")
    department_id = await _department_id(account_id, role, department_source_id)
    grant = await RoleGrant.get_or_none(user_id=user.id, role=role, department_id=department_id)
    grant = grant or RoleGrant(user_id=user.id, role=role, department_id=department_id)
    was_granted = grant.is_active
    ends_owner = role is Role.OWNER and was_granted and not is_granted
    if ends_owner and await is_last_active_owner(user):
        raise BadInput(f"{sentence('A3')} Grant OWNER to somebody else first.")
    grant.set_by_hand(is_granted)
    await grant.save()
    await refresh_roles(work.db, [user.id])
    if was_granted != is_granted:
        await announce(work, account_id, [user.id], concerns_chats=True)
    return was_granted != is_granted


async def _department_id(
    account_id: UUID, role: Role, department_source_id: str | None
) -> UUID | None:
    if role not in GRANTABLE:
        raise BadInput(f"{role} follows from courses; it cannot be granted.")
    if role is not Role.DEPARTMENT_ADMIN:
        if department_source_id is not None:
            raise BadInput(f"{role} is for the whole account: leave out the department.")
        return None
    if department_source_id is None:
        raise BadInput("DEPARTMENT_ADMIN needs a department.")
    department = await Department.get_or_none(account_id=account_id, source_id=department_source_id)
    if department is None:
        raise BadInput(
            f"The account has no department with the source id {department_source_id!r}."
        )
    return department.id
