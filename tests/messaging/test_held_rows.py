"""Rows that somebody holds: what works in the background goes on without them, or comes again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from messaging.doorbell import Doorbell
from messaging.feed.retention import Pruner
from messaging.work import UnitOfWork, Work, repeatable
from models import database
from models.database import transaction
from models.failures import is_blocked
from tests.support.cast import user_id
from tests.support.places import Place
from tests.support.waiting import until_asked

MONTH = timedelta(days=30)
LIMIT_SECONDS = 0.3


@pytest.fixture
async def lena(place: Place, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[UUID]:
    """One of the cast, in a database open with small limits."""
    if not place.is_postgres:
        pytest.skip("SQLite has no rows that one could hold")
    monkeypatch.setattr("models.configuration.LOCK_LIMIT_SECONDS", LIMIT_SECONDS)
    monkeypatch.setattr("models.configuration.IDLE_LIMIT_SECONDS", LIMIT_SECONDS)
    await database.connect(place.database_url)
    try:
        yield await user_id("lena")
    finally:
        await database.disconnect()


@asynccontextmanager
async def held(place: Place, holder: UUID) -> AsyncIterator[None]:
    """Nobody else writes to this person's feed while the context is open."""
    connection = await asyncpg.connect(place.database_url)
    try:
        async with connection.transaction():
            await connection.execute("SELECT FROM mailboxes WHERE user_id = $1 FOR UPDATE", holder)
            yield
    finally:
        await connection.close()


@repeatable
async def _touch(work: Work, holder: UUID) -> None:
    await work.db.execute("UPDATE mailboxes SET seq = seq WHERE user_id = $1", holder)


@pytest.mark.usefixtures("lena")
async def test_pruning_passes_over_a_mailbox_that_is_held(place: Place) -> None:
    """The others are pruned; it is when it is free."""
    pruner = Pruner(UnitOfWork(Doorbell("memory://")), MONTH)
    async with transaction() as db:
        long_ago = datetime.now(UTC) - 2 * MONTH
        await db.execute("UPDATE feed_entries SET created_at = $1", long_ago)
        [[everybodys]] = await db.values("SELECT count(*) FROM feed_entries")
        by_person = "SELECT user_id, count(*) FROM feed_entries GROUP BY user_id ORDER BY user_id"
        [(first, firsts), *others] = await db.values(by_person)
    assert others
    async with held(place, first):
        assert await pruner.prune() == everybodys - firsts
    assert await pruner.prune() == firsts


async def test_commands_come_again(place: Place, lena: UUID) -> None:
    """A client is told to come again; nobody would tell a command's transaction."""
    patient = UnitOfWork(Doorbell("memory://"), is_patient=True)
    async with held(place, lena):
        with pytest.raises(asyncpg.LockNotAvailableError) as given_up:
            await UnitOfWork(Doorbell("memory://")).run(_touch, lena)
        assert is_blocked(given_up.value)
        waiting = asyncio.create_task(patient.run(_touch, lena))
        # Longer than one wait.
        await asyncio.sleep(2 * LIMIT_SECONDS)
        assert not waiting.done()
    await waiting


async def test_a_process_that_stands_still_holds_its_rows_only_so_long(
    place: Place, lena: UUID
) -> None:
    """PostgreSQL ends its transaction, others go on, and it does its own again when it can."""
    office = UnitOfWork(Doorbell("memory://"))
    may_go_on, attempts = asyncio.Event(), 0

    @repeatable
    async def stand_still(work: Work) -> None:
        nonlocal attempts
        attempts += 1
        await _touch(work, lena)
        await may_go_on.wait()
        await _touch(work, lena)

    standing = asyncio.create_task(office.run(stand_still))
    connection = await asyncpg.connect(place.database_url)

    idle = "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'"

    async def stands_still() -> bool:
        return attempts == 1 and bool(await connection.fetchval(idle) == 1)

    async def is_ended() -> bool:
        return bool(await connection.fetchval(idle) == 0)

    await until_asked(stands_still)
    await until_asked(is_ended)
    await connection.execute("UPDATE mailboxes SET seq = seq WHERE user_id = $1", lena)
    await connection.close()
    may_go_on.set()
    await standing
    assert attempts == 2
