"""GraphQL over WebSocket: one connection in the protocol graphql-transport-ws.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md

With a sign-in, fresh rights for each operation, and an end that the graphql-ws client understands.
A connection is one task, and one for each operation; who waits for the time or for a ring does so
without one.
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta

from graphql import GraphQLError
from starlette.types import Message as Event
from starlette.types import Receive

from gql.context import Context
from gql.errors import RATE_LIMITED
from gql.execution.schema import Schema
from messaging.errors import RateLimited
from models.outages import outages
from server.authentication import Session
from server.bounded import Gone, Peer, say_soon
from server.callers import Caller
from server.closing import (
    BAD_REQUEST,
    FORBIDDEN,
    IN_USE,
    TIMED_OUT,
    TRY_AGAIN_LATER,
    TWICE,
    UNAUTHORIZED,
)
from server.frames import Message, NoMessage, read_message
from server.keys import KeysOutOfReach
from server.operations import Operation
from server.parts import Parts
from server.tokens import TokenExpired, TokenRefused
from server.visits import Visit

logger = logging.getLogger(__name__)

INIT_LIMIT = timedelta(seconds=10)
# So long after the last thing heard; a peer that is gone without a word is noticed after two.
PING_SECONDS = 25.0
# A page needs one subscription and a few queries at a time.
OPERATIONS_AT_ONCE = 100


class Socket:
    """One connection, from its handshake to its end."""

    __slots__ = (
        "_alarm", "_caller", "_ends_at", "_heard_at", "_is_ending", "_parts", "_pinged_at",
        "_visit", "_was_init", "operations", "peer", "running", "schema", "turns",
    )  # fmt: skip

    def __init__(
        self, schema: Schema, parts: Parts, peer: Peer, caller: Caller, init_limit: timedelta
    ) -> None:
        self.schema = schema
        self.peer = peer
        self.operations: dict[str, Operation] = {}
        self.running: set[Operation] = set()
        self.turns = asyncio.Lock()
        self._parts = parts
        self._caller = caller
        self._visit: Visit | None = None
        self._was_init = False
        self._is_ending = False
        # By the loop's clock, like all times here.
        self._heard_at = asyncio.get_running_loop().time()
        # None once something was heard since: the loop's clock may stand still between the two.
        self._pinged_at: float | None = None
        # Until somebody signs in, it is the time for that.
        self._ends_at = self._heard_at + init_limit.total_seconds()
        self._look_again_at(self._ends_at)

    async def serve(self, receive: Receive) -> None:
        """Serve until either side ends it, or the peer takes nothing any more."""
        try:
            # Nothing that was heard is kept for as long as nothing more is.
            while await self._take(await receive()):  # noqa: ASYNC110  # it waits for a message
                # One write may bring thousands of messages: others are served in between.
                await asyncio.sleep(0)
        except Gone:
            pass
        except asyncio.CancelledError:
            if not self.peer.is_given_up:
                raise
            logger.warning("A peer that takes nothing was given up.")
        finally:
            await self._end()

    def begin_to_end(self) -> list[asyncio.Task[None]]:
        """Begin nothing more; what runs and has yet to be answered."""
        self._is_ending = True
        return [each.task for each in self.running if each.has_one_answer]

    async def context(self) -> Context | None:
        """A context under the rights of now; None for who may not be here any more."""
        return None if self._visit is None else await self._visit.context()

    async def _take(self, event: Event) -> bool:
        """Take what came; false where nothing more will."""
        if event["type"] != "websocket.receive":
            return False
        self._heard_at = asyncio.get_running_loop().time()
        self._pinged_at = None
        try:
            message = read_message(event.get("text"))
        except NoMessage as error:
            await self.peer.close(BAD_REQUEST, str(error))
            return False
        match message["type"]:
            case "connection_init":
                await self._sign_in(message.get("payload") or {})
            case "subscribe":
                await self._subscribe(message)
            case "complete":
                if operation := self.operations.get(message["id"]):
                    operation.stop()
            case "ping":
                await self.peer.send({"type": "pong"})
            # A pong tells no more than that the peer is there.
        return not self.peer.is_closed

    async def _sign_in(self, payload: Mapping[str, object]) -> None:
        """Sign in, then acknowledge and guard the connection (§ ConnectionInit)."""
        if self._was_init:
            await self.peer.close(TWICE, "Too many initialisation requests")
            return
        self._was_init = True
        self._alarm.cancel()
        try:
            session = await self._parts.sign_in(_authorization(payload), self._caller)
        except TokenExpired:
            await self.peer.close(FORBIDDEN, "Forbidden: the token has expired")
        except TokenRefused:
            await self._put_out()
        except RateLimited as limited:
            await self.peer.close(TRY_AGAIN_LATER, str(limited))
        except Exception as error:
            if not isinstance(error, KeysOutOfReach) and not outages.note(error):
                logger.exception("A sign-in failed.")
            await self._fail()
        else:
            await self.peer.send({"type": "connection_ack"})
            self._watch_over(session)

    async def _subscribe(self, message: Message) -> None:
        """Start an operation, unless too many run or the service ends: it comes again elsewhere."""
        if self._visit is None:
            await self._put_out()
        elif self._is_ending:
            return
        elif message["id"] in self.operations:
            await self.peer.close(IN_USE, f"Subscriber for {message['id']} already exists")
        elif len(self.running) >= OPERATIONS_AT_ONCE:
            refused = GraphQLError(
                f"A connection runs at most {OPERATIONS_AT_ONCE} operations at once.",
                # One of them has to end first; a client knows better when.
                extensions={"code": RATE_LIMITED, "retryAfter": 1},
            )
            await self.peer.send(
                {"id": message["id"], "type": "error", "payload": [refused.formatted]}
            )
        else:
            Operation(self, message["id"], message["payload"])

    def _watch_over(self, session: Session) -> None:
        """Close when the token ends, when its person may no longer be here, and in silence."""
        self._visit = Visit(
            self._parts, session, self._caller, put_out=self._put_out, fail=self._fail
        )
        self._ends_at = self._visit.ends_at
        self._look_at_the_clock()

    async def _put_out(self) -> None:
        await self.peer.close(UNAUTHORIZED, "Unauthorized")

    async def _fail(self) -> None:
        await self.peer.close(TIMED_OUT, "Internal error: try again")

    def _look_at_the_clock(self) -> None:
        """End what is over, ping where nothing is heard, close where not even a pong is."""
        now = asyncio.get_running_loop().time()
        if now >= self._ends_at:
            if self._visit is None:
                self._close_soon(TIMED_OUT, "Connection initialisation timeout")
            else:
                self._close_soon(FORBIDDEN, "Forbidden: the token has expired")
            return
        due = (self._heard_at if self._pinged_at is None else self._pinged_at) + PING_SECONDS
        if now >= due:
            if self._pinged_at is not None:
                self._close_soon(TIMED_OUT, "Timed out: no answer to a ping")
                return
            self._pinged_at = now
            due = now + PING_SECONDS
            say_soon(self.peer.send({"type": "ping"}))
        self._look_again_at(min(due, self._ends_at))

    def _look_again_at(self, moment: float) -> None:
        self._alarm = asyncio.get_running_loop().call_at(moment, self._look_at_the_clock)

    def _close_soon(self, code: int, reason: str) -> None:
        say_soon(self.peer.close(code, reason))

    async def _end(self) -> None:
        """End all that belongs to the connection, and wait for it."""
        self._alarm.cancel()
        if self._visit is not None:
            self._visit.end()
        ending = list(self.running)
        for operation in ending:
            operation.stop()
        if ending:
            await asyncio.wait([operation.task for operation in ending])


def _authorization(payload: Mapping[str, object]) -> str:
    """The Authorization of connection_init's payload, whatever the case of its key."""
    found = (value for name, value in payload.items() if name.lower() == "authorization")
    authorization = next(found, None)
    return authorization if isinstance(authorization, str) else ""
