"""The PostgreSQL engine as a service needs it: no connection is lost, and reads always find one.

Tortoise's own context leaves a connection with nobody when BEGIN fails on it, as it does on each
pooled connection after the server was restarted; a pool of ten is then gone after ten.

A transaction may wait for another one's rows for as long as that one likes, with its connection
in its hands. So transactions get a share of the pool, and whoever waits for a place in that share
holds no connection: the rest is for reads, which wait for nobody.
"""

import asyncio
import logging
from typing import Any

from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import (
    TransactionalDBClient,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.connection import get_connections

from models.outages import outages


def writers_of(pool_size: int) -> int:
    """How many of a pool's connections transactions may hold at once; the others are for reads."""
    return max(1, pool_size - max(1, pool_size // 3))


class _TransactionContext(TransactionContextPooled):
    """Tortoise's, in its share of the pool; a BEGIN that fails gives everything back."""

    def __init__(self, client: "ResilientPostgresClient") -> None:
        super().__init__(TransactionWrapper(client), client._pool_init_lock)
        self._places = client.places

    async def __aenter__(self) -> TransactionalDBClient:
        await self.ensure_connection()
        pool = self.client._parent._pool
        await self._places.acquire()
        try:
            self.client._connection = await pool.acquire()
            self.token = get_connections().set(self.connection_name, self.client)
            try:
                await self.client.begin()
            except BaseException:
                get_connections().reset(self.token)
                await pool.release(self.client._connection)
                raise
        except BaseException:
            self._places.release()
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
            try:
                if pool:
                    await pool.release(self.client._connection)
            finally:
                self._places.release()


class ResilientPostgresClient(AsyncpgDBClient):
    """Tortoise's asyncpg client whose transactions lose no connection and leave some to reads."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # One each for the transactions that may be open at once.
        self.places = asyncio.Semaphore(writers_of(self.pool_maxsize))

    def _in_transaction(self) -> TransactionContext:
        return _TransactionContext(self)


async def keep_session(_: Any) -> None:
    """Do nothing when a connection goes back to the pool.

    By default each release sends a reset query, a fifth of what a small statement costs. No code
    changes a session's state, so there is nothing to reset.
    """


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a line of the pool's log tells more than that the database is away."""
    error = record.exc_info[1] if record.exc_info else None
    return error is None or not outages.is_lost(error)


# It retries to keep its least connections, and tells each failure with its traceback.
logging.getLogger("asyncpg.pool").addFilter(_is_news)

client_class = ResilientPostgresClient
