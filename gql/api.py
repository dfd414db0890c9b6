"""The schema, put together."""

from functools import cache

from strawberry.extensions import DisableIntrospection
from strawberry.schema.config import StrawberryConfig

from gql.execution.schema import Schema
from gql.limits.table import DEFAULT_COST_LIMIT
from gql.scalars import SCALARS
from gql.schema.conversations import Conversation, Message
from gql.schema.courses import Course
from gql.schema.feed import ENTRIES
from gql.schema.mutation import Mutation
from gql.schema.people import User
from gql.schema.query import Query
from gql.schema.subscription import Subscription


def build_schema(
    *,
    introspection: bool = True,
    suggestions: bool = False,
    compiled: bool = True,
    cost_limit: int = DEFAULT_COST_LIMIT,
) -> Schema:
    """The schema; one without introspection tells nobody what it contains.

    ``suggestions``: whether errors guess which name was meant. ``compiled``: whether what is asked
    of it is compiled, or executed by graphql-core alone. ``cost_limit``: what an operation may
    cost.
    """
    return _built(introspection, suggestions, compiled, cost_limit)


# Putting it together takes longer than many requests, and what is remembered of documents goes
# with it.
@cache
def _built(introspection: bool, suggestions: bool, compiled: bool, cost_limit: int) -> Schema:
    return Schema(
        is_compiled=compiled,
        cost_limit=cost_limit,
        suggestions=suggestions,
        names=introspection,
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[User, Conversation, Message, Course, *ENTRIES],
        extensions=[] if introspection else [DisableIntrospection],
        config=StrawberryConfig(scalar_map=SCALARS),
    )


def sdl() -> str:
    """The schema in the schema definition language, as schema.graphql holds it."""
    return build_schema().as_str() + "\n"
