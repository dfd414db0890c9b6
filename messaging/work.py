"""The one door to writing: a transaction, then the doorbell."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID

from tortoise.exceptions import IntegrityError

from messaging.doorbell import Doorbell, Ring, Topic
from messaging.feed import log
from messaging.feed.log import Entry
from models import FeedKind, PendingAnnouncement
from models.database import Database, overwrite_deleted, transaction

P = ParamSpec("P")
T = TypeVar("T")

# A lost race for a unique key is won by looking again; more than this is not a race.
ATTEMPTS = 3


class Work:
    """One transaction, and what it will tell whom."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.entries: list[Entry] = []
        self.has_pending = False
        self.has_erased = False

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

    @property
    def rings(self) -> set[Ring]:
        """Whom the doorbell has to wake once this is committed."""
        rings = {Ring(Topic.FEED, entry.user_id) for entry in self.entries}
        rings |= {
            Ring(Topic.ACCESS, entry.user_id)
            for entry in self.entries
            if entry.kind is FeedKind.ACCESS_CHANGED
        }
        return rings


Action = Callable[Concatenate[Work, P], Awaitable[T]]


class UnitOfWork:
    """Runs actions, each in a transaction of its own."""

    def __init__(self, doorbell: Doorbell) -> None:
        self._doorbell = doorbell
        self._running: set[asyncio.Task[object]] = set()
        # Set when there are announcements to make.
        self.pending = asyncio.Event()

    async def run(self, action: Action[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run the action, commit, ring, and return what the action returned.

        It runs to its end even if the caller is cancelled: a task cancelled while it enters a
        transaction would keep the database's lock for ever.
        """
        task = asyncio.create_task(self._run(action, *args, **kwargs))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def drain(self) -> None:
        """Wait until everything that runs has ended."""
        while self._running:
            await asyncio.wait(self._running)

    async def _run(self, action: Action[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await self._transact(action, *args, **kwargs)
            except IntegrityError:
                # Somebody else just wrote the same key: the next look finds it.
                if attempt == ATTEMPTS:
                    raise
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _transact(self, action: Action[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        async with transaction() as db:
            work = Work(db)
            result = await action(work, *args, **kwargs)
            await log.append(db, work.entries)
        await self._doorbell.ring(work.rings)
        if work.has_erased:
            await overwrite_deleted()
        if work.has_pending:
            self.pending.set()
        return result
