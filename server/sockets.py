"""GraphQL over WebSocket: the protocol graphql-transport-ws.

https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverWebSocket.md

Strawberry's handler, with a sign-in, fresh rights for each operation, and an end that the
graphql-ws client understands: 4401 will never be good, 4403 wants a new token, 4408 may be retried.
"""

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from graphql import GraphQLError
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
    Operation,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.types import (
    ConnectionInitMessage,
    Message,
    PongMessage,
    SubscribeMessage,
)
from strawberry.types.execution import ExecutionResult
from strawberry.utils.aio import aclosing

from gql.context import Context
from gql.errors import (
    INTERNAL,
    RATE_LIMITED,
    TRY_AGAIN,
    UNAUTHENTICATED,
    coded,
    is_about_the_request,
    is_retriable,
)
from messaging.doorbell import Topic
from messaging.errors import RateLimited
from messaging.patience import BRIEFLY_SECONDS, patiently
from models.outages import outages
from server.authentication import Session
from server.bounded import BoundedWebSocket
from server.callers import caller_of
from server.counted_sockets import TRY_AGAIN_LATER
from server.ending import ENDING
from server.keys import KeysOutOfReach
from server.operations import has_one_answer
from server.tokens import TokenExpired, TokenRefused

if TYPE_CHECKING:
    from server.over_sockets import OverSockets

logger = logging.getLogger(__name__)

INIT_LIMIT = timedelta(seconds=10)
# So long after the last thing heard; a peer that is gone without a word is noticed after two.
PING_SECONDS = 25.0
# A page needs one subscription and a few queries at a time.
OPERATIONS_AT_ONCE = 100

BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, TIMED_OUT, TWICE = 4400, 4401, 4403, 4408, 4429


@dataclass(slots=True)
class Socket:
    """What Strawberry keeps for one connection; each operation gets a Context of its own."""

    session: Session | None = None


