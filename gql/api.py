"""The schema, put together."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.extensions import DisableIntrospection, SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.graphql import OperationType

from gql.execution.documents import CHARACTERS_KEPT, DocumentCache, Documents
from gql.execution.executor import compiling
from gql.execution.operations import Operations
from gql.execution.recent import Recent
from gql.scalars import SCALARS
from gql.schema.conversations import Conversation, Message
from gql.schema.courses import Course
from gql.schema.feed import ENTRIES
from gql.schema.mutation import Mutation
from gql.schema.people import User
from gql.schema.query import Query
from gql.schema.subscription import Subscription

# Strawberry would run a subscription that comes by HTTP as if it were a query.
ANSWERED_ONCE = frozenset({OperationType.QUERY, OperationType.MUTATION})


class OperationAsNamed(ExecutionContext):
    """Strawberry's context of an operation, with no other name than the request gives.

    Of several operations Strawberry would take the first for the one that was meant; graphql-core,
    which is told of no name, refuses to choose.
    """

    @property
    def operation_name(self) -> str | None:
        """The name in the request."""
        return self._provided_operation_name


class Schema(strawberry.Schema):
    """Strawberry's schema, whose errors are logged where they get their codes.

    ``is_compiled``: whether operations are compiled, or executed by graphql-core alone.
    """

    def __init__(self, *args: Any, is_compiled: bool = True, **kwargs: Any) -> None:
        self.operations = Operations()
        # A handler stands between a field and its resolver.
        if is_compiled and not kwargs.get("exception_handlers"):
            kwargs["execution_context_class"] = compiling(self.operations)
        super().__init__(*args, **kwargs)

    async def execute(self, *args: Any, **kwargs: Any) -> ExecutionResult:
        """Execute what has one answer; subscriptions are for stream()."""
        allowed = kwargs.get("allowed_operation_types")
        kwargs["allowed_operation_types"] = ANSWERED_ONCE.intersection(allowed or ANSWERED_ONCE)
        return await super().execute(*args, **kwargs)

    def _create_execution_context(
        self,
        query: str | None,
        allowed_operation_types: Iterable[OperationType],
        variable_values: dict[str, Any] | None = None,
        context_value: Any = None,
        root_value: Any = None,
        operation_name: str | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionContext:
        return OperationAsNamed(
            query,
            self,
            allowed_operation_types,
            context=context_value,
            variables=variable_values,
            root_value=root_value,
            provided_operation_name=operation_name,
            operation_extensions=operation_extensions,
        )

    def process_errors(self, errors: list[GraphQLError], execution_context: Any = None) -> None:
        """Do nothing: of an error a client caused, the log has nothing to say."""


# Putting it together takes longer than many requests, and what Strawberry remembers of documents
# goes with it.
@cache
def build_schema(*, introspection: bool = True, compiled: bool = True) -> Schema:
    """The schema; one without introspection tells nobody what it contains.

    ``compiled``: whether what is asked of it is compiled, or executed by graphql-core alone.
    """
    documents: Documents = Recent(CHARACTERS_KEPT)
    extensions: list[type[SchemaExtension] | Callable[[], SchemaExtension]] = [
        lambda: DocumentCache(documents)
    ]
    if not introspection:
        extensions.append(DisableIntrospection)
    return Schema(
        is_compiled=compiled,
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[User, Conversation, Message, Course, *ENTRIES],
        extensions=extensions,
        config=StrawberryConfig(disable_field_suggestions=not introspection, scalar_map=SCALARS),
    )


def sdl() -> str:
    """The schema in the schema definition language, as schema.graphql holds it."""
    return build_schema().as_str() + "\n"
