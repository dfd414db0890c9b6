"""GraphQL over HTTP and the door to GraphQL over WebSocket: Strawberry's view with our manners."""

import json
import logging
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
from gql.errors import (
    BAD_INPUT,
    INTERNAL,
    TRY_AGAIN,
    UNAUTHENTICATED,
    WENT_WRONG,
    coded,
    is_retriable,
)
from messaging.doorbell import Doorbell
from messaging.feed.reader import FeedReader
from messaging.viewers import Viewer
from messaging.work import UnitOfWork
from models.outages import outages
from server.authentication import Session, sign_in
from server.bounded import BoundedWebSocket
from server.pages.pages import asks_for_a_page
from server.settings import Settings
from server.sockets import INIT_LIMIT, Socket, SocketHandler
from server.tokens import TokenRefused, TokenVerifier

logger = logging.getLogger(__name__)

# A message, its input and a generous document; anything larger is no request of ours.
LARGEST_BODY_BYTES = 256 * 1024
# A database that restarts or fails over needs about so many seconds.
RETRY_LATER = {"Retry-After": "2"}


@dataclass(frozen=True, slots=True)
class Parts:
    """What the server is made of; tests hand in their own."""

    verifier: TokenVerifier
    doorbell: Doorbell
    office: UnitOfWork
    reader: FeedReader = field(default_factory=FeedReader)


# None where there is none.
Page = Callable[[Request], Awaitable[Response | None]]


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
            if getattr(request.state, "is_retriable", False):
                response.status_code = 503
                response.headers.update(RETRY_LATER)
        except TokenRefused as refused:
            response = error_response(
                401, UNAUTHENTICATED, str(refused), {"WWW-Authenticate": "Bearer"}
            )
        except HTTPException as error:
            response = error_response(error.status_code, BAD_INPUT, error.reason)
        except ClientDisconnect:
            return
        except Exception as error:
            if outages.note(error):
                response = error_response(503, INTERNAL, TRY_AGAIN, RETRY_LATER)
            else:
                logger.exception("A request failed outside its operation.")
                response = error_response(500, INTERNAL, WENT_WRONG)
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

    async def process_result(
        self,
        request: Request,
        result: ExecutionResult,
    ) -> GraphQLHTTPResponse:
        """The response's body, its errors coded."""
        if is_retriable(result.errors or ()):
            request.state.is_retriable = True
        result.errors = coded(result.errors or ()) or None
        return process_result(result)

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

    async def parse_http_body(self, request: Any) -> GraphQLRequestData | list[GraphQLRequestData]:
        """Read the request, which is an object or nothing."""
        # The view looks for the words anywhere in the header.
        if request.method == "POST" and media_type(request.content_type) != "application/json":
            raise HTTPException(415, "The request must be of the type application/json.")
        try:
            return await super().parse_http_body(request)
        except AttributeError as error:
            raise HTTPException(400, "The request must be a JSON object.") from error


def _is_a_browsers(request: Request) -> bool:
    """Whether somebody opened the address instead of asking something."""
    return asks_for_a_page(request) and "query" not in request.query_params


def _check_address(request: Request) -> None:
    """Raise HTTPException for a query string that is no text, which would be mended silently."""
    try:
        unquote_to_bytes(request.scope["query_string"]).decode()
    except UnicodeDecodeError:
        raise HTTPException(400, "The address must be of UTF-8.") from None


def media_type(content_type: str | None) -> str:
    """A Content-Type without its parameters."""
    return (content_type or "").partition(";")[0].strip()


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


def error_response(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> Response:
    """An error in the form that GraphQL clients know."""
    errors = [{"message": message, "extensions": {"code": code}}]
    # In ASCII: a message may repeat half of a surrogate pair.
    body = json.dumps({"errors": errors})
    return Response(body, status, headers, media_type="application/json")
