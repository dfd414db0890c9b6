"""The doorbell across processes, over a real broker that comes and goes."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis import asyncio as redis

from messaging.doorbell import CHANNEL, RING_LIMIT_SECONDS, Doorbell, Topic
from models.ids import new_id
from tests.support.bells import is_silent, mute, ring, rings
from tests.support.client import PATIENCE_SECONDS
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
            await here.ring(ring(LENA))
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
            await doorbell.ring(ring(LENA))
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
            clock = asyncio.get_running_loop().time
            before = clock()
            await doorbell.ring(ring(LENA))
            # Not a measurement: ten times the limit, where a hang would be for ever.
            assert clock() - before < 10 * RING_LIMIT_SECONDS
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
            await doorbell.ring(ring(LENA))
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
            async with asyncio.timeout(PATIENCE_SECONDS):
                await doorbell.ring(ring(LENA))
            await rings(lena)
