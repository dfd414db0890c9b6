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
import contextlib
import logging
from collections.abc import Sequence
from typing import Any, cast

from asyncpg import InterfaceError
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import (
    PoolConnectionWrapper,
    TransactionalDBClient,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.backends.base_postgres.client import translate_exceptions
from tortoise.connection import get_connections
from tortoise.exceptions import DBConnectionError

from models.failures import NoPlace, is_lost, is_refused

# To roll back, or to see that a statement that was given up has ended.
REST_LIMIT_SECONDS = 1.0
# So often a connection goes by way of the pool, which replaces those that have served for long.
_POOLS_TURN = 1_000
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
        self.connection = await self.client.take()
        return self.connection

    async def __aexit__(self, _: object, error: BaseException | None, *__: object) -> None:
        if error is None:
            await self.client.take_back(self.connection)
            return
        if is_refused(error):
            # The next one may lead to a server that was made the primary.
            cast(Any, self.connection).terminate()
        await self.client.give_back(self.connection)


class _TransactionContext(TransactionContextPooled):
    """Tortoise's, in its share of the pool; a BEGIN that fails gives everything back."""

    def __init__(self, client: "ResilientPostgresClient") -> None:
        super().__init__(TransactionWrapper(client), client._pool_init_lock)
        self._lender = client

    async def __aenter__(self) -> TransactionalDBClient:
        await self.ensure_connection()
        await self._lender.take_place()
        try:
            self.client._connection = await self._lender.take()
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
        try:
            if not self.client._finalized:
                await (self._undo(exc_val) if exc_type else self._commit())
        finally:
            # First: giving a broken connection back may fail, and a task that kept its name would
            # make its next transaction a savepoint on it.
            get_connections().reset(self.token)
            try:
                back = self._lender.give_back if exc_type else self._lender.take_back
                await back(self.client._connection)
            finally:
                self._lender.places.release()

    async def _commit(self) -> None:
        try:
            await self.client.commit()
        except BaseException:
            # Whether it was done is open; what is not ends with the connection.
            self.client._connection.terminate()
            raise

    async def _undo(self, error: BaseException) -> None:
        """Roll back, or end the connection, which does the same; why is told by who raised."""
        if is_refused(error):
            self.client._connection.terminate()
            return
        try:
            async with asyncio.timeout(REST_LIMIT_SECONDS):
                await self.client.rollback()
        except Exception:  # noqa: BLE001  # whatever a broken connection raises
            self.client._connection.terminate()

    async def _end_connection(self) -> None:
        self.client._connection.terminate()
        await self._lender.give_back(self.client._connection)


class ResilientPostgresClient(AsyncpgDBClient):
    """Tortoise's asyncpg client that loses no connection, leaves some to reads, and has limits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # One each for the transactions that may be open at once.
        self.places = asyncio.Semaphore(writers_of(self.pool_maxsize))
        # Nobody waits longer for a connection than for the answer to a statement.
        self._wait_limit: float | None = self.extra.get("command_timeout")
        # Connections that wait for their next statement, taken for lent by the pool: its own way
        # out and in costs more than all else of a small statement.
        self._resting: list[Any] = []
        self._waiting = 0
        self._lent = 0

    async def take_place(self) -> None:
        """Take a place among those that may write at once. Raises NoPlace."""
        try:
            async with asyncio.timeout(PLACE_LIMIT_SECONDS):
                await self.places.acquire()
        except TimeoutError as error:
            raise NoPlace("all who may write wait for something") from error

    async def take(self) -> Any:
        """Take a connection. Raises TimeoutError, DBConnectionError."""
        while self._resting:
            connection = self._resting.pop()
            if _is_open(connection):
                return connection
        return await self._take_from_pool()

    async def take_back(self, connection: Any) -> None:
        """Take back a connection on which all went well."""
        self._lent += 1
        if self._waiting or self._lent % _POOLS_TURN == 0:
            await self.give_back(connection)
        else:
            self._resting.append(connection)

    async def give_back(self, connection: Any) -> None:
        """Give a connection back to the pool; one that does not come to rest, asyncpg ends."""
        if self._pool is None:
            return
        with contextlib.suppress(TimeoutError):
            await self._pool.release(connection, timeout=REST_LIMIT_SECONDS)

    @translate_exceptions
    async def fetch(self, statement: str, args: Sequence[object]) -> Sequence[Any]:
        """Every line of a statement outside a transaction, without Tortoise's look at its text."""
        async with self.acquire_connection() as connection:
            return cast(Sequence[Any], await connection.fetch(statement, *args))

    def acquire_connection(self) -> _Lent:
        """A connection of the pool while the context is open."""
        return _Lent(self, self._pool_init_lock)

    def _in_transaction(self) -> TransactionContext:
        return _TransactionContext(self)

    async def _take_from_pool(self) -> Any:
        pool: Any = self._pool
        self._waiting += 1
        try:
            async with asyncio.timeout(self._wait_limit):
                return await pool.acquire()
        except OSError as error:
            if isinstance(error, TimeoutError):
                raise
            # No host of that name, no way there, no such socket: whatever stands in the way.
            raise DBConnectionError(str(error)) from error
        finally:
            self._waiting -= 1

    async def _close(self) -> None:
        while self._resting:
            await self.give_back(self._resting.pop())
        await super()._close()


def _is_open(connection: Any) -> bool:
    try:
        is_closed = connection.is_closed()
    except InterfaceError:
        # It was closed while nobody had it, and the pool knows.
        return False
    if is_closed:
        # Its socket was, which the pool does not know.
        connection.terminate()
    return not is_closed


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
