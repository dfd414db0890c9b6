"""Print what the execution of GraphQL costs when nothing has to be read.

    .venv/bin/python bench/completion.py

The page's own operations run in process, first by graphql-core alone, then compiled. Rows are at
hand as if just read; nothing is sent. Microseconds of CPU per operation, the best of some rounds.
"""

# ruff: noqa: T201  # a benchmark prints what it measured

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch
from uuid import UUID

from asyncpg.pgproto import pgproto
from graphql import parse, print_ast
from graphql.utilities import separate_operations

from gql import ids
from gql.api import build_schema
from gql.context import Context
from gql.execution.schema import Schema
from messaging.actions.sending import Sent
from messaging.feed.reading import MessageSentEvent
from messaging.policy.chats import Bond, ChatState
from messaging.reads.columns import ConversationRow, MessageRow, UserRow
from messaging.reads.paging import Page
from messaging.viewers import Viewer
from models import MessagingMode, Role, UserStatus
from models.ids import new_id

OPERATIONS = Path(__file__).parent.parent / "web" / "src" / "operations"
ROUNDS, TIMES = 7, 40
EVENTS = 500


def documents() -> dict[str, str]:
    """The page's operations by name, each with the fragments it needs."""
    text = "\n".join(path.read_text() for path in sorted(OPERATIONS.glob("*.graphql")))
    parted = separate_operations(parse(text))
    return {name: print_ast(document) for name, document in parted.items()}


def a_key() -> UUID:
    """An id as a database's row has it."""
    return cast(UUID, pgproto.UUID(new_id().bytes))


def person(name: str) -> UserRow:
    """Somebody."""
    return UserRow(a_key(), name, f"/photos/{name}.svg", Role.LEARNER, UserStatus.ACTIVE)


ME, PEER = person("me"), person("peer")
CHAT = a_key()
VIEWER = Viewer(ME, a_key(), MessagingMode.ON, "e" * 8, 7, 3, 0, False, True)
STATE = ChatState(MessagingMode.ON, UserStatus.ACTIVE, Bond.PERMITTED)


def message(seq: int) -> MessageRow:
    """A message of a thread."""
    mine = seq % 2 == 0
    body = f"Message {seq}, which says something about the course."
    row = MessageRow(
        a_key(), CHAT, seq, body, datetime.now(UTC), None, mine, True if mine else None
    )
    row.sign(ME, PEER)
    return row


def chat(_: int = 0) -> ConversationRow:
    """A chat of the list."""
    return ConversationRow(CHAT, PEER, message(7), 2, datetime.now(UTC), STATE)


@dataclass(slots=True)
class Line:
    """A line of a list."""

    node: Any
    cursor: str = "cursor"


def page(rows: list[Any]) -> Page[Any]:
    """A page with these rows."""
    return Page([Line(row) for row in rows], True, False)


CHAT_ROW, SENT = chat(), message(8)
EVENT = MessageSentEvent("cursor", 3, VIEWER, message(9), CHAT_ROW)
INBOX, THREAD = page([chat() for _ in range(20)]), page([message(seq) for seq in range(50)])


class PreparedOffice:
    """An office in which the message has already been sent."""

    async def run_single(self, *_: Any, **__: Any) -> Sent:
        """What was sent."""
        return Sent(SENT, CHAT_ROW)


async def _inbox(*_: Any, **__: Any) -> Page[Any]:
    return INBOX


async def _chat(*_: Any, **__: Any) -> ConversationRow:
    return CHAT_ROW


async def _threads(_db: Any, _viewer: Any, chats: list[Any], _part: Any) -> list[Page[Any]]:
    return [THREAD for _ in chats]


async def _events(*_: Any) -> AsyncIterator[MessageSentEvent]:
    for _number in range(EVENTS):
        yield EVENT


def _context() -> Context:
    return Context(PreparedOffice(), None, None, VIEWER)  # type: ignore[arg-type]  # as far as needed


async def _ask(schema: Schema, document: str, **variables: Any) -> None:
    result = await schema.execute(document, variables, _context())
    assert not result.errors, result.errors


async def _follow(schema: Schema, document: str) -> None:
    results = await schema.stream(document, {"after": "x"}, _context())
    async for result in results:
        assert not result.errors  # type: ignore[union-attr]


async def _cost(act: Callable[[], Awaitable[None]], times: int = TIMES) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        gc.collect()
        started = time.process_time()
        for _ in range(times):
            await act()
        best = min(best, (time.process_time() - started) / times)
    return best * 1_000_000


async def measure() -> None:
    """Print a line for each operation."""
    told = documents()
    chat_id = ids.encode(ids.Kind.CONVERSATION, CHAT)
    send = {"conversationId": chat_id, "body": "Hello", "idempotencyKey": "k"}
    acts: dict[str, Callable[[Schema], Awaitable[None]]] = {
        "nothing": lambda schema: _ask(schema, "{ __typename }"),
        "inbox of 20": lambda schema: _ask(schema, told["Chats"], unreadOnly=False),
        "thread of 50": lambda schema: _ask(schema, told["Thread"], id=chat_id),
        "send": lambda schema: _ask(schema, told["SendMessage"], input=send),
    }
    print(f"{'':14}{'graphql-core':>14}{'compiled':>10}{'times':>8}")
    schemas = [build_schema(compiled=False), build_schema()]
    for name, act in acts.items():
        _show(name, [await _cost(lambda act=act, on=on: act(on)) for on in schemas])  # type: ignore[misc]
    events = [await _cost(lambda on=on: _follow(on, told["Feed"]), 1) / EVENTS for on in schemas]  # type: ignore[misc]
    _show("an event", events)


def _show(name: str, costs: list[float]) -> None:
    core, compiled = costs
    print(f"{name:14}{core:14.1f}{compiled:10.1f}{core / compiled:8.1f}")


def main() -> None:
    """Run the benchmark."""
    with ExitStack() as stack:
        for target, stand_in in (
            ("gql.resolvers.conversations.list_conversations", _inbox),
            ("gql.resolvers.nodes._visible", _chat),
            ("gql.loaders.list_messages", _threads),
            ("gql.resolvers.feed._follow", _events),
            ("gql.context.for_reading", lambda: None),
            ("gql.loaders.for_reading", lambda: None),
        ):
            stack.enter_context(patch(target, stand_in))
        asyncio.run(measure())


if __name__ == "__main__":
    main()
