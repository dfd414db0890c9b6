"""The administrative roles that a roster gives and takes back."""

from dataclasses import dataclass
from uuid import UUID

from messaging.roster.cells import quoted
from messaging.roster.changes import Changes
from messaging.roster.claims import Said, Sayings
from messaging.roster.job import Job
from messaging.roster.lookups import NOT_YET, held
from messaging.roster.owners import Owners, owners_of, stays
from messaging.roster.report import Kind
from models import Role, RoleGrant
from models.database import Database
from models.ids import new_id

_UPDATE = "UPDATE role_grants SET by_roster = $1, is_active = $2 WHERE id = $3"

_STANDING = """
SELECT id, user_id, role, department_id, by_roster, by_hand, is_active FROM role_grants
WHERE user_id IN ({keys})
"""
_INSERT = """
INSERT INTO role_grants (id, user_id, role, department_id, by_roster, is_active)
VALUES ($1, $2, $3, $4, $5, $6)
"""

_Place = tuple[Role, UUID | None]


@dataclass(frozen=True, slots=True)
class _Grant:
    id: UUID
    user_id: UUID
    role: Role
    department_id: UUID | None
    by_roster: bool
    by_hand: bool | None
    is_active: bool


async def compare_grants(
    job: Job,
    db: Database,
    sayings: Sayings,
    users: dict[str, UUID],
    departments: dict[str, UUID],
    changes: Changes,
) -> set[str]:
    """Whose roles change."""
    standing: dict[UUID, dict[_Place, _Grant]] = {user_id: {} for user_id in users.values()}
    for grant in await held(db, _Grant, _STANDING, standing.keys()):
        standing[grant.user_id][grant.role, grant.department_id] = grant
    owners = await owners_of(job, db)
    changed: set[str] = set()
    for name, said in sayings.items():
        user_id = users.get(name)
        if user_id is None and not job.is_coming(name):
            continue
        there = standing.get(user_id, {}) if user_id else {}
        if _compare(name, user_id or NOT_YET, said, there, departments, owners, changes):
            changed.add(name)
            changes.role_holders.update([user_id] if user_id else [])
    return changed


def _compare(
    name: str,
    user_id: UUID,
    said: Said,
    there: dict[_Place, _Grant],
    departments: dict[str, UUID],
    owners: Owners,
    changes: Changes,
) -> bool:
    wanted: set[_Place] = {
        (role, None if org is None else departments.get(org, NOT_YET)) for role, org in said.grants
    }
    ended: set[_Place] = {
        (role, None if org is None else departments.get(org)) for role, org in said.ended_grants
    }
    before = changes.tallies[Kind.ROLES].changed
    for place in sorted(wanted - there.keys(), key=str):
        changes.inserts[_INSERT].append((new_id(), user_id, *place, True, True))
        changes.tallies[Kind.ROLES].created += 1
    for place, grant in there.items():
        if place in wanted:
            _set(grant, True, name, owners, changes)
        elif said.states_grants or place in ended:
            _set(grant, False, name, owners, changes)
    return changes.tallies[Kind.ROLES].changed != before


def _set(grant: _Grant, holds: bool, name: str, owners: Owners, changes: Changes) -> None:
    goes = grant.role is Role.OWNER and grant.by_hand is None and not holds
    if goes and not owners.may_go(grant.user_id):
        changes.kept.append(stays(name))
        holds = grant.by_roster
    fact = RoleGrant(by_roster=grant.by_roster, by_hand=grant.by_hand, is_active=grant.is_active)
    if not fact.set_by_roster(holds):
        verb = "keeps" if fact.is_active else "stays without"
        changes.kept.append(f"user {quoted(name)} {verb} the role {grant.role}")
    has_changed = fact.is_active != grant.is_active
    if has_changed or fact.by_roster != grant.by_roster:
        changes.writes[_UPDATE].append((holds, fact.is_active, grant.id))
    if has_changed:
        changes.tallies[Kind.ROLES].count_change(is_end=not holds)
    else:
        changes.tallies[Kind.ROLES].unchanged += fact.is_active
