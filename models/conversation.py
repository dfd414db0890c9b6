"""Threads between two people, and each one's own side of them."""

from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from models.account import Account
from models.ids import new_id
from models.user import User


class Conversation(Model):
    """The thread between two people, one for each pair."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.OnDelete.RESTRICT, related_name=False
    )
    account_id: UUID
    # The pair in the order of their ids, so that the database can hold it unique.
    lower_user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", on_delete=fields.OnDelete.RESTRICT, related_name=False
    )
    lower_user_id: UUID
    higher_user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", on_delete=fields.OnDelete.RESTRICT, related_name=False
    )
    higher_user_id: UUID
    # The seq of the newest message. Updating it is the lock that orders a thread's writers.
    last_seq = fields.IntField(default=0)
    last_activity_at = fields.DatetimeField()

    class Meta:
        table = "conversations"
        unique_together = (("lower_user", "higher_user"),)


class Participant(Model):
    """One person's own side of a conversation, never shown to the peer."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    conversation: fields.ForeignKeyRelation[Conversation] = fields.ForeignKeyField(
        "models.Conversation", on_delete=fields.OnDelete.CASCADE, related_name=False
    )
    conversation_id: UUID
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", on_delete=fields.OnDelete.RESTRICT, related_name=False
    )
    user_id: UUID
    peer: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", on_delete=fields.OnDelete.RESTRICT, related_name=False
    )
    peer_id: UUID
    # Read up to this seq; never goes back (D5).
    read_seq = fields.IntField(default=0)
    # Deleted by this person up to this seq (D4).
    cleared_seq = fields.IntField(default=0)
    unread_count = fields.IntField(default=0)
    # The newest message this person still sees.
    last_message_id = fields.UUIDField(null=True)
    # The time by which the chat stands in this person's list; null while deleted from it.
    listed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "participants"
        unique_together = (("conversation", "user"), ("user", "peer"))
        indexes = (("user_id", "listed_at", "conversation_id"),)
