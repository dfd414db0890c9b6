"""A person at their desk: a page that is open the whole time, and questions over its socket."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests.properties.page import FEED, LISTS, Page
from tests.support.client import Closed, Socket, Stream
from tests.support.service import Service

_ALL = f"""{{ {LISTS[1:-1]}
    unread: conversations(first: 100, unreadOnly: true) {{ edges {{ node {{ id }} }} }}
    courses(first: 100) {{ edges {{ node {{ title instructors {{
        user {{ id status }} mayContact contactRefusal }} }} }} }} }}"""
# For who may start chats.
_ALL_AND_RECIPIENTS = _ALL[:-1] + "recipients(first: 100) { edges { node { id } } } }"
_CHAT = "query ($id: ID!) { conversation(id: $id) { id messages { edges { node { id } } } } }"
# As many as one operation may have.
_NODES_AT_ONCE = 20


class Desk:
    """One person's open page."""

    def __init__(self, service: Service, name: str, own_id: str) -> None:
        self._client = service.as_(name)
        self._own_id = own_id
        self._stack = AsyncExitStack()
        self._socket: Socket | None = None
        self._feed: Stream | None = None
        self.page = Page(own_id)
        # How many entries of the play it was told.
        self.told = 0

    @property
    def is_open(self) -> bool:
        """Whether its socket is."""
        return self._socket is not None

    async def open(self) -> None:
        """Sign in, read the lists the first time, and follow the feed from there."""
        self._socket = await self._stack.enter_async_context(self._client.socket())
        if not self.page.cursor:
            self.page.load(await self.ask(LISTS))
        self._feed = await self._socket.subscribe(FEED, after=self.page.cursor)

    async def close(self) -> None:
        """Leave."""
        self._socket = self._feed = None
        await self._stack.aclose()

    async def expect_end(self) -> None:
        """See the service end the connection for good (W4)."""
        assert self._socket is not None
        assert self._feed is not None
        assert await self._socket.closed() == 4401
        with pytest.raises(Closed):
            await self._feed.next()
        await self.close()

    async def ask(self, document: str, **variables: Any) -> Any:
        """Send a query; its data."""
        assert self._socket is not None
        stream = await self._socket.subscribe(document, **variables)
        data = await stream.next()
        with pytest.raises(StopAsyncIteration):
            await stream.next()
        return data

    async def hear(self, count: int) -> list[Any]:
        """Put so many entries down on the page; what they were."""
        assert self._feed is not None
        entries = [await self._feed.entry() for _ in range(count)]
        self.told += count
        for entry in entries:
            self.page.apply(entry)
        if any(entry["__typename"] == "AccessChanged" for entry in entries):
            await self._read_again()
        return entries

    async def _read_again(self) -> None:
        # No entry for each chat tells that the mode closed them all: what depends on it is asked.
        for edge in (await self.ask(LISTS))["conversations"]["edges"]:
            card, fresh = self.page.cards[edge["node"]["id"]], edge["node"]
            card["mayReply"], card["closedReason"] = fresh["mayReply"], fresh["closedReason"]

    async def look(self, *, is_administrative: bool) -> tuple[Page, dict[str, Any]]:
        """All that one asks for: the page as the answers make it, and what stands beside it."""
        answers = await self.ask(_ALL_AND_RECIPIENTS if is_administrative else _ALL)
        page = Page(self._own_id)
        page.load(answers)
        rest = {"unread": _ids(answers["unread"]), "courses": _nodes(answers["courses"])}
        if is_administrative:
            rest["recipients"] = _ids(answers["recipients"])
        return page, rest

    async def replay(self, after: str) -> Page:
        """An empty page to which the whole feed was told."""
        assert self._socket is not None
        head = (await self.ask(LISTS))["viewer"]["feedCursor"]
        page = Page(self._own_id)
        page.cursor = after
        stream = await self._socket.subscribe(FEED, after=after)
        while page.cursor < head:
            page.apply(await stream.entry())
        await stream.complete()
        return page

    async def thread(self, chat_id: str) -> list[str] | None:
        """The ids of a chat's messages, the chat listed or not; None where it is not there."""
        found = (await self.ask(_CHAT, id=chat_id))["conversation"]
        return found and [edge["node"]["id"] for edge in found["messages"]["edges"]]

    async def sees(self, ids: Sequence[str]) -> list[str]:
        """Those of the ids behind which this person finds something."""
        found: list[str] = []
        for start in range(0, len(ids), _NODES_AT_ONCE):
            some = ids[start : start + _NODES_AT_ONCE]
            fields = [f'n{number}: node(id: "{each}") {{ id }}' for number, each in enumerate(some)]
            answers = await self.ask("{ " + " ".join(fields) + " }")
            found += [node["id"] for node in answers.values() if node is not None]
        return found


def _nodes(connection: Any) -> list[Any]:
    return [edge["node"] for edge in connection["edges"]]


def _ids(connection: Any) -> list[str]:
    return [node["id"] for node in _nodes(connection)]


def kind_of(entry: Any) -> tuple[object, ...]:
    """An entry's kind and what it is about, its state apart."""
    kind = entry["__typename"]
    match kind:
        case "MessageSent":
            return (kind, entry["message"]["id"])
        case "MessageDeleted":
            return (kind, entry["messageId"])
        case "ChatDeleted":
            return (kind, entry["conversationId"])
        case "ChatRead":
            return (kind, entry["conversation"]["id"], entry["userId"], entry["upToSeq"])
        case "ChatStateChanged":
            return (kind, entry["conversation"]["id"])
        case _:
            return (kind,)
