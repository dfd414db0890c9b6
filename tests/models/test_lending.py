"""Connections that are lent, where a test of more cannot see them."""

import asyncio
from typing import Any, cast

import asyncpg
import pytest

from models.lending import Lending
from tests.support.client import PATIENCE_SECONDS
from tests.support.places import Place


class Connection:
    """One that may be closed at any time."""

    def __init__(self) -> None:
        self.has_ended = False

    def is_closed(self) -> bool:
        """Whether it is."""
        return self.has_ended

    def terminate(self) -> None:
        """Nothing is left to do."""


class Pool:
    """One that counts what is out of it, and never lends more than it has."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.out = 0
        self.is_away = False

    def get_max_size(self) -> int:
        """How many it has at most."""
        return self._most

    async def acquire(self) -> Connection:
        """A new connection, after a while."""
        self.out += 1
        assert self.out <= self._most
        await asyncio.sleep(0)
        if self.is_away:
            self.out -= 1
            raise ConnectionRefusedError
        return Connection()

    async def release(self, _: Connection, *, timeout: float) -> None:  # noqa: ARG002, ASYNC109  # asyncpg's
        """Take it back, after a while."""
        await asyncio.sleep(0)
        self.out -= 1


def lending_of(pool: Pool) -> Lending:
    """What lends that pool's connections."""
    return Lending(cast(Any, pool), None)


async def asked(lending: Lending, *names: str, order: list[str]) -> list[asyncio.Task[Any]]:
    """Have them ask in this order; each notes when it is served."""

    async def ask(name: str) -> Any:
        connection = await lending.take()
        order.append(name)
        return connection

    tasks = [asyncio.create_task(ask(name)) for name in names]
    await asyncio.sleep(0)
    return tasks


@pytest.mark.parametrize("goes_well", [True, False])
async def test_who_asked_first_is_served_first(*, goes_well: bool) -> None:
    """Also where connections fail, and whoever just had one asks again at once."""
    lending, order = lending_of(Pool(1)), list[str]()
    connection = await lending.take()
    waiting = await asked(lending, "a", "b", "c", order=order)
    back = lending.take_back if goes_well else lending.give_up
    await back(connection)
    waiting += await asked(lending, "again", order=order)
    for task in waiting:
        await back(await task)
    assert order == ["a", "b", "c", "again"]


@pytest.mark.parametrize("goes_well", [True, False])
async def test_a_turn_of_who_has_left_is_somebody_elses(*, goes_well: bool) -> None:
    """Whoever is cancelled before or after their turn came keeps no place."""
    pool, order = Pool(1), list[str]()
    lending = lending_of(pool)
    connection = await lending.take()
    before, after, stays = await asked(lending, "before", "after", "stays", order=order)
    before.cancel()
    await asyncio.sleep(0)
    # Its turn has come, and it has not heard of that yet.
    await (lending.take_back if goes_well else lending.give_up)(connection)
    after.cancel()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await lending.take_back(await stays)
    assert order == ["stays"]
    assert pool.out == 1


async def test_a_connection_that_was_closed_is_not_lent() -> None:
    """While it rested, or on its way to who waited; its place is not lost."""
    pool = Pool(1)
    lending = lending_of(pool)
    resting = await lending.take()
    await lending.take_back(resting)
    resting.has_ended = True
    # The pool has noticed.
    pool.out -= 1
    fresh = await lending.take()
    assert fresh is not resting
    [waiting] = await asked(lending, "waits", order=[])
    await lending.take_back(fresh)
    fresh.has_ended = True
    pool.out -= 1
    other = await waiting
    assert other is not fresh
    assert pool.out == 1


async def test_nobody_waits_for_a_database_that_is_away() -> None:
    """Each who waits meets the failure, and afterwards all places are there."""
    pool = Pool(2)
    lending = lending_of(pool)
    pool.is_away = True
    waiting = await asked(lending, *"abcde", order=[])
    failed = await asyncio.gather(*waiting, return_exceptions=True)
    assert len(failed) == 5
    assert all(isinstance(error, Exception) for error in failed)
    pool.is_away = False
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert len({id(await lending.take()) for _ in range(2)}) == 2


async def test_a_turn_of_who_has_left_does_not_outlast_the_end() -> None:
    """The pool gets back too what was on its way to somebody who is gone when all has ended."""
    pool = Pool(1)
    lending = lending_of(pool)
    connection = await lending.take()
    [waiting] = await asked(lending, "waits", order=[])
    await lending.take_back(connection)
    await lending.end()
    waiting.cancel()
    await asyncio.wait({waiting})
    assert pool.out == 0


async def test_what_comes_back_after_the_end(place: Place) -> None:
    """A connection that is still out when all are given back goes to the pool, which closes."""
    if not place.is_postgres:
        pytest.skip("SQLite has no pool")
    pool = await asyncpg.create_pool(place.database_url, min_size=0, max_size=2)
    lending = Lending(pool, None)
    one, other = await lending.take(), await lending.take()
    await lending.take_back(one)
    await lending.end()
    closing = asyncio.create_task(pool.close())
    # Until it waits for the other.
    await asyncio.sleep(0)
    await lending.take_back(other)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await closing
