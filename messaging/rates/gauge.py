"""How many of something are open at once."""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager

from messaging.errors import RateLimited

# Nobody knows when one of them ends; a client that comes back a little later costs nothing.
RETRY_SECONDS = 10


class Gauge:
    """Counts in this process what is open for each key, up to a limit; 0 for none."""

    def __init__(self, most: int = 0) -> None:
        self._most = most
        self._open: Counter[Hashable] = Counter()

    @contextmanager
    def one_more(self, key: Hashable) -> Iterator[None]:
        """Open while the context is. Raises RateLimited where too many are."""
        if 0 < self._most <= self._open[key]:
            raise RateLimited(RETRY_SECONDS)
        self._open[key] += 1
        try:
            yield
        finally:
            self._open[key] -= 1
            if not self._open[key]:
                del self._open[key]

    @property
    def counts(self) -> Mapping[Hashable, int]:
        """How many are open, of each key that has any."""
        return self._open
