"""The doorbell: tells waiters to look at their feed, never what is in it.

A lost ring costs latency, never an entry: the database is the log, and the poll finds what no
ring announced. So nothing here raises into an answer, and nothing here grows with the load.
"""

import asyncio
import contextlib
import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from broadcaster import Broadcast
from redis import RedisError

from messaging.background import jittered
from messaging.redis_backend import RedisBackend

logger = logging.getLogger(__name__)

CHANNEL = "lms-messages"
# Of a crowd that is rung for; others are served before the rest.
WOKEN_AT_ONCE = 100
# How long a broker may take for what is rung at once, before that is given up. No answer waits.
RING_LIMIT_SECONDS = 1.0
RECONNECT_SECONDS = (0.1, 5.0)
START_LIMIT_SECONDS = 1.0
# A line on which nothing is heard for three beats is dead, whatever its socket says.
HEARTBEAT_SECONDS = 0.5
SILENCE_LIMIT_SECONDS = 1.5


class Topic(StrEnum):
    """What a waiter waits for: any entry, or only a change of what the person may do."""

    FEED = "f"
    ACCESS = "a"


class Ring(NamedTuple):
    """Somebody should look. Its text is one word, which goes over the wire as it is."""

    topic: Topic
    user_id: UUID

    def __str__(self) -> str:
        return f"{self.topic}{self.user_id.hex}"


_WORDS = re.compile(rf"(?:[{''.join(Topic)}][0-9a-f]{{32}}(?: |$))*+")


def words_in(text: str) -> list[str]:
    """The rings that were published together, as their words. Raises ValueError for other text."""
    if _WORDS.fullmatch(text) is None:
        raise ValueError("not a ring")
    return text.split()


class Bell:
    """What one waiter waits on. Any number of rings make one waking.

    An asyncio.Event has room for a crowd of waiters, a kilobyte for each who waits.
    """

    __slots__ = ("_waiter", "is_rung", "reached")

    def __init__(self) -> None:
        self.is_rung = False
        # The newest entry of the feed that the waiter has seen.
        self.reached = -1
        self._waiter: asyncio.Future[None] | None = None

    def ring(self) -> None:
        """Wake the waiter, now or at its next wait."""
        self.is_rung = True
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def clear(self) -> None:
        """Forget earlier rings. Do so before looking, never after: a ring between would be lost."""
        self.is_rung = False

    async def wait(self) -> None:
        """Return at the first ring since the last clear."""
        if self.is_rung:
            return
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None


