"""Streams that go on: how long they may, and what they leave behind."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from datetime import timedelta
from functools import partial

import pytest

from gql.execution.schema import Schema
from messaging.doorbell import Ring, Topic
from server.lines import Lines
from tests.server.test_ending import LIMIT_SECONDS, refuses, stopped, tell_to_stop
from tests.server.test_live_sockets import OUT
from tests.server.test_stuck_peers import HIGH_WATER_BYTES, LENGTH, MESSAGES
from tests.support import operations
from tests.support.cast import user_id
from tests.support.client import Failed
from tests.support.deaf import DeafDoorbell, HalfDeafDoorbell, serving_with
from tests.support.operations import FEED, VIEWER
from tests.support.outside import front_end, start_chat
from tests.support.outside import serving as serving_outside
from tests.support.people import Person, done
from tests.support.places import Place
from tests.support.raw import small_streams
from tests.support.service import Service, serving
from tests.support.streams import CutOff, stream, written
from tests.support.waiting import held_write_lock, until, until_asked

MESSAGE_SENT = "subscription { messageSent { cursor } }"


async def put_out(service: Service, mutation: str) -> None:
    """Have olga put lena out while she follows: she is told, and the stream is complete."""
    async with (
        stream(service.as_("lena"), FEED) as feed,
        stream(service.as_("lena"), MESSAGE_SENT) as other,
        stream(service.as_("nora"), FEED) as noras,
    ):
        for each in (feed, other, noras):
            await each.comment()
        await Person(service, "olga").manage(mutation, "lena")
        assert await feed.codes() == ["UNAUTHENTICATED"]
        assert await other.codes() == ["UNAUTHENTICATED"]
        # Nobody else is concerned.
        done(await Person(service, "leo").start("nora"))
        assert (await noras.entry())["__typename"] == "MessageSent"
    await until(lambda: not service.parts.doorbell.listening_users())


@pytest.mark.parametrize("mutation", OUT)
async def test_put_out(service: Service, mutation: str) -> None:
    """The streams of somebody deactivated or removed end, and none begins (W4)."""
    await put_out(service, mutation)
    async with stream(service.as_("lena"), FEED) as feed:
        assert feed.response.status_code == 401


@pytest.mark.parametrize("mutation", OUT)
async def test_put_out_unheard(place: Place, mutation: str) -> None:
    """They end likewise where the doorbell's ring is lost: the poll finds out."""
    async with serving_with(DeafDoorbell("memory://"), place, poll_seconds=0.05) as service:
        await put_out(service, mutation)


async def test_put_out_of_a_feed_that_sleeps(place: Place) -> None:
    """A stream ends likewise before its feed has heard of anything (W4)."""
    doorbell = HalfDeafDoorbell("memory://")
    async with (
        serving_with(doorbell, place, poll_seconds=300) as service,
        stream(service.as_("lena"), FEED) as feed,
    ):
        await feed.comment()
        # Its feed has begun to wait for a ring.
        await feed.nothing()
        await Person(service, "olga").manage("deactivateUser", "lena")
        assert await feed.codes() == ["UNAUTHENTICATED"]


