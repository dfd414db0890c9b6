"""What guards a connection: a bell that looks after who is on it when it is rung."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from messaging.doorbell import Bell


class Guard(Bell):
    """Looks once for any number of rings, and again for a ring while it looks.

    Between two looks it is nothing but a bell: thousands of connections are guarded at a time.
    """

    __slots__ = ("_look", "_looking")

    def __init__(self, look: Callable[[], Coroutine[Any, Any, None]]) -> None:
        super().__init__()
        self._look = look
        self._looking: asyncio.Task[None] | None = None

    def ring(self) -> None:
        """Look."""
        super().ring()
        if self._looking is None:
            self._looking = asyncio.create_task(self._look_until_quiet(), name="guard")

    def dismiss(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()

    async def _look_until_quiet(self) -> None:
        try:
            while self.is_rung:
                self.clear()
                await self._look()
        finally:
            self._looking = None
