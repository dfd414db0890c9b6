"""Finding what stands, a chunk at a time.

In raw SQL: an ORM's thousand-fold ``IN`` and its instances would make up most of a transaction,
and whoever sends a message has to wait for it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from messaging.roster.staging import CHUNK
from messaging.text import is_storable
from models.database import Database, placeholders

Row = TypeVar("Row")

# Stands, where nothing is written yet, for the id of what the import itself will create.
NOT_YET = UUID(int=0)


@dataclass(frozen=True, slots=True)
class _Sourced:
    source_id: str
    id: UUID


@dataclass(frozen=True, slots=True)
class _Id:
    id: UUID


async def held(
    db: Database, row: type[Row], select: str, keys: Collection[object], *first: object
) -> list[Row]:
    """Rows that nobody else changes until this transaction ends; ``{keys}`` marks their place."""
    if not keys:
        return []
    statement = select.format(keys=placeholders(len(keys), after=len(first)))
    lock = "FOR NO KEY UPDATE" if db.is_postgres else ""
    return await db.rows(row, f"{statement} ORDER BY id {lock}", *first, *keys)


async def ids_of(
    db: Database, table: str, account_id: UUID, source_ids: Collection[str | None]
) -> dict[str, UUID]:
    """The ids of those that are there, by their source ids."""
    # A faulty row may name what no database holds, and PostgreSQL would not even look for.
    wanted = sorted({each for each in source_ids if each is not None and is_storable(each)})
    found: dict[str, UUID] = {}
    for page in pages(wanted):
        marks = placeholders(len(page), after=1)
        statement = (
            f"SELECT source_id, id FROM {table} "  # our own name
            f"WHERE account_id = $1 AND source_id IN ({marks})"
        )
        rows = await db.rows(_Sourced, statement, account_id, *page)
        found.update((row.source_id, row.id) for row in rows)
    return found


async def ids_in(db: Database, select: str, keys: Sequence[object]) -> set[UUID]:
    """The ids that a SELECT finds for all these keys."""
    found: set[UUID] = set()
    for page in pages(keys):
        rows = await db.rows(_Id, select.format(keys=placeholders(len(page))), *page)
        found.update(row.id for row in rows)
    return found


def pages(values: Sequence[Row]) -> list[Sequence[Row]]:
    """The values, a chunk at a time: databases bound the number of parameters."""
    return [values[start : start + CHUNK] for start in range(0, len(values), CHUNK)]
