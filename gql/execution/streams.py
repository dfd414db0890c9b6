"""The results of operations of known documents, without the generators of a stock stream.

Thousands wait for their next event: each frame between an event and its frame costs all of them.
"""

from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing
from typing import Any

from graphql import ExecutionResult as CoreResult
from graphql import GraphQLError, create_source_event_stream
from graphql.execution import Executor
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.utils.await_maybe import await_maybe


async def refused(errors: list[GraphQLError]) -> AsyncGenerator[ExecutionResult, None]:
    """The one result of an operation that was not begun."""
    yield PreExecutionError(data=None, errors=errors)


async def once(executing: Awaitable[CoreResult]) -> AsyncGenerator[ExecutionResult, None]:
    """The one result of a query or a mutation."""
    try:
        found = await executing
    except Exception as error:  # noqa: BLE001  # told like Strawberry does
        yield PreExecutionError(data=None, errors=[_as_graphql_error(error)])
    else:
        yield ExecutionResult(data=found.data, errors=found.errors)


async def events(executor: Executor[Any]) -> AsyncGenerator[ExecutionResult, None]:
    """The results of a subscription's events; an error where it could not begin, or broke."""
    try:
        source: Any = await await_maybe(create_source_event_stream(executor))
        if isinstance(source, CoreResult):
            yield PreExecutionError(data=None, errors=source.errors)
            return
        async with aclosing(source):
            async for event in source:
                found: Any = executor.build_per_event_executor(event).execute_operation()
                if executor.is_awaitable(found):
                    found = await found
                yield ExecutionResult(data=found.data, errors=found.errors)
    except Exception as error:  # noqa: BLE001  # told like Strawberry does
        yield ExecutionResult(data=None, errors=[_as_graphql_error(error)])


def _as_graphql_error(error: Exception) -> GraphQLError:
    if isinstance(error, GraphQLError):
        return error
    return GraphQLError(str(error), original_error=error)
