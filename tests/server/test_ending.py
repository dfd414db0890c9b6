"""A service that is told to stop: what runs is answered, sockets are told to come back, in time."""

import asyncio
import logging
import os
import signal
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support import operations
from tests.support.client import PATIENCE_SECONDS, Client, Closed
from tests.support.crowd import crowd
from tests.support.outside import front_end, serving, start_chat, workers_of
from tests.support.places import Place
from tests.support.process import Served
from tests.support.servers import Postgres
from tests.support.waiting import held_write_lock, until, until_asked

logger = logging.getLogger(__name__)

# What the issue allows.
LIMIT_SECONDS = 5.0
SUBSCRIBERS = int(os.environ.get("TEST_SUBSCRIBERS", "2000"))


async def stopped(service: Served) -> float:
    """Wait for the end of a service that was told to stop; how many seconds it took."""
    clock = asyncio.get_running_loop().time
    before = clock()
    async with asyncio.timeout(2 * LIMIT_SECONDS):
        await service.process.wait()
    return clock() - before


def tell_to_stop(service: Served, how: signal.Signals = signal.SIGTERM) -> None:
    """Send SIGTERM, or another signal."""
    service.process.send_signal(how)


async def refuses(service: Served) -> bool:
    """Whether nobody accepts connections any more."""
    where = urlsplit(service.url)
    try:
        _, writer = await asyncio.open_connection(where.hostname, where.port)
    except OSError:
        return True
    writer.close()
    return False


@pytest.mark.timeout(240)
@pytest.mark.parametrize("workers", [1, 2])
async def test_thousands_of_subscribers_are_told_to_come_back(place: Place, workers: int) -> None:
    """With thousands of feeds open, every socket closes with 1012 and all ends within 5 seconds."""
    async with serving(place, workers) as service:
        leo, lena = front_end(place, service, "leo"), front_end(place, service, "lena")
        assert lena.token is not None
        after = (await lena.data(operations.VIEWER))["viewer"]["feedCursor"]
        async with crowd(service.url, lena.token, SUBSCRIBERS, after) as everybody:
            await start_chat(leo)
            async with asyncio.timeout(3 * PATIENCE_SECONDS):
                await everybody.heard.wait()
            tell_to_stop(service)
            took = await stopped(service)
            await until(lambda: everybody.gone == SUBSCRIBERS)
            assert everybody.closed == {1012: SUBSCRIBERS}
            assert took < LIMIT_SECONDS, service.said
            logger.info("%s subscribers, %s workers: %.2f s", SUBSCRIBERS, workers, took)


@pytest.mark.parametrize("workers", [1, 2])
async def test_what_runs_is_answered(place: Place, workers: int) -> None:
    """Sends under way are answered, over HTTP and on a socket that then closes; no others begin."""
    async with serving(place, workers) as service:
        leo, lena = front_end(place, service, "leo"), front_end(place, service, "lena")
        chat = await start_chat(leo)
        send = operations.MUTATIONS["sendMessage"]
        async with leo.socket() as socket, lena.socket() as idle:
            async with held_write_lock(place):
                given = {"conversationId": chat, "body": "By socket"}
                by_socket = await socket.subscribe(send, input=given)
                feed = await socket.subscribe(operations.FEED)
                given = {"conversationId": chat, "body": "By HTTP"}
                by_http = asyncio.create_task(leo.data(send, input=given))
                # Behind them: what is answered last was read last.
                for _ in range(3):
                    await leo.data(operations.VIEWER)
                    await (await socket.subscribe(operations.VIEWER)).next()
                tell_to_stop(service)
                await until_asked(partial(refuses, service))
                # An idle socket waits for nobody.
                assert await idle.closed() == 1012
                late = await socket.subscribe(operations.VIEWER)
                assert not by_http.done()
            assert (await by_http)["sendMessage"]["message"]["body"] == "By HTTP"
            assert (await by_socket.next())["sendMessage"]["message"]["body"] == "By socket"
            assert await socket.closed() == 1012
            assert (await late.frames.get())["type"] == "closed"
            # The feed tells what it still can, and ends with its socket.
            while (frame := await feed.frames.get())["type"] == "next":
                pass
            assert frame == {"type": "closed", "code": 1012}
        assert await stopped(service) < LIMIT_SECONDS


