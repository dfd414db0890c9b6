"""The PostgreSQL engine as a service needs it: a connection that breaks is given back.

Tortoise's own context leaves a connection with nobody when BEGIN fails on it, as it does on each
pooled connection after the server was restarted; a pool of ten is then gone after ten.
"""

from typing import Any

from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import (
    TransactionalDBClient,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.connection import get_connections


class _TransactionContext(TransactionContextPooled):
    """Tortoise's, but a BEGIN that fails gives the connection and its name back."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self.ensure_connection()
        pool = self.client._parent._pool
        self.client._connection = await pool.acquire()
        self.token = get_connections().set(self.connection_name, self.client)
        try:
            await self.client.begin()
        except BaseException:
            get_connections().reset(self.token)
            await pool.release(self.client._connection)
            raise
        return self.client

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        pool = self.client._parent._pool
        try:
            if not self.client._finalized:
                await (self.client.rollback() if exc_type else self.client.commit())
        finally:
            # First: giving a broken connection back may fail, and a task that kept its name would
            # make its next transaction a savepoint on it.
            get_connections().reset(self.token)
            if pool:
                await pool.release(self.client._connection)


class ResilientPostgresClient(AsyncpgDBClient):
    """Tortoise's asyncpg client whose transactions lose no connection."""

    def _in_transaction(self) -> TransactionContext:
        return _TransactionContext(TransactionWrapper(self), self._pool_init_lock)


client_class = ResilientPostgresClient
