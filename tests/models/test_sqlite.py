"""SQLite as a service needs it: writers queue, readers do not write, nothing stays locked."""

import asyncio
import contextlib
import multiprocessing
import sqlite3
from collections.abc import AsyncIterator
from typing import Any

import pytest
from tortoise.exceptions import OperationalError
from tortoise.transactions import in_transaction

from messaging.work import Door
from models import Account, database, quick
from models.database import for_reading, single_statement, transaction
from models.sqlite import ImmediateSqliteClient

pytestmark = pytest.mark.sqlite_only("its file, its pragmas and BEGIN IMMEDIATE")

PROCESSES, ROUNDS = 2, 50


@pytest.fixture
async def connected(database_url: str) -> AsyncIterator[str]:
    """The cast's database, open."""
    await database.connect(database_url)
    try:
        yield database_url
    finally:
        await database.disconnect()


async def _count_up(url: str) -> None:
    await database.connect(url)
    try:
        for _ in range(ROUNDS):
            async with transaction():
                account = await Account.get(slug="academy")
                account.name = str(int(account.name) + 1)
                await account.save()
    finally:
        await database.disconnect()


def _process(url: str) -> None:
    asyncio.run(_count_up(url))


async def test_two_processes_that_read_then_write_queue(connected: str) -> None:
    """BEGIN IMMEDIATE: neither gets "database is locked", and no update of the other is lost."""
    await Account.filter(slug="academy").update(name="0")
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=_process, args=(connected,)) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        await asyncio.to_thread(process.join, 60)
        assert process.exitcode == 0
    assert (await Account.get(slug="academy")).name == str(PROCESSES * ROUNDS)


async def test_a_begin_that_fails_gives_the_lock_back(connected: str) -> None:
    """While another process holds the database past all patience a writer fails; the next works."""
    await _set_patience(milliseconds=20)
    other = sqlite3.connect(connected.removeprefix("sqlite://"), isolation_level=None)
    with contextlib.closing(other):
        other.execute("BEGIN IMMEDIATE")
        for _ in range(3):
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                async with transaction():
                    pytest.fail("entered a transaction that could not begin")
        # The name of the connection was given back too: this is no transaction's.
        assert await Account.filter(slug="academy").count() == 1
        other.execute("ROLLBACK")
    async with asyncio.timeout(10), transaction():
        await Account.filter(slug="academy").update(name="Changed")
    assert (await Account.get(slug="academy")).name == "Changed"


async def _set_patience(milliseconds: int) -> None:
    async with in_transaction("default") as client:
        await client.execute_query(f"PRAGMA busy_timeout = {milliseconds}")


@pytest.mark.usefixtures("connected")
async def test_the_connection_for_reads_cannot_write() -> None:
    """A read that would write is refused by the database itself, also once reads are quick."""
    assert "Changed" not in await _names()
    with pytest.raises(OperationalError, match="readonly"):
        await for_reading().execute("UPDATE accounts SET name = 'Changed'")
    assert "Changed" not in await _names()


async def _names() -> set[str]:
    return {name for (name,) in await for_reading().values("SELECT name FROM accounts")}


async def _change_and_raise() -> None:
    async with transaction() as db:
        await db.execute("UPDATE accounts SET name = 'Changed'")
        assert "Changed" not in await _names()
        raise ZeroDivisionError


@pytest.mark.usefixtures("connected")
async def test_a_transaction_that_raises_leaves_nothing() -> None:
    """What a failing transaction wrote is gone, and readers never saw it."""
    with pytest.raises(ZeroDivisionError):
        await _change_and_raise()
    assert "Changed" not in await _names()


@pytest.mark.usefixtures("connected")
@pytest.mark.parametrize("door", [transaction, single_statement])
@pytest.mark.parametrize(
    "pragma",
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)],
)
async def test_what_is_acknowledged_is_on_disk(door: Door, pragma: tuple[str, object]) -> None:
    """WAL, synchronous FULL and foreign keys are on where it is written, by whichever way."""
    name, expected = pragma
    async with door() as db:
        assert await db.values(f"PRAGMA {name}") == [(expected,)]


@pytest.mark.usefixtures("connected")
async def test_reads_are_quick_or_left_to_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """A read that takes long holds the loop briefly, and is done by the connection's thread."""
    by_thread: list[str] = []
    execute = ImmediateSqliteClient.execute_query

    async def noted(self: ImmediateSqliteClient, query: str, values: list[Any]) -> Any:
        by_thread.append(query)
        return await execute(self, query, values)

    monkeypatch.setattr(ImmediateSqliteClient, "execute_query", noted)
    # Opens the connection.
    await for_reading().values("SELECT 0")
    by_thread.clear()
    monkeypatch.setattr(quick, "QUICK_SECONDS", 60.0)
    assert await for_reading().values("SELECT slug FROM accounts WHERE slug = $1", "academy")
    assert by_thread == []
    monkeypatch.setattr(quick, "QUICK_SECONDS", 0.0)
    long = """WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT $1)
        SELECT count(*) FROM numbers"""
    assert await for_reading().values(long, 100_000) == [(100_000,)]
    # Without its number it is no name, which would be filled from a mapping only.
    assert by_thread == [long.replace("$1", "?")]


def test_a_read_that_was_given_up_once_is_as_quick_as_before(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The statement is prepared once more, and not each time from then on."""
    prepared: list[str] = []

    def note(*names: str | int | None) -> int:
        prepared.append(str(names))
        return sqlite3.SQLITE_OK

    statement = """WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers
        LIMIT ?) SELECT n FROM numbers"""
    with contextlib.closing(quick.QuickReads(database_url.removeprefix("sqlite://"))) as reads:
        reads._connection.set_authorizer(note)
        monkeypatch.setattr(quick, "QUICK_SECONDS", 0.0)
        assert reads.read(statement, [100_000]) is None
        monkeypatch.setattr(quick, "QUICK_SECONDS", 60.0)
        found = reads.read(statement, [100_000])
        assert prepared
        prepared.clear()
        assert reads.read(statement, [100_000]) == found == [(n,) for n in range(1, 100_001)]
    assert prepared == []
