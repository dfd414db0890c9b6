"""HTTP connections whose streams end in time, and are told when their client is gone.

uvicorn lets a stream run on when it is told to stop, until it cancels it with a traceback. And a
connection that is lost while a second request waits behind the first is told to the second alone:
the first would stream to nobody for ever.
"""

import asyncio
from typing import cast

from starlette.types import Scope
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

_LINE = "lms_messages.line"


class Line:
    """The connection that a request came on."""

    __slots__ = ("_is_ending", "_is_held", "_transport")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._is_held = False
        self._is_ending = False

    def hold(self) -> None:
        """Begin an answer that has no end of its own: it ends with the service."""
        self._is_held = True
        if self._is_ending:
            self.hang_up()

    def let_go(self) -> None:
        """The answer has its end after all; others may follow on the line."""
        self._is_held = False

    def end(self) -> None:
        """The service ends: so does what would go on."""
        self._is_ending = True
        if self._is_held:
            self.hang_up()

    def hang_up(self) -> None:
        """Cut the answer off, which clients take for a connection lost, never for its end."""
        if self._transport.get_write_buffer_size():
            # It would wait with all that is unsent for as long as the peer lives.
            self._transport.abort()
        else:
            self._transport.close()


def line_of(scope: Scope) -> Line | None:
    """The line of a request; None where another server serves."""
    return cast(Line | None, scope.get("extensions", {}).get(_LINE))


class Lines(HttpToolsProtocol):
    """uvicorn's protocol, in which a stream knows its line."""

    _running: RequestResponseCycle | None = None
    _line: Line | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever answers that nobody listens any more."""
        running = self._running
        if running is not None and not running.response_complete:
            running.disconnected = True
            running.message_event.set()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Let answers go out; streams end."""
        super().shutdown()
        if self._line is not None:
            self._line.end()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        if self._line is None:
            self._line = Line(self.transport)
        self._running = cycle
        cast(Scope, cycle.scope)["extensions"] = {_LINE: self._line}
        super()._start_asgi_task(cycle, app)
