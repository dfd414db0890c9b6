"""Whether the database is away, told to the log once each time and not by everybody who waits."""

import logging
import time

from models.failures import is_lost

logger = logging.getLogger(__name__)

# Connections break one by one: an outage is over when the last loss is so long ago.
SETTLED_SECONDS = 1.0


class Outages:
    """What this process knows of its database from its own failures and successes."""

    def __init__(self) -> None:
        self._began_at: float | None = None
        self._lost_at = 0.0

    def note(self, error: BaseException) -> bool:
        """Take note of a failure that is the database's being away; whether it is one.

        The first of an outage is logged.
        """
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

    @property
    def seconds(self) -> float:
        """For how long it has been away; 0 where it is not."""
        return 0.0 if self._began_at is None else time.monotonic() - self._began_at


outages = Outages()
