"""All that the database holds, to see that something changed nothing, or to count it again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tortoise import Tortoise

from models.database import for_reading

Snapshot = dict[str, list[dict[str, Any]]]


async def snapshot() -> Snapshot:
    """Every row of every table."""
    tables = {model._meta.db_table for model in Tortoise.apps["models"].values()}
    return {table: await rows_of(table) for table in sorted(tables | {"feed_entries"})}


async def rows_of(table: str) -> list[dict[str, Any]]:
    """Every row of one table."""
    found = await for_reading().client.execute_query_dict(f"SELECT * FROM {table}")  # noqa: S608
    return sorted(found, key=repr)


@asynccontextmanager
async def unchanged() -> AsyncIterator[None]:
    """What happens in the context changes nothing."""
    before = await snapshot()
    yield
    after = await snapshot()
    for table, rows in before.items():
        assert after[table] == rows, f"{table} changed"
