"""Lending the connections of a pool to one statement or transaction after the other.

The pool's own acquire and release, with a task and two time limits, cost more than all else of a
small statement. So what went well stays out of the pool, and rests here or goes to whoever waits;
the pool makes connections, and gets back what failed.
"""

import asyncio
import contextlib
from collections import deque
from typing import Any

import asyncpg
from tortoise.exceptions import DBConnectionError

# To roll back, or to see that a statement that was given up has ended.
REST_LIMIT_SECONDS = 1.0
# So often a connection goes by way of the pool, which replaces those that have served for long.
_POOLS_TURN = 1_000


class Lending:
    """Lends so many connections of a pool as it has at most."""

    def __init__(self, pool: asyncpg.Pool, wait_limit_seconds: float | None) -> None:
        self._pool = pool
        self._wait_limit = wait_limit_seconds
        # Those that are out of the pool, and of these the ones that nobody uses.
        self._taken = 0
        self._resting: list[Any] = []
        # Each gets a connection, or None where the pool may have one.
        self._waiting: deque[asyncio.Future[Any]] = deque()
        self._turn = 0
        self._has_ended = False

    async def take(self) -> Any:
        """Take a connection. Raises TimeoutError, DBConnectionError."""
        while self._resting:
            connection = self._resting.pop()
            if self._is_usable(connection):
                return connection
        async with asyncio.timeout(self._wait_limit):
            while self._taken >= self._pool.get_max_size():
                connection = await self._wait()
                if connection is not None and self._is_usable(connection):
                    return connection
            return await self._from_pool()

    async def take_back(self, connection: Any) -> None:
        """Take back a connection on which all went well."""
        self._turn += 1
        if self._has_ended or self._turn % _POOLS_TURN == 0:
            await self.give_up(connection)
        else:
            self._hand_on(connection)

    async def give_up(self, connection: Any) -> None:
        """Give a connection back to the pool; one that does not come to rest, asyncpg ends."""
        try:
            # The pool may have been closed meanwhile.
            with contextlib.suppress(TimeoutError, asyncpg.InterfaceError):
                await self._pool.release(connection, timeout=REST_LIMIT_SECONDS)
        finally:
            self._forget()

    async def end(self) -> None:
        """Give the pool back whatever rests, and from now on whatever comes back."""
        # A pool that closes waits for its connections.
        self._has_ended = True
        while self._resting:
            await self.give_up(self._resting.pop())

    async def _wait(self) -> Any:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            return await turn
        except BaseException:
            # It may have had its turn before it heard that it is to go.
            if turn.done() and not turn.cancelled():
                self._hand_on(turn.result())
            raise

    async def _from_pool(self) -> Any:
        self._taken += 1
        try:
            return await self._pool.acquire()
        except BaseException as error:
            self._forget()
            if isinstance(error, OSError) and not isinstance(error, TimeoutError):
                # No host of that name, no way there, no such socket: whatever stands in the way.
                raise DBConnectionError(str(error)) from error
            raise

    def _hand_on(self, connection: Any) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(connection)
                return
        if connection is not None:
            self._resting.append(connection)

    def _is_usable(self, connection: Any) -> bool:
        try:
            if not connection.is_closed():
                return True
            # Its socket is gone, which the pool does not know.
            connection.terminate()
        except asyncpg.InterfaceError:
            # It was closed while nobody used it, and the pool knows.
            pass
        self._forget()
        return False

    def _forget(self) -> None:
        """Count one less that is out of the pool, and let somebody else have it from there."""
        self._taken -= 1
        self._hand_on(None)
