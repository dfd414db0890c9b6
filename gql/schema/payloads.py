"""What mutations answer: the objects concerned, null where refused, and the refusals."""

import strawberry

from gql import fields
from gql.fields import field, object_type
from gql.schema.conversations import Conversation, Message
from gql.schema.courses import Course
from gql.schema.enums import RefusalReason, UserErrorCode
from gql.schema.people import User, Viewer


@object_type
class UserError:
    """Something that a person caused and can mend."""

    code: UserErrorCode = fields.field()
    message: str = fields.field(description="A sentence in English that says what to mend.")
    field: str | None = fields.field(
        description="The field of the input that is at fault, where it is one."
    )
    reason: RefusalReason | None = fields.field()


@object_type
class SendMessagePayload:
    """The message as it was sent."""

    message: Message | None = field()
    conversation: Conversation | None = field()
    errors: list[UserError] = field()


@object_type
class DeleteMessagePayload:
    """The id of the message that is gone."""

    message_id: strawberry.ID | None = field()
    conversation: Conversation | None = field()
    errors: list[UserError] = field()


@object_type
class DeleteChatPayload:
    """The chat, which answers still, empty."""

    conversation_id: strawberry.ID | None = field()
    conversation: Conversation | None = field()
    errors: list[UserError] = field()


@object_type
class MarkReadPayload:
    """The chat with what is still unread in it."""

    conversation: Conversation | None = field()
    errors: list[UserError] = field()


@object_type
class SetMessagingModePayload:
    """The viewer with the account's new mode."""

    viewer: Viewer | None = field()
    errors: list[UserError] = field()


@object_type
class AssignInstructorPayload:
    """The course and who teaches it now."""

    course: Course | None = field()
    user: User | None = field()
    errors: list[UserError] = field()


@object_type
class UnassignInstructorPayload:
    """The course and who teaches it no longer."""

    course: Course | None = field()
    user: User | None = field()
    errors: list[UserError] = field()


@object_type
class DeactivateUserPayload:
    """The person, as they stand now."""

    user: User | None = field()
    errors: list[UserError] = field()


@object_type
class ActivateUserPayload:
    """The person, as they stand now."""

    user: User | None = field()
    errors: list[UserError] = field()


@object_type
class RemoveUserPayload:
    """The person, as they stand now."""

    user: User | None = field()
    errors: list[UserError] = field()
