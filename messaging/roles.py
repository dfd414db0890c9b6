"""The highest account-wide role of each person, as it follows from what they were granted."""

from collections.abc import Collection
from uuid import UUID

from models import Role
from models.database import Database, placeholders

_GRANTED = """EXISTS (
    SELECT 1 FROM role_grants g LEFT JOIN departments d ON d.id = g.department_id
    WHERE g.user_id = {user}.id AND g.role = '{role}' AND g.is_active
    AND (d.id IS NULL OR NOT d.is_archived))"""


def is_granted(role: Role, user: str) -> str:
    """The condition that the row of users holds the role; archived departments give nothing."""
    return _GRANTED.format(user=user, role=role)


async def refresh_roles(db: Database, user_ids: Collection[UUID]) -> None:
    """Derive users.role anew after a change of these people's grants or their departments."""
    if not user_ids:
        return
    whens = " ".join(
        f"WHEN {is_granted(role, 'users')} THEN '{role}'"
        for role in (Role.OWNER, Role.ACCOUNT_ADMIN, Role.DEPARTMENT_ADMIN)
    )
    await db.execute(
        f"""UPDATE users SET role = CASE {whens} ELSE 'LEARNER' END
            WHERE id IN ({placeholders(len(user_ids))})""",
        *user_ids,
    )
