"""What happened in a run, as the clients saw it and as the database has it.

Times are seconds of the machine's clock: everything runs on one machine.
"""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Attempt:
    """A message that somebody wanted sent; its body is also its idempotency key."""

    sender: str
    body: str
    # What each acknowledgement said: message id, conversation id, place in the conversation.
    answers: list[tuple[str, str, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry that a subscriber took."""

    place: int
    kind: str
    at: float
    message_id: str | None = None
    conversation_id: str | None = None
    message_seq: int = 0
    body: str | None = None


@dataclass(slots=True)
class Watch:
    """What one subscriber saw."""

    name: str
    person: str
    # The place in the feed after which it began.
    start: int
    seen: list[Seen] = field(default_factory=list)
    # Places that came again, and places that came after a later one: a client drops both.
    repeated: list[int] = field(default_factory=list)
    belated: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Fault:
    """Something that the nemesis broke, for a while."""

    kind: str
    # The name of what was broken.
    target: str
    started_at: float
    ended_at: float | None = None
    # Whose deliveries it may hold up: everybody's, or these subscribers'.
    touches_everybody: bool = False
    touched: set[str] = field(default_factory=set)

    def touches(self, watch: Watch) -> bool:
        """Whether that subscriber had to wait for the fault's end."""
        return self.touches_everybody or watch.name in self.touched


@dataclass(slots=True)
class History:
    """What the clients saw, and what the nemesis did."""

    attempts: list[Attempt] = field(default_factory=list)
    watches: list[Watch] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    # What is no verdict and yet worth a look: refusals, close codes, error frames.
    remarks: Counter[str] = field(default_factory=Counter)
    # Messages that nobody acknowledged although all faults were over.
    unanswered: int = 0
    # From the end of the last fault until everybody had everything; None: never.
    caught_up_after: float | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A message in the database."""

    id: str
    conversation_id: str
    seq: int
    sender: str
    body: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A feed entry in the database."""

    person: str
    place: int
    kind: str
    message_id: str | None
    committed_at: float


@dataclass(frozen=True, slots=True)
class Mailbox:
    """The head of a person's feed in the database."""

    person: str
    place: int
    unread_count: int


@dataclass(frozen=True, slots=True)
class Side:
    """One person's side of a conversation in the database."""

    conversation_id: str
    person: str
    read_seq: int
    unread_count: int


@dataclass(slots=True)
class Truth:
    """What the database has at the end."""

    messages: list[Message] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    mailboxes: list[Mailbox] = field(default_factory=list)
    sides: list[Side] = field(default_factory=list)
    # Each conversation's counter.
    last_seqs: dict[str, int] = field(default_factory=dict)
