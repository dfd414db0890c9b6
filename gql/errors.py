"""Errors as clients see them: each with a code, none with anything that is not theirs to know."""

import logging
from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from graphql import GraphQLError
from strawberry.extensions import SchemaExtension
from strawberry.types.execution import StreamExecutionResult

from messaging.errors import BadInput, MessagingError, NotFound, ResyncRequired, SignedOut

logger = logging.getLogger(__name__)

BAD_INPUT = "BAD_INPUT"
UNAUTHENTICATED = "UNAUTHENTICATED"


class Forbidden(MessagingError):
    """The viewer holds none of the roles that the field asks for."""

    def __init__(self) -> None:
        super().__init__("Your role does not permit this.")


_CODES: dict[type[MessagingError], str] = {
    BadInput: BAD_INPUT,
    Forbidden: "FORBIDDEN",
    NotFound: "NOT_FOUND",
    ResyncRequired: "RESYNC_REQUIRED",
    SignedOut: UNAUTHENTICATED,
}


def coded(error: GraphQLError) -> GraphQLError:
    """The error with its code in ``extensions``; what nobody foresaw is logged and masked."""
    if error.extensions and "code" in error.extensions:
        return error
    cause = error.original_error
    if isinstance(cause, MessagingError) and type(cause) in _CODES:
        message, code = str(cause), _CODES[type(cause)]
    elif cause is None or isinstance(cause, GraphQLError):
        # Of the document or its variables: syntax, validation, coercion.
        message, code = error.message, BAD_INPUT
    else:
        logger.error("An operation failed at %s.", error.path, exc_info=cause)
        message, code = "Something went wrong on the server.", "INTERNAL"
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions={"code": code},
    )


@runtime_checkable
class _HasErrors(Protocol):
    errors: list[GraphQLError] | None


class CodedErrors(SchemaExtension):
    """Gives every error of every operation its code, each event of a subscription included."""

    def on_operation(self) -> Iterator[None]:
        """Code what a single result carries."""
        yield
        _code(self.execution_context.result)

    def on_stream_result(self, result: StreamExecutionResult) -> Iterator[None]:
        """Code what one result of a stream carries, before it goes out."""
        _code(result)
        yield


def _code(result: object) -> None:
    if isinstance(result, _HasErrors) and result.errors:
        result.errors = [coded(error) for error in result.errors]
