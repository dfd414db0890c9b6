"""The PostgreSQL engine as a service needs it: no connection is lost, and nothing waits for ever.

Tortoise's own context leaves a connection with nobody when BEGIN fails on it, as it does on each
pooled connection after the server was restarted; a pool of ten is then gone after ten.

A transaction may wait for another one's rows, with its connection in its hands. So transactions get
a share of the pool, and whoever waits for a place in that share holds no connection: the rest is
for reads.

A database that falls silent (frozen, or behind a network that drops everything) refuses nothing.
So connecting, each statement, and waiting for a connection have limits, and a connection that does
not come to rest is ended instead of waited for.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, cast

from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import (
    PoolConnectionWrapper,
    TransactionalDBClient,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.backends.base_postgres.client import translate_exceptions
from tortoise.connection import get_connections

from models.failures import NoPlace, is_lost, is_refused
from models.lending import REST_LIMIT_SECONDS, Lending, end_at_once

# A little more than a lock is waited for, so that whoever comes after one who waited gets a turn.
PLACE_LIMIT_SECONDS = 3.0


def writers_of(pool_size: int) -> int:
    """How many of a pool's connections transactions may hold at once; the others are for reads."""
    return max(1, pool_size - max(1, pool_size // 3))


class _Lent(PoolConnectionWrapper[Any]):
    """Tortoise's, in time: a connection of the pool for one statement."""

    client: "ResilientPostgresClient"

    async def __aenter__(self) -> Any:
        await self.ensure_connection()
        self.lending = self.client.lending
        self.connection = await self.lending.take()
        return self.connection

    async def __aexit__(self, _: object, error: BaseException | None, *__: object) -> None:
        if error is None:
            await self.lending.take_back(self.connection)
            return
        if is_refused(error):
            # The next one may lead to a server that was made the primary.
            end_at_once(self.connection)
        await self.lending.give_up(self.connection)


class _TransactionContext(TransactionContextPooled):
    """Tortoise's, in its share of the pool; a BEGIN that fails gives everything back."""

    def __init__(self, client: "ResilientPostgresClient") -> None:
        super().__init__(TransactionWrapper(client), client._pool_init_lock)
        self._lender = client

    async def __aenter__(self) -> TransactionalDBClient:
        await self.ensure_connection()
        await self._lender.take_place()
        try:
            self._lending = self._lender.lending
            self.client._connection = await self._lending.take()
            self.token = get_connections().set(self.connection_name, self.client)
            try:
                await self.client.begin()
            except BaseException:
                get_connections().reset(self.token)
                await self._end_connection()
                raise
        except BaseException:
            self._lender.places.release()
            raise
        return self.client

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        has_gone_well = False
        try:
            if not self.client._finalized:
                await (self._undo(exc_val) if exc_type else self._commit())
            has_gone_well = exc_type is None
        finally:
            # First: giving a broken connection back may fail, and a task that kept its name would
            # make its next transaction a savepoint on it.
            get_connections().reset(self.token)
            back = self._lending.take_back if has_gone_well else self._lending.give_up
            try:
                await back(self.client._connection)
            finally:
                self._lender.places.release()

    async def _commit(self) -> None:
        try:
            await self.client.commit()
        except BaseException:
            # Whether it was done is open; what is not ends with the connection.
            end_at_once(self.client._connection)
            raise

    async def _undo(self, error: BaseException) -> None:
        """Roll back, or end the connection, which does the same; why is told by who raised."""
        if is_refused(error):
            end_at_once(self.client._connection)
            return
        try:
            async with asyncio.timeout(REST_LIMIT_SECONDS):
                await self.client.rollback()
        except Exception:  # noqa: BLE001  # whatever a broken connection raises
            end_at_once(self.client._connection)

    async def _end_connection(self) -> None:
        end_at_once(self.client._connection)
        await self._lending.give_up(self.client._connection)


class ResilientPostgresClient(AsyncpgDBClient):
    """Tortoise's asyncpg client that loses no connection, leaves some to reads, and has limits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # One each for the transactions that may be open at once.
        self.places = asyncio.Semaphore(writers_of(self.pool_maxsize))

    async def create_connection(self, with_db: bool) -> None:
        """Open the pool."""
        await super().create_connection(with_db)
        # Nobody waits longer for a connection than for the answer to a statement.
        self.lending = Lending(cast(Any, self._pool), self.extra.get("command_timeout"))

    async def take_place(self) -> None:
        """Take a place among those that may write at once. Raises NoPlace."""
        if not self.places.locked():
            await self.places.acquire()
            return
        try:
            async with asyncio.timeout(PLACE_LIMIT_SECONDS):
                await self.places.acquire()
        except TimeoutError as error:
            raise NoPlace("all who may write wait for something") from error

    @translate_exceptions
    async def fetch(self, statement: str, args: Sequence[object]) -> Sequence[Any]:
        """Every line of a statement outside a transaction, without Tortoise's look at its text."""
        self.log.debug("%s: %s", statement, args)
        async with self.acquire_connection() as connection:
            return cast(Sequence[Any], await connection.fetch(statement, *args))

    def acquire_connection(self) -> _Lent:
        """A connection of the pool while the context is open."""
        return _Lent(self, self._pool_init_lock)

    def _in_transaction(self) -> TransactionContext:
        return _TransactionContext(self)

    async def _close(self) -> None:
        if self._pool is not None:
            await self.lending.end()
        await super()._close()


async def keep_session(_: Any) -> None:
    """Do nothing when a connection goes back to the pool.

    By default each release sends a reset query, a fifth of what a small statement costs. No code
    changes a session's state, so there is nothing to reset.
    """


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a line of the pool's log tells more than that the database is away."""
    error = record.exc_info[1] if record.exc_info else None
    return error is None or not is_lost(error)


# It retries to keep its least connections, and tells each failure with its traceback.
logging.getLogger("asyncpg.pool").addFilter(_is_news)

client_class = ResilientPostgresClient
