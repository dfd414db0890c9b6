"""Strawberry's schema with compiled operations, and a short way for what it knows."""

from collections.abc import Callable, Iterable
from typing import Any, cast

import strawberry
from graphql import ExecutionResult as CoreResult
from graphql import GraphQLError
from graphql import OperationType as OperationKind
from graphql.execution import Executor
from strawberry.execution.is_awaitable import optimized_is_awaitable
from strawberry.extensions import AddValidationRules, SchemaExtension
from strawberry.schema.schema import StreamResult
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType
from strawberry.utils.await_maybe import await_maybe

from gql.execution import streams
from gql.execution.documents import CHARACTERS_KEPT, DocumentCache, Documents, KnownDocument
from gql.execution.executor import CompilingExecutor, compiling
from gql.execution.operations import Operations
from gql.execution.recent import Recent

# Strawberry would run a subscription that comes by HTTP as if it were a query.
ANSWERED_ONCE = frozenset({OperationType.QUERY, OperationType.MUTATION})
ANY_KIND = frozenset(OperationType)

Extension = type[SchemaExtension] | Callable[[], SchemaExtension]


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

    def __init__(
        self,
        *,
        is_compiled: bool = True,
        extensions: Iterable[Extension] = (),
        **kwargs: Any,
    ) -> None:
        self.operations = Operations()
        self.documents: Documents = Recent(CHARACTERS_KEPT)
        # A handler stands between a field and its resolver.
        if is_compiled and not kwargs.get("exception_handlers"):
            kwargs["execution_context_class"] = compiling(self.operations)
        super().__init__(extensions=[self._cache, *extensions], **kwargs)
        # These have nothing to do for a document that is known to be valid.
        of_documents = DocumentCache, AddValidationRules
        self._has_short_way = all(isinstance(each, of_documents) for each in self.get_extensions())

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """Execute what has one answer; subscriptions are for stream()."""
        asked_for = allowed_operation_types
        allowed = ANSWERED_ONCE if asked_for is None else ANSWERED_ONCE.intersection(asked_for)
        document = self._known(query, operation_name, allowed)
        if document is None:
            return await super().execute(
                query, variable_values, context_value, root_value,
                operation_name, allowed, operation_extensions,
            )  # fmt: skip
        try:
            executor = self._executor(
                document, root_value, context_value, variable_values,
                operation_name, operation_extensions,
            )  # fmt: skip
            if isinstance(executor, list):
                return ExecutionResult(data=None, errors=executor)
            found = await self._execute(executor)
        except GraphQLError as error:
            return PreExecutionError(data=None, errors=[error])
        return ExecutionResult(data=found.data, errors=found.errors)

    async def stream(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        operation_extensions: dict[str, Any] | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
    ) -> StreamResult:
        """The results of an operation of any kind: one, or those of a subscription's events."""
        asked_for = allowed_operation_types
        allowed = ANY_KIND if asked_for is None else ANY_KIND.intersection(asked_for)
        document = self._known(query, operation_name, allowed)
        if document is None:
            return await super().stream(
                query, variable_values, context_value, root_value,
                operation_name, operation_extensions, allowed,
            )  # fmt: skip
        executor = self._executor(
            document, root_value, context_value, variable_values,
            operation_name, operation_extensions,
        )  # fmt: skip
        if isinstance(executor, list):
            return streams.refused(executor)
        if executor.operation.operation is OperationKind.SUBSCRIPTION:
            return streams.events(executor)
        return streams.once(self._execute(executor))

    async def _execute(self, executor: Executor[Any]) -> CoreResult:
        if isinstance(executor, CompilingExecutor):
            return await executor.execute_straight()
        return cast(CoreResult, await await_maybe(executor.execute_operation()))

    def _executor(
        self,
        document: KnownDocument,
        root_value: Any,
        context_value: Any,
        variable_values: dict[str, Any] | None,
        operation_name: str | None,
        operation_extensions: dict[str, Any] | None,
    ) -> Executor[Any] | list[GraphQLError]:
        """What executes an operation of a known document, or what is wrong with its variables."""
        return self.execution_context_class.build(
            self._schema, document.node, root_value, context_value, variable_values,
            operation_name, is_awaitable=cast(Any, optimized_is_awaitable),
            operation_extensions=operation_extensions,
        )  # fmt: skip

    def _cache(self) -> DocumentCache:
        return DocumentCache(self.documents)

    def _known(
        self, query: str | None, name: str | None, allowed: frozenset[OperationType]
    ) -> KnownDocument | None:
        """The document, if it is known to be valid and its operation may be executed."""
        document = self.documents.get(query) if self._has_short_way and query else None
        operation = document.operation(name) if document is not None else None
        if operation is None or OperationType(operation.operation.value) not in allowed:
            return None
        return document

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
