"""A broker that is frozen, killed, mute or was never there: no answer fails, none waits for it."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from statistics import median

import pytest

from messaging.doorbell import Doorbell, Ring
from messaging.work import UnitOfWork
from server.parts import Parts
from server.tokens import TokenVerifier
from tests.support import operations
from tests.support.bells import mute
from tests.support.client import PATIENCE_SECONDS
from tests.support.outside import front_end, start_chat
from tests.support.outside import serving as serving_outside
from tests.support.people import Person, done
from tests.support.places import Place
from tests.support.raw import request
from tests.support.servers import Redis, free_port
from tests.support.service import serving
from tests.support.waiting import until

# What the issue allows.
LONGEST_RING_SECONDS = 0.2
POLL_SECONDS = 3.0
SENDS = 15


class TimedDoorbell(Doorbell):
    """One that takes the time of its rings."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.took: list[float] = []

    def ring(self, rings: Iterable[Ring]) -> None:
        """Ring."""
        clock = asyncio.get_running_loop().time
        before = clock()
        super().ring(rings)
        self.took.append(clock() - before)


# A broker's address, and what breaks it once the service listens.
Broken = tuple[str, Callable[[], None]]


@asynccontextmanager
async def frozen(directory: Path) -> AsyncIterator[Broken]:
    """One that stops without a word; its lines stay open."""
    async with _signalled(directory, signal.SIGSTOP) as broken:
        yield broken


@asynccontextmanager
async def killed(directory: Path) -> AsyncIterator[Broken]:
    """One that is gone from one moment to the next."""
    async with _signalled(directory, signal.SIGKILL) as broken:
        yield broken


@asynccontextmanager
async def mute_from_the_start(directory: Path) -> AsyncIterator[Broken]:  # noqa: ARG001  # as others
    """One that accepts and never answers."""
    async with mute() as door:
        yield f"redis://127.0.0.1:{door.sockets[0].getsockname()[1]}", lambda: None


@asynccontextmanager
async def absent(directory: Path) -> AsyncIterator[Broken]:  # noqa: ARG001  # as others
    """One that was never there."""
    yield f"redis://127.0.0.1:{free_port()}", lambda: None


@asynccontextmanager
async def _signalled(directory: Path, how: signal.Signals) -> AsyncIterator[Broken]:
    broker = Redis(directory / "redis")
    await broker.start()
    process = broker.process
    assert process is not None
    try:
        yield broker.url, lambda: process.send_signal(how)
    finally:
        await broker.kill()


@pytest.mark.parametrize("way", [frozen, killed, mute_from_the_start, absent])
async def test_no_answer_waits_for_the_broker(
    place: Place, tmp_path: Path, way: Callable[[Path], AbstractAsyncContextManager[Broken]]
) -> None:
    """Sends are answered, their rings within 200 ms; subscribers here hear them; health tells."""
    async with way(tmp_path) as (url, break_it):
        settings = place.settings().model_copy(update={"broadcast_url": url})
        doorbell = TimedDoorbell(url)
        parts = Parts(TokenVerifier(settings), doorbell, UnitOfWork(doorbell))
        async with serving(settings, parts) as service:
            leo, lena = Person(service, "leo"), Person(service, "lena")
            chat = done(await leo.start("lena"))["conversation"]["id"]
            async with lena.feed() as feed:
                break_it()
                doorbell.took.clear()
                for number in range(SENDS):
                    done(await leo.send(chat, str(number)))
                    assert (await feed.entry())["message"]["body"] == str(number)
                assert len(doorbell.took) == SENDS
                # Of the most: a single one may meet a moment in which this machine does not run us.
                assert median(doorbell.took) < LONGEST_RING_SECONDS
            await until(lambda: not doorbell.is_connected)
            report = await request(f"{service.url}/health", "GET")
            assert (report.status_code, report.json()["doorbell"]) == (200, "down")


async def test_entries_of_other_processes_come_by_the_poll(place: Place) -> None:
    """With no broker from before the start, what one process commits others tell in time."""
    if not place.is_postgres:
        pytest.skip("SQLite has one process")
    variables = {
        "LMS_MESSAGES_BROADCAST_URL": f"redis://127.0.0.1:{free_port()}",
        "LMS_MESSAGES_POLL_SECONDS": str(POLL_SECONDS),
    }
    async with (
        serving_outside(place, variables=variables) as here,
        serving_outside(place, variables=variables) as there,
    ):
        leo, lena = front_end(place, here, "leo"), front_end(place, there, "lena")
        for service in (here, there):
            report = (await request(f"{service.url}/health", "GET")).json()
            assert report == {"database": "ok", "doorbell": "down"}
        chat = await start_chat(leo)
        after = (await lena.data(operations.VIEWER))["viewer"]["feedCursor"]
        async with lena.follow(operations.FEED, after=after) as feed:
            for number in range(5):
                given = {"conversationId": chat, "body": str(number)}
                await leo.data(operations.MUTATIONS["sendMessage"], input=given)
                async with asyncio.timeout(min(POLL_SECONDS, PATIENCE_SECONDS)):
                    assert (await feed.entry())["message"]["body"] == str(number)
