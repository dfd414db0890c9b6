"""The door to GraphQL over WebSocket: who may open a socket, and in which protocol.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md § Communication
"""

from collections.abc import Collection
from contextlib import suppress

from starlette.types import Receive, Scope, Send

from gql.execution.schema import Schema
from server.bounded import Gone, Peer
from server.callers import caller_of
from server.closing import NOT_ACCEPTABLE
from server.ending import ENDING
from server.origins import is_of_host
from server.parts import Parts
from server.sockets import INIT_LIMIT, Socket

PROTOCOL = "graphql-transport-ws"


class OverSockets:
    """Serves sockets at /graphql."""

    def __init__(self, schema: Schema, parts: Parts, allowed_origins: Collection[str]) -> None:
        self._schema = schema
        self._parts = parts
        self._allowed_origins = frozenset(allowed_origins)
        self._init_limit = INIT_LIMIT

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket to its end."""
        # The first thing that comes tells only that somebody is there.
        await receive()
        if not self._may_open(scope):
            await send({"type": "websocket.close"})
            return
        is_spoken = PROTOCOL in scope["subprotocols"]
        await send({"type": "websocket.accept", "subprotocol": PROTOCOL if is_spoken else None})
        # The server keeps the scope for as long as the socket is open.
        scope["headers"] = []
        peer = Peer(send)
        if not is_spoken:
            with suppress(Gone):
                await peer.close(NOT_ACCEPTABLE, "Subprotocol not acceptable")
            return
        socket = Socket(self._schema, self._parts, peer, caller_of(scope), self._init_limit)
        ending = scope.get("extensions", {}).get(ENDING)
        if ending is not None:
            ending.unanswered = socket.begin_to_end
        await socket.serve(receive)

    def _may_open(self, scope: Scope) -> bool:
        """Whether it is no page's, or one's of our own host or of a listed origin.

        Browsers ask nobody before they open a socket (RFC 6455 §10.2).
        """
        # Of several the first.
        headers = dict(reversed(scope["headers"]))
        origin = headers.get(b"origin", b"").decode("latin-1")
        return (
            b"origin" not in headers
            or origin in self._allowed_origins
            or headers.get(b"sec-fetch-site") == b"same-origin"
            or is_of_host(origin, headers.get(b"host", b"").decode("latin-1"))
        )
