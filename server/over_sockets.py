"""The door to GraphQL over WebSocket: Strawberry's view with our handler."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from gql.execution.schema import Schema
from server.bounded import BoundedWebSocket
from server.json_text import read_json, write_json
from server.parts import Parts
from server.sockets import INIT_LIMIT, Socket, SocketHandler


class OverSockets(GraphQL[Socket, None]):
    """Serves sockets at /graphql."""

    graphql_transport_ws_handler_class = SocketHandler
    websocket_adapter_class = BoundedWebSocket  # type: ignore[assignment]  # as Strawberry does

    def __init__(self, schema: Schema, parts: Parts, allowed_origins: Sequence[str]) -> None:
        super().__init__(
            schema,
            # Named, because the default serves the legacy protocol too.
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=INIT_LIMIT,
            # The handler has a limit of its own, whose error has a code.
            max_subscriptions_per_connection=None,
            allowed_origins=allowed_origins,
        )
        self.parts = parts

    async def get_context(
        self,
        request: Request | WebSocket,  # noqa: ARG002  # Strawberry's signature
        response: Response | WebSocket,  # noqa: ARG002  # as above
    ) -> Socket:
        """What belongs to one connection."""
        return Socket()

    def decode_json(self, data: str | bytes) -> object:
        """Read JSON. Raises JSONDecodeError."""
        return read_json(data)

    def encode_json(self, data: object) -> str:
        """Write JSON."""
        return write_json(data).decode()
