"""Facts that both a roster and a hand may set; the hand's word stands until undone (rule A5)."""

from tortoise import fields
from tortoise.models import Model


class Standing(Model):
    """A fact that holds or does not: what the roster says, what was set by hand, what follows."""

    by_roster = fields.BooleanField(default=False)
    by_hand = fields.BooleanField(null=True)
    # Stored because indexes and joins need it; only the two methods below write it.
    is_active = fields.BooleanField(default=False)

    class Meta:
        abstract = True

    def set_by_hand(self, holds: bool) -> None:
        """Set the fact by hand: what is taken away stays away, whatever the roster says.

        Giving what the roster gives undoes that, and so is the roster's again.
        """
        gives_as_roster = holds and self.by_roster and not self.by_hand
        self.by_hand = None if gives_as_roster else holds
        self.is_active = holds

    def set_by_roster(self, holds: bool) -> bool:
        """Record what the roster says; false when the hand's word stands against it."""
        self.by_roster = holds
        if self.by_hand is not None:
            return self.by_hand == holds
        self.is_active = holds
        return True
