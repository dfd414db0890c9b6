"""Reading a feed: references from the log, filled in under the viewer's rights of now.

An entry carries state, not increments, so a replay over newer lists is harmless. A message that
was sent and is gone by now (deleted, hidden, cleared) replays as deleted: the sequence stays
gapless, and what is gone is told to nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from messaging.errors import ResyncRequired, SignedOut
from messaging.feed.cursor import HIGHEST_SEQ, Cursor
from messaging.reads.columns import ConversationRow, MessageRow, message_columns
from messaging.reads.conversations import CONVERSATION_COLUMNS
from messaging.reads.messages import is_visible
from messaging.viewers import Viewer, load_viewer, viewer_columns
from models import FeedKind
from models.database import Database


class Place(NamedTuple):
    """Behind what somebody wants to read, and how many entries they expect there."""

    user_id: UUID
    position: Cursor
    expected: int = 1


# So many entries in one read: to take more apart would hold the loop for too long.
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
class _Entry:
    """A line of the log. Each kind holds what its event tells; the rest is None there."""

    seq: int
    kind: FeedKind
    conversation_id: UUID
    message_id: UUID
    reader_id: UUID
    up_to_seq: int


@dataclass(slots=True)
class _Line:
    # Which of the places that were asked for, and which entry of it.
    number: int
    seq: int
    pruned: int
    viewer: Viewer
    entry: _Entry | None
    conversation: ConversationRow | None
    # What was sent, while the viewer sees it, and unless it is the conversation's last message.
    message: MessageRow | None


@dataclass(frozen=True, slots=True)
class Slice:
    """Some entries of a feed, and the place behind the last of them."""

    events: Sequence[FeedEvent]
    position: Cursor
    # So many more there were at that moment.
    left: int


# The viewer, and what the entry refers to as they see it, all of one moment. More tables than
# PostgreSQL looks at together (join_collapse_limit): they are joined in this order. The log's ids
# are columns of another kind on SQLite, which then compares without an index; as the result of a
# function they are of none.
_LINES = f"""
    SELECT asked.number, asked.seq, box.pruned_seq, {viewer_columns("viewer", "account", "box")},
        entry.seq, entry.kind, entry.conversation_id, entry.message_id, entry.reader_id,
        entry.up_to_seq,
        {CONVERSATION_COLUMNS}, {message_columns("p", "other", "told", "subject")}
    FROM {{asked}}
    JOIN mailboxes box ON box.user_id = asked.user_id
    JOIN users viewer ON viewer.id = asked.user_id
    JOIN accounts account ON account.id = viewer.account_id
    LEFT JOIN feed_entries entry ON entry.user_id = asked.user_id AND entry.seq = asked.seq
    LEFT JOIN participants p ON p.user_id = asked.user_id
        AND p.conversation_id = COALESCE(entry.conversation_id, NULL)
    LEFT JOIN conversations c ON c.id = p.conversation_id
    LEFT JOIN users peer ON peer.id = p.peer_id
    LEFT JOIN participants other ON other.conversation_id = p.conversation_id
        AND other.user_id = p.peer_id
    LEFT JOIN messages m ON m.id = p.last_message_id
    LEFT JOIN courses course ON course.id = m.course_id
    LEFT JOIN messages told ON told.id = COALESCE(entry.message_id, NULL)
        AND entry.kind = '{FeedKind.MESSAGE_SENT}'
        AND (m.id IS NULL OR m.id <> told.id) AND {is_visible("told")}
    LEFT JOIN courses subject ON subject.id = told.course_id
"""
_ASKED = {"number": "int", "user_id": "uuid", "seq": "bigint"}


async def head_of(db: Database, user_id: UUID) -> Cursor:
    """The place behind the newest entry of a person's feed."""
    viewer = await load_viewer(db, user_id)
    return Cursor(viewer.feed_epoch, viewer.feed_seq)


