"""Messages as a participant sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from uuid import UUID

from messaging.errors import BadInput
from messaging.reads.columns import (
    ConversationRow,
    MessageRow,
    UserRow,
    message_columns,
    user_columns,
)
from messaging.reads.paging import (
    Page,
    decode_cursor,
    encode_cursor,
    foreign_cursor,
    page_size,
)
from models.database import Database

DEFAULT_LAST = 50

_COLUMNS = message_columns("p", "other")

_JOINS = """
    JOIN participants other ON other.conversation_id = m.conversation_id
        AND other.user_id = p.peer_id
    LEFT JOIN courses course ON course.id = m.course_id
"""

_SELECT = f"""
    SELECT {_COLUMNS}
    FROM messages m
    JOIN participants p ON p.conversation_id = m.conversation_id AND p.user_id = $1
    {_JOINS}
"""


def _is_kept(message: str) -> str:
    """The condition that a message is neither deleted nor hidden by a participant p (D1, D2)."""
    return f"""{message}.deleted_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM hidden_messages h
        WHERE h.message_id = {message}.id AND h.user_id = p.user_id)"""


def is_visible(message: str) -> str:
    """The condition that a participant p sees a message: what they no longer see is out (D4)."""
    return f"{message}.seq > p.cleared_seq AND {_is_kept(message)}"


IS_VISIBLE = is_visible("m")


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a thread: so many from one end, between two places."""

    count: int
    from_end: bool
    after_seq: int
    before_seq: int | None


def window(
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> Window:
    """The window that Relay's arguments ask for; the last 50 where neither end is named.

    Raises BadInput for both ends at once, for sizes beyond 1 to 100, for foreign cursors.
    """
    if first is not None and last is not None:
        raise BadInput("Ask for `first` or for `last`, not for both.")
    if first is not None:
        count = page_size(first, "first")
    else:
        count = page_size(last, "last", DEFAULT_LAST)
    return Window(
        count=count,
        from_end=first is None,
        after_seq=0 if after is None else _seq(after),
        before_seq=None if before is None else _seq(before),
    )


@dataclass(slots=True)
class _Line:
    node: MessageRow

    @property
    def cursor(self) -> str:
        return encode_cursor("messages", self.node.seq)


@dataclass(slots=True)
class _Seen:
    message: MessageRow
    sender: UserRow


async def message_of(db: Database, viewer_id: UUID, message_id: UUID) -> MessageRow | None:
    """The message, if the viewer sees it.

    Uses index: messages (id), participants (conversation_id, user_id).
    """
    seen = await db.row(
        _Seen,
        f"""SELECT {_COLUMNS}, {user_columns("sender")}
            FROM messages m
            JOIN participants p ON p.conversation_id = m.conversation_id AND p.user_id = $1
            JOIN users sender ON sender.id = m.sender_id
            {_JOINS} WHERE m.id = $2 AND {IS_VISIBLE}""",
        viewer_id,
        message_id,
    )
    if seen is None:
        return None
    seen.message.sender = seen.sender
    return seen.message


async def list_messages(
    db: Database, viewer: UserRow, chats: Sequence[ConversationRow], part: Window
) -> list[Page[MessageRow]]:
    """The same window of each of the viewer's conversations, oldest first, in one statement.

    Uses index: messages (conversation_id, seq), from the window's end; a thread's length costs
    nothing.
    """
    # The place that the viewer cleared up to comes by a SELECT of its own: compared with the
    # joined column, PostgreSQL's plan for whatever arguments come sorts the whole of a long thread.
    branches: list[str] = []
    args: list[object] = [viewer.id, part.count + 1, part.after_seq]
    before = ""
    if part.before_seq is not None:
        args.append(part.before_seq)
        before = f"AND m.seq < ${len(args)}"
    direction = "DESC" if part.from_end else "ASC"
    for chat in chats:
        args.append(chat.id)
        branches.append(
            f"""SELECT * FROM ({_SELECT}
                WHERE m.conversation_id = ${len(args)} AND m.seq > $3 {before}
                AND m.seq > (SELECT cleared_seq FROM participants
                    WHERE conversation_id = ${len(args)} AND user_id = $1)
                AND {_is_kept("m")} ORDER BY m.seq {direction} LIMIT $2) AS thread"""
        )
    found = await db.rows(_Line, " UNION ALL ".join(branches), *args)
    threads: dict[UUID, list[_Line]] = {chat.id: [] for chat in chats}
    peers = {chat.id: chat.peer for chat in chats}
    for line in found:
        row = line.node
        row.sign(viewer, peers[row.conversation_id])
        threads[row.conversation_id].append(line)
    return [_page(threads[chat.id], part) for chat in chats]


def _page(found: list[_Line], part: Window) -> Page[MessageRow]:
    # A union of ordered parts need not come in their order.
    found.sort(key=attrgetter("node.seq"), reverse=part.from_end)
    lines = found[: part.count]
    has_more = len(found) > part.count
    if part.from_end:
        lines.reverse()
    return Page(
        lines,
        has_next_page=part.before_seq is not None if part.from_end else has_more,
        has_previous_page=has_more if part.from_end else part.after_seq > 0,
    )


def _seq(cursor: str) -> int:
    seq = int(decode_cursor("messages", cursor, int)[0])
    if not 0 <= seq < 2**31:
        raise foreign_cursor()
    return seq
