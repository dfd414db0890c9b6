"""Courses and their instructors."""

from typing import Any

import strawberry

from gql.fields import field
from gql.resolvers import courses
from gql.schema.enums import RefusalReason
from gql.schema.node import Node
from gql.schema.people import User
from messaging.reads.columns import CourseRow


@strawberry.type(description="Somebody who teaches a course.")
class CourseInstructor:
    """Somebody who teaches a course."""

    user: User = field()
    may_contact: bool = field(description="Whether contactInstructor would take a message now.")
    contact_refusal: RefusalReason | None = field(description="Why it would not.")


@strawberry.type(description="Something that is studied and taught.")
class Course(Node):
    """Something that is studied and taught."""

    id: strawberry.ID = field(courses.course_id)
    title: str = field()
    instructors: list[CourseInstructor] = field(courses.instructors)

    @classmethod
    def is_type_of(cls, row: Any, _info: Any) -> bool:
        """Whether the row is drawn as this type."""
        return isinstance(row, CourseRow)
