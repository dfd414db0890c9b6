"""Rates: how often somebody may do something."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from math import ceil
from uuid import UUID

from limits import RateLimitItem, parse
from limits.strategies import SlidingWindowCounterRateLimiter

from messaging.errors import RateLimited
from messaging.rates.local import LocalCounts
from messaging.rates.shared import NotShared, SharedCounts


class Deed(Enum):
    """What is counted when it is attempted, whatever comes of it."""

    SEND = auto()
    NEW_CHAT = auto()
    FAILED_SIGN_IN = auto()


@dataclass(frozen=True, slots=True)
class Limit:
    """How often one person may do it, and how often one address; None for as often as they like."""

    per_user: RateLimitItem | None = None
    per_address: RateLimitItem | None = None


def rate_of(text: str) -> RateLimitItem | None:
    """The rate that a text like `120/minute` means; None for one that is empty or 0.

    Raises ValueError.
    """
    if text.strip() in ("", "0"):
        return None
    try:
        rate = parse(text)
    except ValueError:
        raise ValueError(f"{text!r} is no rate like 120/minute") from None
    return rate if rate.amount > 0 else None


class Rates:
    """Counts what people and addresses do, in all processes where they share a Redis."""

    def __init__(
        self, limits: Mapping[Deed, Limit] | None = None, shared: SharedCounts | None = None
    ) -> None:
        self._limits = limits or {}
        self.shared = shared
        self._local = SlidingWindowCounterRateLimiter(LocalCounts())

    async def spend(
        self, deed: Deed, *, user_id: UUID | None = None, address: str | None = None
    ) -> None:
        """Count what is about to be done. Raises RateLimited where that is too much."""
        limit = self._limits.get(deed)
        if limit is None:
            return
        if limit.per_user is not None and user_id is not None:
            await self._count(limit.per_user, f"{deed.name}/{user_id.hex}")
        if limit.per_address is not None and address is not None:
            await self._count(limit.per_address, f"{deed.name}/{address}")

    async def start(self) -> None:
        """Connect to what is shared; whether that is there or not."""
        if self.shared is not None:
            await self.shared.start()

    async def stop(self) -> None:
        """Close what is open."""
        if self.shared is not None:
            await self.shared.stop()

    async def _count(self, rate: RateLimitItem, key: str) -> None:
        if self.shared is None or not self.shared.is_shared:
            self._count_here(rate, key)
            return
        # Who does too much in this process alone need not be asked about elsewhere.
        if not self._local.test(rate, key):
            raise self._refused_here(rate, key)
        try:
            is_counted = await self.shared.hit(rate, key)
            stats = None if is_counted else await self.shared.stats(rate, key)
        except NotShared:
            self._count_here(rate, key)
            return
        if stats is not None:
            raise RateLimited(seconds_until(stats.reset_time))
        # Known here too, for when there is no Redis.
        self._local.hit(rate, key)

    def _count_here(self, rate: RateLimitItem, key: str) -> None:
        if not self._local.hit(rate, key):
            raise self._refused_here(rate, key)

    def _refused_here(self, rate: RateLimitItem, key: str) -> RateLimited:
        return RateLimited(seconds_until(self._local.get_window_stats(rate, key).reset_time))


def seconds_until(moment: float) -> int:
    """Whole seconds until a moment of the calendar's clock, one at least."""
    return max(1, ceil(moment - time.time()))
