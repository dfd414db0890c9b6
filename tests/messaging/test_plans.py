"""The hot statements use the indexes that their docstrings name, however large the tables are."""

import inspect
import json
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from messaging.actions import facts, idempotency, posting, sides
from messaging.actions.idempotency import request_of
from messaging.actions.posting import Post
from messaging.feed import poll, reading
from messaging.feed.cursor import Cursor
from messaging.reads import conversations, messages
from messaging.reads.columns import ConversationRow, UserRow
from messaging.reads.messages import window
from messaging.reads.paging import Page
from messaging.viewers import find_viewers, load_viewer, load_viewers
from messaging.work import Work
from models import Account, Message, Participant
from models.database import Database, transaction
from models.ids import new_id
from tests.support.cast import ACCOUNT
from tests.support.large import ENTRIES, analyse, make_crowd

# Only these grow with use; the others a planner may well read whole.
LARGE = {
    "users",
    "mailboxes",
    "conversations",
    "participants",
    "messages",
    "feed_entries",
}
# Pages that come in the order of their index; a sort would grow with the list.
SORTED_BY_INDEX = {"inbox", "inbox, second page", "end of a thread", "beginning of a thread"}
Index = tuple[str, tuple[str, ...]]
_NAMED_INDEX = re.compile(r"(\w+) \(([a-z_, ]+)\)")


@dataclass
class Crowd:
    """A large database, and somebody in it who has many chats, one of them long."""

    db: Database
    hub: UUID
    chat: UUID
    peer: UUID
    message: UUID
    # Under which the crowd's somebody sent it.
    key: str
    epoch: str
    # The somebody and the long chat, as they are read.
    viewer: UserRow
    thread: ConversationRow


Ask = Callable[[Crowd], Awaitable[object]]


@pytest.fixture
async def crowd(db: Database) -> Crowd:
    """The cast's database with a crowd in it."""
    hub, chat = await make_crowd()
    await analyse(db)
    message = await Message.filter(conversation_id=chat, sender_id=hub).order_by("seq").first()
    assert message is not None
    side = await Participant.get(conversation_id=chat, user_id=hub)
    account = await Account.get(slug=ACCOUNT)
    key = str(message.idempotency_key)
    viewer = (await load_viewer(db, hub)).user
    thread = await conversations.conversation_of(db, viewer, chat)
    assert thread is not None
    return Crowd(db, hub, chat, side.peer_id, message.id, key, account.feed_epoch, viewer, thread)


async def _chats(crowd: Crowd, after: str | None = None) -> Page[ConversationRow]:
    return await conversations.list_conversations(
        crowd.db, crowd.viewer, first=20, after=after, unread_only=False, search=None
    )


async def _second_page_of_chats(crowd: Crowd) -> object:
    return await _chats(crowd, after=(await _chats(crowd)).edges[-1].cursor)


async def _post(crowd: Crowd) -> object:
    work = Work()
    async with transaction() as work.db:
        return await posting.post(
            work,
            Post(new_id(), crowd.chat, crowd.hub, crowd.peer, "Hello", None, "a key", "a hash"),
        )


async def _recount(crowd: Crowd) -> object:
    async with transaction() as db:
        side = await sides.lock_side(db, crowd.hub, crowd.chat)
        return await sides.recount(db, side)


# What is asked, and whose docstring names the indexes.
ASKED: dict[str, tuple[Callable[..., Any], Ask]] = {
    "inbox": (conversations.list_conversations, _chats),
    "inbox, second page": (conversations.list_conversations, _second_page_of_chats),
    "chat": (
        conversations.conversation_of,
        lambda crowd: conversations.conversation_of(crowd.db, crowd.viewer, crowd.chat),
    ),
    "chats with people": (
        conversations.conversations_with,
        lambda crowd: conversations.conversations_with(crowd.db, crowd.viewer, [crowd.peer]),
    ),
    "end of a thread": (
        messages.list_messages,
        lambda crowd: messages.list_messages(crowd.db, crowd.viewer, [crowd.thread], window()),
    ),
    "beginning of a thread": (
        messages.list_messages,
        lambda crowd: messages.list_messages(
            crowd.db, crowd.viewer, [crowd.thread], window(first=50)
        ),
    ),
    "message": (
        messages.message_of,
        lambda crowd: messages.message_of(crowd.db, crowd.hub, crowd.message),
    ),
    "who signs in": (
        find_viewers,
        lambda crowd: find_viewers(crowd.db, [(ACCOUNT, "crowd-7")]),
    ),
    "viewers": (load_viewers, lambda crowd: load_viewers(crowd.db, [crowd.hub])),
    "feed": (
        reading.read_many,
        lambda crowd: reading.read_many(
            crowd.db, [reading.Place(crowd.hub, Cursor(crowd.epoch, ENTRIES - 10))]
        ),
    ),
    "heads of feeds": (poll._seqs, lambda crowd: poll._seqs(crowd.db, [crowd.hub, crowd.peer])),
    "facts of a send": (
        facts.facts_of,
        lambda crowd: facts.facts_of(
            crowd.db, crowd.hub, crowd.chat, request_of("a key", "sendMessage", "")
        ),
    ),
    "first of a key": (
        idempotency.first_of,
        lambda crowd: idempotency.first_of(
            crowd.db, crowd.hub, request_of(crowd.key, "sendMessage", "")
        ),
    ),
    "send": (posting.post, _post),
    "recount": (sides.recount, _recount),
}


