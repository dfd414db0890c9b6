"""Enrolments become enrolments and instructor assignments."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from messaging.roster.cells import quoted
from messaging.roster.changes import Changes
from messaging.roster.job import Job
from messaging.roster.lookups import NOT_YET, held, ids_of
from messaging.roster.report import Kind
from models import InstructorAssignment
from models.database import Database, placeholders
from models.ids import new_id

# One row for each person in each class: whether they study and teach there, null where the set
# does not say. Of several enrolments of one kind, one that holds is enough.
_PAIRS = """
SELECT person, class, max(CASE WHEN part = 'STUDIES' THEN is_active END),
    max(CASE WHEN part = 'TEACHES' THEN is_active END)
FROM enrolments WHERE NOT bad AND part IS NOT NULL
"""
_TOTAL = """
SELECT count(*) FROM (
    SELECT 1 FROM enrolments WHERE NOT bad AND part IS NOT NULL GROUP BY person, class)
"""
_ENROLMENTS = "SELECT id, user_id, course_id, is_active FROM enrolments WHERE "
_INSTRUCTORS = """
SELECT id, user_id, course_id, by_roster, by_hand, is_active FROM instructor_assignments WHERE
"""
_OF_PEOPLE = "user_id IN ({keys})"
_MISSING = "id IN ({keys})"
_NAMES = """
SELECT a.id, u.source_id, c.source_id FROM instructor_assignments a
JOIN users u ON u.id = a.user_id JOIN courses c ON c.id = a.course_id WHERE a.id IN ({keys})
"""
_ENROL = "INSERT INTO enrolments (id, user_id, course_id, is_active) VALUES ($1, $2, $3, $4)"
_SET_ENROLMENT = "UPDATE enrolments SET is_active = $1 WHERE id = $2"
_ASSIGN = """
INSERT INTO instructor_assignments (id, user_id, course_id, by_roster, is_active)
VALUES ($1, $2, $3, $4, $5)
"""
_SET_INSTRUCTOR = "UPDATE instructor_assignments SET by_roster = $1, is_active = $2 WHERE id = $3"

_Key = tuple[UUID, UUID]


@dataclass(frozen=True, slots=True)
class _Pair:
    person: str
    course: str
    studies: bool | None
    teaches: bool | None


@dataclass(frozen=True, slots=True)
class _Enrolment:
    id: UUID
    user_id: UUID
    course_id: UUID
    is_active: bool


@dataclass(frozen=True, slots=True)
class _Instructor:
    id: UUID
    user_id: UUID
    course_id: UUID
    by_roster: bool
    by_hand: bool | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class _Names:
    id: UUID
    person: str
    course: str


@dataclass(slots=True)
class _Standing:
    """What a chunk's people and courses are to each other now."""

    users: dict[str, UUID]
    courses: dict[str, UUID]
    newcomers: set[str]
    enrolments: dict[_Key, _Enrolment] = field(default_factory=dict)
    instructors: dict[_Key, _Instructor] = field(default_factory=dict)


async def take_studies(job: Job) -> None:
    """Create, renew and end what the set names."""

    async def compare(db: Database, chunk: Sequence[tuple[Any, ...]]) -> Changes:
        return await _compare(job, db, [_Pair(*row) for row in chunk])

    chunks = job.staging.chunks(_PAIRS, "person", "class", is_grouped=True)
    total = await job.staging.in_thread(job.staging.number, _TOTAL)
    await job.take("enrolments", total, chunks, compare)


async def end_missing_studies(job: Job) -> None:
    """End what the full file leaves out."""
    await job.take_missing("enrolments", _end_enrolments)
    await job.take_missing("instructors", _end_instructors)


async def _end_enrolments(db: Database, chunk: Sequence[UUID]) -> Changes:
    changes = Changes()
    for enrolment in await held(db, _Enrolment, _ENROLMENTS + _MISSING, chunk):
        if _set_enrolment(enrolment, False, changes):
            changes.concerned.add(enrolment.user_id)
    return changes


