"""Those who follow a feed as a good client does: resuming, dropping repeats, honouring codes."""

import asyncio
import random
from dataclasses import dataclass
from time import time
from typing import Any

from tests.faults.cluster import Cluster, Server
from tests.faults.history import History, Seen, Watch
from tests.faults.people import Person
from tests.faults.proxy import Proxy
from tests.faults.senders import bare
from tests.faults.wire import CONNECT_LIMIT_SECONDS, FINAL_CODES, GONE, open_socket
from tests.support.client import Socket, Stream
from tests.support.operations import VIEWER

_PAUSE_SECONDS = (0.05, 0.25)

_FEED = """subscription ($after: String) { feed(after: $after) { __typename cursor
    ... on MessageSent { message { id conversationId seq body } }
    ... on MessageDeleted { messageId } } }"""

_KINDS = {
    "MessageSent": "MESSAGE_SENT",
    "MessageDeleted": "MESSAGE_DELETED",
    "ChatDeleted": "CHAT_DELETED",
    "ChatRead": "CHAT_READ",
    "ChatStateChanged": "CHAT_STATE_CHANGED",
    "AccessChanged": "ACCESS_CHANGED",
}


def place_of(cursor: str) -> int:
    """The place in a cursor, which is opaque to everybody but this suite."""
    return int(cursor[8:], 16)


class TurnedAway(Exception):
    """The server closed with a code after which no client comes back."""


@dataclass
class Subscriber:
    """One page, open all the time."""

    person: Person
    watch: Watch
    cursor: str
    cluster: Cluster
    proxy: Proxy
    history: History
    random: random.Random
    # The server it is at, or tries to be.
    server: Server | None = None

    async def run(self) -> None:
        """Follow the feed, at any server, for ever; or until turned away."""
        while True:
            others = [each for each in self.cluster.servers if each is not self.server]
            self.server = self.random.choice(others or self.cluster.servers)
            for fault in self.history.faults:
                # It came to a server that is down: that fault is its own too.
                if fault.ended_at is None and fault.target == self.server.name:
                    fault.touched.add(self.watch.name)
            try:
                await self._follow(self.server)
            except TurnedAway as code:
                self._remark(f"turned away for good with {code}")
                return
            except GONE as error:
                self._remark(type(error).__name__)
            await asyncio.sleep(self.random.uniform(*_PAUSE_SECONDS))

    async def _follow(self, server: Server) -> None:
        async with open_socket(self.proxy.url(server.name), self.person.token) as socket:
            stream = await socket.subscribe(_FEED, after=self.cursor)
            while True:
                frame = await stream.frames.get()
                match frame["type"]:
                    case "next" if "errors" not in frame["payload"]:
                        self._take(frame["payload"]["data"]["feed"])
                    case "error" if _codes(frame["payload"]) == ["RESYNC_REQUIRED"]:
                        self._remark("RESYNC_REQUIRED")
                        await self._resync(socket)
                        return
                    case "closed":
                        if frame["code"] in FINAL_CODES:
                            raise TurnedAway(frame["code"])
                        self._remark(f"closed with {frame['code']}")
                        return
                    case _:
                        self._remark(f"{frame['type']} {_codes(frame.get('payload'))}")
                        return

    def _take(self, entry: dict[str, Any]) -> None:
        """Take an entry as a client does: what is not behind the last one is dropped."""
        place = place_of(entry["cursor"])
        if entry["cursor"] <= self.cursor:
            is_known = any(seen.place == place for seen in self.watch.seen)
            (self.watch.repeated if is_known else self.watch.belated).append(place)
            return
        self.cursor = entry["cursor"]
        kind, at = _KINDS[entry["__typename"]], time()
        if kind == "MESSAGE_SENT":
            message = entry["message"]
            ids = bare(message["id"]), bare(message["conversationId"])
            self.watch.seen.append(Seen(place, kind, at, *ids, message["seq"], message["body"]))
        elif kind == "MESSAGE_DELETED":
            self.watch.seen.append(Seen(place, kind, at, bare(entry["messageId"])))
        else:
            self.watch.seen.append(Seen(place, kind, at))

    async def _resync(self, socket: Socket) -> None:
        self.cursor = await cursor_of(await socket.subscribe(VIEWER))

    def _remark(self, what: str) -> None:
        self.history.remarks[f"subscriber: {what}"] += 1


async def cursor_of(stream: Stream) -> str:
    """The feed's newest cursor, as VIEWER tells it."""
    async with asyncio.timeout(CONNECT_LIMIT_SECONDS):
        cursor: str = (await stream.next())["viewer"]["feedCursor"]
    return cursor


def _codes(payload: Any) -> list[str]:
    errors = payload.get("errors", []) if isinstance(payload, dict) else payload or []
    return [error.get("extensions", {}).get("code", "?") for error in errors]
