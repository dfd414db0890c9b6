"""Relay's Cursor Connections (https://relay.dev/graphql/connections.htm) over keyset pages."""

from typing import Generic, TypeVar

from gql.fields import field, object_type

T = TypeVar("T")


@object_type
class PageInfo:
    """Where a page stands in its list."""

    has_next_page: bool = field()
    has_previous_page: bool = field()
    start_cursor: str | None = field(description="The cursor of the first edge.")
    end_cursor: str | None = field(
        description="The cursor of the last edge: the next page's `after`."
    )


@object_type
class Edge(Generic[T]):
    """One row of a list and its place."""

    cursor: str
    node: T


@object_type
class Connection(Generic[T]):
    """A page of a list."""

    edges: list[Edge[T]] = field()
    page_info: PageInfo = field()
