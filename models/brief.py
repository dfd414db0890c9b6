"""Writing SQLite briefly: those who write at the same time share one wait for the disk.

A small statement takes less time than handing it to a thread and back, and a COMMIT takes as long
for fifty writes as for one. So statements run at once, in the loop, each write's within a savepoint
of its own; a thread does what has to wait: COMMIT, and BEGIN while another process writes.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from tortoise.backends.sqlite.client import translate_exceptions
from tortoise.log import db_client_logger

from models.failures import is_blocked

# Whoever writes otherwise waits until these are committed.
WRITES_AT_ONCE = 16


class _Turn:
    """The place of one write among those that are committed together."""

    __slots__ = ("begun", "committed", "ended")

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.begun: asyncio.Future[None] = loop.create_future()
        self.ended: asyncio.Future[None] = loop.create_future()
        self.committed: asyncio.Future[None] = loop.create_future()

    def fail(self, error: BaseException) -> None:
        """Raise the error where the write waits."""
        waits_for = self.committed if self.begun.done() else self.begun
        if not waits_for.done():
            waits_for.set_exception(error)


class BriefWrites:
    """A connection whose transactions are shared by the writes that come together.

    One of them at a time runs its statements, and is told that it is done, or refused, once all are
    committed. Who comes after BEGIN is in the next transaction.
    """

    def __init__(self, path: str, pragmas: Mapping[str, Any], lock: asyncio.Lock) -> None:
        """``lock`` is of the other connection that writes here; SQLite's own is not fair."""
        self._lock = lock
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for name, value in pragmas.items():
            self._connection.execute(f"PRAGMA {name} = {value}")
        self._patience_ms = pragmas["busy_timeout"]
        self._wait_for_others(0)
        self._thread = ThreadPoolExecutor(1, "commits")
        self._waiting: deque[_Turn] = deque()
        self._task: asyncio.Task[None] | None = None
        # What had SQLite undo a transaction with all of its writes: a disk that is full or fails.
        self._failure: BaseException | None = None

    @asynccontextmanager
    async def write(self) -> AsyncIterator["BriefWrites"]:
        """One write: undone if it raises, and then nothing else is; committed once it is left.

        The ORM must not be used within: it would wait for this write. Raises what BEGIN or COMMIT
        did, whatever the write itself came to.
        """
        turn = _Turn()
        self._waiting.append(turn)
        if self._task is None:
            # Of its own: who comes first does not wait for those who come later.
            self._task = asyncio.create_task(self._write_all(), name="brief writes")
        try:
            await turn.begun
        except BaseException:
            # It may have been cancelled when it had its turn, and the others wait for its end.
            turn.ended.set_result(None)
            raise
        try:
            with self._savepoint():
                yield self
        finally:
            turn.ended.set_result(None)
            # Also who was refused: it may have been for what another write brought.
            await turn.committed

    @translate_exceptions
    async def fetch(self, statement: str, args: Sequence[object]) -> Sequence[Any]:
        """Every line of a statement, within a write."""
        db_client_logger.debug("%s: %s", statement, args)
        return self._connection.execute(statement, args).fetchall()

    def close(self) -> None:
        """Close the connection. Nobody writes any more."""
        self._thread.shutdown()
        self._connection.close()

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                async with self._lock:
                    written = await self._write_some()
                for turn in written:
                    if not turn.committed.done():
                        turn.committed.set_result(None)
                    # Making an answer holds the loop; who reads is to wait for one, not for all.
                    await asyncio.sleep(0)
        finally:
            self._task = None

    async def _write_some(self) -> Sequence[_Turn]:
        """Run and commit the next writes; which of them were."""
        count = min(len(self._waiting), WRITES_AT_ONCE)
        some = [self._waiting.popleft() for _ in range(count)]
        self._failure = None
        try:
            await self._begin()
            for turn in some:
                await self._give(turn)
            await self._in_thread(self._connection.commit)
        except BaseException as error:
            # Before anything else that may fail: nobody waits in vain.
            for turn in some:
                turn.fail(error)
            self._connection.rollback()
            if not isinstance(error, Exception):
                raise
            return ()
        return some

    async def _give(self, turn: _Turn) -> None:
        if turn.begun.done():
            return
        turn.begun.set_result(None)
        await turn.ended
        if self._failure is not None:
            raise self._failure

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        self._connection.execute("SAVEPOINT write")
        try:
            yield
            # Fails where the transaction is gone and the write did not say so.
            self._connection.execute("RELEASE write")
        except BaseException as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK TO write")
                self._connection.execute("RELEASE write")
            else:
                self._failure = error
            raise

    async def _begin(self) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if not is_blocked(error):
                raise
            await self._in_thread(self._begin_patiently)

    def _begin_patiently(self) -> None:
        self._wait_for_others(self._patience_ms)
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        finally:
            self._wait_for_others(0)

    def _wait_for_others(self, milliseconds: int) -> None:
        self._connection.execute(f"PRAGMA busy_timeout = {milliseconds}")

    async def _in_thread(self, function: Callable[[], None]) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, function)
