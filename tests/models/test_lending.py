"""Connections that are lent, where a test of more cannot see them."""

import asyncio

import asyncpg
import pytest

from models.lending import Lending
from tests.support.client import PATIENCE_SECONDS
from tests.support.places import Place


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
