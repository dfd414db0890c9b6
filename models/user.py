"""People."""

import unicodedata
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from models.account import Account
from models.enums import Role, UserStatus
from models.ids import new_id


def search_form(text: str) -> str:
    """The form in which names are compared: composed (NFC) and case-folded."""
    return unicodedata.normalize("NFC", text).casefold()


class User(Model):
    """A person. Nothing else is held of anybody: no address, no birthday, no password."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.OnDelete.RESTRICT, related_name=False
    )
    account_id: UUID
    source_id = fields.CharField(max_length=255)
    name = fields.CharField(max_length=255)
    # Case folding may lengthen a text, threefold at the worst.
    search_name = fields.CharField(max_length=765)
    photo_url = fields.CharField(max_length=2048, null=True)
    # The highest account-wide role, derived from RoleGrant by messaging.roles.refresh_roles.
    role = fields.CharEnumField(Role, max_length=16, default=Role.LEARNER)
    roster_status = fields.CharEnumField(UserStatus, max_length=16, default=UserStatus.ACTIVE)
    hand_status: fields.Field[UserStatus | None] = fields.CharEnumField(  # type: ignore[assignment]  # Tortoise's stubs forget null
        UserStatus, max_length=16, null=True
    )
    # Stored because joins need it; only the two methods below write it.
    status = fields.CharEnumField(UserStatus, max_length=16, default=UserStatus.ACTIVE)

    class Meta:
        table = "users"
        unique_together = (("account", "source_id"),)
        indexes = (("account_id", "search_name", "id"),)

    def set_status_by_hand(self, status: UserStatus) -> None:
        """Set the status by hand: whoever is put out stays out, whatever the roster says.

        Activating whom the roster has as active undoes that, and so is the roster's again.
        """
        is_as_roster = status is UserStatus.ACTIVE and self.roster_status is UserStatus.ACTIVE
        undoes = is_as_roster and self.hand_status is not UserStatus.ACTIVE
        self.hand_status = None if undoes else status
        self.status = status

    def set_status_by_roster(self, status: UserStatus) -> bool:
        """Record what the roster says; false when the hand's word stands against it (A5)."""
        self.roster_status = status
        if self.hand_status is not None:
            return bool(self.hand_status == status)
        self.status = status
        return True
