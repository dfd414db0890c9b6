"""Somebody signed in on a connection that stays: for how long, and under which rights."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

from gql.context import Context
from messaging.doorbell import Topic
from messaging.patience import patiently
from server.authentication import Session
from server.bounded import Gone, say_quietly
from server.callers import Caller
from server.guards import Guard
from server.parts import Parts

logger = logging.getLogger(__name__)

Ending = Callable[[], Coroutine[Any, Any, None]]


class Visit:
    """From a sign-in to the end of its connection."""

    __slots__ = ("_caller", "_fail", "_guard", "_parts", "_put_out", "_viewer_id", "ends_at")

    def __init__(
        self, parts: Parts, session: Session, caller: Caller, *, put_out: Ending, fail: Ending
    ) -> None:
        """Begin to watch over the person's rights.

        ``put_out`` ends the connection of who may not be here any more (W4), ``fail`` one whose
        rights cannot be read; the end of the token, by the loop's clock, is for the connection.
        """
        self._parts = parts
        self._caller = caller
        self._viewer_id = session.viewer.id
        self._put_out = put_out
        self._fail = fail
        remaining = (session.expires_at - datetime.now(UTC)).total_seconds()
        self.ends_at = asyncio.get_running_loop().time() + remaining
        self._guard = Guard(self._look)
        parts.doorbell.hang(self._guard, Topic.ACCESS, self._viewer_id)
        # What happened before the bell hung was rung to nobody.
        self._guard.ring()

    async def context(self) -> Context | None:
        """A context under the rights of now; None for who may not be here any more."""
        viewer = await self._parts.viewers.load(self._viewer_id)
        return self._parts.context(viewer, self._caller) if viewer.is_active else None

    def end(self) -> None:
        """Watch no more."""
        self._parts.doorbell.take_down(self._guard, Topic.ACCESS, self._viewer_id)
        self._guard.dismiss()

    async def _look(self) -> None:
        try:
            if await patiently(self.context) is None:
                await self._put_out()
        except Gone:
            return
        except asyncio.CancelledError:
            # Of something within, and not of the guard: as silent as an exception.
            if is_being_cancelled():
                raise
            await self._give_up()
        except Exception:  # noqa: BLE001  # logged, and the connection ends
            await self._give_up()

    async def _give_up(self) -> None:
        """End what is not guarded any more."""
        logger.exception("A guard ended the connection.")
        await say_quietly(self._fail())


def is_being_cancelled() -> bool:
    """Whether somebody cancelled the task that runs."""
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0
