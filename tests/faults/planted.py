"""The service with a fault planted in it: ``python -m tests.faults.planted FAULT serve …``.

Each is a mistake that a design without the feed's rules makes. The product has no switch for
them: they are patched in here, and the suite must find every one.
"""

import asyncio
import sys
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import suppress
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from redis import asyncio as redis

import gql.resolvers.feed
import server.cli
from messaging.actions import posting, sending
from messaging.actions.idempotency import Request, request_of
from messaging.doorbell import Doorbell, Topic
from messaging.feed import log
from messaging.feed.cursor import Cursor
from messaging.feed.log import Entry
from messaging.feed.reader import FeedReader
from messaging.feed.reading import FeedEvent, head_of, read_after
from messaging.work import UnitOfWork
from models.database import Database, for_reading, transaction
from server.settings import load_settings

Follow = Callable[[Doorbell, FeedReader, UUID, str | None], AsyncGenerator[FeedEvent, None]]

_PAYLOADS = "payloads"


def payloads_through_the_broker() -> None:
    """Push each entry through the broker; the log serves only those who come back."""
    _send_in_several_statements()
    written: ContextVar[list[tuple[UUID, int]]] = ContextVar("written")
    append, transact = log.append, UnitOfWork._transact
    client = redis.Redis.from_url(load_settings().broadcast_url)

    async def append_and_note(db: Database, entries: Sequence[Entry]) -> None:
        await append(db, entries)
        counts: dict[UUID, int] = defaultdict(int)
        for entry in entries:
            counts[entry.user_id] += 1
        for user_id, count in counts.items():
            [(head,)] = await db.values("SELECT seq FROM mailboxes WHERE user_id = $1", user_id)
            written.get().extend((user_id, seq) for seq in range(head - count + 1, head + 1))

    async def transact_and_push(self: UnitOfWork, *args: Any, **kwargs: Any) -> Any:
        written.set([])
        result = await transact(self, *args, **kwargs)
        with suppress(OSError, redis.RedisError):
            for user_id, seq in written.get():
                await client.publish(f"{_PAYLOADS}{user_id}", seq)
        return result

    log.append = append_and_note
    _patch(UnitOfWork, "_transact", transact_and_push)
    _follow_by(_follow_pushes)


async def _follow_pushes(
    _: Doorbell, __: FeedReader, user_id: UUID, after: str | None
) -> AsyncGenerator[FeedEvent, None]:
    client = redis.Redis.from_url(load_settings().broadcast_url)
    position = await _begin(user_id, after)
    while True:
        with suppress(OSError, redis.RedisError):
            async with client.pubsub() as pushed:
                await pushed.subscribe(f"{_PAYLOADS}{user_id}")
                missed = await read_after(for_reading(), user_id, position)
                for event in missed.events:
                    yield event
                position = missed.position
                async for push in pushed.listen():
                    if push["type"] != "message" or int(push["data"]) <= position.seq:
                        continue
                    before = Cursor(position.epoch, int(push["data"]) - 1)
                    yield (await read_after(for_reading(), user_id, before)).events[0]
                    position = Cursor(position.epoch, int(push["data"]))
        await asyncio.sleep(0.2)


