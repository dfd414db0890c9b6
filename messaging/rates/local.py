"""Counts of one process, within bounds of memory however many people and addresses there are.

The library's own storage in memory has neither: it keeps every key until a thread that looks at all
of them finds it too old, and starts that thread up to a hundred times a second.
"""

import time
from dataclasses import dataclass

from cachetools import LRUCache
from limits.storage import SlidingWindowCounterSupport, Storage

# Some 20 MB where they are all in use. Whoever is forgotten first was quiet for longest.
_KEYS_AT_MOST = 100_000


@dataclass(slots=True)
class _Windows:
    """What was counted in the window that runs, which began when first something was."""

    began_at: float
    count: int = 0
    count_before: int = 0

    def advance(self, now: float, length: float) -> None:
        """Go on to the window of this moment."""
        passed = int((now - self.began_at) // length)
        if passed > 0:
            self.count_before = self.count if passed == 1 else 0
            self.count = 0
            self.began_at += passed * length


class LocalCounts(Storage, SlidingWindowCounterSupport):
    """What `limits` counts with, by the window that runs and the one before."""

    STORAGE_SCHEME = None

    def __init__(self) -> None:
        super().__init__()
        self._windows: LRUCache[str, _Windows] = LRUCache(_KEYS_AT_MOST)

    def acquire_sliding_window_entry(
        self, key: str, limit: int, expiry: int, amount: int = 1
    ) -> bool:
        """Count it, unless that would be more than the limit."""
        now = time.monotonic()
        windows = self._windows.get(key)
        if windows is None:
            windows = self._windows[key] = _Windows(now)
        windows.advance(now, expiry)
        left = windows.began_at + expiry - now
        if int(windows.count_before * left / expiry) + windows.count + amount > limit:
            return False
        windows.count += amount
        return True

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """The count before and for how long it still matters; likewise the one that runs."""
        now = time.monotonic()
        windows = self._windows.get(key) or _Windows(now)
        windows.advance(now, expiry)
        left = windows.began_at + expiry - now
        return windows.count_before, left, windows.count, left + expiry

    def clear_sliding_window(self, key: str, expiry: int) -> None:  # noqa: ARG002  # the library's
        """Forget a key."""
        self.clear(key)

    @property
    def base_exceptions(self) -> type[Exception]:
        """What may be raised."""
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count without a limit; what was counted in the window that runs."""
        self.acquire_sliding_window_entry(key, 2**63, expiry, amount)
        return self.get(key)

    def get(self, key: str) -> int:
        """What was last counted."""
        windows = self._windows.get(key)
        return 0 if windows is None else windows.count

    def get_expiry(self, key: str) -> float:
        """When the window that was last counted in began."""
        windows = self._windows.get(key)
        began_at = time.monotonic() if windows is None else windows.began_at
        return time.time() - time.monotonic() + began_at

    def check(self) -> bool:
        """Whether it works."""
        return True

    def reset(self) -> int:
        """Forget everything; how many keys there were."""
        count = len(self._windows)
        self._windows.clear()
        return count

    def clear(self, key: str) -> None:
        """Forget a key."""
        self._windows.pop(key, None)
