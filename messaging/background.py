"""What is done again and again beside the requests, whatever fails; and pauses between tries."""

import asyncio
import contextlib
import logging
import random
from abc import ABC, abstractmethod
from typing import ClassVar

from models.outages import outages

logger = logging.getLogger(__name__)


def jittered(seconds: float) -> float:
    """So many seconds at the most and half as many at the least.

    Many who wait for the same thing so do not come back to it at the same moment.
    """
    return seconds * random.uniform(0.5, 1.0)  # noqa: S311  # jitter


class Background(ABC):
    """One thing, done round after round from start to stop."""

    # What the log is told of a round that failed, unless the database is away.
    complaint: ClassVar[str]

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin with a round."""
        self._task = asyncio.create_task(self._go_on(), name=type(self).__name__)

    async def stop(self) -> None:
        """Stop, between two transactions: one that began is shielded."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    @abstractmethod
    async def _round(self) -> None:
        """Do it once."""

    @abstractmethod
    async def _pause(self) -> None:
        """Wait for the next round."""

    async def _go_on(self) -> None:
        while True:
            try:
                await self._round()
            except Exception as error:
                if not outages.note(error):
                    logger.exception(self.complaint)
            await self._pause()
