"""What ails the database, told to the log once each time and not by everybody who waits."""

import logging
import time

from models.failures import is_blocked, is_lost, is_refused

logger = logging.getLogger(__name__)

# Connections break one by one: an outage is over when the last loss is so long ago.
SETTLED_SECONDS = 1.0
# Other writes may succeed meanwhile, so that only time tells when it is over.
SPELL_SECONDS = 30.0


class Spell:
    """An ailment that many meet, of which the first is told, and whoever comes long after."""

    def __init__(self, complaint: str) -> None:
        self._complaint = complaint
        self._met_at = -float("inf")

    def note(self, error: BaseException) -> None:
        """Take note of another one who met it."""
        now = time.monotonic()
        if now - self._met_at > SPELL_SECONDS:
            logger.warning("%s: %r", self._complaint, error)
        self._met_at = now

    def forget(self) -> None:
        """Begin anew."""
        self._met_at = -float("inf")


class Outages:
    """What this process knows of its database from its own failures and successes."""

    def __init__(self) -> None:
        self._began_at: float | None = None
        self._lost_at = 0.0
        self._blocked = Spell("Writes wait too long for what another one holds, and are given up")
        self._refused = Spell("The database takes no writes")

    def note(self, error: BaseException) -> bool:
        """Take note of a failure of the database's; whether it is one, and will pass by itself.

        The first of an outage is logged.
        """
        if is_blocked(error):
            self._blocked.note(error)
            return True
        if is_refused(error):
            self._refused.note(error)
            return True
        if not is_lost(error):
            return False
        self._lost_at = time.monotonic()
        if self._began_at is None:
            self._began_at = self._lost_at
            logger.warning("The database does not answer; it is asked again: %r", error)
        return True

    def answered(self) -> None:
        """Take note that the database answered."""
        if self._began_at is None or time.monotonic() - self._lost_at < SETTLED_SECONDS:
            return
        logger.info("The database is back after %.1f s.", self._lost_at - self._began_at)
        self._began_at = None

    def forget(self) -> None:
        """Begin anew: the next database is another one."""
        self._began_at = None
        self._blocked.forget()
        self._refused.forget()

    @property
    def seconds(self) -> float:
        """For how long it has been away; 0 where it is not."""
        return 0.0 if self._began_at is None else time.monotonic() - self._began_at


outages = Outages()
