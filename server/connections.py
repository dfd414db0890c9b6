"""A WebSocket's connection that its peer cannot fill, and that ends although its peer does not.

uvicorn answers a ping at once, past all flow control: a peer that pings and never reads has the
answers pile up, and needs no token for it; of the smallest frames a single reading brings tens of
thousands, which would hold up everybody. And a transport that is closed waits with its socket and
all that is unsent for as long as its peer lives, whether that ever takes it or not.
"""

import asyncio
from http import HTTPStatus

from uvicorn._types import ASGIReceiveEvent, ASGISendEvent
from uvicorn.protocols.http.httptools_impl import STATUS_LINE
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame

# For a peer that takes nothing, and for one that was closed to take the rest. A little more than a
# single message has (server.bounded), so that an operation ends before its connection does.
CUT_SECONDS = 12.0
# Taken in one turn of the loop: less than 3,000 of the smallest frames, which are some 10 ms.
SLICE_BYTES = 16 * 1024
# Of one message. The largest has 256 KB, and proxies that split one do so at some KB; kept apart, a
# byte costs forty.
MOST_FRAGMENTS = 1_000

_NO_REQUEST = (
    STATUS_LINE[HTTPStatus.BAD_REQUEST] + b"connection: close\r\ncontent-length: 0\r\n\r\n"
)


class BoundedConnection(WebSocketsSansIOProtocol):
    """uvicorn's protocol; what a peer does not take is kept only up to a size and a time."""

    _cut: asyncio.TimerHandle | None = None
    _is_held_up = False
    _has_ended = False
    # What was read and not yet taken.
    _rest = b""

    def pause_writing(self) -> None:
        """Take nothing more from a peer that takes nothing, and cut it off in the end."""
        super().pause_writing()
        self._is_held_up = True
        self.transport.pause_reading()
        self._cut_off_later()

    def resume_writing(self) -> None:
        """Go on with a peer that took what was sent."""
        super().resume_writing()
        self._is_held_up = False
        if self.transport.is_closing():
            return
        if not self._has_ended:
            self._stay()
        if not self.read_paused:
            self.transport.resume_reading()
            self._wait_if_needed()

    def data_received(self, data: bytes) -> None:
        """Take what was read; where it is much, in slices, with a turn of the loop between them."""
        if self._rest:
            self._rest += data
        elif len(data) <= SLICE_BYTES:
            self._take(data)
        else:
            self._rest = data
            self.transport.pause_reading()
            self._take_a_slice()

    def _take(self, data: bytes) -> None:
        """Take some, and answer the pings in it together."""
        super().data_received(data)
        answers = b"".join(self.conn.data_to_send())
        is_refused = self.conn.handshake_exc is not None and not self.handshake_initiated
        # To what it takes for no request at all websockets has nothing to say.
        if answers or is_refused:
            self.transport.write(answers or _NO_REQUEST)
        if is_refused:
            # uvicorn would wait for more, and stumble over it when it is told to stop.
            self.transport.close()

    def _take_a_slice(self) -> None:
        # As nothing is read any more from a transport that is closing.
        if self.transport.is_closing():
            self._rest = b""
            return
        data, self._rest = self._rest[:SLICE_BYTES], self._rest[SLICE_BYTES:]
        self._take(data)
        if self._rest:
            self.loop.call_soon(self._take_a_slice)
        elif not (self.read_paused or self._is_held_up or self.transport.is_closing()):
            self.transport.resume_reading()

    def _wait_if_needed(self) -> None:
        # uvicorn has the transport read on by itself.
        if self._is_held_up or self._rest:
            self.transport.pause_reading()

    def handle_cont(self, event: Frame) -> None:
        """Keep a message's next fragment; one in far too many is none of ours."""
        if self.close_sent:
            return
        if len(self.frames) < MOST_FRAGMENTS:
            super().handle_cont(event)
        else:
            self._fail(CloseCode.MESSAGE_TOO_BIG)

    def _fail(self, code: CloseCode) -> None:
        # Unlike send_close() also where the peer has closed already.
        self.conn.fail(code)
        self.handle_parser_exception()

    def handle_parser_exception(self) -> None:
        """End a connection whose peer broke the protocol."""
        if self.conn.close_sent is None:
            # It did not wait for the handshake's answer, and there is no close frame before that.
            self.transport.abort()
        else:
            super().handle_parser_exception()

    def handle_ping(self) -> None:
        """Leave it to data_received: a write for each of ten thousand would hold up everybody."""

    def send_receive_event_to_app(self) -> None:
        """Hand a message over; a text that is none ends the connection (RFC 6455 §8.1).

        uvicorn would have the log tell of it with a traceback, at any peer's pleasure.
        """
        is_text = self.curr_msg_data_type == "text"
        if is_text and not self.close_sent and not _is_utf8(b"".join(self.frames)):
            self._fail(CloseCode.INVALID_DATA)
        else:
            super().send_receive_event_to_app()

    async def receive(self) -> ASGIReceiveEvent:
        """The next event for the application."""
        message = await super().receive()
        self._wait_if_needed()
        return message

    async def send(self, message: ASGISendEvent) -> None:
        """Send an event of the application's. Raises ClientDisconnected."""
        await self.writable.wait()
        # A peer that broke the protocol is closed without the application, which cannot know yet.
        if self.close_sent and self.handshake_complete and self.initial_response is None:
            raise ClientDisconnected
        await super().send(message)
        self._wait_if_needed()
        if message["type"] == "websocket.accept":
            # Of no use any more, and 3 KB for as long as the connection is open.
            del self.request, self.response

    async def run_asgi(self) -> None:
        """Run the application. Once that has ended, the connection has a while to do likewise."""
        try:
            await super().run_asgi()
        finally:
            self._has_ended = True
            if not self.disconnected:
                self._cut_off_later()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget what was to come."""
        self._rest = b""
        super().connection_lost(exc)
        self._stay()

    def _cut_off_later(self) -> None:
        if self._cut is None:
            self._cut = self.loop.call_later(CUT_SECONDS, self._cut_off)

    def _stay(self) -> None:
        if self._cut is not None:
            self._cut.cancel()
            self._cut = None

    def _cut_off(self) -> None:
        self.transport.abort()


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
