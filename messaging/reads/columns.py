"""The light objects that reads hand out, and the SELECT lists that make them."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from messaging.policy.chats import ChatState
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
class MessageRow:
    """A message as one participant sees it."""

    id: UUID
    conversation_id: UUID
    seq: int
    body: str
    sent_at: datetime
    course: CourseRow | None
    is_mine: bool
    # None for messages of others: nobody is told what they have read themselves.
    is_read_by_peer: bool | None
    # Who reads a message knows the two of whom one sent it, and puts it here.
    sender: UserRow = field(init=False, repr=False, compare=False)

    def sign(self, viewer: UserRow, peer: UserRow) -> None:
        """Put its sender to it."""
        self.sender = viewer if self.is_mine else peer


@dataclass(slots=True)
class ConversationRow:
    """A conversation as one participant sees it."""

    id: UUID
    peer: UserRow
    last_message: MessageRow | None
    unread_count: int
    last_activity_at: datetime
    state: ChatState

    def sign(self, viewer: UserRow) -> None:
        """Put the sender to its last message."""
        if self.last_message is not None:
            self.last_message.sign(viewer, self.peer)

    @property
    def closed_reason(self) -> RefusalReason | None:
        """Why nobody may write in it; None while it is open."""
        return self.state.closed_reason

    @property
    def may_reply(self) -> bool:
        """Whether the viewer may write in it now."""
        return self.state.closed_reason is None


def user_columns(user: str) -> str:
    """The SELECT list of a UserRow over a row of users."""
    return f"{user}.id, {user}.name, {user}.photo_url, {user}.role, {user}.status"


def course_columns(course: str) -> str:
    """The SELECT list of a CourseRow over a row of courses."""
    return f"{course}.id, {course}.title"


def message_columns(own: str, other: str, message: str = "m", course: str = "course") -> str:
    """The SELECT list of a MessageRow over a message, its course and both participants."""
    return f"""{message}.id, {message}.conversation_id, {message}.seq, {message}.body,
        {message}.sent_at, {course_columns(course)}, {message}.sender_id = {own}.user_id,
        CASE WHEN {message}.sender_id = {own}.user_id THEN {other}.read_seq >= {message}.seq END"""
