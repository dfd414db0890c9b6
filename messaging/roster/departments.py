"""Orgs become departments."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from messaging.roster.changes import Changes
from messaging.roster.job import Job
from messaging.roster.lookups import NOT_YET, held, ids_in, ids_of
from messaging.roster.report import Kind
from models.database import Database
from models.ids import new_id

# From the top down: a department comes after the one above it.
_ORGS = """
SELECT depth, id, name, parent, states_parent, is_archived FROM orgs
WHERE NOT bad AND depth IS NOT NULL
"""
_STANDING = "SELECT id, source_id, name, parent_id, is_archived FROM departments WHERE "
_NAMED = _STANDING + "account_id = $1 AND source_id IN ({keys})"
_MISSING = _STANDING + "id IN ({keys}) AND NOT is_archived"
_INSERT = """
INSERT INTO departments (id, account_id, source_id, name, parent_id, is_archived)
VALUES ($1, $2, $3, $4, $5, $6)
"""
_UPDATE = "UPDATE departments SET name = $1, parent_id = $2, is_archived = $3 WHERE id = $4"
_ARCHIVE = "UPDATE departments SET is_archived = $1 WHERE id = $2"
_ADMINISTRATORS = """
SELECT DISTINCT user_id FROM role_grants WHERE department_id IN ({keys}) AND is_active
"""


@dataclass(frozen=True, slots=True)
class _Org:
    depth: int
    source_id: str
    name: str | None
    parent: str | None
    states_parent: bool
    is_archived: bool


@dataclass(frozen=True, slots=True)
class _Department:
    id: UUID
    source_id: str
    name: str
    parent_id: UUID | None
    is_archived: bool


async def take_departments(job: Job) -> None:
    """Create and update what the set names."""
    total = job.staging.number("SELECT count(*) FROM orgs WHERE NOT bad")

    async def compare(db: Database, chunk: Sequence[tuple[Any, ...]]) -> Changes:
        return await _compare(job, db, [_Org(*row) for row in chunk])

    await job.take("departments", total, job.staging.chunks(_ORGS, "depth", "id"), compare)


async def archive_missing_departments(job: Job) -> None:
    """Archive what the full file leaves out."""

    async def compare(db: Database, chunk: Sequence[UUID]) -> Changes:
        changes = Changes()
        standing = await held(db, _Department, _MISSING, chunk)
        for department in standing:
            changes.writes[_ARCHIVE].append((True, department.id))
            changes.tallies[Kind.DEPARTMENTS].ended += 1
        await concern_administrators(db, [department.id for department in standing], changes)
        return changes

    await job.take_missing("departments", compare)


async def concern_administrators(
    db: Database, department_ids: Sequence[UUID], changes: Changes
) -> None:
    """Have it told to whoever administers these departments that their rights are others now."""
    administrators = await ids_in(db, _ADMINISTRATORS, department_ids)
    changes.role_holders |= administrators
    changes.concerned |= administrators


async def _compare(job: Job, db: Database, orgs: Sequence[_Org]) -> Changes:
    changes = Changes()
    tally = changes.tallies[Kind.DEPARTMENTS]
    names = [org.source_id for org in orgs]
    rows = await held(db, _Department, _NAMED, names, job.account_id)
    standing = {department.source_id: department for department in rows}
    ids = await ids_of(db, "departments", job.account_id, [org.parent for org in orgs])
    turned: list[UUID] = []
    for org in orgs:
        parent_id = None if org.parent is None else ids.get(org.parent, NOT_YET)
        is_archived = bool(org.is_archived)
        department = standing.get(org.source_id)
        if department is None:
            ids[org.source_id] = new_id()
            own = (ids[org.source_id], job.account_id, org.source_id)
            changes.inserts[_INSERT].append(
                (*own, org.name or org.source_id, parent_id, is_archived)
            )
            tally.created += 1
            continue
        if not org.states_parent:
            parent_id = department.parent_id
        before = (department.name, department.parent_id, department.is_archived)
        after = (org.name or department.name, parent_id, is_archived)
        if before == after:
            tally.unchanged += 1
            continue
        changes.writes[_UPDATE].append((*after, department.id))
        tally.count_change(is_end=is_archived and not department.is_archived)
        if department.is_archived != is_archived:
            turned.append(department.id)
    await concern_administrators(db, turned, changes)
    return changes
