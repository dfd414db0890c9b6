"""Waiting for what no event announces, and making others wait."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Concatenate, ParamSpec, TypeVar

import asyncpg

from messaging.doorbell import Doorbell
from messaging.work import Door, UnitOfWork, Work
from tests.support.client import PATIENCE_SECONDS
from tests.support.places import Place

P = ParamSpec("P")
T = TypeVar("T")


async def until(condition: Callable[[], bool]) -> None:
    """Return once the condition holds; TimeoutError where it never does."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110  # no event tells
            await asyncio.sleep(0.005)


async def until_asked(condition: Callable[[], Awaitable[bool]]) -> None:
    """Return once the condition, for which somebody has to be asked, holds."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await condition():  # noqa: ASYNC110  # no event tells
            await asyncio.sleep(0.01)


class WatchedOffice(UnitOfWork):
    """Counts the actions that were begun, and those whose caller went away."""

    def __init__(self, doorbell: Doorbell) -> None:
        super().__init__(doorbell)
        self.begun = 0
        self.left = 0

    async def _shielded(
        self,
        door: Door,
        action: Callable[Concatenate[Work, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        self.begun += 1
        try:
            return await super()._shielded(door, action, *args, **kwargs)
        except asyncio.CancelledError:
            self.left += 1
            raise


@contextlib.asynccontextmanager
async def held_write_lock(place: Place) -> AsyncIterator[None]:
    """Nobody else writes in the database while the context is open; everybody reads."""
    if not place.is_postgres:
        with contextlib.closing(sqlite3.connect(place.path, isolation_level=None)) as file:
            file.execute("BEGIN IMMEDIATE")
            yield
            file.execute("ROLLBACK")
        return
    connection = await asyncpg.connect(place.database_url)
    try:
        async with connection.transaction():
            tables = await connection.fetch(
                "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema()"
            )
            names = ", ".join(name for [name] in tables)
            await connection.execute(f"LOCK TABLE {names} IN EXCLUSIVE MODE")
            yield
    finally:
        await connection.close()
