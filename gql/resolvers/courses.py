"""Behind Course and the lists of courses."""

from collections.abc import Awaitable

from strawberry import Parent

from gql.context import Info
from messaging.reads.columns import CourseRow
from messaging.reads.courses import InstructorRow, list_courses
from messaging.reads.paging import DEFAULT_FIRST, Page, page_size


async def courses(
    info: Info, first: int | None = DEFAULT_FIRST, after: str | None = None
) -> Page[CourseRow]:
    """The courses that the viewer studies, teaches or administers, by title."""
    context = info.context
    return await list_courses(
        context.db, context.viewer.id, first=page_size(first, "first"), after=after
    )


def instructors(row: Parent[CourseRow], info: Info) -> Awaitable[list[InstructorRow]]:
    """Who teaches it. Empty for who knows the course from a message only."""
    return info.context.loaders.instructors_of.ask(row.id)