class SocketHandler(BaseGraphQLTransportWSHandler[Any, None]):
    """One connection."""

    view: "OverSockets"
    websocket: BoundedWebSocket
    context: Socket

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._guards: list[asyncio.Task[None]] = []
        self._heard_at = 0.0
        self._is_ending = False

    async def handle(self) -> None:
        """Serve the connection until either side ends it, or its peer takes nothing any more."""
        ending = self.websocket.ws.scope.get("extensions", {}).get(ENDING)
        if ending is not None:
            ending.unanswered = self._end
        try:
            await super().handle()
        except asyncio.CancelledError:
            if not self.websocket.is_given_up:
                raise
            logger.warning("A peer that takes nothing was given up.")

    async def handle_message(self, message: Any) -> None:
        """Take one message; one that is none of the protocol's ends the connection."""
        self._heard_at = asyncio.get_running_loop().time()
        if not isinstance(message, dict):
            await self.handle_invalid_message("A message must be a JSON object")
        elif not _is_well_formed(message):
            await self.handle_invalid_message("Failed to parse message")
        else:
            await super().handle_message(cast(Message, message))

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        """Sign in, then acknowledge and guard the connection."""
        if self.connection_timed_out:
            return
        if self.connection_init_received:
            await self.websocket.close(TWICE, "Too many initialisation requests")
            return
        self.connection_init_received = True
        payload: object = message.get("payload") or {}
        if not isinstance(payload, dict):
            await self.websocket.close(BAD_REQUEST, "Invalid connection init payload")
            return
        session = await self._signed_in(payload)
        if session is None:
            return
        self.context.session = session
        await self.send_message({"type": "connection_ack"})
        self.connection_acknowledged = True
        self._guards = [
            asyncio.create_task(self._end_with(session)),
            asyncio.create_task(self._keep_alive()),
        ]

    async def _signed_in(self, payload: dict[str, object]) -> Session | None:
        """Who comes with this payload; None where the connection is closed instead."""
        caller = caller_of(self.websocket.ws.scope)
        try:
            return await self.view.parts.sign_in(_authorization(payload), caller)
        except TokenExpired:
            await self.websocket.close(FORBIDDEN, "Forbidden: the token has expired")
        except TokenRefused:
            await self.websocket.close(UNAUTHORIZED, "Unauthorized")
        except RateLimited as limited:
            await self.websocket.close(TRY_AGAIN_LATER, str(limited))
        except Exception as error:
            if not isinstance(error, KeysOutOfReach) and not outages.note(error):
                logger.exception("A sign-in failed.")
            await self.websocket.close(TIMED_OUT, "Internal error: try again")
        return None

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        """Start an operation, unless too many run or the service ends: it comes again elsewhere."""
        if self._is_ending:
            return
        if self.connection_acknowledged and len(self.operations) >= OPERATIONS_AT_ONCE:
            refused = GraphQLError(
                f"A connection runs at most {OPERATIONS_AT_ONCE} operations at once.",
                extensions={"code": RATE_LIMITED},
            )
            await self.send_message(
                {"id": message["id"], "type": "error", "payload": [refused.formatted]}
            )
            return
        await super().handle_subscribe(message)

    async def handle_pong(self, message: PongMessage) -> None:
        """Do nothing more: whatever is heard tells that the peer is there."""

    async def shutdown(self) -> None:
        """End the guards with the connection."""
        for guard in self._guards:
            guard.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await guard
        await super().shutdown()

    async def run_operation(self, operation: Operation[Any, None]) -> None:
        """Run one operation under the viewer's rights of now."""
        try:
            # A feed waits for the database; whoever asked for an answer is told to ask again.
            limit = BRIEFLY_SECONDS if _is_answered_once(operation) else float("inf")
            context = await patiently(self._context, limit_seconds=limit)
            if context is None:
                await self.websocket.close(UNAUTHORIZED, "Unauthorized")
                return
            results = await self.schema.stream(
                operation.query,
                variable_values=operation.variables,
                context_value=context,
                operation_name=operation.operation_name,
            )
            async with aclosing(results):
                async for result in results:
                    if not await self._send(operation, result):
                        return
            await operation.send_operation_message({"id": operation.id, "type": "complete"})
        except WebSocketDisconnected:
            return
        except Exception as error:
            # Nobody awaits this task: without a word here, delivery would simply stop.
            if outages.note(error) and _is_answered_once(operation):
                again = GraphQLError(TRY_AGAIN, extensions={"code": INTERNAL})
                await operation.send_initial_errors([again])
                return
            logger.exception("An operation ended the connection.")
            with contextlib.suppress(WebSocketDisconnected):
                await self.websocket.close(TIMED_OUT, "Internal error: try again")

    def _end(self) -> list[asyncio.Task[None]]:
        """Begin nothing more; what runs and has yet to be answered."""
        self._is_ending = True
        return [
            operation.task
            for operation in self.operations.values()
            if operation.task is not None and _is_answered_once(operation)
        ]

    async def _context(self) -> Context | None:
        session = self.context.session
        if session is None:
            return None
        viewer = await self.view.parts.viewers.load(session.viewer.id)
        caller = caller_of(self.websocket.ws.scope)
        return self.view.parts.context(viewer, caller) if viewer.is_active else None

    async def _send(self, operation: Operation[Any, None], result: object) -> bool:
        """Send a result; false where nothing may follow it."""
        if not isinstance(result, ExecutionResult):
            raise TypeError("@defer and @stream are off")
        if not _is_answered_once(operation) and is_retriable(result.errors or ()):
            # The entry would be missed: the client comes back, and reads it after its cursor.
            await self.websocket.close(TIMED_OUT, "Internal error: try again")
            return False
        result.errors = coded(result.errors or ()) or None
        codes = {error.extensions["code"] for error in result.errors or () if error.extensions}
        if UNAUTHENTICATED in codes:
            await self.websocket.close(UNAUTHORIZED, "Unauthorized")
            return False
        if result.errors and is_about_the_request(result):
            # An error frame, which is also the operation's last.
            await operation.send_initial_errors(result.errors)
            return False
        await operation.send_next(result)
        return True

    async def _end_with(self, session: Session) -> None:
        """Close when the token ends, and when its person may no longer be here (W4)."""
        remaining = (session.expires_at - datetime.now(UTC)).total_seconds()
        try:
            async with asyncio.timeout(remaining) as lifetime:
                with self.view.parts.doorbell.listen(Topic.ACCESS, session.viewer.id) as bell:
                    while await patiently(self._context) is not None:
                        await bell.wait()
                        bell.clear()
            await self.websocket.close(UNAUTHORIZED, "Unauthorized")
        except WebSocketDisconnected:
            return
        except Exception:
            with contextlib.suppress(WebSocketDisconnected):
                if lifetime.expired():
                    await self.websocket.close(FORBIDDEN, "Forbidden: the token has expired")
                    return
                # An unguarded connection must not live on.
                logger.exception("A guard ended the connection.")
                await self.websocket.close(TIMED_OUT, "Internal error: try again")

    async def _keep_alive(self) -> None:
        """Ping in the protocol where nothing is heard, and close where not even a pong is."""
        clock = asyncio.get_running_loop().time
        with contextlib.suppress(WebSocketDisconnected):
            while True:
                heard_at = self._heard_at
                await asyncio.sleep(heard_at + PING_SECONDS - clock())
                if self._heard_at != heard_at:
                    continue
                await self.send_message({"type": "ping"})
                await asyncio.sleep(PING_SECONDS)
                if self._heard_at == heard_at:
                    break
            await self.websocket.close(TIMED_OUT, "Timed out: no answer to a ping")


def _is_answered_once(operation: Operation[Any, None]) -> bool:
    return has_one_answer(operation.query, operation.operation_name)


def _is_well_formed(message: dict[str, object]) -> bool:
    """Whether the message's parts are of the protocol's types; the view takes that for granted."""
    if not isinstance(message.get("id", ""), str):
        return False
    if message.get("type") != "subscribe":
        return True
    payload = message.get("payload")
    return (
        isinstance(payload, dict)
        and isinstance(payload.get("query"), str)
        and isinstance(payload.get("variables"), dict | None)
        and isinstance(payload.get("operationName"), str | None)
    )


def _authorization(payload: dict[str, object]) -> str:
    """The Authorization of connection_init's payload, whatever the case of its key."""
    found = (value for name, value in payload.items() if name.lower() == "authorization")
    authorization = next(found, None)
    return authorization if isinstance(authorization, str) else ""
