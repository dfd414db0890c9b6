"""Sockets that are open: how long they may be, and what one operation means to another."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from gql.execution.schema import Schema
from messaging.doorbell import Ring, Topic
from server.authentication import Session
from server.callers import Caller
from server.parts import Parts
from server.sockets import Socket
from tests.support.cast import user_id
from tests.support.client import Closed, Failed
from tests.support.deaf import DeafDoorbell, serving_with
from tests.support.operations import FEED, VIEWER
from tests.support.people import Person
from tests.support.places import Place
from tests.support.service import Service, serving
from tests.support.waiting import until

OUT = ("deactivateUser", "removeUser")


async def put_out(service: Service, mutation: str) -> None:
    """Have olga put lena out while lena has an idle socket and one with a feed: both end."""
    lena = service.as_("lena")
    async with (
        lena.socket() as idle,
        lena.socket() as following,
        service.as_("nora").socket() as others,
    ):
        feed = await following.subscribe(FEED)
        # Answered behind the subscription's start.
        await (await following.subscribe(VIEWER)).next()
        await Person(service, "olga").manage(mutation, "lena")
        assert await idle.closed() == 4401
        assert await following.closed() == 4401
        with pytest.raises(Closed, match="4401"):
            await feed.next()
        # Nobody else is concerned.
        assert await (await others.subscribe("{ __typename }")).next()


@pytest.mark.parametrize("mutation", OUT)
async def test_put_out(service: Service, mutation: str) -> None:
    """The sockets of somebody deactivated or removed end with 4401, idle ones too (W4)."""
    await put_out(service, mutation)
    with pytest.raises(Closed, match="4401"):
        async with service.as_("lena").socket():
            pass


async def test_put_out_while_signing_in(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is put out after their sign-in, and before their bell hangs, is found out too (W4)."""
    sign_in = Parts.sign_in
    async with serving(place.settings(poll_seconds=300)) as service:
        lena = await user_id("lena")

        async def sign_in_slowly(parts: Parts, authorization: str, caller: Caller) -> Session:
            session = await sign_in(parts, authorization, caller)
            if session.viewer.id == lena:
                await Person(service, "olga").manage("deactivateUser", "lena")
            return session

        monkeypatch.setattr(Parts, "sign_in", sign_in_slowly)
        async with service.as_("lena").socket() as socket:
            assert await socket.closed() == 4401


