"""All that the database holds, to see that something changed nothing, or to count it again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from tortoise import Tortoise

from models.database import for_reading

Snapshot = dict[str, list[dict[str, Any]]]


async def snapshot() -> Snapshot:
    """Every row of every table."""
    return {table: await rows_of(table) for table in tables()}


def tables() -> list[str]:
    """The names of all tables."""
    named = {model._meta.db_table for model in Tortoise.apps["models"].values()}
    return sorted(named | {"feed_entries"})


async def rows_of(table: str) -> list[dict[str, Any]]:
    """Every row of one table, its ids as texts, which is how SQLite has them."""
    found = await for_reading().client.execute_query_dict(f"SELECT * FROM {table}")  # noqa: S608
    return sorted(({name: _plain(value) for name, value in row.items()} for row in found), key=repr)


def _plain(value: object) -> object:
    return str(value) if isinstance(value, UUID) else value


@asynccontextmanager
async def unchanged() -> AsyncIterator[None]:
    """What happens in the context changes nothing."""
    before = await snapshot()
    yield
    after = await snapshot()
    for table, rows in before.items():
        assert after[table] == rows, f"{table} changed"