class Doorbell:
    """Rings within this process through bells, and in others through broadcaster on Redis."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._is_shared = urlsplit(url).scheme.startswith("redis")
        # Begins what this process publishes: it has rung here already when it comes back.
        self._name = uuid4().hex
        self._heard_at = 0.0
        # By the words of their rings, as these come over the wire.
        self._bells: dict[str, set[Bell]] = {}
        # How many bells hang for each person.
        self._listening: Counter[UUID] = Counter()
        self._broadcast: Broadcast | None = None
        self._has_connected = asyncio.Event()
        self._is_stopping = False
        self._hears = False
        self._is_told_down = False
        # Until the next attempt to connect.
        self._pause = RECONNECT_SECONDS[0]
        self._listener: asyncio.Task[None] | None = None
        self._unpublished: set[str] = set()
        self._publisher: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to listen, in a task that mends its own connection."""
        if not self._is_shared:
            self._hear_something()
            self.wake_everybody()
            return
        self._listener = asyncio.create_task(self._keep_listening(), name="doorbell")
        # Without a broker the service starts all the same: the poll finds what no ring announced.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(START_LIMIT_SECONDS):
                await self._has_connected.wait()

    async def stop(self) -> None:
        """Publish what was rung, and stop listening."""
        if self._publisher is not None:
            await asyncio.wait([self._publisher])
        # A task group whose child fails at this very moment swallows the cancellation.
        self._is_stopping = True
        if self._listener is not None:
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener

    @property
    def is_connected(self) -> bool:
        """Whether rings of other processes are heard here."""
        return self._hears and (self._listener is None or not self._listener.done())

    @contextlib.contextmanager
    def listen(self, topic: Topic, user_id: UUID) -> Iterator[Bell]:
        """A bell that rings for this person, while the context is open."""
        bell = Bell()
        self.hang(bell, topic, user_id)
        try:
            yield bell
        finally:
            self.take_down(bell, topic, user_id)

    def hang(self, bell: Bell, topic: Topic, user_id: UUID) -> None:
        """Have a bell rung for this person until it is taken down."""
        self._bells.setdefault(str(Ring(topic, user_id)), set()).add(bell)
        self._listening[user_id] += 1

    def take_down(self, bell: Bell, topic: Topic, user_id: UUID) -> None:
        """Undo hang()."""
        word = str(Ring(topic, user_id))
        bells = self._bells[word]
        bells.discard(bell)
        if not bells:
            del self._bells[word]
        self._listening[user_id] -= 1
        if not self._listening[user_id]:
            del self._listening[user_id]

    def listening_users(self) -> set[UUID]:
        """Everybody for whom somebody in this process waits."""
        return set(self._listening)

    def wake(self, rings: Iterable[Ring]) -> None:
        """Ring in this process only."""
        self._wake(list(map(str, rings)))

    def wake_unless_at(self, user_id: UUID, seq: int) -> None:
        """Ring in this process for who follows this feed and is not at its newest entry.

        Also for who is ahead of it: a failover may take the end of a log.
        """
        for bell in self._bells.get(str(Ring(Topic.FEED, user_id)), ()):
            if bell.reached != seq:
                bell.ring()

    def wake_everybody(self) -> None:
        """Ring every bell of this process."""
        self._wake(list(self._bells))

    def _wake(self, words: list[str]) -> None:
        for word in words[:WOKEN_AT_ONCE]:
            for bell in self._bells.get(word, ()):
                bell.ring()
        if len(words) > WOKEN_AT_ONCE:
            asyncio.get_running_loop().call_soon(self._wake, words[WOKEN_AT_ONCE:])

    def ring(self, rings: Iterable[Ring]) -> None:
        """Ring everywhere: here at once, elsewhere as soon as the broker takes it. Never raises."""
        rings = list(rings)
        self.wake(rings)
        if self._broadcast is None:
            # Of a broker that went, the log was told.
            return
        self._unpublished.update(map(str, rings))
        if self._unpublished and (self._publisher is None or self._publisher.done()):
            self._publisher = asyncio.create_task(self._publish(), name="doorbell's publisher")

    async def _publish(self) -> None:
        """Publish what was rung, together what was rung meanwhile."""
        while self._unpublished and self._broadcast is not None:
            message = " ".join((self._name, *self._unpublished))
            self._unpublished.clear()
            await self._tell_others(self._broadcast, message)

    async def _tell_others(self, broadcast: Broadcast, message: str) -> None:
        try:
            async with asyncio.timeout(RING_LIMIT_SECONDS):
                await broadcast.publish(CHANNEL, message)
        except Exception as error:  # noqa: BLE001  # whatever a broker's client raises
            logger.warning("A ring reached this process only: %r", error)

    async def _keep_listening(self) -> None:
        while True:
            try:
                await self._listen()
            except asyncio.CancelledError as error:
                task = asyncio.current_task()
                if task is None or task.cancelling():
                    raise
                # Of something within, which ends this listening and no more.
                self._tell_down(error)
            except Exception as error:  # noqa: BLE001  # whatever a broker's client raises
                self._tell_down(error)
            if self._is_stopping:
                return
            await asyncio.sleep(jittered(self._pause))
            self._pause = min(self._pause * 2, RECONNECT_SECONDS[1])

    async def _listen(self) -> None:
        """Wake whom the rings are for. Raises as soon as the broker is lost, or was never there."""
        backend = RedisBackend(self._url)
        try:
            async with (
                Broadcast(self._url, backend=backend) as broadcast,
                broadcast.subscribe(CHANNEL) as heard,
            ):
                self._broadcast = broadcast
                # Rings may have gone by while nobody listened.
                self.wake_everybody()
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._keep_beating(broadcast))
                    tasks.create_task(backend.watch())
                    while True:
                        message = (await heard.get()).message
                        self._heard_at = asyncio.get_running_loop().time()
                        self._hear_something()
                        self._hear(message)
        finally:
            self._broadcast = None
            self._hears = False
            if self._publisher is not None:
                self._publisher.cancel()
                await asyncio.wait([self._publisher])
            # Of a broker that comes back, everybody asks anew.
            self._unpublished.clear()
            # The broadcaster leaves it open where its own listener has failed.
            await backend.disconnect()

    async def _keep_beating(self, broadcast: Broadcast) -> None:
        """Ring for nobody: whoever hears not even that listens to a line that died silently."""
        clock = asyncio.get_running_loop().time
        rung_at = self._heard_at = clock()
        while clock() - min(rung_at, self._heard_at) < SILENCE_LIMIT_SECONDS:
            # A single beat may find all lines to publish on in use.
            with contextlib.suppress(OSError, RedisError):
                async with asyncio.timeout(SILENCE_LIMIT_SECONDS):
                    await broadcast.publish(CHANNEL, "")
                rung_at = clock()
            await asyncio.sleep(HEARTBEAT_SECONDS)
        raise ConnectionError("nothing is heard any more")

    def _tell_down(self, error: BaseException) -> None:
        """Tell the log, once for all attempts until something is heard again."""
        if not self._is_stopping and not self._is_told_down:
            self._is_told_down = True
            logger.warning("The doorbell is disconnected, and connects again: %r", error)

    def _hear_something(self) -> None:
        # A broker that is reached and lets nobody listen is not back.
        self._hears = True
        self._has_connected.set()
        self._pause = RECONNECT_SECONDS[0]
        if self._is_told_down:
            self._is_told_down = False
            logger.info("The doorbell is connected again.")

    def _hear(self, message: str) -> None:
        name, _, text = message.partition(" ")
        # A beat has no name.
        if name in (self._name, ""):
            return
        try:
            self._wake(words_in(text))
        except ValueError:
            logger.warning("The doorbell heard something that is not a ring.")
