"""Conversations and their messages."""

from datetime import datetime

import strawberry

from gql.fields import drawn_from, field, id_field
from gql.ids import Kind
from gql.resolvers import conversations
from gql.schema.connection import Connection
from gql.schema.courses import Course
from gql.schema.enums import RefusalReason
from gql.schema.node import Node
from gql.schema.people import User
from messaging.reads.columns import ConversationRow, MessageRow


@drawn_from(MessageRow)
class Message(Node):
    """What one person wrote."""

    id: strawberry.ID = id_field(Kind.MESSAGE)
    conversation_id: strawberry.ID = id_field(
        Kind.CONVERSATION,
        "conversation_id",
        "The global id of the conversation it stands in.",
    )
    seq: int = field(
        description="Its gapless place in the conversation; a hole is a deletion, never a loss."
    )
    sender: User = field()
    body: str = field(description="As it was sent: text, never HTML.")
    sent_at: datetime = field()
    course: Course | None = field(description="The course a question came from.")
    is_mine: bool = field()
    is_read_by_peer: bool | None = field(description="Null for messages of others.")


@drawn_from(ConversationRow)
class Conversation(Node):
    """The thread between the viewer and another person."""

    id: strawberry.ID = id_field(Kind.CONVERSATION)
    peer: User = field()
    last_message: Message | None = field(description="The newest one that the viewer still sees.")
    unread_count: int = field()
    last_activity_at: datetime = field(description="When its last message came, deleted or not.")
    may_reply: bool = field(description="Whether sendMessage would take a message now.")
    closed_reason: RefusalReason | None = field(description="Why it would not.")
    messages: Connection[Message] = field(conversations.messages)
