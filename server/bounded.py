"""What a connection's peer is sent, which it must take."""

import asyncio
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from typing import Any

from starlette.types import Message, Send

from server.json_text import write_json

# A peer that takes nothing for so long is gone, or wants the server's memory. Its transport holds
# up what is written to it, and a close would wait as long: such a connection is given up. The peer
# sees 1006, after which clients connect again and resume.
SEND_LIMIT_SECONDS = 10.0
# RFC 6455 §5.5: a close frame has 125 bytes, two of them for the code.
_LONGEST_REASON_BYTES = 123


class Gone(Exception):
    """The connection has ended: nothing is sent on it any more."""


class Taker:
    """Who takes what is sent, made in the task that serves the connection."""

    __slots__ = (
        "_held_since",
        "_send",
        "_serving",
        "_unsent",
        "_watch",
        "is_closed",
        "is_given_up",
    )

    def __init__(self, send: Send) -> None:
        self._send = send
        self._serving = asyncio.current_task()
        self._unsent = 0
        # Since when nothing was taken, while something is unsent.
        self._held_since = 0.0
        self._watch: asyncio.TimerHandle | None = None
        self.is_closed = False
        self.is_given_up = False

    def check_open(self) -> None:
        """Raise Gone once the connection is closed from our side."""
        if self.is_closed:
            raise Gone

    async def push(self, event: Message) -> None:
        """Send an event of ASGI. Raises Gone."""
        clock = asyncio.get_running_loop().time
        if not self._unsent:
            self._held_since = clock()
        self._unsent += 1
        # One timer for many sends, most of which are over at once.
        if self._watch is None:
            self._look_at(self._held_since + SEND_LIMIT_SECONDS)
        try:
            await self._send(event)
        except OSError as error:
            # As ASGI has it (§ Send, websocket).
            raise Gone from error
        finally:
            self._unsent -= 1
        self._held_since = clock()

    def _look_at(self, moment: float) -> None:
        self._watch = asyncio.get_running_loop().call_at(moment, self._look)

    def _look(self) -> None:
        self._watch = None
        if not self._unsent:
            return
        until = self._held_since + SEND_LIMIT_SECONDS
        if asyncio.get_running_loop().time() < until:
            self._look_at(until)
        elif self._serving is not None:
            self.is_closed = self.is_given_up = True
            self._serving.cancel()


class Peer(Taker):
    """The other end of an open socket."""

    __slots__ = ("_turn",)

    def __init__(self, send: Send) -> None:
        super().__init__(send)
        self._turn = asyncio.Lock()

    async def send(self, message: Mapping[str, object]) -> None:
        """Send a message. Raises Gone."""
        # A peer that takes nothing keeps one message waiting as text, and not all that come.
        async with self._turn:
            self.check_open()
            text = write_json(message).decode()
            await self.push({"type": "websocket.send", "text": text})

    async def close(self, code: int, reason: str) -> None:
        """Close the connection. Raises Gone, also where it is closed already.

        Several tasks of a connection may find at once that it must end: the first one says why.
        """
        reason = _cut(reason)
        event = {"type": "websocket.close", "code": code, "reason": reason}
        self.check_open()
        self.is_closed = True
        await self.push(event)


# What nobody waits for: the loop itself keeps no task alive.
_begun: set[asyncio.Task[None]] = set()


def say_soon(saying: Coroutine[Any, Any, None]) -> None:
    """Say it in a task of its own; to nobody, where they are gone."""
    task = asyncio.create_task(say_quietly(saying))
    _begun.add(task)
    task.add_done_callback(_begun.discard)


async def say_quietly(saying: Coroutine[Any, Any, None]) -> None:
    """Say it; to nobody, where they are gone."""
    with suppress(Gone):
        await saying


def _cut(reason: str) -> str:
    """As much of it as there is room for."""
    return reason.encode("utf-8", "replace")[:_LONGEST_REASON_BYTES].decode("utf-8", "ignore")
