"""GraphQL over server-sent events: a request, and a stream of results.

https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md § Distinct connections mode

What is over says `complete`, and no client comes back after it. What only cannot go on, because its
token, the service or the database went, is cut off without: clients come back and resume after
their cursor.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry.http import process_result
from strawberry.types import ExecutionResult

from gql.errors import UNAUTHENTICATED, coded, is_about_the_request, is_retriable
from messaging.errors import RateLimited, SignedOut
from models.outages import outages
from server.answers import answer_to
from server.authentication import Session
from server.bounded import Gone, Taker, say_soon
from server.callers import caller_of
from server.counted_sockets import places_of_stream
from server.heads import head_of
from server.json_text import write_json
from server.lines import line_of
from server.negotiation import EVENT_STREAM
from server.parts import Parts
from server.visits import Visit

logger = logging.getLogger(__name__)

# So long after the last thing said. Proxies cut off what is idle for a minute, some for half of it.
KEEP_ALIVE_SECONDS = 15.0
# Some proxies would hold events back until they have a page of them.
HEADERS = {"X-Accel-Buffering": "no"}
_RAW_HEADERS = [(b"content-type", EVENT_STREAM.encode()), (b"x-accel-buffering", b"no")]

_COMMENT = b":\n\n"
# Browsers tell nobody of an event without data.
_COMPLETE = b"event: complete\ndata: \n\n"


def stream_of_one(body: Mapping[str, object]) -> Response:
    """The whole stream of what has one answer."""
    return Response(_next(body) + _COMPLETE, headers=HEADERS, media_type=EVENT_STREAM)


class EventStream:
    """The answer to a subscription, from its headers to its end."""

    _serving: asyncio.Task[Any] | None
    _taker: Taker
    _visit: Visit | None
    _alarm: asyncio.TimerHandle

    def __init__(
        self, parts: Parts, session: Session | None, results: AsyncGenerator[Any, None]
    ) -> None:
        """``session`` is of who asked: they listen for as long as it lasts, and as they may."""
        self._parts = parts
        self._session = session
        self._results = results
        self._said_at = 0.0
        self._is_over = False
        # What is said last; nothing where it is cut off.
        self._last = b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, until either side ends it; 429 where too many are open."""
        viewer = None if self._session is None else self._session.viewer
        try:
            places = places_of_stream(self._parts.allowances, caller_of(scope), viewer)
        except RateLimited as limited:
            await self._results.aclose()
            await answer_to(limited, head_of(scope))(scope, receive, send)
            return
        with places:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._serving = asyncio.current_task()
        self._taker = Taker(send)
        line = line_of(scope)
        if line is not None:
            line.hold()
        watching = asyncio.create_task(self._watch(receive))
        try:
            await self._serve(scope)
        except Gone:
            pass
        finally:
            watching.cancel()
            if line is not None:
                line.let_go()
                if not self._taker.is_closed or self._taker.is_given_up:
                    line.hang_up()

    async def _serve(self, scope: Scope) -> None:
        """Tell everything from the headers to the last word. Raises Gone."""
        try:
            await self._taker.push(
                {"type": "http.response.start", "status": 200, "headers": _RAW_HEADERS}
            )
            # Some proxies pass headers on with the first of the rest alone.
            await self._say(_COMMENT)
            self._guard(scope)
            try:
                await self._tell_all()
            finally:
                self._unguard()
        except asyncio.CancelledError:
            if self._taker.is_given_up:
                logger.warning("A peer that takes nothing was given up.")
                return
            if not self._is_over or self._serving is None:
                raise
            self._serving.uncancel()
        except Gone:
            raise
        except Exception as error:
            # Whoever asked comes back, and is told from the cursor on.
            if not outages.note(error):
                logger.exception("A stream was cut off.")
            return
        if self._last:
            await self._say(self._last, is_last=True)

    async def _tell_all(self) -> None:
        async with aclosing(self._results) as results:
            async for result in results:
                await self._tell(result)
        if not self._is_over:
            self._is_over, self._last = True, _COMPLETE

    async def _tell(self, result: object) -> None:
        """Tell a result. Raises Gone."""
        if not isinstance(result, ExecutionResult):
            raise TypeError("@defer and @stream are off")
        if result.errors:
            if is_retriable(result.errors):
                # The entry would be missed: the client comes back, and reads it after its cursor.
                raise Gone
            result.errors = coded(result.errors)
        await self._say(_next(body_of(result)))

    def _end(self, last: bytes = b"") -> None:
        """End it from outside, with a last word or cut off."""
        if not self._is_over and self._serving is not None:
            self._is_over, self._last = True, last
            self._serving.cancel()

    async def _watch(self, receive: Receive) -> None:
        """End it when the client is gone, which nothing else would tell."""
        while (await receive())["type"] != "http.disconnect":
            pass
        self._end()

    def _guard(self, scope: Scope) -> None:
        self._visit = None
        if self._session is not None:
            self._visit = Visit(
                self._parts, self._session, caller_of(scope),
                put_out=self._put_out, fail=self._cut_off,
            )  # fmt: skip
        self._look_at_the_clock()

    def _unguard(self) -> None:
        self._alarm.cancel()
        if self._visit is not None:
            self._visit.end()

    async def _put_out(self) -> None:
        signed_out = {"message": str(SignedOut()), "extensions": {"code": UNAUTHENTICATED}}
        self._end(_next({"errors": [signed_out]}) + _COMPLETE)

    async def _cut_off(self) -> None:
        self._end()

    def _look_at_the_clock(self) -> None:
        """Cut off what is over, and keep alive what is quiet."""
        loop = asyncio.get_running_loop()
        ends_at = float("inf") if self._visit is None else self._visit.ends_at
        if loop.time() >= ends_at:
            self._end()
        elif loop.time() >= self._said_at + KEEP_ALIVE_SECONDS:
            self._said_at = loop.time()
            say_soon(self._say(_COMMENT))
        due = min(ends_at, self._said_at + KEEP_ALIVE_SECONDS)
        self._alarm = loop.call_at(due, self._look_at_the_clock)

    async def _say(self, events: bytes, *, is_last: bool = False) -> None:
        """Say it. Raises Gone."""
        self._taker.check_open()
        self._taker.is_closed = is_last
        self._said_at = asyncio.get_running_loop().time()
        await self._taker.push(
            {"type": "http.response.body", "body": events, "more_body": not is_last}
        )


def body_of(result: ExecutionResult) -> dict[str, Any]:
    """What a client is told of a result whose errors have their codes."""
    body: dict[str, Any] = dict(process_result(result))
    if result.errors and is_about_the_request(result):
        # Nothing was executed that could have data.
        del body["data"]
    return body


def _next(body: Mapping[str, object]) -> bytes:
    return b"event: next\ndata: " + write_json(body) + b"\n\n"
