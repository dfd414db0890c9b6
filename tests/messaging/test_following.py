"""A follower misses nothing, whatever becomes of rings; a caller who leaves breaks nothing."""

import asyncio
import contextlib
from collections.abc import Iterable
from contextlib import aclosing
from typing import ParamSpec, TypeVar
from uuid import UUID

import pytest

from messaging.actions.administration import deactivate_user
from messaging.actions.sending import send_message, start_chat
from messaging.doorbell import Doorbell, Ring, Topic
from messaging.errors import Refused, ResyncRequired, SignedOut
from messaging.feed.cursor import Cursor
from messaging.feed.following import follow
from messaging.feed.poll import Poll
from messaging.feed.reader import FeedReader
from messaging.feed.reading import MessageSentEvent, Slice
from messaging.work import UnitOfWork
from models.database import transaction
from server.parts import Parts
from server.tokens import TokenVerifier
from tests.support import operations
from tests.support.cast import viewer_of
from tests.support.client import PATIENCE_SECONDS, Socket, Stream
from tests.support.people import Person, done
from tests.support.places import Place
from tests.support.recount import assert_consistent
from tests.support.service import serving
from tests.support.threads import make_chat
from tests.support.waiting import WatchedOffice, held_write_lock, until

pytestmark = pytest.mark.usefixtures("patient_writers")

P = ParamSpec("P")
T = TypeVar("T")


class BrokenDoorbell(Doorbell):
    """One whose rings reach nobody."""

    def ring(self, rings: Iterable[Ring]) -> None:
        """Do nothing."""


@pytest.mark.usefixtures("db")
async def test_a_ring_between_reading_and_waiting_is_not_lost() -> None:
    """What is committed and rung after the feed was read, before the wait, ends the wait."""
    # Not started: its rings arrive before the send returns, and there is no poll to help.
    doorbell = Doorbell("memory://")
    office = UnitOfWork(doorbell)
    leo, lena = await viewer_of("leo"), await viewer_of("lena")
    reads: list[Slice] = []

    class RingingReader(FeedReader):
        async def read_after(self, user_id: UUID, position: Cursor, expected: int = 1) -> Slice:
            read = await super().read_after(user_id, position, expected)
            reads.append(read)
            if len(reads) <= 5:
                await office.run(start_chat, leo, lena.id, f"Number {len(reads)}", None)
            return read

    async with aclosing(follow(doorbell, RingingReader(), lena.id, None)) as events:
        for number in range(1, 6):
            async with asyncio.timeout(PATIENCE_SECONDS):
                event = await anext(events)
            assert isinstance(event, MessageSentEvent)
            assert event.message.body == f"Number {number}"
    assert doorbell.listening_users() == set()


async def test_w4_a_feed_ends_for_who_is_no_longer_active(
    office: UnitOfWork, doorbell: Doorbell
) -> None:
    """W4: the reader of a feed looks at the status first: nothing is told after deactivation."""
    olga, leo, lena = (await viewer_of("olga"), await viewer_of("leo"), await viewer_of("lena"))
    async with aclosing(follow(doorbell, FeedReader(), lena.id, lena.feed_cursor)) as events:
        waiting = asyncio.create_task(anext(events))
        await until(lambda: lena.id in doorbell.listening_users())
        await office.run(deactivate_user, olga, lena.id)
        async with asyncio.timeout(PATIENCE_SECONDS):
            with pytest.raises(SignedOut):
                await waiting
    async with aclosing(follow(doorbell, FeedReader(), lena.id, lena.feed_cursor)) as events:
        with pytest.raises(SignedOut):
            await anext(events)
    with pytest.raises(Refused):
        await office.run(start_chat, leo, lena.id, "Hello", None)


async def test_the_poll_finds_what_no_ring_announced(place: Place) -> None:
    """W4: with the doorbell down, entries and the end of a connection come by the poll."""
    settings = place.settings(poll_seconds=0.1)
    doorbell = BrokenDoorbell(place.doorbell_url)
    parts = Parts(TokenVerifier(settings), doorbell, UnitOfWork(doorbell))
    async with serving(settings, parts) as service:
        leo, lena = Person(service, "leo"), Person(service, "lena")
        async with lena.feed() as stream, lena.client.socket() as idle:
            for number in range(3):
                done(await leo.start("lena", f"Number {number}"))
                assert (await stream.entry())["message"]["body"] == f"Number {number}"
            done(await Person(service, "olga").manage("deactivateUser", "lena"))
            assert await stream.socket.closed() == 4401
            assert await idle.closed() == 4401


