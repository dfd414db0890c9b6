"""The tenant."""

import secrets

from tortoise import fields
from tortoise.models import Model

from models.enums import MessagingMode
from models.ids import new_id


def new_epoch() -> str:
    """A fresh name for a feed's life: eight hexadecimal digits."""
    return secrets.token_hex(4)


class Account(Model):
    """One organisation. Not a login."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    slug = fields.CharField(max_length=64, unique=True)
    name = fields.CharField(max_length=255)
    messaging_mode = fields.CharEnumField(MessagingMode, max_length=8, default=MessagingMode.ON)
    # Part of every cursor: a restored backup gets a new one, so that no client resumes on it.
    feed_epoch = fields.CharField(max_length=8, default=new_epoch)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "accounts"
