"""Where the tables live: opening, migrations, and the doors to raw SQL."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.connection import get_connection
from tortoise.migrations.api import migrate as run_migrations
from tortoise.migrations.executor import MigrationExecutor
from tortoise.transactions import in_transaction

from models.brief import BriefWrites
from models.configuration import (
    DatabaseUnusable,
    PoolSize,
    configuration,
    session_habits,
    sqlite_path,
)
from models.outages import outages
from models.postgres import ResilientPostgresClient
from models.rows import reader_of
from models.sqlite import ImmediateSqliteClient, truncate_log
from models.turns import alone

Row = TypeVar("Row")

_PLACEHOLDER = re.compile(r"\$(\d+)")
_RETURNS_IN_PLACE = re.compile(r"\s*(SELECT|WITH)", re.IGNORECASE)


@lru_cache(maxsize=1024)
def _for_sqlite(statement: str) -> tuple[str, tuple[int, ...]]:
    """The statement as Python hands it to SQLite, and the place of each placeholder's argument.

    Without their numbers: with them they are names, which Python 3.14 refuses to fill by place.
    """
    places = tuple(int(number) - 1 for number in _PLACEHOLDER.findall(statement))
    return _PLACEHOLDER.sub("?", statement), places


def _with_places(statement: str, args: Sequence[object]) -> tuple[str, Sequence[object]]:
    statement, places = _for_sqlite(statement)
    return statement, [args[place] for place in places]


@dataclass(frozen=True, slots=True)
class Database:
    """Raw SQL on one connection, alike for both databases; its placeholders are $1 and on."""

    client: BaseDBAsyncClient
    # The share in a transaction in which its statements run, where they have one.
    share: BriefWrites | None = None

    @property
    def is_postgres(self) -> bool:
        """Whether it has row locks."""
        return self.client.capabilities.dialect == "postgres"

    @property
    def for_update(self) -> str:
        """The row lock of a SELECT; on SQLite the transaction's own lock serves."""
        return "FOR UPDATE" if self.is_postgres else ""

    def among(
        self, column: str, keys: Collection[object], *, after: int = 0
    ) -> tuple[str, list[object]]:
        """A condition that the column is one of the keys, and its arguments, behind ``after``.

        On PostgreSQL they are one, however many: a statement takes no more than 32,767.
        """
        if self.is_postgres:
            return f"{column} = ANY(${after + 1})", [list(keys)]
        return f"{column} IN ({placeholders(len(keys), after=after)})", list(keys)

    async def rows(self, row: type[Row], statement: str, *args: object) -> list[Row]:
        """Every line of the statement as ``row`` (see models.rows)."""
        read = reader_of(row, is_sqlite=not self.is_postgres)
        return [read(values) for values in await self._fetch(statement, args)]

    async def row(self, row: type[Row], statement: str, *args: object) -> Row | None:
        """The first line of the statement as ``row``, or None."""
        found = await self.rows(row, statement, *args)
        return found[0] if found else None

    async def values(self, statement: str, *args: object) -> list[tuple[Any, ...]]:
        """Every line of the statement as a plain tuple; SQLite's ids and times are texts."""
        return [tuple(values) for values in await self._fetch(statement, args)]

    async def execute(self, statement: str, *args: object) -> None:
        """Run a statement for its effect."""
        await self._fetch(statement, args)

    def table(
        self, columns: Mapping[str, str], lines: Collection[Sequence[object]]
    ) -> tuple[str, list[object]]:
        """Lines of values as a table for FROM, and the statement's first arguments.

        ``columns`` are names with their PostgreSQL types; the table is called ``asked``. On
        PostgreSQL the statement is the same whatever the number of lines.
        """
        names = ", ".join(columns)
        if self.is_postgres:
            arrays = [f"${number}::{kind}[]" for number, kind in enumerate(columns.values(), 1)]
            source = f"unnest({', '.join(arrays)}) AS asked({names})"
            return source, [list(column) for column in zip(*lines, strict=True)]
        width = len(columns)
        values = ", ".join(
            f"({placeholders(width, after=width * number)})" for number in range(len(lines))
        )
        aliases = ", ".join(f"column{place} AS {name}" for place, name in enumerate(columns, 1))
        return (
            f"(SELECT {aliases} FROM (VALUES {values})) AS asked",  # noqa: S608  # constant names
            [value for line in lines for value in line],
        )

    async def now(self) -> datetime:
        """The time by PostgreSQL's clock, which all hosts share; for SQLite by this host's."""
        if not self.is_postgres:
            return datetime.now(UTC)
        [[now]] = await self.values("SELECT now()")
        return cast(datetime, now)

    async def _fetch(self, statement: str, args: Sequence[object]) -> Sequence[Any]:
        found = await self._run(statement, args)
        outages.answered()
        return found

    async def _run(self, statement: str, args: Sequence[object]) -> Sequence[Any]:
        if isinstance(self.client, ResilientPostgresClient):
            lines: Sequence[Any] = await self.client.fetch(statement, args)
            return lines
        if isinstance(self.client, ImmediateSqliteClient):
            door = self.share or self.client
            return await door.fetch(*_with_places(statement, args))
        if not self.is_postgres:
            statement, args = _with_places(statement, args)
        elif not _RETURNS_IN_PLACE.match(statement):
            # execute_query drops the rows of RETURNING.
            dicts = await self.client.execute_query_dict(statement, list(args))
            return [tuple(line.values()) for line in dicts]
        _, found = await self.client.execute_query(statement, list(args))
        return found


