"""The doorbell rings, coalesces, mends itself, and never gets in anybody's way."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from messaging.doorbell import CHANNEL, Bell, Doorbell, Ring, Topic
from models.ids import new_id
from tests.support.client import PATIENCE_SECONDS, SILENCE_SECONDS
from tests.support.waiting import until

LENA, LEO = new_id(), new_id()


@dataclass
class Heard:
    """A message as broadcaster hands it out."""

    message: str


@dataclass
class Broker:
    """Stands in for broadcaster's client; says when it is connected, and what went wrong."""

    connections: int = 0
    # The connections that fail, by their number.
    failing: frozenset[int] = frozenset()
    publishes: Callable[[str], Any] | None = None
    queue: asyncio.Queue[Heard | None] = field(default_factory=asyncio.Queue)

    def __call__(self, _url: str) -> "Broker":
        """Be made for an address."""
        return self

    async def __aenter__(self) -> "Broker":
        self.connections += 1
        if self.connections in self.failing:
            raise ConnectionError("the broker is down")
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    @asynccontextmanager
    async def subscribe(self, channel: str) -> AsyncIterator["Broker"]:
        """Listen."""
        assert channel == CHANNEL
        yield self

    async def get(self) -> Heard:
        """The next message; None stands for a connection that is lost."""
        heard = await self.queue.get()
        if heard is None:
            raise ConnectionError("the broker went away")
        return heard

    async def publish(self, _channel: str, message: str) -> None:
        """Send a message round."""
        if self.publishes is not None:
            await self.publishes(message)
        self.queue.put_nowait(Heard(message))


@asynccontextmanager
async def ringing_through(
    monkeypatch: pytest.MonkeyPatch, broker: Broker
) -> AsyncIterator[Doorbell]:
    """A started doorbell with that broker behind it, quick to come back."""
    monkeypatch.setattr("messaging.doorbell.Broadcast", broker)
    monkeypatch.setattr("messaging.doorbell.RECONNECT_SECONDS", (0.01, 0.02))
    doorbell = Doorbell("redis://nowhere")
    await doorbell.start()
    try:
        yield doorbell
    finally:
        await doorbell.stop()


async def _rings(bell: Bell) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        await bell.wait()


async def _is_silent(bell: Bell) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(SILENCE_SECONDS):
            await bell.wait()


def _ring(user_id: UUID, topic: Topic = Topic.FEED) -> list[Ring]:
    return [Ring(topic, user_id)]


@pytest.mark.parametrize("topic", Topic)
def test_a_ring_survives_its_text(topic: Topic) -> None:
    """What is sent over the wire is read back as it was, in one short word."""
    ring = Ring(topic, LENA)
    assert Ring.parse(str(ring)) == ring
    assert " " not in str(ring)


@pytest.mark.parametrize("text", ["", "f", "x" + LENA.hex, LENA.hex, "fnonsense", f"f{LENA.hex}0"])
def test_what_is_no_ring_is_no_ring(text: str) -> None:
    """Anything else on the channel is told apart."""
    with pytest.raises(ValueError, match=r".+"):
        Ring.parse(text)


async def test_a_ring_wakes_all_who_wait_for_it_and_nobody_else() -> None:
    """Both devices of a person wake; other people and other topics sleep on."""
    doorbell = Doorbell("memory://")
    with (
        doorbell.listen(Topic.FEED, LENA) as phone,
        doorbell.listen(Topic.FEED, LENA) as laptop,
        doorbell.listen(Topic.ACCESS, LENA) as other_topic,
        doorbell.listen(Topic.FEED, LEO) as other_person,
    ):
        bells = (phone, laptop, other_topic, other_person)
        await doorbell.start()
        # Being connected wakes everybody, once.
        for bell in bells:
            await _rings(bell)
            bell.clear()
        await doorbell.ring(_ring(LENA))
        await _rings(phone)
        await _rings(laptop)
        await _is_silent(other_topic)
        await _is_silent(other_person)
        await doorbell.stop()


async def test_many_rings_make_one_waking(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often it rang before one looked, one look is enough: nothing queues up."""
    async with ringing_through(monkeypatch, Broker()) as doorbell:
        with doorbell.listen(Topic.FEED, LENA) as bell:
            for _ in range(1_000):
                doorbell.wake(_ring(LENA))
            await _rings(bell)
            bell.clear()
            await _is_silent(bell)
            doorbell.wake(_ring(LENA))
            await _rings(bell)


def test_nobody_is_remembered_who_stopped_listening() -> None:
    """When the last of a person's waiters is gone, so is all that was kept for them."""
    doorbell = Doorbell("memory://")
    with doorbell.listen(Topic.FEED, LENA):
        with doorbell.listen(Topic.FEED, LENA), doorbell.listen(Topic.ACCESS, LEO):
            assert doorbell.listening_users() == {LENA, LEO}
        assert doorbell.listening_users() == {LENA}
    assert doorbell.listening_users() == set()
    doorbell.wake(_ring(LENA))


async def test_a_ring_before_the_doorbell_is_connected_stays_in_the_house() -> None:
    """Without a broker the waiters of this process are woken all the same, and nothing raises."""
    doorbell = Doorbell("memory://")
    with doorbell.listen(Topic.FEED, LENA) as bell:
        await doorbell.ring(_ring(LENA))
        await _rings(bell)


async def _raise(_message: str) -> None:
    raise ConnectionError("the broker is down")


async def _hang(_message: str) -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("publishes", [_raise, _hang])
async def test_a_broker_that_fails_or_hangs_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch, publishes: Any
) -> None:
    """A ring ends soon and never raises, whatever the broker does; this process still hears it."""
    broker = Broker(publishes=publishes)
    async with ringing_through(monkeypatch, broker) as doorbell:
        await until(lambda: broker.connections == 1)
        with doorbell.listen(Topic.FEED, LENA) as bell:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await doorbell.ring(_ring(LENA))
            await _rings(bell)


async def test_a_connection_that_comes_back_wakes_everybody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rings may have gone by while the broker was away: who waits looks for themselves."""
    broker = Broker(failing=frozenset({2, 3}))
    async with ringing_through(monkeypatch, broker) as doorbell:
        await until(lambda: broker.connections == 1)
        with doorbell.listen(Topic.FEED, LENA) as lena, doorbell.listen(Topic.FEED, LEO) as leo:
            broker.queue.put_nowait(None)
            await _rings(lena)
            await _rings(leo)
            assert broker.connections == 4
            lena.clear()
            await doorbell.ring(_ring(LENA))
            await _rings(lena)


async def test_noise_on_the_channel_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that is no ring wakes nobody and does not deafen the doorbell."""
    broker = Broker()
    async with ringing_through(monkeypatch, broker) as doorbell:
        await until(lambda: broker.connections == 1)
        with doorbell.listen(Topic.FEED, LENA) as bell:
            broker.queue.put_nowait(Heard(f"f{LENA.hex} nonsense"))
            await _is_silent(bell)
            broker.queue.put_nowait(Heard(f"f{LEO.hex} f{LENA.hex}"))
            await _rings(bell)
        assert broker.connections == 1
