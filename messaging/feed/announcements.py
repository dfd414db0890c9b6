"""Telling people of changes in who may do what: at once where few are concerned, else in batches.

A batch is a transaction; how far it came is committed with it, so a process that dies leaves
exactly the rest to whoever looks next.
"""

import asyncio
import contextlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from messaging.background import Background
from messaging.feed.log import MAILBOXES_LOCKED_AT_ONCE, Entry
from messaging.work import UnitOfWork, Work, repeatable
from models import FeedKind, PendingAnnouncement
from models.database import Database, for_reading, placeholders

# How long an announcement that another process left behind may wait.
LOOK_EVERY_SECONDS = 5.0

# Each chat concerns two mailboxes.
CHATS_AT_ONCE = MAILBOXES_LOCKED_AT_ONCE // 2

_NIL = UUID(int=0)


@dataclass(slots=True)
class _Id:
    id: UUID


@dataclass(slots=True)
class _Chat:
    conversation_id: UUID
    lower_user_id: UUID
    higher_user_id: UUID


async def announce_to_all(work: Work, account_id: UUID) -> None:
    """Tell everybody in the account that their access changed."""
    user_ids = await _users_of(work.db, account_id, _NIL, MAILBOXES_LOCKED_AT_ONCE + 1)
    if len(user_ids) > MAILBOXES_LOCKED_AT_ONCE:
        await work.announce_later(account_id, None, concerns_chats=False)
        return
    work.tell(*_access_entries(user_ids))


async def announce(
    work: Work, account_id: UUID, user_ids: Collection[UUID], *, concerns_chats: bool
) -> None:
    """Tell these people that their access changed, and both sides of their chats of the state."""
    limit = CHATS_AT_ONCE - len(user_ids)
    chats = await _chats_of(work.db, user_ids, _NIL, limit + 1) if concerns_chats else []
    if limit < 0 or len(chats) > limit:
        await work.announce_later(account_id, user_ids, concerns_chats=concerns_chats)
        return
    work.tell(*_access_entries(user_ids), *_chat_entries(chats))


class Announcer(Background):
    """Makes the pending announcements, beginning with what an earlier process left."""

    complaint = "Announcements wait: the database did not take them."

    def __init__(self, office: UnitOfWork) -> None:
        super().__init__()
        self._office = office

    async def announce_pending(self) -> None:
        """Make every announcement that is pending now."""
        # Looking takes no lock; an idle service looks often.
        while await for_reading().values("SELECT 1 FROM pending_announcements LIMIT 1"):
            if not await self._office.run(_announce_batch):
                return

    async def _round(self) -> None:
        self._office.pending.clear()
        await self.announce_pending()

    async def _pause(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_EVERY_SECONDS):
                await self._office.pending.wait()


@repeatable
async def _announce_batch(work: Work) -> bool:
    """Tell the next batch of the oldest announcement; false when there is none."""
    # Processes share the work: each takes an announcement that no other has in hand.
    waiting = PendingAnnouncement.all().order_by("id")
    oldest = await waiting.select_for_update(skip_locked=True).first()
    if oldest is None:
        return False
    if not oldest.users_are_told:
        await _tell_users(work, oldest)
    elif oldest.concerns_chats and oldest.user_ids is not None:
        await _tell_chats(work, oldest)
    else:
        await oldest.delete()
    return True


async def _tell_users(work: Work, pending: PendingAnnouncement) -> None:
    after = pending.told_users_to or _NIL
    if pending.user_ids is None:
        user_ids = await _users_of(work.db, pending.account_id, after, MAILBOXES_LOCKED_AT_ONCE)
    else:
        user_ids = [user_id for user_id in map(UUID, pending.user_ids) if user_id > after]
        user_ids = user_ids[:MAILBOXES_LOCKED_AT_ONCE]
    work.tell(*_access_entries(user_ids))
    if len(user_ids) < MAILBOXES_LOCKED_AT_ONCE:
        pending.users_are_told = True
    else:
        pending.told_users_to = user_ids[-1]
    await pending.save(update_fields=["users_are_told", "told_users_to"])


async def _tell_chats(work: Work, pending: PendingAnnouncement) -> None:
    user_ids = list(map(UUID, pending.user_ids or ()))
    chats = await _chats_of(work.db, user_ids, pending.told_chats_to or _NIL, CHATS_AT_ONCE)
    work.tell(*_chat_entries(chats))
    if len(chats) < CHATS_AT_ONCE:
        await pending.delete()
    else:
        pending.told_chats_to = chats[-1].conversation_id
        await pending.save(update_fields=["told_chats_to"])


async def _users_of(db: Database, account_id: UUID, after: UUID, limit: int) -> list[UUID]:
    """People of the account, in the order of their ids."""
    found = await db.rows(
        _Id,
        "SELECT id FROM users WHERE account_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        account_id,
        after,
        limit,
    )
    return [user.id for user in found]


async def _chats_of(
    db: Database, user_ids: Collection[UUID], after: UUID, limit: int
) -> list[_Chat]:
    """Chats in which any of these people takes part, each once, in the order of their ids.

    Uses index: participants (user_id, peer_id).
    """
    if not user_ids or limit < 1:
        return []
    return await db.rows(
        _Chat,
        f"""SELECT DISTINCT p.conversation_id, c.lower_user_id, c.higher_user_id
            FROM participants p JOIN conversations c ON c.id = p.conversation_id
            WHERE p.conversation_id > $1 AND p.user_id IN ({placeholders(len(user_ids), after=2)})
            ORDER BY p.conversation_id LIMIT $2""",
        after,
        limit,
        *user_ids,
    )


def _access_entries(user_ids: Collection[UUID]) -> Sequence[Entry]:
    return [Entry(user_id, FeedKind.ACCESS_CHANGED) for user_id in user_ids]


def _chat_entries(chats: Collection[_Chat]) -> Sequence[Entry]:
    return [
        Entry(user_id, FeedKind.CHAT_STATE_CHANGED, chat.conversation_id)
        for chat in chats
        for user_id in (chat.lower_user_id, chat.higher_user_id)
    ]
