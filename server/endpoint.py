"""GraphQL over HTTP and the door to GraphQL over WebSocket: Strawberry's view with our manners."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import unquote_to_bytes

import orjson
from cross_web import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData, process_result
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult

from gql.api import build_schema
from gql.context import Context
from gql.errors import INTERNAL, coded, is_about_the_request, is_retriable
from messaging.doorbell import Doorbell
from messaging.feed.reader import FeedReader
from messaging.viewers import Viewer
from messaging.work import UnitOfWork
from server.answers import RETRY_LATER, answer_to
from server.authentication import Session, sign_in
from server.bounded import BoundedWebSocket
from server.negotiation import GRAPHQL_RESPONSE, JSON, media_type, media_type_of_answer
from server.pages.pages import asks_for_a_page
from server.settings import Settings
from server.sockets import INIT_LIMIT, Socket, SocketHandler
from server.tokens import TokenVerifier

# A message, its input and a generous document; anything larger is no request of ours.
LARGEST_BODY_BYTES = 256 * 1024

# Of a request, as GraphQL over HTTP has them.
_PARAMETERS = {
    "query": str | None,
    "operationName": str | None,
    "variables": dict | None,
    "extensions": dict | None,
}


@dataclass(frozen=True, slots=True)
class Parts:
    """What the server is made of; tests hand in their own."""

    verifier: TokenVerifier
    doorbell: Doorbell
    office: UnitOfWork
    reader: FeedReader = field(default_factory=FeedReader)


# None where there is none.
Page = Callable[[Request], Awaitable[Response | None]]


@dataclass(slots=True)
class Head:
    """What a response has beside its body."""

    media_type: str
    status: int = 200
    headers: Mapping[str, str] | None = None


class Endpoint(GraphQL[Context, None]):
    """Answers at /graphql: queries and mutations, sockets, and a page where there is one."""

    graphql_transport_ws_handler_class = SocketHandler
    websocket_adapter_class = BoundedWebSocket  # type: ignore[assignment]  # as Strawberry does

    def __init__(self, settings: Settings, parts: Parts, page: Page) -> None:
        super().__init__(
            build_schema(introspection=settings.introspection, compiled=settings.compiled),
            # Strawberry's own comes from other hosts.
            graphql_ide=None,
            allow_queries_via_get=settings.get_queries,
            # Named, because the default serves the legacy protocol too.
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=INIT_LIMIT,
            # The handler has a limit of its own, whose error has a code.
            max_subscriptions_per_connection=None,
            allowed_origins=settings.allowed_origins,
        )
        self.parts = parts
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; a request that cannot be understood gets a coded error as JSON."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        request = Request(scope, _limited(receive))
        try:
            _check_address(request)
            page = await self._page(request) if _is_a_browsers(request) else None
            response = page or await self.run(request)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001  # answered, and logged where nobody foresaw it
            response = answer_to(error, request)
        await response(scope, receive, send)

    async def sign_in(self, authorization: str) -> Session:
        """Who calls. Raises TokenExpired, TokenRefused."""
        return await sign_in(self.parts.verifier, authorization)

    async def get_context(  # type: ignore[override]  # a socket has its own, made into Contexts
        self,
        request: Request | WebSocket,
        response: Response | WebSocket,  # noqa: ARG002  # Strawberry's signature
    ) -> Context | Socket:
        """What the operation's resolvers have at hand."""
        if isinstance(request, WebSocket):
            return Socket()
        authorization = request.headers.get("authorization")
        if authorization is None:
            return self.context(None)
        return self.context((await self.sign_in(authorization)).viewer)

    async def get_sub_response(self, request: Request) -> Head:  # type: ignore[override]  # made into the Response
        """What the response begins with; its status may come to be another."""
        request.state.head = head = Head(media_type_of_answer(request))
        return head

    async def process_result(
        self,
        request: Request,
        result: ExecutionResult,
    ) -> GraphQLHTTPResponse:
        """The response's body, its errors coded."""
        if not result.errors:
            return process_result(result)
        head: Head = request.state.head
        is_to_be_tried_again = is_retriable(result.errors)
        result.errors = coded(result.errors)
        response = process_result(result)
        if is_about_the_request(result):
            # Nothing was executed that could have data.
            response.pop("data", None)
            head.status = _status_of(result, head.media_type)
        if is_to_be_tried_again:
            head.status, head.headers = 503, RETRY_LATER
        return response

    def create_response(  # type: ignore[override]  # as above
        self, response_data: object, sub_response: Head
    ) -> Response:
        """The response, as it began."""
        head = sub_response
        body = self.encode_json(response_data)
        return Response(body, head.status, head.headers, media_type=head.media_type)

    def context(self, viewer: Viewer | None) -> Context:
        """The context of one operation of that viewer."""
        return Context(self.parts.office, self.parts.doorbell, self.parts.reader, viewer)

    def decode_json(self, data: str | bytes) -> object:
        """Read JSON (RFC 8259); JSONDecodeError for whatever is none, or too deep or too large.

        It is UTF-8; by itself Python would take UTF-16 and halves of surrogate pairs too.
        """
        try:
            return json.loads(data.decode("utf-8-sig") if isinstance(data, bytes) else data)
        except (ValueError, RecursionError) as error:
            if isinstance(error, json.JSONDecodeError):
                raise
            raise json.JSONDecodeError("not readable as JSON", "", 0) from error

    def encode_json(self, data: object) -> str:
        """Write JSON, in ASCII where a text holds half of a surrogate pair: UTF-8 has none."""
        try:
            return orjson.dumps(data).decode()
        except TypeError:
            return json.dumps(data, separators=(",", ":"), default=datetime.isoformat)

    async def parse_http_body(self, request: Any) -> GraphQLRequestData:
        """Read the request, which is an object. Raises HTTPException."""
        if request.method == "GET":
            data: object = self.parse_query_params(request.query_params)
        elif media_type(request.content_type) == JSON:
            data = self.parse_json(await request.get_body())
        else:
            # A page elsewhere may send other types without being asked for leave.
            raise HTTPException(415, f"The request must be of the type {JSON}.")
        if not isinstance(data, dict):
            raise HTTPException(400, "The request must be a JSON object.")
        for name, kind in _PARAMETERS.items():
            if not isinstance(data.get(name), kind):
                raise HTTPException(400, f"`{name}` has a value of a wrong type.")
        named = data.get("operationName")
        return GraphQLRequestData(
            query=data.get("query"),
            variables=data.get("variables"),
            # In an address, empty is as good as missing.
            operation_name=None if named == "" and request.method == "GET" else named,
            extensions=data.get("extensions"),
        )


def _is_a_browsers(request: Request) -> bool:
    """Whether somebody opened the address instead of asking something."""
    return asks_for_a_page(request) and "query" not in request.query_params


def _check_address(request: Request) -> None:
    """Raise HTTPException for a query string that is no text, which would be mended silently."""
    try:
        unquote_to_bytes(request.scope["query_string"]).decode()
    except UnicodeDecodeError:
        raise HTTPException(400, "The address must be of UTF-8.") from None


def _status_of(result: ExecutionResult, media_type: str) -> int:
    """The status for a request of which nothing was executed.

    In application/json a 400 may come from anything on the way, so clients look at a 200 alone.
    """
    codes = {error.extensions["code"] for error in result.errors or () if error.extensions}
    if INTERNAL in codes:
        return 500
    return 400 if media_type == GRAPHQL_RESPONSE else 200


def _limited(receive: Receive) -> Receive:
    """Receive no more than the largest body. Raises HTTPException."""
    total = 0

    async def receive_some() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > LARGEST_BODY_BYTES:
            raise HTTPException(413, "The request is too large.")
        return message

    return receive_some
