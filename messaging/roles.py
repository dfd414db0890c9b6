"""The highest account-wide role of each person, as it follows from what they were granted."""

from collections.abc import Collection
from uuid import UUID

from models import Role
from models.database import Database, placeholders

# The roles that are granted, the highest first; the others follow from courses.
GRANTABLE = (Role.OWNER, Role.ACCOUNT_ADMIN, Role.DEPARTMENT_ADMIN)

# Archived departments give nothing.
_GRANTS = """FROM role_grants g LEFT JOIN departments d ON d.id = g.department_id
    WHERE g.user_id = {user}.id AND g.is_active AND (d.id IS NULL OR NOT d.is_archived)"""


def is_granted(role: Role, user: str) -> str:
    """The condition that the row of users holds the role."""
    return f"EXISTS (SELECT 1 {_GRANTS.format(user=user)} AND g.role = '{role}')"


def grants_of(user: str) -> str:
    """The roles granted to the row of users, as the sum of their bits (see ``holds``).

    One look at the grants instead of one for each role, and none for the many without a role: to
    begin looks is most of what they cost.
    """
    bits = " ".join(f"WHEN '{role}' THEN {_bit(role)}" for role in GRANTABLE)
    looked_up = f"SELECT SUM(DISTINCT CASE g.role {bits} END) {_GRANTS.format(user=user)}"
    return f"CASE WHEN {user}.role = 'LEARNER' THEN 0 ELSE COALESCE(({looked_up}), 0) END"


def holds(grants: int, role: Role) -> bool:
    """Whether a role is among those granted."""
    return bool(grants & _bit(role))


def _bit(role: Role) -> int:
    return 1 << GRANTABLE.index(role)


async def refresh_roles(db: Database, user_ids: Collection[UUID]) -> None:
    """Derive users.role anew after a change of these people's grants or their departments."""
    if not user_ids:
        return
    whens = " ".join(f"WHEN {is_granted(role, 'users')} THEN '{role}'" for role in GRANTABLE)
    await db.execute(
        f"""UPDATE users SET role = CASE {whens} ELSE 'LEARNER' END
            WHERE id IN ({placeholders(len(user_ids))})""",
        *user_ids,
    )
