"""Courses and who teaches them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from messaging.policy.reasons import Case, RefusalReason, refusal
from messaging.policy.relations import (
    ADMINISTERS_ACCOUNT,
    ADMINISTERS_COURSE,
    STUDIES,
    TEACHES,
)
from messaging.reads.columns import CourseRow, UserRow, course_columns, user_columns
from messaging.reads.paging import (
    Page,
    decode_cursor,
    encode_cursor,
    forward_page,
    id_in_cursor,
)
from models import MessagingMode
from models.database import Database, placeholders

# Of a row course and a row viewer: studied, taught, of an administered subtree, or the account's.
# An archived course is nobody's.
IS_COURSE_VISIBLE = f"""course.account_id = viewer.account_id AND NOT course.is_archived AND (
    {ADMINISTERS_ACCOUNT.format(a="viewer")}
    OR {STUDIES.format(a="viewer", course="course")}
    OR {TEACHES.format(a="viewer", course="course")}
    OR {ADMINISTERS_COURSE.format(a="viewer", course="course")})"""

# Of a row course and its instructor b: whom the course shows. The removed are gone from it; the
# deactivated stay, with the reason why nobody can contact them.
IS_SHOWN_INSTRUCTOR = "taught.course_id = course.id AND taught.is_active AND b.status <> 'REMOVED'"

_COURSES = f"""
    SELECT {course_columns("course")}
    FROM users viewer JOIN courses course ON course.account_id = viewer.account_id
    WHERE viewer.id = $1 AND {IS_COURSE_VISIBLE}
"""


@dataclass(slots=True)
class _Listed:
    node: CourseRow

    @property
    def cursor(self) -> str:
        return encode_cursor("courses", self.node.title, self.node.id)


@dataclass(slots=True)
class InstructorRow:
    """Somebody in the light of one course, as one viewer may or may not contact them about it."""

    course_id: UUID
    user: UserRow
    messaging_mode: MessagingMode
    is_self: bool
    is_enrolled: bool
    is_assigned: bool
    was_assigned: bool

    @property
    def contact_refusal(self) -> RefusalReason | None:
        """Why the viewer may not contact them about the course (S0, S3)."""
        return refusal(
            Case(
                is_self=self.is_self,
                messaging_mode=self.messaging_mode,
                peer_status=self.user.status,
                is_permitted=self.is_enrolled and self.is_assigned,
                is_unassigned=self.is_enrolled and self.was_assigned,
                lacks_enrolment=not self.is_enrolled,
            )
        )

    @property
    def may_contact(self) -> bool:
        """Whether contactInstructor would take a message now."""
        return self.contact_refusal is None


_INSTRUCTOR_COLUMNS = f"""
    course.id, {user_columns("b")}, account.messaging_mode, b.id = viewer.id,
    {STUDIES.format(a="viewer", course="course")}"""

_INSTRUCTORS = f"""
    SELECT {_INSTRUCTOR_COLUMNS}, TRUE, FALSE
    FROM users viewer
    JOIN accounts account ON account.id = viewer.account_id
    JOIN courses course ON course.account_id = viewer.account_id
    JOIN instructor_assignments taught ON taught.course_id = course.id
    JOIN users b ON b.id = taught.user_id AND {IS_SHOWN_INSTRUCTOR}
    WHERE viewer.id = $1 AND {IS_COURSE_VISIBLE}
"""

_CONTACT = f"""
    SELECT {_INSTRUCTOR_COLUMNS},
        COALESCE(taught.is_active, FALSE), taught.id IS NOT NULL AND NOT taught.is_active
    FROM users viewer
    JOIN accounts account ON account.id = viewer.account_id
    JOIN courses course ON course.id = $2
    JOIN users b ON b.id = $3
    LEFT JOIN instructor_assignments taught
        ON taught.course_id = course.id AND taught.user_id = b.id
    WHERE viewer.id = $1
"""


async def course_of(db: Database, viewer_id: UUID, course_id: UUID) -> CourseRow | None:
    """The course, if the viewer sees it.

    Uses index: courses (id), and those of the relations.
    """
    return await db.row(CourseRow, f"{_COURSES} AND course.id = $2", viewer_id, course_id)


async def list_courses(
    db: Database, viewer_id: UUID, *, first: int, after: str | None
) -> Page[CourseRow]:
    """The courses that the viewer sees, by title.

    Uses index: courses (account_id, title, id), and those of the relations.
    """
    args: list[object] = [viewer_id, first + 1]
    behind = ""
    if after is not None:
        args += _place(after)
        behind = "AND (course.title, course.id) > ($3, $4)"
    found = await db.rows(
        _Listed, f"{_COURSES} {behind} ORDER BY course.title, course.id LIMIT $2", *args
    )
    return forward_page(found, first, after)


async def instructors_of(
    db: Database, viewer_id: UUID, course_ids: Sequence[UUID]
) -> dict[UUID, list[InstructorRow]]:
    """Who teaches each of the courses that the viewer sees, by the course's id and their names.

    Uses index: instructor_assignments (course_id, user_id).
    """
    taught: dict[UUID, list[InstructorRow]] = {course_id: [] for course_id in course_ids}
    if not course_ids:
        return taught
    found = await db.rows(
        InstructorRow,
        f"""{_INSTRUCTORS} AND course.id IN ({placeholders(len(course_ids), after=1)})
            ORDER BY b.search_name, b.id""",
        viewer_id,
        *course_ids,
    )
    for row in found:
        taught[row.course_id].append(row)
    return taught


async def contact_of(
    db: Database, viewer_id: UUID, course_id: UUID, user_id: UUID
) -> InstructorRow:
    """A person in the light of a course, both of which exist.

    Uses index: instructor_assignments (user_id, course_id).
    """
    [contact] = await db.rows(InstructorRow, _CONTACT, viewer_id, course_id, user_id)
    return contact


def _place(cursor: str) -> tuple[str, UUID]:
    title, course_id = decode_cursor("courses", cursor, str, str)
    return str(title), id_in_cursor(course_id)
