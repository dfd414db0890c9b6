"""The one door to writing: a transaction, then the doorbell."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID

from messaging.background import jittered
from messaging.doorbell import Doorbell, Ring, Topic
from messaging.feed import log
from messaging.feed.log import Entry
from models import FeedKind, PendingAnnouncement
from models.database import Database, single_statement, transaction
from models.failures import gave_way, is_blocked, is_lost

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

# A lost race is won by looking again, a database that restarts is back within a second or two;
# what takes longer is for the caller to know, who may try again under the same idempotency key.
ATTEMPTS = 6
FIRST_PAUSE_SECONDS = 0.05
LOST_LIMIT_SECONDS = 3.0


class Work:
    """One transaction, and what it will tell whom."""

    db: Database

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        # Of whom a statement has already written entries.
        self.told: set[UUID] = set()
        self.has_pending = False
        self.has_erased = False
        # Whether doing it twice is doing it once; only who says so is taken at their word.
        self.is_repeatable = False
        self.is_committing = False

    def tell(self, *entries: Entry) -> None:
        """Add to people's feeds, at the end of this transaction."""
        self.entries += entries

    async def announce_later(
        self, account_id: UUID, user_ids: Collection[UUID] | None, *, concerns_chats: bool
    ) -> None:
        """Have these people (None: all of the account) told in batches after this transaction.

        Each is told that their access changed; with ``concerns_chats`` also both sides of each of
        their chats that its state did.
        """
        await PendingAnnouncement.create(
            account_id=account_id,
            user_ids=None if user_ids is None else sorted(map(str, user_ids)),
            concerns_chats=concerns_chats,
        )
        self.has_pending = True

    def may_repeat_after(self, error: Exception) -> bool:
        """Whether to try again: it certainly did not happen, or may happen twice."""
        if gave_way(error):
            return True
        # A connection lost at COMMIT leaves open whether it was done.
        return is_lost(error) and (self.is_repeatable or not self.is_committing)

    @property
    def rings(self) -> set[Ring]:
        """Whom the doorbell has to wake once this is committed."""
        rings = {Ring(Topic.FEED, user_id) for user_id in self.told}
        rings |= {Ring(Topic.FEED, entry.user_id) for entry in self.entries}
        rings |= {
            Ring(Topic.ACCESS, entry.user_id)
            for entry in self.entries
            if entry.kind is FeedKind.ACCESS_CHANGED
        }
        return rings


Door = Callable[[], AbstractAsyncContextManager[Database]]
Action = Callable[Concatenate[Work, P], Awaitable[T]]


def repeatable(action: Action[P, T]) -> Action[P, T]:
    """An action that is done once however often it is: it is tried again where COMMIT was lost."""

    @wraps(action)
    async def act(work: Work, /, *args: P.args, **kwargs: P.kwargs) -> T:
        work.is_repeatable = True
        return await action(work, *args, **kwargs)

    return act


class UnitOfWork:
    """Runs actions, each in a transaction of its own."""

    def __init__(self, doorbell: Doorbell, *, is_patient: bool = False) -> None:
        self._doorbell = doorbell
        # Whether to try again where another one holds what is needed; a client does so itself.
        self._is_patient = is_patient
        self._running: set[asyncio.Task[object]] = set()
        # Set when there are announcements to make.
        self.pending = asyncio.Event()
        # Set when a text was deleted that still stands in the database's files.
        self.erased = asyncio.Event()

    async def run(self, action: Action[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run the action, commit, ring, and return what the action returned.

        It runs to its end even if the caller is cancelled: a task cancelled while it enters a
        transaction would keep the database's lock for ever.
        """
        return await self._shielded(transaction, action, *args, **kwargs)

    async def run_single(self, action: Action[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Like run, an action of a few small statements of raw SQL.

        All its writing is one statement on PostgreSQL; on SQLite it shares a COMMIT with others.
        """
        return await self._shielded(single_statement, action, *args, **kwargs)

    async def _shielded(
        self, door: Door, action: Action[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        task = asyncio.create_task(self._run(door, action, *args, **kwargs))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def drain(self) -> None:
        """Wait until everything that runs has ended."""
        while self._running:
            await asyncio.wait(self._running)

    async def _run(self, door: Door, action: Action[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        clock = asyncio.get_running_loop().time
        begun_at = clock()
        for attempt in range(1, ATTEMPTS + 1):
            work = Work()
            try:
                result = await self._transact(work, door, action, *args, **kwargs)
            except Exception as error:
                # A database that is silent takes long for each attempt.
                is_late = is_lost(error) and clock() - begun_at > LOST_LIMIT_SECONDS
                may_repeat = work.may_repeat_after(error) or (
                    self._is_patient and is_blocked(error)
                )
                if attempt == ATTEMPTS or is_late or not may_repeat:
                    raise
                logger.info("A transaction is tried again: %r", error)
            else:
                self._follow_up(work)
                return result
            await asyncio.sleep(jittered(FIRST_PAUSE_SECONDS * 2**attempt))
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _transact(
        self, work: Work, door: Door, action: Action[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        async with door() as db:
            work.db = db
            result = await action(work, *args, **kwargs)
            await log.append(db, work.entries)
            work.is_committing = True
        return result

    def _follow_up(self, work: Work) -> None:
        """Do what follows a commit. Nothing here changes that it is done: nothing here raises."""
        if work.has_pending:
            self.pending.set()
        if work.has_erased:
            self.erased.set()
        try:
            self._doorbell.ring(work.rings)
        except Exception:
            logger.exception("A ring is lost; the poll finds what it was for.")
