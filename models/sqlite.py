"""The SQLite engine as a service needs it: writers queue instead of failing.

A plain ``BEGIN`` takes its write lock only at the first write, so two processes that read and then
write meet "database is locked" whatever ``busy_timeout`` says (https://sqlite.org/rescode.html,
SQLITE_BUSY_SNAPSHOT). ``BEGIN IMMEDIATE`` waits for the lock at the start.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Any, cast
from uuid import UUID

from asyncpg.pgproto import pgproto
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)
from tortoise.connection import get_connections

from models.brief import BriefWrites
from models.failures import is_blocked
from models.quick import QuickReads

# A row's ids are asyncpg's on both databases (models.rows).
for each in (UUID, pgproto.UUID):
    sqlite3.register_adapter(each, str)


class _ImmediateTransaction(SqliteTransactionWrapper):
    async def begin(self) -> None:
        await self._connection.execute("BEGIN IMMEDIATE")


class _TransactionContext(SqliteTransactionContext):
    """Tortoise's, but a BEGIN that fails gives the lock and the connection's name back."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            self.token = get_connections().set(self.connection_name, self.connection)
            try:
                await self.connection.begin()
            except BaseException:
                get_connections().reset(self.token)
                raise
        except BaseException:
            self._trxlock.release()
            raise
        return cast(TransactionalDBClient, self.connection)


class ImmediateSqliteClient(SqliteClient):
    """Tortoise's SQLite client with transactions that lock at their start.

    Quick reads and brief writes have connections of their own.
    """

    _quick: QuickReads | None = None
    _brief: BriefWrites | None = None

    @property
    def brief(self) -> BriefWrites:
        """The door for writes of a few small statements; they take turns with transactions."""
        if self._brief is None:
            self._brief = BriefWrites(self.filename, self.pragmas, self._lock)
        return self._brief

    async def create_connection(self, with_db: bool) -> None:
        """Open the connection; for one that only reads also the quick one."""
        await super().create_connection(with_db)
        if self._quick is None and self.pragmas.get("query_only") == "ON":
            self._quick = QuickReads(self.filename)

    async def close(self) -> None:
        """Close them all."""
        if self._brief is not None:
            self._brief.close()
            self._brief = None
        if self._quick is not None:
            self._quick.close()
            self._quick = None
        await super().close()

    async def fetch(self, statement: str, args: Sequence[object]) -> Sequence[Any]:
        """Every line of a statement."""
        quick = self._quick.read(statement, args) if self._quick is not None else None
        if quick is not None:
            self.log.debug("%s: %s", statement, args)
            return quick
        lines: Sequence[Any]
        _, lines = await self.execute_query(statement, list(args))
        return lines

    def _in_transaction(self) -> TransactionContext:
        return _TransactionContext(_ImmediateTransaction(self), self._lock)


def truncate_log(path: str) -> bool:
    """Move the log into the file, leaving none, and wait for nobody; whether it was done."""
    with closing(sqlite3.connect(path, timeout=0)) as file:
        try:
            is_busy, *_ = file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError as error:
            if not is_blocked(error):
                raise
            return False
        return not is_busy


client_class = ImmediateSqliteClient