async def test_the_end_of_a_token(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    """A stream is cut off with its token, not completed: the client comes back with a new one."""
    lena = service.as_("lena")
    lena.token = service.token("lena", timedelta(seconds=2))
    async with stream(lena, FEED) as feed:
        with pytest.raises(CutOff):
            await feed.event()
    await until(lambda: not service.parts.doorbell.listening_users())
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


async def test_rights_of_now(service: Service) -> None:
    """Each entry is told under the rights of its moment, not of the sign-in."""
    document = "subscription { feed { ... on AccessChanged { viewer { roles messagingMode } } } }"
    async with stream(service.as_("luca"), document) as feed:
        await feed.comment()
        olga = Person(service, "olga")
        given = {"courseId": await service.course("painting"), "userId": await service.user("luca")}
        done(await olga.do("assignInstructor", **given))
        assert "INSTRUCTOR" in (await feed.entry())["viewer"]["roles"]
        done(await olga.do("unassignInstructor", **given))
        assert "INSTRUCTOR" not in (await feed.entry())["viewer"]["roles"]
        done(await olga.set_mode("OFF"))
        assert (await feed.entry())["viewer"]["messagingMode"] == "OFF"


async def test_what_is_quiet_is_kept_alive(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A comment comes where nothing else does, again and again, and disturbs nothing."""
    monkeypatch.setattr("server.over_sse.KEEP_ALIVE_SECONDS", 0.05)
    async with stream(service.as_("lena"), FEED) as feed:
        for _ in range(4):
            await feed.comment()
        done(await Person(service, "leo").start("lena"))
        assert (await feed.entry())["__typename"] == "MessageSent"
        await feed.comment()


@pytest.mark.parametrize("has_another_behind", [False, True], ids=["alone", "another behind"])
async def test_a_client_that_goes(service: Service, *, has_another_behind: bool) -> None:
    """Nothing of its stream is left, also where another request waits behind it."""
    lena = service.as_("lena")
    doorbell, gauge = service.parts.doorbell, service.parts.allowances.subscriptions_of_user
    host, port = service.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(written(lena, FEED) * (2 if has_another_behind else 1))
    await reader.readuntil(b":\n\n")
    await until(lambda: bool(doorbell.listening_users()))
    writer.transport.abort()
    await until(lambda: not doorbell.listening_users())
    assert not gauge.counts


async def test_what_follows_on_a_connection(service: Service) -> None:
    """After a stream that is complete, the connection takes further requests."""
    lena = service.as_("lena")
    host, port = service.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    for _ in range(2):
        writer.write(written(lena, FEED, after="nonsense") + written(lena, VIEWER))
        for code in (b"RESYNC_REQUIRED", b"feedCursor"):
            assert code in await reader.readuntil(b"event: complete\ndata: \n\n")
    writer.close()


async def test_a_peer_that_never_reads_is_given_up(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its stream is gone, little is kept for it, and it sees its line cut."""
    monkeypatch.setattr("server.bounded.SEND_LIMIT_SECONDS", 0.5)
    lines: list[Lines] = []
    made = Lines.connection_made

    def made_and_noted(self: Lines, transport: asyncio.Transport) -> None:
        lines.append(self)
        made(self, transport)

    leo, lena = Person(service, "leo"), await user_id("lena")
    doorbell = service.parts.doorbell
    chat = done(await leo.start("lena"))["conversation"]["id"]
    monkeypatch.setattr(Lines, "connection_made", made_and_noted)
    reader, writer = await small_streams(service.url)
    # As many texts as fill what the kernel holds between the two.
    texts = " ".join(f"t{number}: body" for number in range(40))
    writer.write(written(service.as_("lena"), FEED.replace("body", f"body {texts}")))
    await reader.readuntil(b":\n\n")
    [line] = lines[:1]
    await until(lambda: lena in doorbell.listening_users())
    most = 0
    for _ in range(MESSAGES):
        done(await leo.send(chat, "x" * LENGTH))
        most = max(most, line.transport.get_write_buffer_size())
    await until(lambda: lena not in doorbell.listening_users())
    assert 0 < most <= HIGH_WATER_BYTES + 41 * LENGTH + 4_096
    # What is unsent is dropped: it would wait for as long as the peer lives.
    await until(lambda: line not in line.connections)
    got = b""
    with suppress(ConnectionResetError):
        while part := await reader.read(2_048):
            got = (got + part)[-2_048:]
    assert b"event: complete" not in got
    writer.close()


async def test_subscriptions_of_a_person(place: Place) -> None:
    """Streams count among what one person follows at once, with those on sockets."""
    async with serving(place.settings(subscriptions_per_user=2)) as service:
        gauge = service.parts.allowances.subscriptions_of_user
        lena = service.as_("lena")
        async with lena.socket() as sock, stream(lena, FEED) as feed:
            await sock.subscribe(FEED)
            await until(lambda: sum(gauge.counts.values()) == 2)
            async with stream(lena, FEED) as third:
                result = await third.next()
                [error] = result["errors"]
                assert error["extensions"]["code"] == "RATE_LIMITED"
                assert error["extensions"]["retryAfter"] > 0
                await third.completed()
            with pytest.raises(Failed) as failed:
                await (await sock.subscribe(FEED)).next()
            assert failed.value.codes == ["RATE_LIMITED"]
            done(await Person(service, "leo").start("lena"))
            assert (await feed.entry())["__typename"] == "MessageSent"
        await until(lambda: not gauge.counts)


async def test_a_feed_does_not_die_in_silence(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """One that something within breaks is cut off: nobody waits in vain, and the log has it."""
    stream_of = Schema.stream

    async def broken(*args: object, **kwargs: object) -> object:
        results = await stream_of(*args, **kwargs)  # type: ignore[arg-type]  # passed on as it came

        async def breaking() -> AsyncIterator[object]:
            async with aclosing(results):
                yield await anext(results)
            raise ZeroDivisionError("secret")

        return breaking()

    monkeypatch.setattr(Schema, "stream", broken)
    async with stream(service.as_("lena"), FEED) as feed:
        await feed.comment()
        done(await Person(service, "leo").start("lena"))
        await feed.entry()
        with pytest.raises(CutOff):
            await feed.event()
    assert "ZeroDivisionError: secret" in caplog.text
    await until(lambda: not service.parts.doorbell.listening_users())


@pytest.mark.parametrize("error", [ZeroDivisionError, asyncio.CancelledError])
async def test_a_guard_that_fails_cuts_its_stream_off(
    service: Service, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    """A stream whose rights cannot be read any more is cut off, and leaves no bell.

    So it is where something within cancels the guard.
    """

    async def fail(_: object) -> None:
        raise error

    lena = await user_id("lena")
    async with stream(service.as_("lena"), FEED) as feed:
        await feed.comment()
        await until(lambda: lena in service.parts.doorbell.listening_users())
        monkeypatch.setattr(service.parts.viewers, "load", fail)
        service.parts.doorbell.wake(Ring(topic, lena) for topic in Topic)
        with pytest.raises(CutOff):
            await feed.event()
    await until(lambda: not service.parts.doorbell.listening_users())


@pytest.mark.parametrize("workers", [1, 2])
async def test_the_end_of_the_service(place: Place, workers: int) -> None:
    """Streams are cut off at once, a request under way is answered, and all ends in time."""
    async with serving_outside(place, workers) as service:
        leo, lena = front_end(place, service, "leo"), front_end(place, service, "lena")
        chat = await start_chat(leo)
        async with stream(lena, FEED) as feed, stream(leo, FEED) as other:
            for each in (feed, other):
                await each.comment()
            async with held_write_lock(place):
                given = {"conversationId": chat, "body": "By HTTP"}
                send = operations.MUTATIONS["sendMessage"]
                sending = asyncio.create_task(leo.data(send, input=given))
                # Behind it: what is answered last was read last.
                for _ in range(3):
                    await leo.data(VIEWER)
                tell_to_stop(service, signal.SIGTERM)
                await until_asked(partial(refuses, service))
                for each in (feed, other):
                    with pytest.raises(CutOff):
                        await each.event()
                assert not sending.done()
            assert (await sending)["sendMessage"]["message"]["body"] == "By HTTP"
        assert await stopped(service) < LIMIT_SECONDS
        assert "Traceback" not in json.dumps(service.said)
        assert "ERROR" not in json.dumps(service.said)


async def test_resumed_elsewhere(place: Place) -> None:
    """What happened between two services is told by the second, from the cursor on."""
    async with serving_outside(place) as service:
        leo, lena = front_end(place, service, "leo"), front_end(place, service, "lena")
        async with stream(lena, FEED) as feed:
            await feed.comment()
            chat = await start_chat(leo)
            cursor = (await feed.entry())["cursor"]
            tell_to_stop(service)
            with pytest.raises(CutOff):
                await feed.event()
        await stopped(service)
    async with serving_outside(place) as service:
        leo, lena = front_end(place, service, "leo"), front_end(place, service, "lena")
        given = {"conversationId": chat, "body": "Later"}
        await leo.data(operations.MUTATIONS["sendMessage"], input=given)
        async with stream(lena, FEED, after=cursor) as feed:
            assert (await feed.entry())["message"]["body"] == "Later"