async def _end_instructors(db: Database, chunk: Sequence[UUID]) -> Changes:
    changes = Changes()
    found = await db.rows(_Names, _NAMES.format(keys=placeholders(len(chunk))), *chunk)
    names = {row.id: (row.person, row.course) for row in found}
    for instructor in await held(db, _Instructor, _INSTRUCTORS + _MISSING, chunk):
        if _set_instructor(instructor, False, *names[instructor.id], changes):
            changes.concerned.add(instructor.user_id)
    return changes


async def _compare(job: Job, db: Database, pairs: Sequence[_Pair]) -> Changes:
    changes = Changes()
    standing = await _find(job, db, pairs)
    for pair in pairs:
        user_id = standing.users.get(pair.person)
        course_id = standing.courses.get(pair.course)
        if user_id is None and not job.is_coming(pair.person):
            changes.passed_over += 1
            continue
        if course_id is None and not job.staging.has("classes", pair.course):
            continue
        key = (user_id or NOT_YET, course_id or NOT_YET)
        has_changed = [
            pair.studies is not None and _study(standing, key, bool(pair.studies), changes),
            pair.teaches is not None and _teach(standing, key, pair, changes),
        ]
        if any(has_changed) and pair.person not in standing.newcomers:
            changes.concerned.add(key[0])
    return changes


async def _find(job: Job, db: Database, pairs: Sequence[_Pair]) -> _Standing:
    standing = _Standing(
        users=await ids_of(db, "users", job.account_id, [pair.person for pair in pairs]),
        courses=await ids_of(db, "courses", job.account_id, [pair.course for pair in pairs]),
        newcomers=job.newcomers(sorted({pair.person for pair in pairs})),
    )
    user_ids = list(standing.users.values())
    for enrolment in await held(db, _Enrolment, _ENROLMENTS + _OF_PEOPLE, user_ids):
        standing.enrolments[enrolment.user_id, enrolment.course_id] = enrolment
    for instructor in await held(db, _Instructor, _INSTRUCTORS + _OF_PEOPLE, user_ids):
        standing.instructors[instructor.user_id, instructor.course_id] = instructor
    return standing


def _study(standing: _Standing, key: _Key, holds: bool, changes: Changes) -> bool:
    enrolment = standing.enrolments.get(key)
    if enrolment is not None:
        return _set_enrolment(enrolment, holds, changes)
    if holds:
        changes.inserts[_ENROL].append((new_id(), *key, True))
        changes.tallies[Kind.ENROLMENTS].created += 1
    return holds


def _set_enrolment(enrolment: _Enrolment, holds: bool, changes: Changes) -> bool:
    tally = changes.tallies[Kind.ENROLMENTS]
    if enrolment.is_active == holds:
        tally.unchanged += 1
        return False
    changes.writes[_SET_ENROLMENT].append((holds, enrolment.id))
    tally.count_change(is_end=not holds)
    return True


def _teach(standing: _Standing, key: _Key, pair: _Pair, changes: Changes) -> bool:
    holds = bool(pair.teaches)
    instructor = standing.instructors.get(key)
    if instructor is not None:
        return _set_instructor(instructor, holds, pair.person, pair.course, changes)
    if holds:
        changes.inserts[_ASSIGN].append((new_id(), *key, True, True))
        changes.tallies[Kind.INSTRUCTORS].created += 1
    return holds


def _set_instructor(
    instructor: _Instructor, holds: bool, person: str, course: str, changes: Changes
) -> bool:
    fact = InstructorAssignment(
        by_roster=instructor.by_roster, by_hand=instructor.by_hand, is_active=instructor.is_active
    )
    if not fact.set_by_roster(holds):
        stays = "an instructor" if fact.is_active else "no instructor"
        changes.kept.append(f"user {quoted(person)} stays {stays} of class {quoted(course)}")
    has_changed = fact.is_active != instructor.is_active
    if has_changed or fact.by_roster != instructor.by_roster:
        changes.writes[_SET_INSTRUCTOR].append((holds, fact.is_active, instructor.id))
    if has_changed:
        changes.tallies[Kind.INSTRUCTORS].count_change(is_end=not holds)
    else:
        changes.tallies[Kind.INSTRUCTORS].unchanged += 1
    return has_changed
