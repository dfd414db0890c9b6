"""Reading a feed: references from the log, filled in under the viewer's rights of now.

An entry carries state, not increments, so a replay over newer lists is harmless. A message that
was sent and is gone by now (deleted, hidden, cleared) replays as deleted: the sequence stays
gapless, and what is gone is told to nobody.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from messaging.errors import ResyncRequired, SignedOut
from messaging.feed.cursor import HIGHEST_SEQ, Cursor
from messaging.reads.columns import ConversationRow, MessageRow
from messaging.reads.conversations import conversations_seen
from messaging.reads.messages import messages_seen
from messaging.viewers import Viewer, load_viewer, load_viewers
from models import FeedKind, UserStatus
from models.database import Database

T = TypeVar("T")
Place = tuple[UUID, Cursor]

# So many entries are read at once by a follower that has fallen behind.
ENTRIES_READ_AT_ONCE = 100


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
    # Which of the places that were asked for.
    number: int
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
    SELECT asked.number, u.status, a.feed_epoch, box.seq, box.pruned_seq, box.unread_count,
        e.seq, e.kind, e.conversation_id, e.message_id, e.reader_id, e.up_to_seq
    FROM {asked}
    JOIN mailboxes box ON box.user_id = asked.user_id
    JOIN users u ON u.id = box.user_id
    JOIN accounts a ON a.id = u.account_id
    LEFT JOIN feed_entries e ON e.user_id = box.user_id
        AND e.seq > asked.after_seq AND e.seq <= asked.last_seq
    ORDER BY asked.number, e.seq
"""
_ASKED = {"number": "int", "user_id": "uuid", "after_seq": "bigint", "last_seq": "bigint"}


async def head_of(db: Database, user_id: UUID) -> Cursor:
    """The place behind the newest entry of a person's feed."""
    viewer = await load_viewer(db, user_id)
    return Cursor(viewer.feed_epoch, viewer.feed_seq)


async def read_after(db: Database, user_id: UUID, position: Cursor) -> Slice:
    """The entries after a place.

    Raises SignedOut for a person who is not active (W4), ResyncRequired for a place in another
    life of the feed, ahead of it, or before what is kept.
    """
    [read] = await read_many(db, [(user_id, position)])
    if isinstance(read, Exception):
        raise read
    return read


async def read_many(
    db: Database, places: Sequence[Place]
) -> list[Slice | SignedOut | ResyncRequired]:
    """For each place what read_after returns or raises, all in four statements.

    A feed is gapless, so its next entries are a range of its numbers.
    Uses index: feed_entries (user_id, seq).
    """
    asked, args = db.table(
        _ASKED,
        [
            (number, user_id, at.seq, min(at.seq + ENTRIES_READ_AT_ONCE, HIGHEST_SEQ))
            for number, (user_id, at) in enumerate(places)
        ],
    )
    lines: list[list[_Line]] = [[] for _ in places]
    for line in await db.rows(_Line, _LINES.format(asked=asked), *args):
        lines[line.number].append(line)
    refusals = [_refusal(at, own[0]) for (_, at), own in zip(places, lines, strict=True)]
    told = [
        (user_id, line.entry)
        for (user_id, _), own, refusal in zip(places, lines, refusals, strict=True)
        for line in own
        if refusal is None and line.entry is not None
    ]
    sight = await _look(db, told)
    return [
        refusal or _slice(sight, user_id, at, own)
        for (user_id, at), own, refusal in zip(places, lines, refusals, strict=True)
    ]


def _refusal(position: Cursor, head: _Line) -> SignedOut | ResyncRequired | None:
    if head.status is not UserStatus.ACTIVE:
        return SignedOut()
    if position.epoch != head.epoch or not head.pruned <= position.seq <= head.head:
        return ResyncRequired()
    return None


def _slice(sight: "_Sight", user_id: UUID, position: Cursor, lines: Sequence[_Line]) -> Slice:
    head = lines[0]
    events = [_event(sight, user_id, head, line.entry) for line in lines if line.entry is not None]
    return Slice(
        events,
        Cursor(head.epoch, position.seq + len(events)),
        is_full=len(events) == ENTRIES_READ_AT_ONCE,
    )


@dataclass(frozen=True, slots=True)
class _Sight:
    """What people see of what entries refer to."""

    viewers: Mapping[UUID, Viewer]
    messages: Mapping[tuple[UUID, UUID], MessageRow]
    conversations: Mapping[tuple[UUID, UUID], ConversationRow]


async def _look(db: Database, told: Sequence[tuple[UUID, _Reference]]) -> _Sight:
    # The viewer, then messages, then conversations: what is read later is newer, so nothing told
    # here lacks what it is told with.
    if not told:
        return _Sight({}, {}, {})
    viewers = await load_viewers(db, _distinct(user_id for user_id, _ in told))
    sent = ((who, each.message_id) for who, each in told if each.kind is FeedKind.MESSAGE_SENT)
    messages = await messages_seen(db, _distinct(sent))
    about = ((who, each.conversation_id) for who, each in told if each.kind in _WITH_CONVERSATION)
    users = {who: viewer.user for who, viewer in viewers.items()}
    return _Sight(viewers, messages, await conversations_seen(db, users, _distinct(about)))


def _event(sight: _Sight, user_id: UUID, head: _Line, entry: _Reference) -> FeedEvent:
    place = str(Cursor(head.epoch, entry.seq)), head.unread_count, sight.viewers[user_id]
    if entry.kind is FeedKind.ACCESS_CHANGED:
        return AccessChangedEvent(*place)
    if entry.kind is FeedKind.CHAT_DELETED:
        return ChatDeletedEvent(*place, entry.conversation_id)
    conversation = sight.conversations[user_id, entry.conversation_id]
    if entry.kind is FeedKind.CHAT_STATE_CHANGED:
        return ChatStateChangedEvent(*place, conversation)
    if entry.kind is FeedKind.CHAT_READ:
        return ChatReadEvent(*place, conversation, entry.reader_id, entry.up_to_seq)
    message = sight.messages.get((user_id, entry.message_id))
    if message is None:
        return MessageDeletedEvent(*place, entry.message_id, conversation)
    return MessageSentEvent(*place, message, conversation)


_WITH_CONVERSATION = frozenset(FeedKind) - {FeedKind.ACCESS_CHANGED, FeedKind.CHAT_DELETED}


def _distinct(things: Iterable[T]) -> list[T]:
    return list(dict.fromkeys(things))
