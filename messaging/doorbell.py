"""The doorbell: tells waiters to look at their feed, never what is in it.

A lost ring costs latency, never an entry: the database is the log, and the poll finds what no
ring announced. So nothing here raises into an answer, and nothing here grows with the load.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from broadcaster import Broadcast

logger = logging.getLogger(__name__)

CHANNEL = "lms-messages"

# The longest that a ring may hold up the answer to whoever caused it.
RING_LIMIT_SECONDS = 0.2
RECONNECT_SECONDS = (0.1, 5.0)
START_LIMIT_SECONDS = 1.0


class Topic(StrEnum):
    """What a waiter waits for: any entry, or only a change of what the person may do."""

    FEED = "f"
    ACCESS = "a"


@dataclass(frozen=True, slots=True)
class Ring:
    """Somebody should look."""

    topic: Topic
    user_id: UUID

    def __str__(self) -> str:
        return f"{self.topic}{self.user_id.hex}"

    @classmethod
    def parse(cls, text: str) -> "Ring":
        """Undo str(); ValueError for anything else."""
        return cls(Topic(text[:1]), UUID(hex=text[1:]))


class Bell:
    """What one waiter waits on. Any number of rings make one waking."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake the waiter, now or at its next wait."""
        self._rung.set()

    def clear(self) -> None:
        """Forget earlier rings. Do so before looking, never after: a ring between would be lost."""
        self._rung.clear()

    async def wait(self) -> None:
        """Return at the first ring since the last clear."""
        await self._rung.wait()


class Doorbell:
    """Rings across processes through broadcaster, within this one through bells."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._bells: dict[Ring, set[Bell]] = {}
        self._broadcast: Broadcast | None = None
        self._has_connected = asyncio.Event()
        self._listener: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to listen, in a task that mends its own connection."""
        self._listener = asyncio.create_task(self._keep_listening(), name="doorbell")
        # Without a broker the service starts all the same: the poll finds what no ring announced.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(START_LIMIT_SECONDS):
                await self._has_connected.wait()

    async def stop(self) -> None:
        """Stop listening."""
        if self._listener is not None:
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener

    @contextlib.contextmanager
    def listen(self, topic: Topic, user_id: UUID) -> Iterator[Bell]:
        """A bell that rings for this person, while the context is open."""
        key, bell = Ring(topic, user_id), Bell()
        self._bells.setdefault(key, set()).add(bell)
        try:
            yield bell
        finally:
            bells = self._bells[key]
            bells.discard(bell)
            if not bells:
                del self._bells[key]

    def listening_users(self) -> set[UUID]:
        """Everybody for whom somebody in this process waits."""
        return {key.user_id for key in self._bells}

    def wake(self, rings: Iterable[Ring]) -> None:
        """Ring in this process only."""
        for ring in rings:
            for bell in self._bells.get(ring, ()):
                bell.ring()

    def wake_user(self, user_id: UUID) -> None:
        """Ring in this process for whatever is waited for."""
        self.wake(Ring(topic, user_id) for topic in Topic)

    def wake_everybody(self) -> None:
        """Ring every bell of this process."""
        self.wake(list(self._bells))

    async def ring(self, rings: Iterable[Ring]) -> None:
        """Ring everywhere. Takes 200 ms at the most and never raises."""
        rings = list(rings)
        if not rings:
            return
        try:
            if self._broadcast is None:
                raise ConnectionError("the doorbell is not connected")
            async with asyncio.timeout(RING_LIMIT_SECONDS):
                await self._broadcast.publish(CHANNEL, " ".join(map(str, rings)))
        except Exception as error:  # noqa: BLE001  # whatever a broker's client raises
            logger.warning("A ring reached this process only: %r", error)
            self.wake(rings)

    async def _keep_listening(self) -> None:
        shortest, longest = RECONNECT_SECONDS
        pause = shortest
        while True:
            try:
                async with Broadcast(self._url) as broadcast, broadcast.subscribe(CHANNEL) as heard:
                    self._broadcast = broadcast
                    self._has_connected.set()
                    pause = shortest
                    # Rings may have gone by while nobody listened.
                    self.wake_everybody()
                    while True:
                        self._hear((await heard.get()).message)
            except Exception as error:  # noqa: BLE001  # whatever a broker's client raises
                logger.warning("The doorbell is disconnected: %r", error)
            finally:
                self._broadcast = None
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311  # jitter
            pause = min(pause * 2, longest)

    def _hear(self, message: str) -> None:
        try:
            rings = [Ring.parse(text) for text in message.split()]
        except ValueError:
            logger.warning("The doorbell heard something that is not a ring.")
            return
        self.wake(rings)
