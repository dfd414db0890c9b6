"""The light objects that reads hand out, and the SELECT lists that make them."""

from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from messaging.policy.pairs import Pair
from messaging.policy.reasons import RefusalReason
from models import Role, UserStatus


@dataclass(slots=True)
class UserRow:
    """A person as others see them."""

    id: UUID
    name: str
    photo_url: str | None
    role: Role
    status: UserStatus


@dataclass(slots=True)
class CourseRow:
    """A course: what whoever sees a message about it may know."""

    id: UUID
    title: str


@dataclass(slots=True)
class UnsignedRow:
    """A message as one participant sees it, but for its sender."""

    id: UUID
    conversation_id: UUID
    seq: int
    body: str
    sent_at: datetime
    course: CourseRow | None
    is_mine: bool
    # None for messages of others: nobody is told what they have read themselves.
    is_read_by_peer: bool | None

    def signed(self, sender: UserRow) -> "MessageRow":
        """The message with its sender."""
        return MessageRow(*(*_parts_of(self), sender))


_parts_of = attrgetter(*(field.name for field in fields(UnsignedRow)))


@dataclass(slots=True)
class MessageRow(UnsignedRow):
    """A message as one participant sees it."""

    sender: UserRow


@dataclass(slots=True)
class ConversationRow:
    """A conversation as one participant sees it."""

    id: UUID
    peer: UserRow
    last_message: MessageRow | None
    unread_count: int
    last_activity_at: datetime
    pair: Pair

    @property
    def closed_reason(self) -> RefusalReason | None:
        """Why nobody may write in it; None while it is open."""
        return self.pair.closed_reason

    @property
    def may_reply(self) -> bool:
        """Whether the viewer may write in it now."""
        return self.closed_reason is None


def user_columns(user: str) -> str:
    """The SELECT list of a UserRow over a row of users."""
    return f"{user}.id, {user}.name, {user}.photo_url, {user}.role, {user}.status"


def course_columns(course: str) -> str:
    """The SELECT list of a CourseRow over a row of courses."""
    return f"{course}.id, {course}.title"


def unsigned_columns(own: str, other: str) -> str:
    """The SELECT list of an UnsignedRow over m, course and both participants."""
    return f"""m.id, m.conversation_id, m.seq, m.body, m.sent_at,
        {course_columns("course")}, m.sender_id = {own}.user_id,
        CASE WHEN m.sender_id = {own}.user_id THEN {other}.read_seq >= m.seq END"""


def message_columns(own: str, other: str) -> str:
    """The SELECT list of a MessageRow over m, sender, course and both participants."""
    return f"{unsigned_columns(own, other)}, {user_columns('sender')}"
