"""What mutations take: a single input object each."""

import strawberry

from gql.fields import input_type
from gql.schema.enums import DeleteScope, MessagingMode

_KEY = strawberry.field(
    default=None,
    description=(
        "1 to 128 characters of the client's choice, the same for each attempt at one message: "
        "repeated, the mutation returns its first result instead of sending twice."
    ),
)


@input_type
class StartChatInput:
    """To whom, and what."""

    recipient_id: strawberry.ID
    body: str
    idempotency_key: str | None = _KEY


@input_type
class ContactInstructorInput:
    """Whom, about which course, and what."""

    course_id: strawberry.ID
    instructor_id: strawberry.ID
    body: str
    idempotency_key: str | None = _KEY


@input_type
class SendMessageInput:
    """Where, and what."""

    conversation_id: strawberry.ID
    body: str
    idempotency_key: str | None = _KEY


@input_type
class DeleteMessageInput:
    """Which message, and for whom."""

    message_id: strawberry.ID
    scope: DeleteScope


@input_type
class DeleteChatInput:
    """Which chat."""

    conversation_id: strawberry.ID


@input_type
class MarkReadInput:
    """Which chat, and how far."""

    conversation_id: strawberry.ID
    up_to_seq: int


@input_type
class SetMessagingModeInput:
    """The account's new mode."""

    mode: MessagingMode


@input_type
class AssignInstructorInput:
    """Who teaches which course."""

    course_id: strawberry.ID
    user_id: strawberry.ID


@input_type
class UnassignInstructorInput:
    """Who no longer teaches which course."""

    course_id: strawberry.ID
    user_id: strawberry.ID


@input_type
class DeactivateUserInput:
    """Whom."""

    user_id: strawberry.ID


@input_type
class ActivateUserInput:
    """Whom."""

    user_id: strawberry.ID


@input_type
class RemoveUserInput:
    """Whom."""

    user_id: strawberry.ID