async def test_w4_the_poll_wakes_only_whom_it_concerns(
    office: UnitOfWork, doorbell: Doorbell
) -> None:
    """W4: who is behind is woken, once; a guard is for who may not be here any more."""
    olga, leo, lena = [await viewer_of(name) for name in ("olga", "leo", "lena")]
    poll = Poll(doorbell, interval_seconds=60)
    await office.run(start_chat, leo, lena.id, "Hello", None)
    with (
        doorbell.listen(Topic.FEED, lena.id) as told,
        doorbell.listen(Topic.FEED, lena.id) as behind,
        doorbell.listen(Topic.ACCESS, lena.id) as guard,
    ):
        bells = told, behind, guard
        told.reached, behind.reached = lena.feed_seq + 1, lena.feed_seq
        await poll.look()
        assert [bell.is_rung for bell in bells] == [False, True, False]
        behind.clear()
        await poll.look()
        assert [bell.is_rung for bell in bells] == [False, False, False]
        await office.run(deactivate_user, olga, lena.id)
        for bell in bells:
            bell.clear()
        await poll.look()
        assert [bell.is_rung for bell in bells] == [True, True, True]


async def test_the_poll_finds_a_log_that_lost_its_end(
    office: UnitOfWork, doorbell: Doorbell
) -> None:
    """Who has seen more than a failover left is told to read anew, and sleeps through nothing."""
    leo, lena = await viewer_of("leo"), await viewer_of("lena")
    async with aclosing(follow(doorbell, FeedReader(), lena.id, lena.feed_cursor)) as events:
        await office.run(start_chat, leo, lena.id, "Hello", None)
        assert isinstance(await anext(events), MessageSentEvent)
        waiting = asyncio.create_task(anext(events))
        await asyncio.sleep(0)
        async with transaction() as db:
            await db.execute("UPDATE mailboxes SET seq = seq - 1 WHERE user_id = $1", lena.id)
        await Poll(doorbell, interval_seconds=60).look()
        async with asyncio.timeout(PATIENCE_SECONDS):
            with pytest.raises(ResyncRequired):
                await waiting


@pytest.mark.usefixtures("db")
async def test_an_action_runs_to_its_end_wherever_its_caller_is_cancelled(
    office: UnitOfWork,
) -> None:
    """Cancelled after any number of steps, a send once begun is committed; the next goes."""
    chat = await make_chat(office, "leo", "lena")
    leo = await viewer_of("leo")
    for steps in range(1, 61):
        sending = asyncio.create_task(office.run(send_message, leo, chat, "Hello", None))
        for _ in range(steps):
            await asyncio.sleep(0)
        sending.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sending
    await office.drain()
    async with asyncio.timeout(PATIENCE_SECONDS):
        sent = await office.run(send_message, leo, chat, "After all", None)
    assert sent.message.seq == 61
    await assert_consistent()


async def _hang_up(stream: Stream, *, by_closing: bool) -> None:
    if by_closing:
        await stream.socket.stop()
    else:
        await stream.complete()


@pytest.mark.parametrize("by_closing", [True, False], ids=["closing", "completing"])
async def test_callers_who_hang_up_leave_a_service_that_answers(
    place: Place, *, by_closing: bool
) -> None:
    """Fifty sends, whose callers all leave while they wait to write, are all committed."""
    # On PostgreSQL forty of them wait for the lock, each with a connection, ten for their place.
    settings = place.settings(database_pool_max=60)
    doorbell = Doorbell(place.doorbell_url)
    office = WatchedOffice(doorbell)
    parts = Parts(TokenVerifier(settings), doorbell, office)
    async with serving(settings, parts) as service, contextlib.AsyncExitStack() as stack:
        leo, lena = Person(service, "leo"), Person(service, "lena")
        chat = done(await leo.start("lena"))["conversation"]["id"]
        office.begun = 0
        sockets = [await stack.enter_async_context(leo.client.socket()) for _ in range(50)]
        async with held_write_lock(place):
            streams = [
                await _send_by_socket(socket, chat, number) for number, socket in enumerate(sockets)
            ]
            await until(lambda: office.begun == 50)
            await asyncio.gather(*(_hang_up(each, by_closing=by_closing) for each in streams))
            await until(lambda: office.left == 50)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await office.drain()
        assert done(await lena.send(chat, "Still there?"))["message"]["seq"] == 52
        assert (await lena.viewer())["unreadCount"] == 51
        tables = await assert_consistent()
        assert len({message["body"] for message in tables["messages"]}) == 52


async def _send_by_socket(socket: Socket, chat: str, number: int) -> Stream:
    given = {"conversationId": chat, "body": f"Number {number}"}
    return await socket.subscribe(operations.MUTATIONS["sendMessage"], input=given)
