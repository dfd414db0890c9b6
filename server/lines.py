"""HTTP connections whose streams end in time, and are told when their client is gone.

uvicorn lets a stream run on when it is told to stop, until it cancels it with a traceback. And a
connection that is lost while a second request waits behind the first is told to the second alone:
the first would stream to nobody for ever.
"""

from typing import Protocol, cast

from starlette.types import Scope
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

_LINE = "lms_messages.line"


class Line(Protocol):
    """The connection that a request came on."""

    def hold(self) -> None:
        """Begin an answer that has no end of its own: it ends with the service."""

    def let_go(self) -> None:
        """The answer has its end after all; others may follow on the line."""

    def hang_up(self) -> None:
        """Cut the answer off, which clients take for a connection lost, never for its end."""


def line_of(scope: Scope) -> Line | None:
    """The line of a request; None where another server serves."""
    return cast(Line | None, scope.get("extensions", {}).get(_LINE))


class Lines(HttpToolsProtocol):
    """uvicorn's protocol, each of which is the line of its requests."""

    _running: RequestResponseCycle | None = None
    _is_held = False
    _is_ending = False

    def hold(self) -> None:
        """Begin a stream."""
        self._is_held = True
        if self._is_ending:
            self.hang_up()

    def let_go(self) -> None:
        """The stream is over."""
        self._is_held = False

    def hang_up(self) -> None:
        """Cut off."""
        self._tell_who_answers()
        if self.transport.get_write_buffer_size():
            # It would wait with all that is unsent for as long as the peer lives.
            self.transport.abort()
        else:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever answers that nobody listens any more."""
        self._tell_who_answers()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Let answers go out; streams end."""
        super().shutdown()
        self._is_ending = True
        if self._is_held:
            self.hang_up()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._running = cycle
        cast(Scope, cycle.scope)["extensions"] = {_LINE: self}
        super()._start_asgi_task(cycle, app)

    def _tell_who_answers(self) -> None:
        if self._running is not None and not self._running.response_complete:
            self._running.disconnected = True
            self._running.message_event.set()
