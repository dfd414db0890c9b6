"""Reading a feed: references from the log, filled in under the viewer's rights of now.

An entry carries state, not increments, so a replay over newer lists is harmless. A message that
was sent and is gone by now (deleted, hidden, cleared) replays as deleted: the sequence stays
gapless, and what is gone is told to nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from messaging.errors import ResyncRequired, SignedOut
from messaging.feed.cursor import Cursor
from messaging.reads.columns import ConversationRow, MessageRow
from messaging.reads.conversations import conversations_of
from messaging.reads.messages import messages_of
from messaging.viewers import Viewer, load_viewer
from models import FeedKind, UserStatus
from models.database import Database

# So many entries are read at once by a follower that has fallen behind.
ENTRIES_AT_ONCE = 100


@dataclass(slots=True)
class FeedEvent:
    """What every entry tells: its place, and the viewer's total of unread messages as of now."""

    cursor: str
    unread_count: int
    # Whose feed it is, as they are now.
    viewer: Viewer


@dataclass(slots=True)
class MessageSentEvent(FeedEvent):
    """A message came, from a peer or from another of the viewer's devices."""

    message: MessageRow
    conversation: ConversationRow


@dataclass(slots=True)
class MessageDeletedEvent(FeedEvent):
    """A message is gone, for everyone or for the viewer."""

    message_id: UUID
    conversation: ConversationRow


@dataclass(slots=True)
class ChatDeletedEvent(FeedEvent):
    """The viewer deleted a chat from their list."""

    conversation_id: UUID


@dataclass(slots=True)
class ChatReadEvent(FeedEvent):
    """One of the two has read up to a message."""

    conversation: ConversationRow
    user_id: UUID
    up_to_seq: int


@dataclass(slots=True)
class ChatStateChangedEvent(FeedEvent):
    """Whether one may write in a chat has changed, or how its peer is shown."""

    conversation: ConversationRow


@dataclass(slots=True)
class AccessChangedEvent(FeedEvent):
    """The viewer's roles or status, or the account's messaging mode, have changed."""


@dataclass(slots=True)
class _Reference:
    """A line of the log. Each kind holds what its event tells; the rest is None there."""

    seq: int
    kind: FeedKind
    conversation_id: UUID
    message_id: UUID
    reader_id: UUID
    up_to_seq: int


@dataclass(slots=True)
class _Line:
    status: UserStatus
    epoch: str
    head: int
    pruned: int
    unread_count: int
    entry: _Reference | None


@dataclass(frozen=True, slots=True)
class Slice:
    """Some entries of a feed, and the place behind the last of them."""

    events: Sequence[FeedEvent]
    position: Cursor
    # There may be more right now.
    is_full: bool


_LINES = """
    SELECT u.status, a.feed_epoch, box.seq, box.pruned_seq, box.unread_count,
        e.seq, e.kind, e.conversation_id, e.message_id, e.reader_id, e.up_to_seq
    FROM mailboxes box
    JOIN users u ON u.id = box.user_id
    JOIN accounts a ON a.id = u.account_id
    LEFT JOIN (SELECT * FROM feed_entries WHERE user_id = $1 AND seq > $2
        ORDER BY seq LIMIT $3) AS e ON e.user_id = box.user_id
    WHERE box.user_id = $1 ORDER BY e.seq
"""


async def head_of(db: Database, user_id: UUID) -> Cursor:
    """The place behind the newest entry of a person's feed."""
    viewer = await load_viewer(db, user_id)
    return Cursor(viewer.feed_epoch, viewer.feed_seq)


async def read_after(db: Database, user_id: UUID, position: Cursor) -> Slice:
    """The entries after a place.

    Raises SignedOut for a person who is not active (W4), ResyncRequired for a place in another
    life of the feed, ahead of it, or before what is kept.
    Uses index: feed_entries (user_id, seq).
    """
    lines = await db.rows(_Line, _LINES, user_id, position.seq, ENTRIES_AT_ONCE)
    head = lines[0]
    if head.status is not UserStatus.ACTIVE:
        raise SignedOut
    if position.epoch != head.epoch or not head.pruned <= position.seq <= head.head:
        raise ResyncRequired
    references = [line.entry for line in lines if line.entry is not None]
    if not references:
        return Slice([], position, is_full=False)
    events = await _filled(db, user_id, head, references)
    return Slice(
        events,
        Cursor(head.epoch, references[-1].seq),
        is_full=len(references) == ENTRIES_AT_ONCE,
    )


async def _filled(
    db: Database, user_id: UUID, head: _Line, references: Sequence[_Reference]
) -> list[FeedEvent]:
    # The viewer, then messages, then conversations: what is read later is newer, so nothing told
    # here lacks what it is told with.
    viewer = await load_viewer(db, user_id)
    sent = [each.message_id for each in references if each.kind is FeedKind.MESSAGE_SENT]
    messages = await messages_of(db, user_id, _distinct(sent))
    in_chats = [each.conversation_id for each in references if each.kind in _WITH_CONVERSATION]
    conversations = await conversations_of(db, user_id, _distinct(in_chats))

    def event(entry: _Reference) -> FeedEvent:
        place = str(Cursor(head.epoch, entry.seq)), head.unread_count, viewer
        if entry.kind is FeedKind.ACCESS_CHANGED:
            return AccessChangedEvent(*place)
        if entry.kind is FeedKind.CHAT_DELETED:
            return ChatDeletedEvent(*place, entry.conversation_id)
        conversation = conversations[entry.conversation_id]
        if entry.kind is FeedKind.CHAT_STATE_CHANGED:
            return ChatStateChangedEvent(*place, conversation)
        if entry.kind is FeedKind.CHAT_READ:
            return ChatReadEvent(*place, conversation, entry.reader_id, entry.up_to_seq)
        message = messages.get(entry.message_id)
        if message is None:
            return MessageDeletedEvent(*place, entry.message_id, conversation)
        return MessageSentEvent(*place, message, conversation)

    return [event(entry) for entry in references]


_WITH_CONVERSATION = frozenset(FeedKind) - {FeedKind.ACCESS_CHANGED, FeedKind.CHAT_DELETED}


def _distinct(ids: Sequence[UUID]) -> list[UUID]:
    return list(dict.fromkeys(ids))
