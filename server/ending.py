"""Ending in time, and politely: what runs is answered, sockets close with 1012, the process ends.

Told to stop, uvicorn closes every socket at once, before the answers that were on their way. Here a
socket whose mutations or queries still run is closed when they are answered. And whatever hangs at
the end (a database that does not answer, a lock that somebody holds), the process ends: a write
that is cut off was not acknowledged, and may yet have been done.
"""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Callable, Collection
from types import FrameType
from typing import cast

from starlette.types import ASGIApp, Receive, Scope, Send
from websockets.http11 import Request

from server.connections import BoundedConnection

logger = logging.getLogger(__name__)

# Open requests, streams and sockets get so long to end once the service is told to stop.
GRACE_SECONDS = 3
# Less, so that a socket whose operation takes longer is told 1012 all the same.
ANSWER_LIMIT_SECONDS = 2.5
# Then it is over: five seconds are what was promised.
END_LIMIT_SECONDS = 4.2

Handler = Callable[[int, FrameType | None], object] | int | None

# Where a connection's handler finds its Ending.
ENDING = "lms_messages.ending"


class Ending:
    """What the server asks a connection's handler when the service is told to stop."""

    def __init__(self) -> None:
        # What still has to be answered; from the question on nothing new begins.
        self.unanswered: Callable[[], Collection[asyncio.Task[None]]] = list


class PatientWebSockets(BoundedConnection):
    """Connections that close once they are answered."""

    def handle_connect(self, event: Request) -> None:
        """Begin a connection."""
        super().handle_connect(event)
        # Refused ones have no scope; the handler's task has not begun yet.
        if not self.close_sent:
            self._ending = Ending()
            cast(dict[str, object], self.scope["extensions"])[ENDING] = self._ending

    def shutdown(self) -> None:
        """Close with 1012, now or once what runs is answered."""
        # uvicorn would fail on it, and close none of the others.
        if self.transport.is_closing():
            return
        ending: Ending | None = getattr(self, "_ending", None)
        unanswered = ending.unanswered() if ending is not None else ()
        if unanswered:
            self._closing = self.loop.create_task(self._close_after(unanswered))
        else:
            super().shutdown()

    async def _close_after(self, unanswered: Collection[asyncio.Task[None]]) -> None:
        await asyncio.wait(unanswered, timeout=ANSWER_LIMIT_SECONDS)
        if not self.transport.is_closing():
            super().shutdown()


class EndsInTime:
    """An application whose process ends soon after SIGTERM or SIGINT, whatever hangs."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve."""
        if scope["type"] == "lifespan":
            _watch_the_end()
        await self._app(scope, receive, send)


def _watch_the_end() -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        # The server's own handler is there already.
        signal.signal(number, _with_a_limit(signal.getsignal(number)))


def _with_a_limit(tell_the_server: Handler) -> Handler:
    def begin_to_end(number: int, frame: FrameType | None) -> None:
        # A thread: the loop itself may be what hangs.
        watchdog = threading.Timer(END_LIMIT_SECONDS, _cut_off)
        watchdog.daemon = True
        watchdog.start()
        if callable(tell_the_server):
            tell_the_server(number, frame)

    return begin_to_end


def _cut_off() -> None:
    logger.warning("The service ends although something still runs; it was not acknowledged.")
    os._exit(1)
