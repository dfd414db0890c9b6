"""What full files leave out, and whether that is too much to be meant."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from messaging.roster.errors import MassRemovalRefused
from messaging.roster.files import CLASSES, ENROLLMENTS, ORGS, USERS
from messaging.roster.job import Job
from messaging.roster.staging import CHUNK
from messaging.roster.vocabulary import Part
from models import UserStatus
from models.database import for_reading, placeholders

# One in five may leave between two imports; more than that is a truncated file until confirmed.
REMOVABLE_PART = 5

_PEOPLE = f"""
SELECT id, source_id, roster_status, hand_status FROM users
WHERE account_id = $1 AND source_id > $2 ORDER BY source_id LIMIT {CHUNK}
"""
_SOURCED = f"""
SELECT id, source_id FROM {{table}}
WHERE account_id = $1 AND source_id > $2 AND NOT is_archived ORDER BY source_id LIMIT {CHUNK}
"""
_ENROLMENTS = """
SELECT x.id, x.user_id, c.source_id, c.is_archived, true, x.is_active
FROM enrolments x JOIN courses c ON c.id = x.course_id
WHERE x.user_id IN ({keys}) AND x.is_active
"""
# Those set by hand alone are listed as kept.
_INSTRUCTORS = """
SELECT x.id, x.user_id, c.source_id, c.is_archived, x.by_hand IS NULL, x.is_active
FROM instructor_assignments x JOIN courses c ON c.id = x.course_id
WHERE x.user_id IN ({keys}) AND (x.by_roster OR x.by_hand)
"""
_NAMED = """
SELECT count(*) FROM enrolments WHERE person = ? AND class = ? AND (part = ? OR bad)
"""


@dataclass(frozen=True, slots=True)
class _Person:
    id: UUID
    source_id: str
    roster_status: UserStatus
    hand_status: UserStatus | None


@dataclass(frozen=True, slots=True)
class _Sourced:
    id: UUID
    source_id: str


@dataclass(frozen=True, slots=True)
class _Study:
    id: UUID
    user_id: UUID
    course: str
    is_archived: bool
    is_rosters: bool
    is_active: bool


class _Loss:
    """How many of how many a set would take away."""

    def __init__(self) -> None:
        self.lost = 0
        self.of = 0

    def count(self, is_lost: bool) -> None:
        self.of += 1
        self.lost += is_lost

    @property
    def is_mass(self) -> bool:
        return self.lost * REMOVABLE_PART > self.of


async def find_missing(job: Job, *, is_allowed: bool) -> None:
    """Note in staging what full files leave out.

    Raises MassRemovalRefused where that is more than a fifth and not allowed.
    """
    people, studies = _Loss(), _Loss()
    if any(map(job.shape.removes, (USERS, CLASSES, ENROLLMENTS))):
        found = 0
        async for page in _people(job):
            _find_people(job, page, people)
            await _find_studies(job, page, studies)
            found += len(page)
            job.progress("comparing people", found, None)
    if job.shape.removes(CLASSES):
        await _find_unnamed(job, "courses", "classes")
    if job.shape.removes(ORGS):
        await _find_unnamed(job, "departments", "orgs")
    if (people.is_mass or studies.is_mass) and not is_allowed:
        parts = (("people", people), ("enrolments and instructors", studies))
        losses = [f"{loss.lost:,} of {loss.of:,} {name}" for name, loss in parts if loss.lost]
        sentence = (
            f"The roster leaves out {' and '.join(losses)}. If that is meant, confirm it with "
            "--allow-mass-removal."
        )
        raise MassRemovalRefused("\n".join([sentence, *job.report.details()]))


async def _people(job: Job) -> AsyncIterator[list[_Person]]:
    last = ""
    while True:
        page = await for_reading().rows(_Person, _PEOPLE, job.account_id, last)
        if page:
            yield page
        if len(page) < CHUNK:
            return
        last = page[-1].source_id


def _find_people(job: Job, page: Sequence[_Person], loss: _Loss) -> None:
    if not job.shape.removes(USERS):
        return
    for person in page:
        is_named = job.staging.has("people", person.source_id)
        is_there = UserStatus.ACTIVE in (person.roster_status, person.hand_status)
        if is_there and not is_named:
            job.staging.insert("missing", ("people", str(person.id)))
        if person.roster_status is UserStatus.ACTIVE and person.hand_status is None:
            loss.count(not is_named)


async def _find_studies(job: Job, page: Sequence[_Person], loss: _Loss) -> None:
    ends, archives = job.shape.removes(ENROLLMENTS), job.shape.removes(CLASSES)
    if not ends and not archives:
        return
    names = {person.id: person.source_id for person in page}
    for kind, select, part in (
        ("enrolments", _ENROLMENTS, Part.STUDIES),
        ("instructors", _INSTRUCTORS, Part.TEACHES),
    ):
        statement = select.format(keys=placeholders(len(page)))
        for study in await for_reading().rows(_Study, statement, *names):
            key = (names[study.user_id], study.course, part)
            is_missing = ends and not job.staging.number(_NAMED, *key)
            if is_missing:
                job.staging.insert("missing", (kind, str(study.id)))
            if study.is_active and study.is_rosters and not study.is_archived:
                loses_course = archives and not job.staging.has("classes", study.course)
                loss.count(is_missing or loses_course)


async def _find_unnamed(job: Job, table: str, staged: str) -> None:
    last = ""
    while True:
        statement = _SOURCED.format(table=table)
        page = await for_reading().rows(_Sourced, statement, job.account_id, last)
        for row in page:
            if not job.staging.has(staged, row.source_id):
                job.staging.insert("missing", (table, str(row.id)))
        if len(page) < CHUNK:
            return
        last = page[-1].source_id
