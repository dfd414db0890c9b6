"""Facts that concern too many mailboxes for one transaction."""

from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from models.account import Account
from models.ids import new_id


class PendingAnnouncement(Model):
    """A committed fact whose feed entries still have to follow, in batches."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.OnDelete.CASCADE, related_name=False
    )
    account_id: UUID
    # The people whose access changed; null stands for everybody in the account.
    user_ids: fields.Field[list[str] | None] = fields.JSONField(null=True)
    # Whether the chats of these people change their state with it.
    concerns_chats = fields.BooleanField()
    # How far the batches have come: the last user, then the last conversation told.
    told_users_to = fields.UUIDField(null=True)
    users_are_told = fields.BooleanField(default=False)
    told_chats_to = fields.UUIDField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "pending_announcements"