def placeholders(count: int, *, after: int = 0) -> str:
    """``$1, $2, …``: so many, the first behind ``after`` others."""
    return ", ".join(f"${number}" for number in range(after + 1, after + count + 1))


def for_reading() -> Database:
    """The connection for reads outside a transaction. On SQLite it cannot write."""
    return Database(get_connection("reader" if _has_reader() else "default"))


@asynccontextmanager
async def transaction() -> AsyncIterator[Database]:
    """One transaction: READ COMMITTED on PostgreSQL, BEGIN IMMEDIATE on SQLite.

    Never enter it in a task that may be cancelled: the lock would stay taken for ever.
    """
    async with in_transaction("default") as client:
        yield Database(cast(BaseDBAsyncClient, client))


@asynccontextmanager
async def single_statement() -> AsyncIterator[Database]:
    """A connection for one writing statement, which is a transaction by itself on PostgreSQL.

    What is read before it sees what is committed, as in a transaction. SQLite, which cannot write
    all of a send in one statement, gets a share in a transaction. The ORM must not be used within.
    """
    client = get_connection("default")
    if isinstance(client, ResilientPostgresClient):
        await client.take_place()
        try:
            yield Database(client)
        finally:
            client.places.release()
    elif isinstance(client, ImmediateSqliteClient):
        async with client.brief.write() as share:
            yield Database(client, share)
    else:
        raise TypeError(f"no database that is known: {client!r}")


async def connect(
    url: str,
    pool: PoolSize = PoolSize(),  # noqa: B008  # frozen
    *,
    statement_limit_seconds: float | None = None,
) -> None:
    """Open the database for this process.

    A statement that takes longer than the limit, be it that PostgreSQL says nothing any more, is
    given up with TimeoutError. Raises DatabaseUnusable where the database is missing, out of reach
    or not migrated.
    """
    config = configuration(url, pool, statement_limit_seconds, session=session_habits())
    path = sqlite_path(config)
    if path is not None:
        if not path.exists():
            raise DatabaseUnusable(
                f"There is no database at {path}: run `lms-messages migrate` first."
            )
        _check_file(path)
    await Tortoise.init(config=config, _enable_global_fallback=True)
    try:
        # First: a database out of reach would look like one without tables.
        await _check_reachable()
        if await _has_pending_migrations(config):
            raise DatabaseUnusable("The database is not up to date: run `lms-messages migrate`.")
    except BaseException:
        await disconnect()
        raise


async def disconnect() -> None:
    """Close every connection of this process."""
    await Tortoise.close_connections()
    outages.forget()
    # Statements are kept by the connection's name; the next database may be of the other kind.
    EXECUTOR_CACHE.clear()


async def overwrite_deleted() -> bool:
    """Leave no readable rest of a deleted text on the disk (D1); false where somebody reads it yet.

    In SQLite's file, deleted text is overwritten (secure_delete); its log keeps earlier pages
    until it is moved into the file, which may be days on a quiet service. Nobody waits for it: it
    has a connection of its own, which gives way at once. PostgreSQL does its own.
    """
    client = get_connection("default")
    if not isinstance(client, ImmediateSqliteClient):
        return True
    return await asyncio.to_thread(truncate_log, client.filename)


async def migrate(url: str) -> None:
    """Bring the tables up to date, creating the SQLite file where there is none.

    Raises DatabaseUnusable where there can be no database, or none answers.
    """
    config = configuration(url)
    path = sqlite_path(config)
    if path is not None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseUnusable(f"There can be no database at {path}: {error}.") from error
        _check_file(path)
    try:
        await Tortoise.init(config=config)
        await _check_reachable()
        async with alone(config["connections"]["default"]["credentials"]):
            await run_migrations(config=config)
    finally:
        await Tortoise.close_connections()


def _check_file(path: Path) -> None:
    """Raise DatabaseUnusable for a file of another kind: aiosqlite's thread would hang over it."""
    try:
        with closing(sqlite3.connect(path)) as file:
            file.execute("PRAGMA schema_version")
    except sqlite3.Error as error:
        raise DatabaseUnusable(f"{path} is no SQLite database: {error}.") from error


async def _check_reachable() -> None:
    try:
        await for_reading().values("SELECT 1")
    except TimeoutError as error:
        raise DatabaseUnusable("The database does not answer: it says nothing at all.") from error
    except Exception as error:
        raise DatabaseUnusable(f"The database does not answer: {error}.") from error


def _has_reader() -> bool:
    return "reader" in Tortoise._require_context().connections.db_config


async def _has_pending_migrations(config: dict[str, Any]) -> bool:
    executor = MigrationExecutor(get_connection("default"), config["apps"])
    return bool(await executor.plan())
