"""GraphQL over HTTP and the door to GraphQL over WebSocket: Strawberry's view with our manners."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cross_web import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData, process_result
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult

from gql.api import build_schema
from gql.context import Context
from gql.errors import BAD_INPUT, UNAUTHENTICATED, coded
from messaging.doorbell import Doorbell
from messaging.viewers import Viewer
from messaging.work import UnitOfWork
from server.authentication import Session, sign_in
from server.settings import Settings
from server.sockets import INIT_LIMIT, Socket, SocketHandler
from server.tokens import TokenRefused, TokenVerifier


@dataclass(frozen=True, slots=True)
class Parts:
    """What the server is made of; tests hand in their own."""

    verifier: TokenVerifier
    doorbell: Doorbell
    office: UnitOfWork


class Endpoint(GraphQL[Context, None]):
    """Answers at /graphql: queries and mutations, the explorer, and sockets."""

    graphql_transport_ws_handler_class = SocketHandler

    def __init__(self, settings: Settings, parts: Parts) -> None:
        super().__init__(
            build_schema(introspection=settings.introspection),
            graphql_ide="graphiql" if settings.explorer else None,
            allow_queries_via_get=settings.get_queries,
            # Named, because the default serves the legacy protocol too.
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=INIT_LIMIT,
            allowed_origins=settings.allowed_origins,
        )
        self.parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; a request that cannot be understood gets a coded error as JSON."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        try:
            response = await self.run(Request(scope, receive))
        except TokenRefused as refused:
            response = error_response(
                401, UNAUTHENTICATED, str(refused), {"WWW-Authenticate": "Bearer"}
            )
        except HTTPException as error:
            response = error_response(error.status_code, BAD_INPUT, error.reason)
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
        request: Request,  # noqa: ARG002  # Strawberry's signature
        result: ExecutionResult,
    ) -> GraphQLHTTPResponse:
        """The response's body, its errors coded."""
        result.errors = coded(result.errors or ()) or None
        return process_result(result)

    def context(self, viewer: Viewer | None) -> Context:
        """The context of one operation of that viewer."""
        return Context(self.parts.office, self.parts.doorbell, viewer)

    def decode_json(self, data: str | bytes) -> object:
        """Read JSON (RFC 8259); JSONDecodeError for whatever is none, or too deep or too large."""
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as error:
            if isinstance(error, json.JSONDecodeError):
                raise
            raise json.JSONDecodeError("not readable as JSON", "", 0) from error

    async def parse_http_body(self, request: Any) -> GraphQLRequestData | list[GraphQLRequestData]:
        """Read the request, which is an object or nothing."""
        try:
            return await super().parse_http_body(request)
        except AttributeError as error:
            raise HTTPException(400, "The request must be a JSON object.") from error


def error_response(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """An error in the form that GraphQL clients know."""
    errors = [{"message": message, "extensions": {"code": code}}]
    return JSONResponse({"errors": errors}, status_code=status, headers=headers)
