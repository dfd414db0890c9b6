"""Answers over HTTP that tell of an error, in the form that GraphQL clients know."""

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from strawberry.schema.exceptions import InvalidOperationTypeError

from gql.errors import (
    BAD_INPUT,
    INTERNAL,
    RATE_LIMITED,
    TRY_AGAIN,
    UNAUTHENTICATED,
    WENT_WRONG,
    extensions_of,
)
from messaging.errors import RateLimited
from models.outages import outages
from server.heads import Head
from server.keys import KeysOutOfReach
from server.negotiation import JSON, answered_as
from server.tokens import TokenRefused

logger = logging.getLogger(__name__)

# A database that restarts or fails over needs about so many seconds.
RETRY_LATER = {"Retry-After": "2"}


def answer_with(body: bytes, media_type: str) -> ASGIApp:
    """What most requests are answered: as by a Response, without what it takes to make one."""
    start = {
        "type": "http.response.start",
        "status": 200,
        "headers": [
            (b"content-length", b"%d" % len(body)),
            (b"content-type", media_type.encode()),
        ],
    }

    async def answer(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send(start)
        await send({"type": "http.response.body", "body": body})

    return answer


def answer_to(error: Exception, head: Head) -> Response:
    """The response to a request with that head that failed outside its operation."""
    headers: Mapping[str, str] | None = None
    if isinstance(error, TokenRefused):
        status, code, message = 401, UNAUTHENTICATED, str(error)
        headers = {"WWW-Authenticate": "Bearer"}
    elif isinstance(error, RateLimited):
        status, code, message = 429, RATE_LIMITED, str(error)
        headers = {"Retry-After": str(error.retry_after_seconds)}
    elif isinstance(error, KeysOutOfReach):
        status, code, message, headers = 503, INTERNAL, str(error), RETRY_LATER
    elif isinstance(error, HTTPException):
        status, code, message = error.status_code, BAD_INPUT, error.detail
        if isinstance(error.__cause__, InvalidOperationTypeError) and head.method == "GET":
            status, headers = HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "POST"}
        elif status == HTTPStatus.METHOD_NOT_ALLOWED:
            headers = {"Allow": "GET, POST"}
    elif outages.note(error):
        status, code, message, headers = 503, INTERNAL, TRY_AGAIN, RETRY_LATER
    else:
        logger.error("A request failed outside its operation.", exc_info=error)
        status, code, message = 500, INTERNAL, WENT_WRONG
    return error_response(status, code, message, headers, answered_as(head.accept), cause=error)


def error_response(
    status: int,
    code: str,
    message: str,
    headers: Mapping[str, str] | None = None,
    media_type: str = JSON,
    cause: Exception | None = None,
) -> Response:
    """The response that tells of one error."""
    errors = [{"message": message, "extensions": extensions_of(code, cause)}]
    # In ASCII: a message may repeat half of a surrogate pair.
    body = json.dumps({"errors": errors})
    return Response(body, status, headers, media_type=media_type)
