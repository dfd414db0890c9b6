"""Messages."""

from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from models.conversation import Conversation
from models.course import Course
from models.ids import new_id
from models.user import User


class Message(Model):
    """What one person wrote. Deleted for everyone, the row stays and the text goes (D1)."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    conversation: fields.ForeignKeyRelation[Conversation] = fields.ForeignKeyField(
        "models.Conversation", on_delete=fields.OnDelete.CASCADE, related_name=False
    )
    conversation_id: UUID
    # The gapless place in the conversation.
    seq = fields.IntField()
    sender: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", on_delete=fields.OnDelete.RESTRICT, related_name=False
    )
    sender_id: UUID
    body = fields.TextField(null=True)
    sent_at = fields.DatetimeField()
    # The course a question came from.
    course: fields.ForeignKeyNullableRelation[Course] = fields.ForeignKeyField(
        "models.Course", null=True, on_delete=fields.OnDelete.RESTRICT, related_name=False
    )
    course_id: UUID | None
    deleted_at = fields.DatetimeField(null=True)
    idempotency_key = fields.CharField(max_length=128, null=True)
    # SHA-256 over mutation and input, in hexadecimal.
    idempotency_hash = fields.CharField(max_length=64, null=True)

    class Meta:
        table = "messages"
        unique_together = (("conversation", "seq"), ("sender", "idempotency_key"))


class HiddenMessage(Model):
    """A message that one person deleted for themselves only (D2)."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    message: fields.ForeignKeyRelation[Message] = fields.ForeignKeyField(
        "models.Message", on_delete=fields.OnDelete.CASCADE, related_name=False
    )
    message_id: UUID
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", on_delete=fields.OnDelete.RESTRICT, related_name=False
    )
    user_id: UUID

    class Meta:
        table = "hidden_messages"
        unique_together = (("message", "user"),)
