"""GraphQL over HTTP: a request, an answer.

https://graphql.github.io/graphql-over-http/draft/
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from strawberry.exceptions import MissingQueryError
from strawberry.http import process_result
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from gql.context import Context
from gql.errors import INTERNAL, coded, is_about_the_request, is_retriable
from gql.execution.schema import ANSWERED_ONCE, Schema
from server.answers import RETRY_LATER, answer_to, answer_with
from server.callers import caller_of
from server.heads import Head, head_of
from server.json_text import read_json, write_json
from server.negotiation import (
    GRAPHQL_RESPONSE,
    JSON,
    asks_for_a_page,
    form_of_answer,
    media_type,
)
from server.operations import has_one_answer
from server.over_sse import EventStream, body_of, stream_of_one
from server.parts import Parts

# A message, its input and a generous document; anything larger is no request of ours.
LARGEST_BODY_BYTES = 256 * 1024

# Of a request, as the specification has them (§ Request Parameters).
_PARAMETERS = {
    "query": str | None,
    "operationName": str | None,
    "variables": dict | None,
    "extensions": dict | None,
}

# None where there is none.
Page = Callable[[Request], Awaitable[Response | None]]


class OverHttp:
    """Answers at /graphql, with a page where somebody opens the address and there is one."""

    def __init__(self, schema: Schema, parts: Parts, page: Page, *, get_queries: bool) -> None:
        self._schema = schema
        self._parts = parts
        self._page = page
        self._allowed: dict[str, frozenset[OperationType]] = {
            "POST": ANSWERED_ONCE,
            "GET": frozenset({OperationType.QUERY} if get_queries else ()),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; a request that cannot be understood gets a coded error as JSON."""
        head = head_of(scope)
        response: ASGIApp
        try:
            if scope["query_string"]:
                _check_address(scope)
            if asks_for_a_page(head.method, head.accept) and not _asks_by_address(scope):
                response = await self._shown(Request(scope))
            else:
                response = await self._answer(head, scope, receive)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001  # answered, and logged where nobody foresaw it
            response = answer_to(error, head)
        await response(scope, receive, send)

    async def _shown(self, request: Request) -> Response:
        page = await self._page(request)
        if page is None:
            raise HTTPException(404, "There is nothing to look at here.")
        return page

    async def _answer(self, head: Head, scope: Scope, receive: Receive) -> ASGIApp:
        caller, session = caller_of(scope), None
        if head.authorization is not None:
            session = await self._parts.sign_in(head.authorization, caller)
        if head.method not in self._allowed:
            raise HTTPException(405, "GraphQL only supports GET and POST requests.")
        asked = await _asked(head, scope, receive)
        context = self._parts.context(None if session is None else session.viewer, caller)
        form = form_of_answer(head.accept)
        if form.may_be_stream and self._may_stream(head.method) and self._goes_on(asked):
            results = await self._schema.stream(
                asked["query"],
                variable_values=asked.get("variables"),
                context_value=context,
                operation_name=_operation_name(asked, head.method),
            )
            return EventStream(self._parts, session, results)
        result = await self._execute(head.method, asked, context)
        if form.must_be_stream and not is_retriable(result.errors or ()):
            result.errors = coded(result.errors or ()) or None
            return stream_of_one(body_of(result))
        if result.errors:
            return _response_with_errors(result, form.media_type)
        return answer_with(write_json(process_result(result)), form.media_type)

    def _may_stream(self, method: str) -> bool:
        # By GET subscriptions are as safe as queries, and as much on or off.
        return method == "POST" or OperationType.QUERY in self._allowed[method]

    def _goes_on(self, asked: Mapping[str, Any]) -> bool:
        """Whether it asks for a subscription."""
        query, name = asked.get("query"), asked.get("operationName") or None
        return query is not None and not has_one_answer(self._schema, query, name)

    async def _execute(
        self, method: str, asked: Mapping[str, Any], context: Context
    ) -> ExecutionResult:
        try:
            return await self._schema.execute(
                asked.get("query"),
                variable_values=asked.get("variables"),
                context_value=context,
                operation_name=_operation_name(asked, method),
                allowed_operation_types=self._allowed[method],
            )
        except MissingQueryError as error:
            raise HTTPException(400, "No GraphQL query found in the request") from error
        except CannotGetOperationTypeError as error:
            raise HTTPException(400, error.as_http_error_reason()) from error
        except InvalidOperationTypeError as error:
            raise HTTPException(400, error.as_http_error_reason(method)) from error


def _operation_name(asked: Mapping[str, Any], method: str) -> str | None:
    named: str | None = asked.get("operationName")
    # In an address, empty is as good as missing.
    return None if named == "" and method == "GET" else named


async def _asked(head: Head, scope: Scope, receive: Receive) -> Mapping[str, Any]:
    """The request's parameters, each of its type. Raises HTTPException."""
    if head.method == "GET":
        asked: object = _in_address(scope)
    elif media_type(head.content_type) == JSON:
        asked = _parsed(await _body(receive))
    else:
        # A page elsewhere may send other types without being asked for leave.
        raise HTTPException(415, f"The request must be of the type {JSON}.")
    if not isinstance(asked, dict):
        raise HTTPException(400, "The request must be a JSON object.")
    for name, kind in _PARAMETERS.items():
        if not isinstance(asked.get(name), kind):
            raise HTTPException(400, f"`{name}` has a value of a wrong type.")
    return asked


async def _body(receive: Receive) -> bytes:
    """The whole body. Raises HTTPException for one that is too large, ClientDisconnect."""
    parts: list[bytes] = []
    left = LARGEST_BODY_BYTES
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        parts.append(message.get("body", b""))
        left -= len(parts[-1])
        if left < 0:
            raise HTTPException(413, "The request is too large.")
        if not message.get("more_body"):
            return b"".join(parts)


def _in_address(scope: Scope) -> dict[str, object]:
    asked: dict[str, object] = dict(Request(scope).query_params)
    for name in ("variables", "extensions"):
        if text := asked.get(name):
            asked[name] = _parsed(str(text))
    return asked


def _parsed(text: str | bytes) -> object:
    try:
        return read_json(text)
    except json.JSONDecodeError as error:
        raise HTTPException(400, "Unable to parse request body as JSON") from error


def _asks_by_address(scope: Scope) -> bool:
    """Whether the address itself asks something, and was not just opened."""
    return "query" in Request(scope).query_params


def _check_address(scope: Scope) -> None:
    """Raise HTTPException for a query string that is no text, which would be mended silently."""
    try:
        unquote_to_bytes(scope["query_string"]).decode()
    except UnicodeDecodeError:
        raise HTTPException(400, "The address must be of UTF-8.") from None


def _response_with_errors(result: ExecutionResult, media_type: str) -> Response:
    """The response of a result with errors, these coded."""
    status, headers = 200, None
    is_to_be_tried_again = is_retriable(result.errors or ())
    result.errors = coded(result.errors or ())
    if is_about_the_request(result):
        status = _status_of(result, media_type)
    if is_to_be_tried_again:
        status, headers = 503, RETRY_LATER
    return Response(write_json(body_of(result)), status, headers, media_type=media_type)


def _status_of(result: ExecutionResult, media_type: str) -> int:
    """The status for a request of which nothing was executed.

    In application/json a 400 may come from anything on the way, so clients look at a 200 alone.
    """
    codes = {error.extensions["code"] for error in result.errors or () if error.extensions}
    if INTERNAL in codes:
        return 500
    return 400 if media_type == GRAPHQL_RESPONSE else 200
