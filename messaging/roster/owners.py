"""The last active owner stays, whatever a roster says (A3)."""

from dataclasses import dataclass
from uuid import UUID

from messaging.roster.cells import quoted
from messaging.roster.job import Job
from messaging.roster.lookups import NOT_YET
from messaging.roster.staging import CHUNK
from messaging.roster.vocabulary import Claim
from models import UserStatus
from models.database import Database, placeholders

_NAMED = f"""
SELECT DISTINCT c.person, p.is_active FROM claims c LEFT JOIN people p ON p.id = c.person
WHERE c.claim = '{Claim.OWNER}' AND c.is_active AND NOT c.bad LIMIT {CHUNK}
"""  # constants
_STANDING = """
SELECT u.id, u.source_id, u.role = 'OWNER', u.status, u.hand_status,
    EXISTS (SELECT 1 FROM role_grants g
        WHERE g.user_id = u.id AND g.role = 'OWNER' AND NOT g.by_hand)
FROM users u WHERE u.account_id = $1 AND (u.role = 'OWNER' OR u.source_id IN ({named}))
"""


@dataclass(frozen=True, slots=True)
class _Standing:
    id: UUID
    source_id: str
    is_owner: bool
    status: UserStatus
    hand_status: UserStatus | None
    is_revoked_by_hand: bool


@dataclass(slots=True)
class Owners:
    """The account's active owners, as far as a chunk leaves them."""

    ids: set[UUID]

    def may_go(self, user_id: UUID) -> bool:
        """Whether an owner is left without this person, who then is none any more."""
        if self.ids == {user_id}:
            return False
        self.ids.discard(user_id)
        return True


async def owners_of(job: Job, db: Database) -> Owners:
    """The active owners, those among them whom the set is about to make so."""
    named = {str(person): is_active for person, is_active in job.staging.rows(_NAMED)}
    select = _STANDING.format(named=placeholders(len(named), after=1) or "NULL")
    standing = await db.rows(_Standing, select, job.account_id, *named)
    ids = {user.id for user in standing if user.is_owner and user.status is UserStatus.ACTIVE}
    for user in standing:
        is_active = named.pop(user.source_id, None)
        if is_active is None:
            is_active = user.status is UserStatus.ACTIVE
        if user.hand_status is not None:
            is_active = user.hand_status is UserStatus.ACTIVE
        if is_active and not user.is_revoked_by_hand:
            ids.add(user.id)
    if any(named.values()):
        ids.add(NOT_YET)
    return Owners(ids)


def stays(source_id: str) -> str:
    """What the report says of the last one."""
    return f"user {quoted(source_id)} stays owner and active: the last one stays (A3)"
