"""An HTTP connection that its peer cannot fill, and that ends although its peer does not.

uvicorn bounds nothing here: neither the size of a request's head nor the time that a request takes
to come, neither how many wait behind another nor how long an answer waits to be taken. None of it
needs a token.
"""

import asyncio
import sys
from contextlib import suppress
from http import HTTPStatus

import httptools
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from server.connections import CUT_SECONDS

if sys.platform != "win32":
    import fcntl
    import termios

# As much as browsers and proxies ever send: Node takes 16 KB, nginx 32 KB, httpd 100 headers.
LARGEST_HEAD_BYTES = 64 * 1024
MOST_HEADERS = 100
# Fed at once: the parser tells of a header when it is whole, so what is fed is what is counted.
SLICE_BYTES = 16 * 1024
# From a connection's beginning, later from a request's first byte. A head is one packet or two;
# over a bad mobile network each may be lost a few times.
HEAD_SECONDS = 10.0
# For all of a request from its first byte: the largest is 256 KB, at 9 KB a second.
REQUEST_SECONDS = 30.0
# Requests behind the one that is answered. Browsers, proxies and client libraries send none.
MOST_WAITING = 20


class _Refused(Exception):
    """The request is not taken: the parser is to stop."""


class BoundedHttp(HttpToolsProtocol):
    """uvicorn's protocol; requests come in time and in size, and answers are taken or dropped.

    One timer a connection looks after all of it, and mostly finds nothing.
    """

    _watch: asyncio.TimerHandle | None = None
    # Bytes that were fed since something came of any.
    _fed = 0
    # When the request began that is not complete, and how long it may take; 0 while none comes.
    _began = 0.0
    _limit = 0.0
    # What was not taken when it was last looked at.
    _unsent = 0
    _refusal = HTTPStatus.BAD_REQUEST
    _answered: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Begin: the first request has to come soon."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget what was to come."""
        self._stay()
        super().connection_lost(exc)
        # uvicorn tells the newest request only: a stream before it would go on for ever.
        self._tell_who_answers()

    def data_received(self, data: bytes) -> None:
        """Take what was read.

        What is no request ends the connection, without a line in the log: any peer could fill it.
        """
        self._unset_keepalive_if_required()
        try:
            if len(data) <= SLICE_BYTES:
                self._feed(data)
                return
            for start in range(0, len(data), SLICE_BYTES):
                self._feed(data[start : start + SLICE_BYTES])
        except (httptools.HttpParserError, _Refused):
            self._refuse(self._refusal)
        except httptools.HttpParserUpgrade:
            if self._should_upgrade():
                self.handle_websocket_upgrade()

    def _feed(self, data: bytes) -> None:
        self._fed += len(data)
        self.parser.feed_data(data)
        if self._fed:
            self._check_size()

    def _check_size(self) -> None:
        # Headers that come behind a body are among them.
        count = 0 if self.headers is None else len(self.headers)
        if self._fed > LARGEST_HEAD_BYTES or count > MOST_HEADERS:
            self._stop(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def _stop(self, status: HTTPStatus) -> None:
        # The parser raises an error of its own for it.
        self._refusal = status
        raise _Refused

    def on_message_begin(self) -> None:
        """A request's first byte came."""
        super().on_message_begin()
        self._await_head()

    def on_headers_complete(self) -> None:
        """A request's head came."""
        self._fed = 0
        self._limit = REQUEST_SECONDS
        self._check_size()
        if len(self.pipeline) >= MOST_WAITING:
            self._stop(HTTPStatus.TOO_MANY_REQUESTS)
        super().on_headers_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answered = cycle
        super()._start_asgi_task(cycle, app)

    def on_body(self, body: bytes) -> None:
        """Some of a request's body came."""
        self._fed = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """All of a request came."""
        self._fed = 0
        self._limit = 0.0
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over, unless something is still answered on it."""
        if self._is_answering():
            self._refuse(HTTPStatus.BAD_REQUEST)
            return
        self._stay()
        super().handle_websocket_upgrade()

    def on_response_complete(self) -> None:
        """An answer was written, which is not to say taken."""
        super().on_response_complete()
        self._mind_the_close()

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection."""
        super().timeout_keep_alive_handler()
        self._mind_the_close()

    def pause_writing(self) -> None:
        """Have the application wait for the peer, and the peer not for ever."""
        super().pause_writing()
        self._mind_the_unsent()

    def resume_writing(self) -> None:
        """Go on with a peer that took what was sent."""
        super().resume_writing()
        self._unsent = 0

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _tell_who_answers(self) -> None:
        """Tell whoever answers that nobody listens any more."""
        if (cycle := self._answered) is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()

    def _refuse(self, status: HTTPStatus) -> None:
        """Close, and say why where that would not land within another answer."""
        if self.transport.is_closing():
            return
        cycle = self.cycle
        is_begun = self._is_answering() and (cycle is not self._answered or cycle.response_started)
        if self._is_answering():
            # Whatever it still says would land behind this.
            cycle.disconnected = True
            cycle.message_event.set()
        if not is_begun:
            body = status.phrase.encode()
            self.transport.write(
                STATUS_LINE[status]
                + b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\n"
                + b"content-length: %d\r\n\r\n" % len(body)
                + body
            )
        self.transport.close()
        self._mind_the_close()

    def _await_head(self) -> None:
        self._began = self.loop.time()
        self._limit = HEAD_SECONDS
        if self._watch is None:
            self._look_at(self._began + HEAD_SECONDS)

    def _mind_the_close(self) -> None:
        # A closed transport waits with its socket for as long as its peer lives.
        if self.transport.is_closing():
            self._mind_the_unsent()

    def _mind_the_unsent(self) -> None:
        self._unsent = _untaken(self.transport)
        if self._unsent:
            self._stay()
            self._look_at(self.loop.time() + CUT_SECONDS)

    def _look_at(self, moment: float) -> None:
        self._watch = self.loop.call_at(moment, self._look)

    def _stay(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _look(self) -> None:
        """Cut off who took nothing since the last look, refuse who takes too long to ask."""
        self._watch = None
        if self.flow.write_paused or self.transport.is_closing():
            before = self._unsent
            self._mind_the_unsent()
            if before and self._unsent >= before:
                self.transport.abort()
        elif self._limit:
            now = self.loop.time()
            if self.flow.read_paused:
                # It is this side that does not let it come.
                self._began = now
            until = self._began + self._limit
            if now < until:
                self._look_at(until)
            elif self._answered is None and not self._fed:
                # Browsers open some ahead of need, and would take an answer for the next one's.
                self.transport.close()
            else:
                self._refuse(HTTPStatus.REQUEST_TIMEOUT)


def _untaken(transport: asyncio.Transport) -> int:
    """The bytes that the peer did not take, if any of them are kept here.

    The system's are counted with them where it tells: it takes more from here only once a great
    part of its own is gone, which may be long after a slow peer took some.
    """
    unsent = transport.get_write_buffer_size()
    if unsent and sys.platform != "win32":
        with suppress(OSError):
            descriptor = transport.get_extra_info("socket").fileno()
            unsent += int.from_bytes(
                fcntl.ioctl(descriptor, termios.TIOCOUTQ, bytes(4)), sys.byteorder
            )
    return unsent
