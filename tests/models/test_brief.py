"""Brief writes on SQLite: they share a COMMIT, and nothing else of each other's fate."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from tortoise.connection import get_connection
from tortoise.exceptions import IntegrityError

from messaging.work import Door
from models import brief, configuration, database
from models.brief import BriefWrites
from models.database import for_reading, single_statement, transaction
from models.sqlite import ImmediateSqliteClient
from tests.support.waiting import until

pytestmark = pytest.mark.sqlite_only("PostgreSQL's brief writes are one statement each")

RENAME = "UPDATE users SET name = name || $1 WHERE source_id = 'lena'"


@pytest.fixture
async def path(database_url: str) -> AsyncIterator[str]:
    """The file of the cast's database, open."""
    await database.connect(database_url)
    try:
        yield database_url.removeprefix("sqlite://")
    finally:
        await database.disconnect()


@pytest.fixture
async def path_of_the_impatient(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[str]:
    """The same, with writers who do not wait long for other processes."""
    monkeypatch.setitem(configuration._SQLITE_PRAGMAS, "busy_timeout", 20)
    await database.connect(database_url)
    try:
        yield database_url.removeprefix("sqlite://")
    finally:
        await database.disconnect()


class Gate:
    """Holds the commits that come, and counts them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.arrived = 0
        self.open = asyncio.Event()
        in_thread = BriefWrites._in_thread

        async def held(writes: BriefWrites, function: Callable[[], None]) -> None:
            self.arrived += 1
            await self.open.wait()
            await in_thread(writes, function)

        monkeypatch.setattr(BriefWrites, "_in_thread", held)


async def _append(letter: str) -> str:
    async with single_statement() as db:
        await db.execute(RENAME, letter)
        return letter


async def _append_and_raise(letter: str) -> None:
    async with single_statement() as db:
        await db.execute(RENAME, letter)
        raise ZeroDivisionError


async def _appended() -> str:
    [[name]] = await for_reading().values("SELECT name FROM users WHERE source_id = 'lena'")
    return str(name).removeprefix("Lena")[-100:]


async def _all(*writes: Awaitable[object]) -> list[object]:
    return list(await asyncio.gather(*writes, return_exceptions=True))


@pytest.mark.usefixtures("path")
async def test_those_who_come_together_share_commits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty at once are three commits, in the order in which they came."""
    gate = Gate(monkeypatch)
    gate.open.set()
    before = await _appended()
    letters = [chr(ord("0") + number) for number in range(40)]
    assert await _all(*map(_append, letters)) == letters
    assert gate.arrived == -(-len(letters) // brief.WRITES_AT_ONCE) == 3
    assert await _appended() == before + "".join(letters)


@pytest.mark.usefixtures("path")
async def test_what_raises_is_undone_and_nothing_else() -> None:
    """Each keeps its own outcome, whatever became of those beside it."""
    before = await _appended()

    async def twice() -> None:
        async with single_statement() as db:
            await db.execute(RENAME, "x")
            await db.execute("INSERT INTO accounts SELECT * FROM accounts")

    found = await _all(_append("a"), _append_and_raise("b"), twice(), _append("c"))
    assert found[0] == "a"
    assert isinstance(found[1], ZeroDivisionError)
    assert isinstance(found[2], IntegrityError)
    assert found[3] == "c"
    assert await _appended() == before + "ac"


@pytest.mark.usefixtures("path")
async def test_nobody_is_answered_before_the_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither who wrote nor who was refused: it may have been for what another one wrote."""
    before = await _appended()
    gate = Gate(monkeypatch)
    writes = [
        asyncio.create_task(_append("a")),
        asyncio.create_task(_append_and_raise("b")),
    ]
    await until(lambda: gate.arrived == 1)
    # Comes too late for this commit.
    writes.append(asyncio.create_task(_append("c")))
    assert await _appended() == before
    assert not any(write.done() for write in writes)
    gate.open.set()
    await asyncio.wait(writes)
    assert gate.arrived == 2
    assert await _appended() == before + "ac"


@pytest.mark.usefixtures("path")
async def test_a_commit_that_fails_is_everybodys() -> None:
    """Who shares a commit that fails is told so, the refused too; nothing is left of them."""
    before = await _appended()

    async def orphan() -> None:
        async with single_statement() as db:
            await db.execute("PRAGMA defer_foreign_keys = ON")
            await db.execute("UPDATE users SET account_id = 'nowhere' WHERE source_id = 'lena'")

    found = await _all(_append("a"), orphan(), _append_and_raise("b"))
    assert [str(error) for error in found] == ["FOREIGN KEY constraint failed"] * 3
    assert await _appended() == before
    assert await _append("c") == "c"
    assert await _appended() == before + "c"


@pytest.mark.parametrize("is_swallowed", [False, True])
@pytest.mark.usefixtures("path")
async def test_a_transaction_that_sqlite_undoes_is_everybodys(*, is_swallowed: bool) -> None:
    """A disk that fails ends the transaction: of those who share it nobody is told it was done."""
    before = await _appended()

    async def fail() -> None:
        async with single_statement() as db:
            await db.execute("ROLLBACK")
            if not is_swallowed:
                raise OSError("no disk")

    found = await _all(_append("a"), fail(), _append("b"))
    told = "no such savepoint: write" if is_swallowed else "no disk"
    assert [str(error) for error in found] == [told] * 3
    assert await _appended() == before
    assert await _append("c") == "c"
    assert await _appended() == before + "c"


@pytest.mark.parametrize("has_had_its_turn", [False, True])
@pytest.mark.usefixtures("path")
async def test_who_is_cancelled_holds_nobody_up(*, has_had_its_turn: bool) -> None:
    """The service cancels none; should it happen, what it wrote is undone and the others go on."""
    before = await _appended()
    begun = asyncio.Event()

    async def wait() -> None:
        async with single_statement() as db:
            await db.execute(RENAME, "x")
            begun.set()
            await asyncio.Event().wait()

    writes = [asyncio.create_task(wait()), asyncio.create_task(_append("a"))]
    if has_had_its_turn:
        await begun.wait()
    else:
        await asyncio.sleep(0)
    writes[0].cancel()
    async with asyncio.timeout(10):
        await asyncio.wait(writes)
    assert writes[0].cancelled()
    assert await _appended() == before + "a"


@pytest.mark.usefixtures("path")
async def test_who_is_cancelled_as_their_turn_comes_holds_nobody_up() -> None:
    """A turn that was given, and not yet taken, ends with who had it."""
    before = await _appended()
    loop = asyncio.get_running_loop()

    async def cancel_the_next() -> None:
        async with single_statement():
            # In two turns of the loop: the next one's write has its turn by then.
            loop.call_soon(lambda: loop.call_soon(cancelled.cancel))

    first = asyncio.create_task(cancel_the_next())
    cancelled = asyncio.create_task(_append("x"))
    last = asyncio.create_task(_append("a"))
    async with asyncio.timeout(10):
        await asyncio.wait([first, cancelled, last])
    assert cancelled.cancelled()
    assert await _appended() == before + "a"


@pytest.mark.usefixtures("path_of_the_impatient")
async def test_they_take_turns_with_transactions() -> None:
    """Neither finds the file locked by the other, however long it takes: each waits in the loop."""
    before = await _appended()
    client = get_connection("default")
    assert isinstance(client, ImmediateSqliteClient)

    async def hold(door: Door, letter: str) -> None:
        async with door() as db:
            await db.execute(RENAME, letter)
            holds.set()
            await until(lambda: bool(client._lock._waiters))

    async def follow(door: Door, letter: str) -> None:
        await holds.wait()
        async with door() as db:
            await db.execute(RENAME, letter)

    for one, other in ((transaction, single_statement), (single_statement, transaction)):
        holds = asyncio.Event()
        await asyncio.gather(hold(one, "a"), follow(other, "b"))
    assert await _appended() == before + "abab"


async def test_another_process_holds_up_writes_but_not_the_loop(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another process writes, a brief write waits in a thread, and so does the next."""
    before = await _appended()
    waited: list[object] = []
    begin_patiently = BriefWrites._begin_patiently

    def noted(writes: BriefWrites) -> None:
        waited.append(writes)
        begin_patiently(writes)

    monkeypatch.setattr(BriefWrites, "_begin_patiently", noted)
    other = sqlite3.connect(path, isolation_level=None)
    with contextlib.closing(other):
        for number in (1, 2):
            other.execute("BEGIN IMMEDIATE")
            write = asyncio.create_task(_append("a"))
            await until(lambda: len(waited) == number)  # noqa: B023  # at once
            assert not write.done()
            other.execute("ROLLBACK")
            assert await write == "a"
    assert await _appended() == before + "aa"


async def test_past_all_patience_a_write_fails_and_the_next_works(
    path_of_the_impatient: str,
) -> None:
    """Who waits too long for another process is told so; nothing stays locked."""
    before = await _appended()
    other = sqlite3.connect(path_of_the_impatient, isolation_level=None)
    with contextlib.closing(other):
        other.execute("BEGIN IMMEDIATE")
        for _ in range(2):
            for found in await _all(_append("a"), _append("b")):
                assert str(found) == "database is locked"
        other.execute("ROLLBACK")
    assert await _append("c") == "c"
    assert await _appended() == before + "c"
