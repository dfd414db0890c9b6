"""Orgs and roles of users become memberships and grants."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from messaging.roster.changes import Changes
from messaging.roster.claims import Sayings, read_claims
from messaging.roster.files import ROLES, USERS
from messaging.roster.grants import compare_grants
from messaging.roster.job import Job
from messaging.roster.lookups import NOT_YET, held, ids_of
from messaging.roster.report import Kind
from messaging.roster.staging import CHUNK
from models.database import Database, for_reading
from models.ids import new_id

_FIND_PLACED = """
INSERT INTO placed SELECT id FROM people WHERE NOT bad AND NOT is_gone
    UNION SELECT person FROM claims WHERE NOT bad
        AND person NOT IN (SELECT id FROM people WHERE is_gone OR bad)
"""
_PAGE = f"""
SELECT source_id FROM users WHERE account_id = $1 AND source_id > $2 AND roster_status = 'ACTIVE'
ORDER BY source_id LIMIT {CHUNK}
"""  # a constant
_STANDING = "SELECT id, user_id, department_id FROM memberships WHERE user_id IN ({keys})"
_INSERT = "INSERT INTO memberships (id, user_id, department_id) VALUES ($1, $2, $3)"
_DELETE = "DELETE FROM memberships WHERE id = $1"


@dataclass(frozen=True, slots=True)
class _Membership:
    id: UUID
    user_id: UUID
    department_id: UUID


async def take_belonging(job: Job, sole_root: str | None) -> None:
    """Create and end memberships and grants of all whom the set names.

    A full roles.csv speaks of everybody, and so ends what it does not name.
    """

    async def compare(db: Database, chunk: Sequence[str]) -> Changes:
        return await _compare(job, db, read_claims(job.staging, job.shape, chunk, sole_root))

    total = await job.staging.in_thread(job.staging.execute, _FIND_PLACED)
    placed = job.staging.chunks("SELECT id FROM placed WHERE true", "id")
    named = ([source_id for (source_id,) in chunk] for chunk in placed)
    await job.take("departments and roles of people", total, named, compare)
    if job.shape.removes(ROLES) and not job.shape.is_full(USERS):
        async for unnamed in _unnamed(job):
            await job.take("roles of everybody else", len(unnamed), [unnamed], compare)


async def _unnamed(job: Job) -> AsyncIterator[list[str]]:
    """Whom the account has and the set does not name, a chunk at a time."""
    last = ""
    while True:
        page = await for_reading().values(_PAGE, job.account_id, last)
        found = [str(source_id) for (source_id,) in page]
        unnamed = [name for name in found if not _is_named(job, name)]
        if unnamed:
            yield unnamed
        if len(found) < CHUNK:
            return
        last = found[-1]


def _is_named(job: Job, source_id: str) -> bool:
    return job.staging.has("people", source_id) or job.staging.has("placed", source_id)


async def _compare(job: Job, db: Database, sayings: Sayings) -> Changes:
    changes = Changes()
    users = await ids_of(db, "users", job.account_id, sayings)
    orgs = {org for said in sayings.values() for org in said.all_orgs}
    departments = await ids_of(db, "departments", job.account_id, orgs)
    newcomers = job.newcomers(sorted(sayings))
    changed = await _compare_memberships(job, db, sayings, users, departments, changes)
    changed |= await compare_grants(job, db, sayings, users, departments, changes)
    changes.concerned.update(
        users[name] for name in changed if name in users and name not in newcomers
    )
    return changes


async def _compare_memberships(
    job: Job,
    db: Database,
    sayings: Sayings,
    users: dict[str, UUID],
    departments: dict[str, UUID],
    changes: Changes,
) -> set[str]:
    """Whose memberships change."""
    standing: dict[UUID, dict[UUID, UUID]] = {user_id: {} for user_id in users.values()}
    for row in await held(db, _Membership, _STANDING, standing.keys()):
        standing[row.user_id][row.department_id] = row.id
    tally = changes.tallies[Kind.MEMBERSHIPS]
    changed: set[str] = set()
    for name, said in sayings.items():
        user_id = users.get(name)
        if user_id is None and not job.is_coming(name):
            continue
        there = standing.get(user_id, {}) if user_id else {}
        ended = {departments[org] for org in said.ended_orgs if org in departments}
        wanted = [departments.get(org, NOT_YET) for org in sorted(said.orgs)]
        for department_id in wanted:
            if department_id not in there:
                changes.inserts[_INSERT].append((new_id(), user_id or NOT_YET, department_id))
                tally.created += 1
                changed.add(name)
        for department_id in there.keys() - set(wanted):
            if said.states_orgs or department_id in ended:
                changes.writes[_DELETE].append((there[department_id],))
                tally.ended += 1
                changed.add(name)
            else:
                tally.unchanged += 1
        tally.unchanged += len(there.keys() & set(wanted))
    return changed
