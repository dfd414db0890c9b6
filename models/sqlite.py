"""The SQLite engine as a service needs it: writers queue instead of failing.

A plain ``BEGIN`` takes its write lock only at the first write, so two processes that read and then
write meet "database is locked" whatever ``busy_timeout`` says (https://sqlite.org/rescode.html,
SQLITE_BUSY_SNAPSHOT). ``BEGIN IMMEDIATE`` waits for the lock at the start.
"""

import sqlite3
from typing import cast
from uuid import UUID

from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)
from tortoise.connection import get_connections

sqlite3.register_adapter(UUID, str)


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
    """Tortoise's SQLite client with transactions that lock at their start."""

    def _in_transaction(self) -> TransactionContext:
        return _TransactionContext(_ImmediateTransaction(self), self._lock)


client_class = ImmediateSqliteClient
