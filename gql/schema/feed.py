"""What the feed tells."""

import strawberry

from gql.fields import drawn_from, field, id_field, interface
from gql.ids import Kind
from gql.schema.conversations import Conversation, Message
from gql.schema.people import Viewer
from messaging.feed import reading


@interface
class FeedEntry:
    """One entry of the viewer's feed."""

    cursor: str = field(
        description=(
            "Its place. Drop what is not greater, as a text, than the last one seen; resume after "
            "the last one seen."
        )
    )
    unread_count: int = field(description="The viewer's total of unread messages, as of now.")


@drawn_from(reading.MessageSentEvent)
class MessageSent(FeedEntry):
    """A message came, from the peer or from another of one's devices."""

    message: Message = field()
    conversation: Conversation = field()


@drawn_from(reading.MessageDeletedEvent)
class MessageDeleted(FeedEntry):
    """A message is gone, for everyone or for oneself."""

    message_id: strawberry.ID = id_field(
        Kind.MESSAGE,
        "message_id",
        "The global id of the message that is gone.",
    )
    conversation: Conversation = field()


@drawn_from(reading.ChatDeletedEvent)
class ChatDeleted(FeedEntry):
    """One deleted a chat from one's list."""

    conversation_id: strawberry.ID = id_field(
        Kind.CONVERSATION, "conversation_id", "The global id of the chat."
    )


@drawn_from(reading.ChatReadEvent)
class ChatRead(FeedEntry):
    """One of the two has read up to a message."""

    conversation: Conversation = field()
    user_id: strawberry.ID = id_field(Kind.USER, "user_id", "The global id of who has read.")
    up_to_seq: int = field()


@drawn_from(reading.ChatStateChangedEvent)
class ChatStateChanged(FeedEntry):
    """Whether one may write in a chat may have changed, or how its peer is shown."""

    conversation: Conversation = field()


@drawn_from(reading.AccessChangedEvent)
class AccessChanged(FeedEntry):
    """The viewer's roles or the account's messaging mode may have changed.

    Read again what depends on them.
    """

    viewer: Viewer = field()


ENTRIES = (MessageSent, MessageDeleted, ChatDeleted, ChatRead, ChatStateChanged, AccessChanged)
