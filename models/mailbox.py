"""Each person's feed: the counter under lock, and the log.

The log itself, ``feed_entries``, has the primary key ``(user_id, seq)``, which Tortoise cannot
express; the first migration creates it. ``messaging.feed`` reads and writes it, and the one
statement of a send (``messaging.actions.posting``) adds to it.
"""

from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from models.user import User


class Mailbox(Model):
    """The head of a person's feed. Its row lock makes the feed gapless and ordered by commit."""

    user: fields.OneToOneRelation[User] = fields.OneToOneField(
        "models.User", primary_key=True, on_delete=fields.OnDelete.CASCADE, related_name=False
    )
    user_id: UUID
    # The seq of the newest entry.
    seq = fields.BigIntField(default=0)
    # Entries up to this seq are no longer kept.
    pruned_seq = fields.BigIntField(default=0)
    # The sum of unread_count over the person's participants.
    unread_count = fields.IntField(default=0)

    class Meta:
        table = "mailboxes"