def cursor_over_a_sequence() -> None:
    """Number entries from a sequence of each person's, in no lock that lasts to the COMMIT."""
    _send_in_several_statements()

    async def append(db: Database, entries: Sequence[Entry]) -> None:
        by_user: dict[UUID, list[Entry]] = defaultdict(list)
        for entry in entries:
            by_user[entry.user_id].append(entry)
        for user_id in sorted(by_user):
            await _number(db, user_id, by_user[user_id])
        for user_id, own in sorted(by_user.items()):
            await db.execute(
                f"""UPDATE mailboxes SET unread_count = unread_count + $2,
                    seq = (SELECT max(seq) FROM feed_entries WHERE user_id = $1)
                    WHERE user_id = $1 AND {bool(own)}""",  # noqa: S608  # a constant
                user_id,
                sum(entry.unread_delta for entry in own),
            )

    async def _number(db: Database, user_id: UUID, own: Sequence[Entry]) -> None:
        sequence = f"feed_{user_id.hex}"
        [(known,)] = await db.values("SELECT to_regclass($1) IS NOT NULL", sequence)
        if not known:
            [(head,)] = await db.values("SELECT seq FROM mailboxes WHERE user_id = $1", user_id)
            await db.execute("SELECT pg_advisory_xact_lock(1)")
            await db.execute(f"CREATE SEQUENCE IF NOT EXISTS {sequence} START {head + 1}")
        for entry in own:
            await db.execute(
                f"""INSERT INTO feed_entries (user_id, seq, kind, conversation_id, message_id,
                        reader_id, up_to_seq, created_at)
                    VALUES ($1, nextval('{sequence}'), $2, $3, $4, $5, $6, now())""",  # noqa: S608  # of an id
                user_id,
                entry.kind,
                entry.conversation_id,
                entry.message_id,
                entry.reader_id,
                entry.up_to_seq,
            )

    log.append = append


def read_before_registering() -> None:
    """Register with the doorbell after reading: what is rung for in between is never heard."""

    async def follow_late(
        doorbell: Doorbell, _: FeedReader, user_id: UUID, after: str | None
    ) -> AsyncGenerator[FeedEvent, None]:
        position = await _begin(user_id, after)
        while True:
            read = await read_after(for_reading(), user_id, position)
            position = read.position
            for event in read.events:
                yield event
            if not read.left:
                with doorbell.listen(Topic.FEED, user_id) as bell:
                    await bell.wait()

    _follow_by(follow_late)


def no_idempotency_key() -> None:
    """Forget the key."""

    def forgetful(key: str | None, mutation: str, *inputs: object) -> Request:
        return Request(None, request_of(key, mutation, *inputs).digest)

    _patch(sending, "request_of", forgetful)


def answer_before_commit() -> None:
    """Answer when the action is done, and commit after."""
    _send_in_several_statements()

    async def run(
        self: UnitOfWork, action: Callable[..., Awaitable[Any]], *args: Any, **kwargs: Any
    ) -> Any:
        done = asyncio.get_running_loop().create_future()

        async def act(*args: Any, **kwargs: Any) -> Any:
            result = await action(*args, **kwargs)
            if not done.done():
                done.set_result(result)
            return result

        task = asyncio.create_task(self._run(transaction, act, *args, **kwargs))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await asyncio.wait({task, done}, return_when=asyncio.FIRST_COMPLETED)
        return done.result() if done.done() else await task

    _patch(UnitOfWork, "run", run)
    _patch(UnitOfWork, "run_single", run)


def not_shielded() -> None:
    """Let a transaction die with its caller."""
    _send_in_several_statements()

    async def run(
        self: UnitOfWork, action: Callable[..., Awaitable[Any]], *args: Any, **kwargs: Any
    ) -> Any:
        return await self._run(transaction, action, *args, **kwargs)

    _patch(UnitOfWork, "run", run)
    _patch(UnitOfWork, "run_single", run)


FAULTS: dict[str, Callable[[], None]] = {
    plant.__name__: plant
    for plant in (
        payloads_through_the_broker,
        cursor_over_a_sequence,
        read_before_registering,
        no_idempotency_key,
        answer_before_commit,
        not_shielded,
    )
}


def _send_in_several_statements() -> None:
    """Have sends leave their entries to the end of a transaction, as everything else does."""
    _patch(posting, "in_one_statement", posting.in_several_statements)
    _patch(UnitOfWork, "run_single", UnitOfWork.run)


async def _begin(user_id: UUID, after: str | None) -> Cursor:
    return await head_of(for_reading(), user_id) if after is None else Cursor.parse(after)


def _follow_by(instead: Follow) -> None:
    _patch(gql.resolvers.feed, "follow", instead)


def _patch(owner: object, name: str, instead: object) -> None:
    # A fault planted where nothing stands would be found by nobody.
    assert hasattr(owner, name)
    setattr(owner, name, instead)


if __name__ == "__main__":
    FAULTS[sys.argv.pop(1)]()
    server.cli.main()
