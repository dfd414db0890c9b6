"""Transactions against a PostgreSQL that cuts connections off."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from tortoise.backends.asyncpg.client import TransactionWrapper

from messaging.doorbell import Doorbell
from messaging.work import UnitOfWork, Work
from models import Account, database
from models.configuration import PoolSize
from tests.support.client import PATIENCE_SECONDS
from tests.support.people import Person, done
from tests.support.places import Place
from tests.support.service import serving
from tests.support.snapshot import rows_of

POOL = PoolSize(least=1, most=3)


@pytest.fixture
async def office(place: Place) -> AsyncIterator[UnitOfWork]:
    """A unit of work over a small pool."""
    if not place.is_postgres:
        pytest.skip("SQLite is in the process: there is no connection to lose")
    await database.connect(place.database_url, POOL)
    try:
        yield UnitOfWork(Doorbell("memory://"))
    finally:
        await database.disconnect()


async def cut_off(place: Place) -> None:
    """End every other connection to the database, as a restart of the server does."""
    connection = await asyncpg.connect(place.database_url)
    try:
        await connection.execute(
            """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()"""
        )
    finally:
        await connection.close()


async def rename(work: Work, name: str) -> None:
    """An action like any other."""
    await work.db.execute("UPDATE accounts SET name = $1 WHERE slug = 'academy'", name)


async def test_a_connection_cut_off_in_a_transaction_is_tried_again(
    office: UnitOfWork, place: Place
) -> None:
    """What was written before the cut is gone with it, and is written by the next attempt."""
    attempts = 0

    async def rename_and_be_cut_off(work: Work) -> None:
        nonlocal attempts
        attempts += 1
        await rename(work, "Cut off" if attempts == 1 else "Done")
        if attempts == 1:
            await cut_off(place)
            await rename(work, "Never")

    await office.run(rename_and_be_cut_off)
    assert attempts == 2
    assert (await Account.get(slug="academy")).name == "Done"


async def test_no_connection_is_lost_to_the_pool(office: UnitOfWork, place: Place) -> None:
    """However often all connections are cut off, as many transactions as before find one."""
    for number in range(3 * POOL.most):
        held = asyncio.gather(
            *(office.run(rename, f"{number}-{each}") for each in range(POOL.most))
        )
        await held
        await cut_off(place)
    await office.run(rename, "Still there")
    assert (await Account.get(slug="academy")).name == "Still there"


async def test_a_connection_that_the_pool_has_back_already_is_not_lost(
    office: UnitOfWork, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A place is free again also where the pool notices a cut before BEGIN has failed of it."""
    begin = TransactionWrapper.begin
    cuts = 0

    async def begin_cut_off(transaction: TransactionWrapper) -> None:
        nonlocal cuts
        if cuts <= POOL.most:
            cuts += 1
            await cut_off(place)
            while "[released]" not in repr(transaction._connection):  # noqa: ASYNC110  # asyncpg tells of it nowhere else
                await asyncio.sleep(0)
        await begin(transaction)

    monkeypatch.setattr(TransactionWrapper, "begin", begin_cut_off)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await office.run(rename, "Still there")
    assert cuts > POOL.most
    assert (await Account.get(slug="academy")).name == "Still there"


async def test_what_would_double_is_not_tried_again_after_a_lost_commit() -> None:
    """A send without a key whose COMMIT got no answer is for the caller to decide about."""
    lost = ConnectionResetError()
    keyless, keyed = Work(), Work()
    keyed.is_repeatable = True
    for work in (keyless, keyed):
        assert work.may_repeat_after(lost)
        work.is_committing = True
    assert keyed.may_repeat_after(lost)
    assert not keyless.may_repeat_after(lost)
    assert keyless.may_repeat_after(asyncpg.DeadlockDetectedError())
    assert not keyed.may_repeat_after(ZeroDivisionError())


async def test_two_that_wait_for_each_other_both_end(office: UnitOfWork) -> None:
    """Of two transactions in a deadlock one gives way and is run again."""
    first_has, second_has = asyncio.Event(), asyncio.Event()

    async def lock_crosswise(
        work: Work, slugs: tuple[str, str], has: asyncio.Event, other_has: asyncio.Event
    ) -> None:
        for slug in slugs:
            await work.db.execute("UPDATE accounts SET name = name || '+' WHERE slug = $1", slug)
            has.set()
            await other_has.wait()

    await asyncio.gather(
        office.run(lock_crosswise, ("academy", "elsewhere"), first_has, second_has),
        office.run(lock_crosswise, ("elsewhere", "academy"), second_has, first_has),
    )
    assert sorted(row["name"][-2:] for row in await rows_of("accounts")) == ["++", "++"]


async def test_who_fails_to_serialize_is_run_again(office: UnitOfWork, place: Place) -> None:
    """Of two transactions that wrote to one row, the one that saw an older row looks again."""
    seen: list[str] = []

    async def add_to_the_name(work: Work) -> None:
        await work.db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        [(name,)] = await work.db.values("SELECT name FROM accounts WHERE slug = 'academy'")
        seen.append(name)
        if len(seen) == 1:
            other = await asyncpg.connect(place.database_url)
            try:
                await other.execute("UPDATE accounts SET name = 'Other' WHERE slug = 'academy'")
            finally:
                await other.close()
        await rename(work, f"{name}, and one")

    await office.run(add_to_the_name)
    assert len(seen) == 2
    assert seen[1] == "Other"
    assert (await Account.get(slug="academy")).name == "Other, and one"


async def test_a_feed_outlives_the_database_connections(place: Place) -> None:
    """A subscriber whose reads are cut off goes on where they were, unnoticed."""
    if not place.is_postgres:
        pytest.skip("SQLite is in the process: there is no connection to lose")
    async with serving(place.settings()) as service:
        leo, lena = Person(service, "leo"), Person(service, "lena")
        chat = done(await leo.start("lena"))["conversation"]["id"]
        async with lena.feed() as feed:
            for number in range(5):
                await cut_off(place)
                sent = {
                    "conversationId": chat,
                    "body": str(number),
                    "idempotencyKey": f"key {number}",
                }
                # The request's own reads may meet the cut: a client asks again under the same key.
                while (await leo.attempt("sendMessage", **sent)).codes:
                    pass
                assert (await feed.entry())["message"]["body"] == str(number)
