"""Courses and their instructors."""

import strawberry

from gql.fields import drawn_from, field, id_field, object_type
from gql.ids import Kind
from gql.resolvers import courses
from gql.schema.enums import RefusalReason
from gql.schema.node import Node
from gql.schema.people import User
from messaging.reads.columns import CourseRow


@object_type
class CourseInstructor:
    """Somebody who teaches a course."""

    user: User = field()
    may_contact: bool = field(description="Whether contactInstructor would take a message now.")
    contact_refusal: RefusalReason | None = field(description="Why it would not.")


@drawn_from(CourseRow)
class Course(Node):
    """Something that is studied and taught."""

    id: strawberry.ID = id_field(Kind.COURSE)
    title: str = field()
    instructors: list[CourseInstructor] = field(courses.instructors)