async def read_after(db: Database, user_id: UUID, position: Cursor) -> Slice:
    """The entries after a place.

    Raises SignedOut for a person who is not active (W4), ResyncRequired for a place in another
    life of the feed, ahead of it, or before what is kept.
    """
    [read] = await read_many(db, [Place(user_id, position, ENTRIES_READ_AT_ONCE)])
    if isinstance(read, Exception):
        raise read
    return read


async def read_many(db: Database, places: Sequence[Place]) -> list[Slice | Exception]:
    """For each place what read_after returns or raises, all in one statement.

    LookupError is for a feed that is not there, or tells of a chat that is not its person's: no
    concern of the others.

    A feed is gapless, so its next entries are known by their numbers; of each at least the next one
    is asked for. A range of numbers PostgreSQL would take for a third of the feed.
    Uses index: feed_entries (user_id, seq), mailboxes (user_id), users (id),
    participants (conversation_id, user_id), messages (id).
    """
    most = max(1, ENTRIES_READ_AT_ONCE // len(places))
    asked: list[tuple[int, UUID, int]] = []
    for number, (user_id, at, expected) in enumerate(places):
        seqs = range(at.seq, at.seq + min(expected, most))
        asked += [(number, user_id, min(seq + 1, HIGHEST_SEQ)) for seq in seqs]
    source, args = db.table(_ASKED, asked)
    lines: list[list[_Line]] = [[] for _ in places]
    for line in await db.rows(_Line, _LINES.format(asked=source), *args):
        lines[line.number].append(line)
    return [_read(place.position, own) for place, own in zip(places, lines, strict=True)]


def _read(position: Cursor, lines: list[_Line]) -> Slice | Exception:
    try:
        return _slice(position, lines)
    except LookupError as error:
        return error


def _slice(position: Cursor, lines: list[_Line]) -> Slice | SignedOut | ResyncRequired:
    head = lines[0]
    viewer = head.viewer
    if not viewer.is_active:
        return SignedOut()
    if position.epoch != viewer.feed_epoch or not head.pruned <= position.seq <= viewer.feed_seq:
        return ResyncRequired()
    if len(lines) > 1:
        lines.sort(key=lambda line: line.seq)
    events = [_event(line, line.entry) for line in lines if line.entry is not None]
    behind = Cursor(position.epoch, position.seq + len(events))
    return Slice(events, behind, left=viewer.feed_seq - behind.seq if events else 0)


def _event(line: _Line, entry: _Entry) -> FeedEvent:
    viewer = line.viewer
    place = str(Cursor(viewer.feed_epoch, entry.seq)), viewer.unread_count, viewer
    if entry.kind is FeedKind.ACCESS_CHANGED:
        return AccessChangedEvent(*place)
    if entry.kind is FeedKind.CHAT_DELETED:
        return ChatDeletedEvent(*place, entry.conversation_id)
    conversation = line.conversation
    if conversation is None:
        raise LookupError(f"no conversation {entry.conversation_id} of {viewer.id}")
    conversation.sign(viewer.user)
    if entry.kind is FeedKind.CHAT_STATE_CHANGED:
        return ChatStateChangedEvent(*place, conversation)
    if entry.kind is FeedKind.CHAT_READ:
        return ChatReadEvent(*place, conversation, entry.reader_id, entry.up_to_seq)
    message = _sent(line, conversation, entry.message_id)
    if message is None:
        return MessageDeletedEvent(*place, entry.message_id, conversation)
    return MessageSentEvent(*place, message, conversation)


def _sent(line: _Line, conversation: ConversationRow, message_id: UUID) -> MessageRow | None:
    """The message, if the viewer sees it; None for one that is gone, as what was deleted is."""
    if line.message is not None:
        line.message.sign(line.viewer.user, conversation.peer)
        return line.message
    last = conversation.last_message
    # A side's last message is one that it sees.
    return last if last is not None and last.id == message_id else None
