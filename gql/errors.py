"""Errors as clients see them: each with a code, none with anything that is not theirs to know."""

import logging
from collections.abc import Iterable

from graphql import GraphQLError
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.execution import ExecutionResult, PreExecutionError

from messaging.errors import (
    BadInput,
    MessagingError,
    NotFound,
    RateLimited,
    ResyncRequired,
    SignedOut,
)
from models.outages import outages

logger = logging.getLogger(__name__)

BAD_INPUT = "BAD_INPUT"
FORBIDDEN = "FORBIDDEN"
INTERNAL = "INTERNAL"
NOT_FOUND = "NOT_FOUND"
RATE_LIMITED = "RATE_LIMITED"
UNAUTHENTICATED = "UNAUTHENTICATED"

WENT_WRONG = "Something went wrong on the server."
TRY_AGAIN = "The database cannot do it at the moment: try again, under the same idempotency key."


class Forbidden(MessagingError):
    """The viewer holds none of the roles that the field asks for."""

    def __init__(self) -> None:
        super().__init__("Your role does not permit this.")


_CODES: dict[type[MessagingError], str] = {
    BadInput: BAD_INPUT,
    Forbidden: FORBIDDEN,
    NotFound: NOT_FOUND,
    RateLimited: RATE_LIMITED,
    ResyncRequired: "RESYNC_REQUIRED",
    SignedOut: UNAUTHENTICATED,
}


# Of the document, the choice of its operation, or its variables.
_CLIENT_FAULTS = (
    GraphQLError,
    CannotGetOperationTypeError,
    InvalidOperationTypeError,
    MissingQueryError,
)


def coded(errors: Iterable[GraphQLError]) -> list[GraphQLError]:
    """The errors, each with its code in ``extensions``."""
    return [_coded(error) for error in errors]


def is_retriable(errors: Iterable[GraphQLError]) -> bool:
    """Whether any of these errors, not yet coded, will pass by itself."""
    causes = (error.original_error for error in errors)
    return any(cause is not None and outages.note(cause) for cause in causes)


def is_about_the_request(result: ExecutionResult) -> bool:
    """Whether it failed as a whole: it never began, or its stream broke.

    Errors of single fields have a path, as has that of a subscription which was refused.
    """
    if isinstance(result, PreExecutionError):
        return True
    errors = result.errors or []
    return bool(errors) and result.data is None and all(each.path is None for each in errors)


def _coded(error: GraphQLError) -> GraphQLError:
    cause = error.original_error
    if isinstance(cause, MessagingError) and type(cause) in _CODES:
        message, code = str(cause), _CODES[type(cause)]
    elif error.path is None and (cause is None or isinstance(cause, _CLIENT_FAULTS)):
        message, code = error.message, BAD_INPUT
    elif error.path is None and error.nodes and isinstance(cause, ValueError):
        # A literal: a number of more digits than Python reads.
        message, code = "A value in the document cannot be read.", BAD_INPUT
    elif cause is not None and outages.note(cause):
        message, code = TRY_AGAIN, INTERNAL
    else:
        # What nobody foresaw is for the log, not for the client.
        logger.error("An operation failed at %s.", error.path, exc_info=cause or error)
        message, code = WENT_WRONG, INTERNAL
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions_of(code, cause),
    )


def extensions_of(code: str, cause: Exception | None) -> dict[str, object]:
    """What an error tells beside its message: its code, and when to try again (seconds)."""
    if isinstance(cause, RateLimited):
        return {"code": code, "retryAfter": cause.retry_after_seconds}
    return {"code": code}
