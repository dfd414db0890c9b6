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
    """Lends so many connections of a pool as it has at most, to whoever asked first.

    Each is one of as many places; a place is with somebody who has a connection or fetches one, or
    its connection rests.
    """

    def __init__(self, pool: asyncpg.Pool, wait_limit_seconds: float | None) -> None:
        self._pool = pool
        self._wait_limit = wait_limit_seconds
        self._taken = 0
        self._resting: list[Any] = []
        # Each gets a place: with a connection, or with None to fetch one. While somebody waits here
        # no connection rests and no place is free.
        self._waiting: deque[asyncio.Future[Any]] = deque()
        self._turn = 0
        self._has_ended = False

    async def take(self) -> Any:
        """Take a connection. Raises TimeoutError, DBConnectionError."""
        while self._resting:
            connection = self._resting.pop()
            if _is_usable(connection):
                return connection
            self._free_place()
        async with asyncio.timeout(self._wait_limit):
            if self._taken < self._pool.get_max_size():
                self._taken += 1
            else:
                connection = await self._wait()
                if connection is not None and _is_usable(connection):
                    return connection
            return await self._fetch()

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
            self._free_place()

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
                connection = turn.result()
                if connection is None:
                    self._free_place()
                else:
                    await self.take_back(connection)
            raise

    async def _fetch(self) -> Any:
        try:
            return await self._pool.acquire()
        except BaseException as error:
            self._free_place()
            if isinstance(error, OSError) and not isinstance(error, TimeoutError):
                # No host of that name, no way there, no such socket: whatever stands in the way.
                raise DBConnectionError(str(error)) from error
            raise

    def _hand_on(self, connection: Any) -> None:
        if not self._give_turn(connection):
            self._resting.append(connection)

    def _free_place(self) -> None:
        if not self._give_turn(None):
            self._taken -= 1

    def _give_turn(self, connection: Any) -> bool:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(connection)
                return True
        return False


def end_at_once(connection: Any) -> None:
    """End a connection without a word, be it that it has ended by itself and the pool knows."""
    with contextlib.suppress(asyncpg.InterfaceError):
        connection.terminate()


def _is_usable(connection: Any) -> bool:
    with contextlib.suppress(asyncpg.InterfaceError):
        if not connection.is_closed():
            return True
        # Its socket is gone, which the pool does not know.
        end_at_once(connection)
    return False
