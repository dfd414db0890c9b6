"""People, as others see them and as they see themselves."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from gql.fields import drawn_from, field, id_field, object_type
from gql.ids import Kind
from gql.resolvers import people
from gql.schema.enums import MessagingMode, Role, UserStatus
from gql.schema.node import Node
from messaging.reads.columns import UserRow

if TYPE_CHECKING:
    from gql.schema.conversations import Conversation


@drawn_from(UserRow)
class User(Node):
    """A person."""

    id: strawberry.ID = id_field(Kind.USER)
    name: str = field()
    photo_url: str | None = field(
        description="A path on this server, or an address on an origin the operator listed."
    )
    role: Role = field(description="The highest account-wide role.")
    status: UserStatus = field()
    department: str | None = field(people.department)
    conversation: Annotated["Conversation", strawberry.lazy("gql.schema.conversations")] | None = (
        field(people.conversation)
    )


@object_type
class Viewer:
    """The one calling."""

    user: User = field()
    roles: list[Role] = field(people.roles)
    messaging_mode: MessagingMode = field()
    unread_count: int = field(description="The viewer's unread messages in all chats.")
    feed_cursor: str = field(
        description=(
            "The place in the viewer's feed before anything else of this request was read: "
            "subscribe after it, and nothing falls between list and feed."
        )
    )
