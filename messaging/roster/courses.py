"""Classes become courses."""

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

_CLASSES = "SELECT id, title, org, states_org, is_archived FROM classes WHERE NOT bad"
_STANDING = "SELECT id, source_id, title, department_id, is_archived FROM courses WHERE "
_NAMED = _STANDING + "account_id = $1 AND source_id IN ({keys})"
_MISSING = _STANDING + "id IN ({keys}) AND NOT is_archived"
_INSERT = """
INSERT INTO courses (id, account_id, source_id, title, department_id, is_archived)
VALUES ($1, $2, $3, $4, $5, $6)
"""
_UPDATE = "UPDATE courses SET title = $1, department_id = $2, is_archived = $3 WHERE id = $4"
_ARCHIVE = "UPDATE courses SET is_archived = $1 WHERE id = $2"
_MEMBERS = (
    "SELECT DISTINCT user_id FROM enrolments WHERE course_id IN ({keys}) AND is_active",
    "SELECT DISTINCT user_id FROM instructor_assignments WHERE course_id IN ({keys}) AND is_active",
)


@dataclass(frozen=True, slots=True)
class _Class:
    source_id: str
    title: str | None
    org: str | None
    states_org: bool
    is_archived: bool


@dataclass(frozen=True, slots=True)
class _Course:
    id: UUID
    source_id: str
    title: str
    department_id: UUID | None
    is_archived: bool


async def take_courses(job: Job) -> None:
    """Create and update what the set names."""
    total = job.staging.number("SELECT count(*) FROM classes WHERE NOT bad")

    async def compare(db: Database, chunk: Sequence[tuple[Any, ...]]) -> Changes:
        return await _compare(job, db, [_Class(*row) for row in chunk])

    await job.take("courses", total, job.staging.chunks(_CLASSES, "id"), compare)


async def archive_missing_courses(job: Job) -> None:
    """Archive what the full file leaves out."""

    async def compare(db: Database, chunk: Sequence[UUID]) -> Changes:
        changes = Changes()
        standing = await held(db, _Course, _MISSING, chunk)
        for course in standing:
            changes.writes[_ARCHIVE].append((True, course.id))
            changes.tallies[Kind.COURSES].ended += 1
        await _concern_members(db, [course.id for course in standing], changes)
        return changes

    await job.take_missing("courses", compare)


async def _compare(job: Job, db: Database, classes: Sequence[_Class]) -> Changes:
    changes = Changes()
    tally = changes.tallies[Kind.COURSES]
    names = [row.source_id for row in classes]
    rows = await held(db, _Course, _NAMED, names, job.account_id)
    standing = {course.source_id: course for course in rows}
    ids = await ids_of(db, "departments", job.account_id, [row.org for row in classes])
    turned: list[UUID] = []
    for row in classes:
        department_id = None if row.org is None else ids.get(row.org, NOT_YET)
        is_archived = bool(row.is_archived)
        course = standing.get(row.source_id)
        if course is None:
            own = (new_id(), job.account_id, row.source_id)
            changes.inserts[_INSERT].append(
                (*own, row.title or row.source_id, department_id, is_archived)
            )
            tally.created += 1
            continue
        if not row.states_org:
            department_id = course.department_id
        before = (course.title, course.department_id, course.is_archived)
        after = (row.title or course.title, department_id, is_archived)
        if before == after:
            tally.unchanged += 1
            continue
        changes.writes[_UPDATE].append((*after, course.id))
        tally.count_change(is_end=is_archived and not course.is_archived)
        if course.is_archived != is_archived:
            turned.append(course.id)
    await _concern_members(db, turned, changes)
    return changes


async def _concern_members(db: Database, course_ids: Sequence[UUID], changes: Changes) -> None:
    """Have it told to whoever studies or teaches there."""
    for select in _MEMBERS:
        changes.concerned |= await ids_in(db, select, course_ids)
