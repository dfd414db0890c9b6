"""Chats as the model keeps them: messages, and each person's own side."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=False, repr=False)
class Message:
    """What somebody wrote. Its id and time are those that the service gave it."""

    chat: "Chat"
    seq: int
    sender: str
    body: str
    course: str | None
    is_deleted: bool = False
    hidden_from: set[str] = field(default_factory=set)
    id: str = ""
    sent_at: str = ""

    def __repr__(self) -> str:
        return f"{self.chat}, {self.seq} by {self.sender}"


@dataclass
class Side:
    """One person's own side of a chat."""

    read: int = 0
    cleared: int = 0
    is_listed: bool = False


@dataclass(eq=False, repr=False)
class Chat:
    """The thread of two people."""

    people: tuple[str, str]
    sides: dict[str, Side]
    messages: list[Message] = field(default_factory=list)
    # When its last message came, among those of all chats.
    moment: int = 0
    id: str = ""

    @classmethod
    def of(cls, one: str, other: str) -> "Chat":
        """An empty one."""
        return cls((one, other), {one: Side(), other: Side()})

    def __repr__(self) -> str:
        return f"chat of {' and '.join(self.people)}"

    def peer_of(self, name: str) -> str:
        """The other one."""
        return self.people[name == self.people[0]]

    def sees(self, name: str, message: Message) -> bool:
        """Whether a message is still there for one of the two (D1, D2, D4)."""
        return (
            not message.is_deleted
            and name not in message.hidden_from
            and message.seq > self.sides[name].cleared
        )

    def thread(self, name: str) -> list[Message]:
        """What one of the two sees, oldest first."""
        return [message for message in self.messages if self.sees(name, message)]

    def unread(self, name: str) -> int:
        """How much of that they have not read (D5)."""
        side = self.sides[name]
        read = max(side.read, side.cleared)
        return sum(message.sender != name and message.seq > read for message in self.thread(name))

    def is_read_by_peer(self, name: str, message: Message) -> bool | None:
        """What a sender is told of their message."""
        if message.sender != name:
            return None
        return self.sides[self.peer_of(name)].read >= message.seq


@dataclass(frozen=True)
class Told:
    """An entry of somebody's feed: its kind, and the message, chat or nothing it is about."""

    kind: str
    about: Any = None
