"""What the feed tells."""

from typing import Any

import strawberry

from gql.fields import field
from gql.resolvers import feed
from gql.schema.conversations import Conversation, Message
from gql.schema.people import Viewer
from messaging.feed import reading


@strawberry.interface(description="One entry of the viewer's feed.")
class FeedEntry:
    """One entry of the viewer's feed."""

    cursor: str = field(
        description=(
            "Its place. Drop what is not greater, as a text, than the last one seen; resume after "
            "the last one seen."
        )
    )
    unread_count: int = field(description="The viewer's total of unread messages, as of now.")


@strawberry.type(description="A message came, from the peer or from another of one's devices.")
class MessageSent(FeedEntry):
    """A message came, from the peer or from another of one's devices."""

    message: Message = field()
    conversation: Conversation = field()

    @classmethod
    def is_type_of(cls, row: Any, _info: Any) -> bool:
        """Whether the row is drawn as this type."""
        return isinstance(row, reading.MessageSentEvent)


@strawberry.type(description="A message is gone, for everyone or for oneself.")
class MessageDeleted(FeedEntry):
    """A message is gone, for everyone or for oneself."""

    message_id: strawberry.ID = field(feed.message_id)
    conversation: Conversation = field()

    @classmethod
    def is_type_of(cls, row: Any, _info: Any) -> bool:
        """Whether the row is drawn as this type."""
        return isinstance(row, reading.MessageDeletedEvent)


@strawberry.type(description="One deleted a chat from one's list.")
class ChatDeleted(FeedEntry):
    """One deleted a chat from one's list."""

    conversation_id: strawberry.ID = field(feed.conversation_id)

    @classmethod
    def is_type_of(cls, row: Any, _info: Any) -> bool:
        """Whether the row is drawn as this type."""
        return isinstance(row, reading.ChatDeletedEvent)


@strawberry.type(description="One of the two has read up to a message.")
class ChatRead(FeedEntry):
    """One of the two has read up to a message."""

    conversation: Conversation = field()
    user_id: strawberry.ID = field(feed.user_id)
    up_to_seq: int = field()

    @classmethod
    def is_type_of(cls, row: Any, _info: Any) -> bool:
        """Whether the row is drawn as this type."""
        return isinstance(row, reading.ChatReadEvent)


@strawberry.type(
    description="Whether one may write in a chat may have changed, or how its peer is shown."
)
class ChatStateChanged(FeedEntry):
    """Whether one may write in a chat may have changed, or how its peer is shown."""

    conversation: Conversation = field()

    @classmethod
    def is_type_of(cls, row: Any, _info: Any) -> bool:
        """Whether the row is drawn as this type."""
        return isinstance(row, reading.ChatStateChangedEvent)


@strawberry.type(
    description=(
        "The viewer's roles or the account's messaging mode may have changed: read again what "
        "depends on them."
    )
)
class AccessChanged(FeedEntry):
    """The viewer's roles or the account's messaging mode may have changed."""

    viewer: Viewer = field()

    @classmethod
    def is_type_of(cls, row: Any, _info: Any) -> bool:
        """Whether the row is drawn as this type."""
        return isinstance(row, reading.AccessChangedEvent)


ENTRIES = (MessageSent, MessageDeleted, ChatDeleted, ChatRead, ChatStateChanged, AccessChanged)