@contextmanager
def _noted() -> Iterator[list[tuple[str, Sequence[object]]]]:
    """The statements that are run while the context is open."""
    statements: list[tuple[str, Sequence[object]]] = []
    run = Database._run

    async def note(self: Database, statement: str, args: Sequence[object]) -> Sequence[Any]:
        statements.append((statement, args))
        return await run(self, statement, args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "_run", note)
        yield statements


async def test_hot_statements_use_the_indexes_they_name(crowd: Crowd) -> None:
    """Each index of the docstring is in the plans, and no large table is read or sorted whole."""
    wrong: list[str] = []
    for what, (named_by, ask) in ASKED.items():
        with _noted() as statements:
            # A plan of a question without an answer would prove little.
            assert await ask(crowd), what
        used: set[Index] = set()
        for statement, args in statements:
            plan = await _plan_of(crowd.db, statement, args)
            used |= plan.indexes
            wrong += [f"{what}: reads {table} whole" for table in plan.read_whole & LARGE]
            if plan.sorts and what in SORTED_BY_INDEX:
                wrong.append(f"{what}: sorts")
        named = _named_by(named_by)
        assert named, f"{what}: the docstring names no index"
        wrong += [f"{what}: does not use {index}, but {used}" for index in named - used]
    assert not wrong, "\n".join(wrong)


def _named_by(function: Callable[..., Any]) -> set[Index]:
    text = (inspect.getdoc(function) or "").partition("Uses index:")[2]
    return {
        (table, tuple(columns.split(", ")))
        for table, columns in _NAMED_INDEX.findall(text)
        if table in LARGE
    }


async def _plan_of(db: Database, statement: str, args: Sequence[object]) -> "_Plan":
    if db.is_postgres:
        return await _on_postgres(db, statement)
    return await _on_sqlite(db, statement, args)


class _Plan:
    def __init__(self) -> None:
        self.read_whole: set[str] = set()
        self.indexes: set[Index] = set()
        self.sorts = False


async def _on_postgres(db: Database, statement: str) -> _Plan:
    """The plan for whatever arguments come, which is what a prepared statement ends with."""
    found = _Plan()
    names = {
        name: (table, tuple(columns))
        for name, table, columns in await db.values(
            """SELECT i.relname, t.relname, array_agg(a.attname ORDER BY k.place)
               FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
               JOIN pg_class t ON t.oid = x.indrelid
               CROSS JOIN LATERAL unnest(x.indkey) WITH ORDINALITY AS k(number, place)
               JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number
               GROUP BY i.relname, t.relname"""
        )
    }
    count = max(int(number) for number in re.findall(r"\$(\d+)", statement))
    async with transaction() as prepared:
        await prepared.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        await prepared.execute(f"PREPARE asked_for AS {statement}")
        nothing = ", ".join(["NULL"] * count)
        [(text,)] = await prepared.values(f"EXPLAIN (FORMAT JSON) EXECUTE asked_for ({nothing})")
        await prepared.execute("DEALLOCATE asked_for")

    def walk(node: dict[str, Any]) -> None:
        if node["Node Type"] == "Seq Scan":
            found.read_whole.add(node["Relation Name"])
        if "Index Name" in node:
            found.indexes.add(names[node["Index Name"]])
        found.sorts |= node["Node Type"] == "Sort"
        for each in node.get("Plans", ()):
            walk(each)

    [plan] = json.loads(text) if isinstance(text, str) else text
    walk(plan["Plan"])
    return found


_STEP = re.compile(r"(SCAN|SEARCH) (\w+)(?: USING (?:COVERING )?INDEX (\w+))?")


async def _on_sqlite(db: Database, statement: str, args: Sequence[object]) -> _Plan:
    found = _Plan()
    columns: dict[str, list[str]] = {}
    tables: dict[str, str] = {}
    for index, table, column in await db.values(
        """SELECT l.name, t.name, c.name FROM sqlite_master t
           JOIN pragma_index_list(t.name) l JOIN pragma_index_info(l.name) c
           WHERE t.type = 'table' ORDER BY l.name, c.seqno"""
    ):
        tables[index] = table
        columns.setdefault(index, []).append(column)
    named = re.findall(r"(?:FROM|JOIN|UPDATE) (\w+) (?:AS )?(\w+)", statement)
    aliases = {alias: table for table, alias in named}
    for *_, step in await db.values(f"EXPLAIN QUERY PLAN {statement}", *args):
        found.sorts |= "USE TEMP B-TREE FOR ORDER BY" in step
        match = _STEP.match(step)
        if match is None:
            continue
        how, alias, index = match[1], str(match[2]), match[3]
        if how == "SCAN":
            found.read_whole.add(aliases.get(alias, alias))
        elif index is not None:
            found.indexes.add((tables[index], tuple(columns[index])))
    return found
