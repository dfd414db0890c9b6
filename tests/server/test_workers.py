"""Several processes of the service at once, behind one port or many."""

import asyncio
import contextlib
import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
import pytest
from websockets.exceptions import ConnectionClosed

from models import database
from tests.support import operations
from tests.support.client import PATIENCE_SECONDS, Client, Closed, Stream
from tests.support.outside import front_end, serving, start_chat, workers_of
from tests.support.places import Place, Places
from tests.support.process import Served, command, served
from tests.support.raw import request
from tests.support.service import SECRET
from tests.support.waiting import until

MESSAGES = 10
# Each worker gets some of so many sockets, as chance has it.
MOST_SOCKETS = 100
REPLICAS = 4


def sockets_of(pid: int) -> int:
    """How many sockets a process has open."""
    count = 0
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            count += str(file.readlink()).startswith("socket:")
    return count


async def send(leo: Client, chat: str, *bodies: str) -> None:
    """Send by HTTP, each message by a connection of its own."""
    for body in bodies:
        given = {"conversationId": chat, "body": body}
        payload = (await leo.data(operations.MUTATIONS["sendMessage"], input=given))["sendMessage"]
        assert payload["errors"] == []


async def heard(feed: Stream, count: int) -> tuple[list[str], str]:
    """The texts of so many entries, and the last one's cursor."""
    entries = [await feed.entry() for _ in range(count)]
    return [entry["message"]["body"] for entry in entries], entries[-1]["cursor"]


async def listening(service: Served, lena: Client, stack: AsyncExitStack) -> list[Stream]:
    """Feeds of lena at every worker."""
    pids = workers_of(service)
    before = {pid: sockets_of(pid) for pid in pids}
    after = (await lena.data(operations.VIEWER))["viewer"]["feedCursor"]
    feeds: list[Stream] = []
    # Two at the least: a query's connection may linger for a moment.
    while any(sockets_of(pid) < before[pid] + 3 for pid in pids):
        assert len(feeds) < MOST_SOCKETS, "one worker gets all"
        feeds.append(await stack.enter_async_context(lena.follow(operations.FEED, after=after)))
    return feeds


async def test_whoever_is_connected_to_either_worker_hears_everything(place: Place) -> None:
    """A worker killed is replaced; its subscribers resume wherever they get; nobody misses any."""
    async with serving(place, workers=2) as service, AsyncExitStack() as stack:
        leo, lena = front_end(place, service, "leo"), front_end(place, service, "lena")
        chat = await start_chat(leo)
        feeds = await listening(service, lena, stack)
        first, later = ([f"{when} {n}" for n in range(MESSAGES)] for when in ("first", "later"))
        await send(leo, chat, *first)
        cursors = set()
        for feed in feeds:
            bodies, cursor = await heard(feed, MESSAGES)
            assert bodies == first
            cursors.add(cursor)
        [cursor] = cursors
        os.kill(workers_of(service)[0], signal.SIGKILL)
        cut, left = await cut_and_left(feeds)
        assert cut
        assert left
        # At once, to whoever is there: the other worker.
        await send(leo, chat, *later)
        async with AsyncExitStack() as again:
            for _ in cut:
                resumed = lena.follow(operations.FEED, after=cursor)
                left.append(await again.enter_async_context(resumed))
            for feed in left:
                assert (await heard(feed, MESSAGES))[0] == later
        await until(lambda: len(workers_of(service)) == 3)
        await until(lambda: "".join(service.said).count("Application startup complete.") == 3)
        async with AsyncExitStack() as more:
            feeds = await listening_at(service, lena, more)
            await send(leo, chat, "last")
            for feed in feeds:
                assert (await heard(feed, 1))[0] == ["last"]


async def listening_at(service: Served, lena: Client, stack: AsyncExitStack) -> list[Stream]:
    """Feeds of lena at the replacement and at the worker that stayed."""
    stayed = Served(service.url, service.process, service.said[:])
    killed = workers_of(service)[0]
    stayed.said[:] = [line for line in stayed.said if f"[{killed}]" not in line]
    return await listening(stayed, lena, stack)


async def cut_and_left(feeds: list[Stream]) -> tuple[list[Stream], list[Stream]]:
    """Those whose worker is gone, and the others."""
    cut, left = [], []
    for feed in feeds:
        # Behind the end of the connection, where that has come.
        try:
            viewer = await feed.socket.subscribe(operations.VIEWER)
            await viewer.next()
            left.append(feed)
        except (Closed, ConnectionClosed):
            cut.append(feed)
    return cut, left


@pytest.fixture
def migrated_place(places: Places) -> Iterator[Place]:
    """A place whose tables one process has made."""
    with places.lent() as place:
        asyncio.run(database.migrate(place.database_url))
        yield place


async def test_replicas_that_start_together_make_one_schema(
    new_place: Place, migrated_place: Place
) -> None:
    """Each migrates and serves at once on an empty database; all succeed, the tables are right."""
    settings = {**new_place.variables, "LMS_MESSAGES_JWT_SECRET": SECRET}

    async def replica() -> None:
        await command(settings, "migrate")
        async with served(settings) as url:
            assert (await request(f"{url}/health", "GET")).status_code == 200

    async with asyncio.timeout(6 * PATIENCE_SECONDS), asyncio.TaskGroup() as tasks:
        for _ in range(REPLICAS):
            tasks.create_task(replica())
    assert await schema_of(new_place) == await schema_of(migrated_place)


async def schema_of(place: Place) -> list[tuple[object, ...]]:
    """Every column, every index, and how often something was migrated."""
    if not place.is_postgres:
        with contextlib.closing(sqlite3.connect(place.path)) as file:
            found = file.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
            [migrated] = file.execute("SELECT count(*) FROM tortoise_migrations").fetchall()
        return [*sorted(found, key=repr), migrated]
    connection = await asyncpg.connect(place.database_url)
    try:
        columns = await connection.fetch(
            """SELECT table_name, column_name, data_type, is_nullable, column_default
               FROM information_schema.columns WHERE table_schema = 'public'"""
        )
        indexes = await connection.fetch(
            "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
        )
        migrated = await connection.fetch("SELECT count(*) FROM tortoise_migrations")
    finally:
        await connection.close()
    return [*sorted((tuple(line) for line in [*columns, *indexes]), key=repr), tuple(migrated[0])]
