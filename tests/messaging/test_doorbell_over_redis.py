"""The doorbell across processes, over a real broker that comes and goes."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis import asyncio as redis

from messaging.doorbell import CHANNEL, RECONNECT_SECONDS, Doorbell, Topic
from messaging.redis_backend import PUBLISHERS
from models.ids import new_id
from tests.support.bells import deaf, is_silent, mute, ring, rings
from tests.support.servers import Redis
from tests.support.waiting import until

LENA, LEO = new_id(), new_id()


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Redis]:
    """A broker of the test's own."""
    broker = Redis(tmp_path / "redis")
    await broker.start()
    try:
        yield broker
    finally:
        await broker.kill()


@asynccontextmanager
async def started(broker: Redis) -> AsyncIterator[Doorbell]:
    """A doorbell, as another process would have it."""
    doorbell = Doorbell(broker.url)
    await doorbell.start()
    try:
        yield doorbell
    finally:
        await doorbell.stop()


async def test_a_ring_is_heard_in_every_process(broker: Redis) -> None:
    """Whoever listens for the person is woken, wherever it rang; nobody else is."""
    async with started(broker) as here, started(broker) as there:
        with (
            there.listen(Topic.FEED, LENA) as lena,
            there.listen(Topic.FEED, LEO) as leo,
            here.listen(Topic.FEED, LENA) as own,
        ):
            here.ring(ring(LENA))
            await rings(lena)
            await rings(own)
            await is_silent(leo)


async def test_a_broker_that_was_killed_is_found_again(broker: Redis) -> None:
    """The doorbell notices, comes back by itself, and wakes everybody: rings may be lost."""
    async with started(broker) as doorbell:
        with doorbell.listen(Topic.FEED, LENA) as lena, doorbell.listen(Topic.ACCESS, LEO) as leo:
            await broker.kill()
            await until(lambda: not doorbell.is_connected)
            # In this process a ring is heard all the same.
            doorbell.ring(ring(LENA))
            await rings(lena)
            lena.clear()
            await broker.start()
            await until(lambda: doorbell.is_connected)
            await rings(lena)
            await rings(leo)


async def test_a_broker_that_fell_silent_is_noticed(broker: Redis) -> None:
    """A line that is open and dead holds no ring up, is noticed by its silence, and mended."""
    async with started(broker) as doorbell:
        assert broker.process is not None
        broker.process.send_signal(signal.SIGSTOP)
        with doorbell.listen(Topic.FEED, LENA) as lena:
            doorbell.ring(ring(LENA))
            await rings(lena)
            lena.clear()
            await until(lambda: not doorbell.is_connected)
            broker.process.send_signal(signal.SIGCONT)
            await until(lambda: doorbell.is_connected)
            await rings(lena)


async def test_without_a_broker_the_service_starts(tmp_path: Path) -> None:
    """A broker that is not there yet holds no start up, and is found when it comes."""
    broker = Redis(tmp_path / "redis")
    async with started(broker) as doorbell:
        assert not doorbell.is_connected
        await broker.start()
        try:
            await until(lambda: doorbell.is_connected)
        finally:
            await broker.kill()


async def test_a_broker_that_accepts_and_never_answers_is_given_up(tmp_path: Path) -> None:
    """A line that says nothing from the start holds nothing up, and is not waited on for ever."""
    broker = Redis(tmp_path / "redis")
    async with mute(broker.port) as door, started(broker) as doorbell:
        with doorbell.listen(Topic.FEED, LENA) as lena:
            assert not doorbell.is_connected
            doorbell.ring(ring(LENA))
            await rings(lena)
            # The lines that were accepted stay open, and mute.
            door.close()
            await broker.start()
            try:
                await until(lambda: doorbell.is_connected)
            finally:
                await broker.kill()


async def test_noise_on_the_channel_is_passed_over(broker: Redis) -> None:
    """A message that is no ring wakes nobody and does not deafen the doorbell."""
    async with started(broker) as doorbell, redis.Redis.from_url(broker.url) as noisy:
        with doorbell.listen(Topic.FEED, LENA) as lena:
            await noisy.publish(CHANNEL, f"f{LENA.hex} nonsense")
            await noisy.publish(CHANNEL, b"\xff\x00")
            await is_silent(lena)
            doorbell.ring(ring(LENA))
            await rings(lena)


def lines_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log was told of the doorbell."""
    return [each.getMessage() for each in caplog.records if each.name == "messaging.doorbell"]


async def test_attempts_become_rarer_until_something_is_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A broker reached that lets nobody listen is not back; the log is told down, and back."""
    caplog.set_level("INFO", "messaging.doorbell")
    pauses: list[float] = []

    def jittered(seconds: float) -> float:
        pauses.append(seconds)
        return 0.001

    monkeypatch.setattr("messaging.doorbell.jittered", jittered)
    broker = Redis(tmp_path / "redis")
    async with started(broker) as doorbell:
        async with deaf(broker.port):
            pauses.clear()
            await until(lambda: len(pauses) >= 10)
            assert pauses == sorted(pauses)
            assert pauses[-1] == RECONNECT_SECONDS[1]
            assert not doorbell.is_connected
        assert len(lines_of(caplog)) == 1
        assert "disconnected" in lines_of(caplog)[0]
        await broker.start()
        try:
            await until(lambda: len(lines_of(caplog)) == 2)
            assert "connected again" in lines_of(caplog)[1]
            pauses.clear()
        finally:
            await broker.kill()
        await until(lambda: len(pauses) >= 2)
        assert pauses[0] == RECONNECT_SECONDS[0]


async def test_whatever_ends_the_listener_is_told_and_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Also what nobody foresaw: here an address that is none, which settings refuse."""
    doorbell = Doorbell("redis://h:abc")
    await doorbell.start()
    try:
        assert not doorbell.is_connected
        [line] = lines_of(caplog)
        assert "ValueError" in line
        [listener] = [each for each in asyncio.all_tasks() if each.get_name() == "doorbell"]
        assert not listener.done()
    finally:
        await doorbell.stop()


def lines_to(port: int) -> int:
    """How many connections there are to a port of this machine."""
    ends = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return sum(end[3] == "01" and end[2].endswith(f":{port:04X}") for end in ends)


async def test_rings_share_a_few_connections(broker: Redis) -> None:
    """However many ring while the broker stands still, they use a few, and find them after."""
    async with started(broker) as doorbell:
        assert broker.process is not None
        broker.process.send_signal(signal.SIGSTOP)
        most = 0
        while doorbell.is_connected:
            doorbell.ring(ring(LENA))
            most = max(most, lines_to(broker.port))
            await asyncio.sleep(0.01)
        broker.process.send_signal(signal.SIGCONT)
        # One may be closing while the next one opens.
        assert 1 < most <= 2 + PUBLISHERS
        async with started(broker) as other:
            await until(lambda: doorbell.is_connected)
            with other.listen(Topic.FEED, LENA) as lena:
                for _ in range(3 * PUBLISHERS):
                    lena.clear()
                    doorbell.ring(ring(LENA))
                    await rings(lena)


async def test_a_publisher_that_never_began_does_not_silence_the_others(broker: Redis) -> None:
    """A ring in the very moment in which the broker is lost; later ones go out, and all ends."""
    async with started(broker) as here, started(broker) as there:
        here.ring(ring(LEO))
        [publisher] = [
            task for task in asyncio.all_tasks() if task.get_name() == "doorbell's publisher"
        ]
        publisher.cancel()
        await asyncio.wait([publisher])
        with there.listen(Topic.FEED, LENA) as lena:
            here.ring(ring(LENA))
            await rings(lena)
        here.ring(ring(LEO))