def run(pids: list[int]) -> list[int]:
    """Those of these processes that have not ended."""
    stats = {pid: Path(f"/proc/{pid}/stat") for pid in pids}
    return [pid for pid, stat in stats.items() if stat.exists() and ") Z " not in stat.read_text()]


@pytest.mark.parametrize("is_asked", [False, True], ids=["at once", "while the parent asks it"])
async def test_it_ends_although_a_worker_stands_still(place: Place, *, is_asked: bool) -> None:
    """A worker that is frozen is ended with the others, in time, and its parent too."""
    async with serving(place, 2) as service:
        pids = workers_of(service)
        os.kill(pids[0], signal.SIGSTOP)
        if is_asked:
            # It asks each worker twice a second whether it is well, and waits for five.
            await asyncio.sleep(1)
        tell_to_stop(service)
        try:
            assert await stopped(service) < LIMIT_SECONDS, service.said
            await until(lambda: not run(pids))
        finally:
            for pid in run(pids):
                os.kill(pid, signal.SIGKILL)


async def test_workers_end_with_a_parent_that_was_killed(place: Place) -> None:
    """Nobody would replace them, or tell them to stop: they close their sockets, and end."""
    async with serving(place, 2) as service:
        pids = workers_of(service)
        try:
            async with front_end(place, service, "leo").socket() as socket:
                service.process.kill()
                assert await socket.closed() == 1012
            await until(lambda: not run(pids))
        finally:
            for pid in run(pids):
                os.kill(pid, signal.SIGKILL)


@pytest.mark.sqlite_only("PostgreSQL gives up waiting for a lock before")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_it_ends_although_a_write_hangs(place: Place, how: signal.Signals) -> None:
    """A send that waits for a lock for ever is cut off with its socket; its repetition is one.

    Ctrl+C does likewise.
    """
    sent = {"body": "Late", "idempotencyKey": "key"}
    async with serving(place) as service:
        leo = front_end(place, service, "leo")
        chat = await start_chat(leo)
        async with leo.socket() as socket, held_write_lock(place):
            given = {"conversationId": chat, **sent}
            send = await socket.subscribe(operations.MUTATIONS["sendMessage"], input=given)
            await (await socket.subscribe(operations.VIEWER)).next()
            tell_to_stop(service, how)
            assert await stopped(service) < LIMIT_SECONDS
            assert await socket.closed() == 1012
            with pytest.raises(Closed):
                await send.next()
    async with serving(place) as service:
        leo = front_end(place, service, "leo")
        await leo.data(operations.MUTATIONS["sendMessage"], input={"conversationId": chat, **sent})
        found = await leo.data(operations.CONVERSATION, id=chat)
        edges = found["conversation"]["messages"]["edges"]
        assert [edge["node"]["body"] for edge in edges] == ["Hello", "Late"]


async def test_it_ends_although_the_database_is_frozen(postgres: Postgres) -> None:
    """With a send that PostgreSQL does not answer, in time all the same."""
    place = Place(postgres.url())
    async with serving(place) as service:
        leo = front_end(place, service, "leo")
        chat = await start_chat(leo)
        async with leo.socket() as socket:
            postgres.freeze()
            try:
                given = {"conversationId": chat, "body": "Perhaps"}
                await socket.subscribe(operations.MUTATIONS["sendMessage"], input=given)
                # Answered without the database: what is answered last was read last.
                for _ in range(3):
                    await Client(service.url).data("{ __typename }")
                tell_to_stop(service)
                assert await stopped(service) < LIMIT_SECONDS
                assert await socket.closed() == 1012
            finally:
                postgres.thaw()
