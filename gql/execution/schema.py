"""Strawberry's schema with compiled operations, and a short way for what it knows."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, cast

import strawberry
from graphql import ExecutionResult as CoreResult
from graphql import GraphQLError, get_operation_ast
from graphql import OperationType as OperationKind
from graphql.execution import Executor
from strawberry.execution.is_awaitable import optimized_is_awaitable
from strawberry.extensions import AddValidationRules, SchemaExtension
from strawberry.schema.schema import StreamResult
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType
from strawberry.utils.await_maybe import await_maybe

from gql.errors import OperationTooComplex
from gql.execution import streams
from gql.execution.admission import Admission, cost_in
from gql.execution.documents import CHARACTERS_KEPT, DocumentCache, Documents, KnownDocument
from gql.execution.executor import CompilingExecutor, compiling
from gql.execution.operations import Operations
from gql.execution.prepared import Asked, Prepared
from gql.execution.recent import Recent
from gql.limits.table import DEFAULT_COST_LIMIT
from gql.limits.telling import Teller
from gql.limits.validation import BoundedValidation

# Strawberry would run a subscription that comes by HTTP as if it were a query.
ANSWERED_ONCE = frozenset({OperationType.QUERY, OperationType.MUTATION})
ANY_KIND = frozenset(OperationType)
_KINDS = {OperationKind(each.value): each for each in OperationType}

Extension = type[SchemaExtension] | Callable[[], SchemaExtension]


class OperationAsNamed(ExecutionContext):
    """Strawberry's context of an operation, with no other name than the request gives.

    Of several operations Strawberry would take the first for the one that was meant; graphql-core,
    which is told of no name, refuses to choose.
    """

    # What is executed, once it is known to be within its limits.
    document: KnownDocument | None = None

    @property
    def operation_name(self) -> str | None:
        """The name in the request."""
        return self._provided_operation_name


class Schema(strawberry.Schema):
    """Strawberry's schema, whose errors are logged where they get their codes.

    ``is_compiled``: whether operations are compiled, or executed by graphql-core alone.
    ``cost_limit``: what an operation may cost. ``suggestions``: whether errors may guess what was
    meant. ``names``: whether they may name what stands in the schema alone.
    """

    def __init__(
        self,
        *,
        is_compiled: bool = True,
        cost_limit: int = DEFAULT_COST_LIMIT,
        suggestions: bool = True,
        names: bool = True,
        extensions: Iterable[Extension] = (),
        **kwargs: Any,
    ) -> None:
        self.operations = Operations()
        self.documents: Documents = Recent(CHARACTERS_KEPT)
        # A handler stands between a field and its resolver.
        if is_compiled and not kwargs.get("exception_handlers"):
            kwargs["execution_context_class"] = compiling(self.operations)
        hooks = [self._cache, lambda: BoundedValidation(suggestions=suggestions), *extensions]
        super().__init__(extensions=hooks, **kwargs)
        self._admission = Admission(self._schema, cost_limit)
        self._teller = Teller(self._schema, names=names, suggestions=suggestions)
        # These have nothing to do for a document that is known to be valid.
        of_documents = DocumentCache, BoundedValidation, AddValidationRules
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
        asked = Asked(
            document, operation_name, variable_values,
            context_value, root_value, operation_extensions,
        )  # fmt: skip
        return await self._answer(asked)

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
        asked = Asked(
            document, operation_name, variable_values,
            context_value, root_value, operation_extensions,
        )  # fmt: skip
        return self._events(asked) if asked.is_subscription else streams.once(self._answer(asked))

    def has_one_answer(self, query: str, operation_name: str | None) -> bool:
        """Whether an operation is a query or a mutation, or nonsense, which is answered too."""
        document = self.documents.get(query)
        if document is not None:
            operation = document.operation(operation_name)
        else:
            try:
                operation = get_operation_ast(self._admission.parse(query), operation_name)
            except GraphQLError:
                return True
        return operation is None or operation.operation is not OperationKind.SUBSCRIPTION

    async def _answer(self, asked: Asked) -> ExecutionResult:
        """The one answer to a known query or mutation."""
        try:
            cost = self._admission.check(asked.document, asked.operation_name, asked.variables)
            executor = self._executor(asked)
            if isinstance(executor, list):
                self._teller.mend(executor, asked.document.text)
                return ExecutionResult(data=None, errors=executor, extensions=cost)
            found = await self._execute(executor)
        except OperationTooComplex as error:
            return PreExecutionError(data=None, errors=[error], extensions=cost_in(error))
        except GraphQLError as error:
            self._teller.mend([error], asked.document.text)
            return PreExecutionError(data=None, errors=[error])
        if found.errors:
            self._teller.mend(found.errors, asked.document.text)
        return ExecutionResult(data=found.data, errors=found.errors, extensions=cost)

    def _events(self, asked: Asked) -> StreamResult:
        """The results of a known subscription."""
        try:
            self._admission.check(asked.document, asked.operation_name, asked.variables)
            executor = self._executor(asked)
        except OperationTooComplex as error:
            return streams.refused([error])
        # Of the document, which is there anyway: a feed would keep the request's for its lifetime.
        mend = partial(self._teller.mend, document=asked.document.text)
        if isinstance(executor, list):
            mend(executor)
            return streams.refused(executor)
        return streams.events(executor, mend)

    async def _execute(self, executor: Executor[Any]) -> CoreResult:
        if isinstance(executor, CompilingExecutor):
            return await executor.execute_straight()
        return cast(CoreResult, await await_maybe(executor.execute_operation()))

    def _executor(self, asked: Asked) -> Executor[Any] | list[GraphQLError]:
        """What executes a known operation, or what is wrong with its variables."""
        name, prepared = asked.operation_name, asked.document.prepared
        if name in prepared:
            executor = prepared[name].executor(asked)
            if executor is not None:
                return executor
        built = self.execution_context_class.build(
            self._schema, asked.document.node, asked.root_value, asked.context_value,
            asked.variables, name, is_awaitable=cast(Any, optimized_is_awaitable),
            operation_extensions=asked.operation_extensions,
        )  # fmt: skip
        if not isinstance(built, list) and name not in prepared:
            prepared[name] = Prepared(built)
        return built

    def _cache(self) -> DocumentCache:
        return DocumentCache(self.documents)

    def _known(
        self, query: str | None, name: str | None, allowed: frozenset[OperationType]
    ) -> KnownDocument | None:
        """The document, if it is known to be valid and its operation may be executed."""
        document = self.documents.get(query) if self._has_short_way and query else None
        operation = document.operation(name) if document is not None else None
        if operation is None or _KINDS[operation.operation] not in allowed:
            return None
        return document

    async def _prepare_operation_async(
        self, context: ExecutionContext, extensions_runner: Any
    ) -> PreExecutionError | None:
        """Read and weigh the document before anything else looks at it."""
        try:
            self._admit(context)
        except GraphQLError as error:
            # Its frames hold the document, and would be held by it in a circle until the garbage
            # collector comes by, which then takes long.
            refusal = error.with_traceback(None)
            context.pre_execution_errors = [refusal]
            context.extensions_results.update(cost_in(refusal))
            return PreExecutionError(data=None, errors=[refusal])
        return await super()._prepare_operation_async(context, extensions_runner)

    def _admit(self, context: ExecutionContext) -> None:
        """Raise OperationTooComplex, GraphQLSyntaxError."""
        if not context.query or not isinstance(context, OperationAsNamed):
            return
        document = self.documents.get(context.query) or self._admission.read(context.query)
        name = context.operation_name
        cost = self._admission.check(document, name, context.variables)
        operation = document.operation(name)
        if operation is not None and operation.operation is not OperationKind.SUBSCRIPTION:
            context.extensions_results.update(cost)
        context.document, context.graphql_document = document, document.node

    async def _handle_execution_result(
        self, context: ExecutionContext, result: Any, *args: Any, **kwargs: Any
    ) -> ExecutionResult:
        if result.errors:
            self._teller.mend(result.errors, context.query)
        return await super()._handle_execution_result(context, result, *args, **kwargs)

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