async def test_put_out_of_many_operations(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    """All operations of a socket find at once that it must end; nobody reads of it as a failure."""
    async with service.as_("lena").socket() as socket:
        for _ in range(5):
            await socket.subscribe(FEED)
        await (await socket.subscribe(VIEWER)).next()
        await Person(service, "olga").manage("deactivateUser", "lena")
        assert await socket.closed() == 4401
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.parametrize("mutation", OUT)
async def test_put_out_unheard(place: Place, mutation: str) -> None:
    """They end likewise where the doorbell's ring is lost: the poll finds out."""
    async with serving_with(DeafDoorbell("memory://"), place, poll_seconds=0.05) as service:
        await put_out(service, mutation)


async def test_the_end_of_a_token(service: Service) -> None:
    """A socket ends with its token: 4403, so that the client comes back with a new one."""
    lena = service.as_("lena")
    lena.token = service.token("lena", timedelta(seconds=2))
    async with lena.socket() as idle, lena.socket() as following:
        feed = await following.subscribe(FEED)
        assert await idle.closed() == 4403
        with pytest.raises(Closed, match="4403"):
            await feed.next()


async def test_rights_of_now(service: Service) -> None:
    """Each operation on a socket has the rights of its moment, not of the sign-in."""
    document = "{ recipients { edges { node { name } } } }"
    async with service.as_("leo").socket() as socket:
        shown = await (await socket.subscribe(document)).next()
        assert len(shown["recipients"]["edges"]) == 4
        await Person(service, "olga").manage("deactivateUser", "lena")
        shown = await (await socket.subscribe(document)).next()
        assert len(shown["recipients"]["edges"]) == 3
        await Person(service, "olga").set_mode("OFF")
        viewer = (await (await socket.subscribe(VIEWER)).next())["viewer"]
        assert viewer["messagingMode"] == "OFF"


async def test_one_operation_is_not_anothers(service: Service) -> None:
    """One operation that fails or is stopped leaves the others of its socket alone."""
    chat = (await Person(service, "rita").start("ines"))["conversation"]["id"]
    async with service.as_("ines").socket() as socket:
        feed = await socket.subscribe(
            FEED, after=(await Person(service, "ines").viewer())["feedCursor"]
        )
        stale = await socket.subscribe(FEED, after="0" * 24)
        with pytest.raises(Failed) as failed:
            await stale.next()
        assert failed.value.codes == ["RESYNC_REQUIRED"]
        missing = await socket.subscribe("{ nothing }")
        with pytest.raises(Failed):
            await missing.next()
        stopped = await socket.subscribe(FEED)
        await stopped.complete()
        await Person(service, "rita").start("ines", "Still there?")
        assert (await feed.entry())["message"]["body"] == "Still there?"
        document = (
            "mutation ($id: ID!) { deleteChat(input: {conversationId: $id}) { conversationId } }"
        )
        deleted = await socket.subscribe(document, id=chat)
        assert await deleted.next() == {"deleteChat": {"conversationId": chat}}
        assert (await feed.entry())["__typename"] == "ChatDeleted"
        with pytest.raises(StopAsyncIteration):
            await deleted.next()
        await stopped.nothing()


async def test_an_answer_that_fails_outside_its_fields(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told INTERNAL and nothing more, the log has the rest; a feed beside it goes on."""
    async with service.as_("ines").socket() as socket:
        cursor = (await Person(service, "ines").viewer())["feedCursor"]
        feed = await socket.subscribe(FEED, after=cursor)
        stream = Schema.stream

        async def fail(schema: Schema, query: str, *args: object, **kwargs: object) -> object:
            if query == VIEWER:
                raise ZeroDivisionError("nobody foresaw this")
            return await stream(schema, query, *args, **kwargs)  # type: ignore[arg-type]  # passed on

        monkeypatch.setattr(Schema, "stream", fail)
        with pytest.raises(Failed) as failed:
            await (await socket.subscribe(VIEWER)).next()
        assert failed.value.codes == ["INTERNAL"]
        await Person(service, "rita").start("ines")
        assert (await feed.entry())["message"]["body"] == "Hello"
    assert [
        record.exc_info[0].__name__
        for record in caplog.records
        if record.exc_info and record.exc_info[0]
    ] == ["ZeroDivisionError"]


async def test_a_feed_does_not_die_in_silence(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A feed that something within cancels closes its socket with 4408: nobody waits in vain."""

    async def follow(*_: object) -> AsyncIterator[None]:
        nothing: None
        for nothing in ():
            yield nothing
        raise asyncio.CancelledError

    monkeypatch.setattr("gql.resolvers.feed.follow", follow)
    async with service.as_("lena").socket() as socket:
        await socket.subscribe(FEED)
        assert await socket.closed() == 4408
    await until(lambda: not service.parts.doorbell.listening_users())


async def test_what_was_completed_ends_before_its_socket(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection ends when all that ran on it has ended, what its client completed too."""
    began, is_ending = asyncio.Event(), asyncio.Event()
    ended: list[str] = []
    end = Socket._end

    async def follow(*_: object) -> AsyncIterator[None]:
        began.set()
        try:
            yield await asyncio.Event().wait()  # type: ignore[misc]  # it never comes
        finally:
            await is_ending.wait()
            ended.append("operation")

    async def end_and_note(connection: Socket) -> None:
        is_ending.set()
        await end(connection)
        ended.append("connection")

    monkeypatch.setattr("gql.resolvers.feed.follow", follow)
    monkeypatch.setattr(Socket, "_end", end_and_note)
    async with service.as_("lena").socket() as socket:
        feed = await socket.subscribe(FEED)
        await began.wait()
        await feed.complete()
    await until(lambda: len(ended) == 2)
    assert ended == ["operation", "connection"]


async def test_a_guard_that_fails_ends_its_socket(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A socket whose rights cannot be read any more closes with 4408, and leaves no bell."""
    async with service.as_("lena").socket() as socket:
        feed = await socket.subscribe(FEED)
        await (await socket.subscribe(VIEWER)).next()

        async def fail(*_: object) -> None:
            raise ZeroDivisionError("nobody foresaw this")

        monkeypatch.setattr("messaging.viewer_reader.load_viewers", fail)
        service.parts.doorbell.wake_everybody()
        assert await socket.closed() == 4408
        with pytest.raises(Closed, match="4408"):
            await feed.next()
    await until(lambda: not service.parts.doorbell.listening_users())


async def test_a_guard_cancelled_from_within(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A guard that something within cancels ends its socket: nobody stays on it unguarded."""

    async def cancelled(_: object) -> None:
        raise asyncio.CancelledError

    lena = await user_id("lena")
    async with service.as_("lena").socket() as socket:
        await (await socket.subscribe(VIEWER)).next()
        monkeypatch.setattr(service.parts.viewers, "load", cancelled)
        service.parts.doorbell.wake([Ring(Topic.ACCESS, lena)])
        assert await socket.closed() == 4408
    assert "A guard ended the connection." in caplog.messages
    await until(lambda: not service.parts.doorbell.listening_users())


async def test_a_guard_ends_with_its_socket(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Who leaves while their rights are read leaves no guard, and nobody reads of a failure."""
    looking = asyncio.Event()

    async def look(_: object) -> None:
        looking.set()
        await asyncio.Event().wait()

    lena = await user_id("lena")
    async with service.as_("lena").socket() as socket:
        await (await socket.subscribe(VIEWER)).next()
        monkeypatch.setattr(service.parts.viewers, "load", look)
        service.parts.doorbell.wake([Ring(Topic.ACCESS, lena)])
        await looking.wait()
    await until(lambda: "guard" not in {task.get_name() for task in asyncio.all_tasks()})
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []
