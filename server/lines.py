"""HTTP connections whose streams end in time.

uvicorn lets a stream run on when it is told to stop, until it cancels it with a traceback.
"""

from typing import Protocol, cast

from starlette.types import Scope
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from server.http_connections import BoundedHttp

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


class Lines(BoundedHttp):
    """Bounded connections, each of which is the line of its requests."""

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

    def shutdown(self) -> None:
        """Let answers go out; streams end."""
        super().shutdown()
        self._is_ending = True
        if self._is_held:
            self.hang_up()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        cast(Scope, cycle.scope)["extensions"] = {_LINE: self}
        super()._start_asgi_task(cycle, app)
