"""How often people and addresses may do what: RATE_LIMITED, and the time at which to try again."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.support import operations
from tests.support.client import Answer, Failed
from tests.support.operations import FEED, VIEWER
from tests.support.people import Person, done
from tests.support.places import Place
from tests.support.raw import codes, request, wire
from tests.support.service import Service, serving
from tests.support.snapshot import unchanged
from tests.support.tokens import claims, signed
from tests.support.waiting import until

BODY = b'{"query": "{ viewer { unreadCount } }"}'
# As good as for good: no test takes a day.
THREE = "3/day"
A_DAY = 24 * 3600
TRY_AGAIN_LATER = 1013


@pytest.fixture(autouse=True)
def _counts_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin at nought: the cast, and their address, are those of the test before."""
    monkeypatch.setattr("messaging.rates.shared.PREFIX", f"test:{uuid4()}")


def assert_refused(answer: Answer, mutation: str = "sendMessage") -> int:
    """The answer is RATE_LIMITED and nothing else; after how many seconds to try again."""
    assert answer.body["data"] == {mutation: None}
    return retry_after(answer.body["errors"])


def retry_after(errors: list[dict[str, Any]]) -> int:
    """The whole seconds that the one error names."""
    [error] = errors
    extensions = error["extensions"]
    assert set(extensions) == {"code", "retryAfter"}
    assert extensions["code"] == "RATE_LIMITED"
    seconds = extensions["retryAfter"]
    assert isinstance(seconds, int)
    assert seconds >= 1
    return seconds


async def sent_bad_token(service: Service, token: str, **headers: str) -> httpx2.Response:
    """How HTTP answers a token."""
    return await request(
        f"{service.url}/graphql",
        content=BODY,
        headers={"Authorization": f"Bearer {token}", **headers},
    )


async def closed_with(service: Service, token: str) -> tuple[int, str]:
    """How a socket that signs in with a token ends: code and reason."""
    async with wire(service.url) as socket:
        payload = {"Authorization": f"Bearer {token}"}
        await socket.send({"type": "connection_init", "payload": payload})
        code = await socket.closed()
        return code, socket.connection.close_reason or ""


async def test_sends_of_a_person(place: Place) -> None:
    """Whoever writes too often is refused, everywhere and in all ways to write, and nobody else."""
    async with serving(place.settings(sends_per_user=THREE)) as service:
        leo, lena = Person(service, "leo"), Person(service, "lena")
        chat = done(await leo.start("lena"))["conversation"]["id"]
        done(await leo.send(chat))
        done(await leo.send(chat))
        async with unchanged():
            late = await leo.attempt("sendMessage", conversationId=chat, body="Late")
            assert late.status == 200
            assert A_DAY - 60 <= assert_refused(late) <= A_DAY
            nora = await service.user("nora")
            start = await leo.attempt("startChat", recipientId=nora, body="Late")
            assert_refused(start, "startChat")
            async with leo.client.socket() as socket:
                given = {"conversationId": chat, "body": "Late"}
                stream = await socket.subscribe(operations.MUTATIONS["sendMessage"], input=given)
                frame = await stream.frames.get()
                assert frame["payload"]["data"] == {"sendMessage": None}
                retry_after(frame["payload"]["errors"])
        # Reading and tidying up go on, as do all others.
        done(await leo.read(chat, 3))
        assert await lena.bodies(chat) == ["Hello"] * 3
        done(await lena.send(chat))
        done(await leo.delete_chat(chat))


async def test_sends_of_one_request(place: Place) -> None:
    """Each send of a document with many counts by itself."""
    async with serving(place.settings(sends_per_user=THREE)) as service:
        leo, lena = Person(service, "leo"), Person(service, "lena")
        chat = done(await leo.start("lena"))["conversation"]["id"]
        fields = " ".join(
            f'm{number}: sendMessage(input: {{conversationId: "{chat}", body: "{number}"}}) '
            "{ message { body } }"
            for number in range(10)
        )
        answer = await leo.client.ask(f"mutation {{ {fields} }}")
        assert answer.codes == ["RATE_LIMITED"] * 8
        assert await lena.bodies(chat) == ["Hello", "0", "1"]


async def test_a_repetition_counts(place: Place) -> None:
    """A repeated send counts as one more; refused, it is repeated later and is the same."""
    async with serving(place.settings(sends_per_user="2/second")) as service:
        leo, lena = Person(service, "leo"), Person(service, "lena")
        chat = done(await leo.start("lena"))["conversation"]["id"]
        given = {"conversationId": chat, "body": "Once", "idempotencyKey": "k"}
        answers = [await leo.attempt("sendMessage", **given) for _ in range(20)]
        refused = [answer for answer in answers if answer.codes]
        assert refused
        # The time that was named is the time.
        await asyncio.sleep(assert_refused(refused[-1]))
        done((await leo.attempt("sendMessage", **given)).data["sendMessage"])
        assert await lena.bodies(chat) == ["Hello", "Once"]


async def test_what_is_not_counted(place: Place) -> None:
    """Who may not write at all is told so, and uses nothing up."""
    async with serving(place.settings(sends_per_user="1/day")) as service:
        nora = await service.user("nora")
        for _ in range(3):
            lena = await Person(service, "lena").attempt("startChat", recipientId=nora, body="Hi")
            assert lena.codes == ["FORBIDDEN"]
        done(await Person(service, "lena").contact("ines", "mechanics"))


async def test_new_chats_of_a_person(place: Place) -> None:
    """Whoever writes first too often may go on where there is a chat."""
    async with serving(place.settings(new_chats_per_user="2/day")) as service:
        leo, lena = Person(service, "leo"), Person(service, "lena")
        chat = done(await leo.start("lena"))["conversation"]["id"]
        done(await leo.start("nora"))
        async with unchanged():
            ines = await service.user("ines")
            start = await leo.attempt("startChat", recipientId=ines, body="Hello")
            assert_refused(start, "startChat")
        for _ in range(3):
            done(await leo.send(chat))
        done(await lena.contact("ines", "mechanics"))
        done(await lena.contact("ines", "mechanics"))
        async with unchanged():
            contact = await lena.attempt(
                "contactInstructor",
                courseId=await service.course("mechanics"),
                instructorId=ines,
                body="Hello",
            )
            assert_refused(contact, "contactInstructor")


async def test_sends_of_an_address(place: Place) -> None:
    """All behind one address may write so often together, where that is set; others as before."""
    async with serving(place.settings(sends_per_address=THREE)) as service:
        leo, lena = Person(service, "leo"), Person(service, "lena")
        chat = done(await leo.start("lena"))["conversation"]["id"]
        done(await lena.send(chat))
        done(await leo.send(chat))
        for person in (leo, lena):
            assert_refused(await person.attempt("sendMessage", conversationId=chat, body="Late"))
        async with lena.client.socket() as socket:
            given = {"conversationId": chat, "body": "Late"}
            stream = await socket.subscribe(operations.MUTATIONS["sendMessage"], input=given)
            retry_after((await stream.frames.get())["payload"]["errors"])
        given = {"conversationId": chat, "body": "From elsewhere"}
        body = {"query": operations.MUTATIONS["sendMessage"], "variables": {"input": given}}
        async with httpx2.AsyncClient() as http:
            answer = await http.post(
                f"{service.url}/graphql",
                json=body,
                headers={
                    "Authorization": f"Bearer {service.token('lena')}",
                    "X-Forwarded-For": "203.0.113.9",
                },
            )
        done(answer.json()["data"]["sendMessage"])


async def test_failed_sign_ins(place: Place) -> None:
    """Bad tokens are 401, soon 429 with Retry-After; a neighbour's good one still gets in."""
    async with serving(place.settings(failed_sign_ins_per_address=THREE)) as service:
        bad = signed(claims(), "another secret, quite long enough")
        expired = signed(claims(exp=datetime.now(UTC) - timedelta(seconds=1)))
        for _ in range(5):
            # Whose token has ended was here, and comes back with another.
            assert (await sent_bad_token(service, expired)).status_code == 401
            assert (await closed_with(service, expired))[0] == 4403
        assert (await sent_bad_token(service, bad)).status_code == 401
        assert (await sent_bad_token(service, "x")).status_code == 401
        assert (await closed_with(service, bad))[0] == 4401
        for token in (bad, "x", signed(claims("nobody")), signed(claims("dora"))):
            refused = await sent_bad_token(service, token)
            assert (refused.status_code, codes(refused)) == (429, ["RATE_LIMITED"])
            seconds = retry_after(refused.json()["errors"])
            assert refused.headers["retry-after"] == str(seconds)
            assert seconds <= A_DAY
            code, reason = await closed_with(service, token)
            assert code == TRY_AGAIN_LATER
            assert reason.startswith("Too often: try again in ")
        assert (await sent_bad_token(service, expired)).status_code == 401
        assert (await service.as_("lena").ask(VIEWER)).codes == []
        async with service.as_("lena").socket() as socket:
            assert await (await socket.subscribe(VIEWER)).next()
        # Another address has its own count.
        headers = {"X-Forwarded-For": "203.0.113.9"}
        assert (await sent_bad_token(service, bad, **headers)).status_code == 401


async def test_sockets_of_a_person(place: Place) -> None:
    """One person has so many sockets open, counted from their sign-in to their end."""
    async with serving(place.settings(sockets_per_user=2)) as service:
        gauge = service.parts.allowances.sockets_of_user
        lena = service.as_("lena")
        async with lena.socket(), AsyncExitStack() as stack:
            second = await stack.enter_async_context(lena.socket())
            code, reason = await closed_with(service, service.token("lena"))
            assert (code, reason) == (TRY_AGAIN_LATER, "Too often: try again in 10 s.")
            async with service.as_("nora").socket(), wire(service.url), wire(service.url):
                pass
            # A device that leaves the network leaves its place too.
            second.drop()
            await until(lambda: sum(gauge.counts.values()) == 1)
            async with lena.socket() as third:
                assert await (await third.subscribe(VIEWER)).next()
        await until(lambda: not gauge.counts)


async def test_sockets_of_an_address(place: Place) -> None:
    """One address has so many sockets open, whoever signs in on them or nobody."""
    async with serving(place.settings(sockets_per_address=2)) as service:
        gauge = service.parts.allowances.sockets_of_address
        async with service.as_("lena").socket() as kept:
            async with wire(service.url) as silent:
                for protocol in ("graphql-transport-ws", None):
                    async with wire(service.url, protocol=protocol) as third:
                        assert await third.closed() == TRY_AGAIN_LATER
                        assert third.connection.subprotocol == protocol
                await silent.connection.close()
            await until(lambda: sum(gauge.counts.values()) == 1)
            async with service.as_("nora").socket():
                assert await (await kept.subscribe(VIEWER)).next()
        await until(lambda: not gauge.counts)


async def test_subscriptions_of_a_person(place: Place) -> None:
    """One person follows so much at once, over all sockets; each that ends makes room."""
    async with serving(place.settings(subscriptions_per_user=2)) as service:
        gauge = service.parts.allowances.subscriptions_of_user
        lena = service.as_("lena")
        async with lena.socket() as one, lena.socket() as other:
            first = await one.subscribe(FEED)
            await other.subscribe("subscription { messageSent { cursor } }")
            await until(lambda: sum(gauge.counts.values()) == 2)
            for socket in (one, other):
                third = await socket.subscribe(FEED)
                with pytest.raises(Failed) as failed:
                    await third.next()
                assert failed.value.codes == ["RATE_LIMITED"]
            # The sockets and what runs on them go on.
            assert await (await one.subscribe(VIEWER)).next()
            async with service.as_("nora").follow(FEED) as noras:
                await noras.nothing()
            await first.complete()
            await until(lambda: sum(gauge.counts.values()) == 1)
            after = (await lena.data(VIEWER))["viewer"]["feedCursor"]
            again = await one.subscribe(FEED, after=after)
            await until(lambda: sum(gauge.counts.values()) == 2)
            done(await Person(service, "leo").start("lena"))
            assert (await again.entry())["__typename"] == "MessageSent"
        await until(lambda: not gauge.counts)


async def test_a_refused_subscription_says_when(place: Place) -> None:
    """The error of a subscription too many names the seconds."""
    async with (
        serving(place.settings(subscriptions_per_user=1)) as service,
        wire(service.url) as socket,
    ):
        await socket.init(service.token("lena"))
        await socket.subscribe(FEED, "1")
        await until(lambda: bool(service.parts.allowances.subscriptions_of_user.counts))
        await socket.subscribe(FEED, "2")
        frame = await socket.receive()
        assert (frame["type"], frame["id"]) == ("error", "2")
        assert retry_after(frame["payload"]) == 10


async def test_without_limits(place: Place) -> None:
    """Empty and 0 turn limits off."""
    off = {"sends_per_user": "", "new_chats_per_user": "0", "failed_sign_ins_per_address": "0/day"}
    async with serving(place.settings(**off)) as service:
        leo = Person(service, "leo")
        chat = done(await leo.start("lena"))["conversation"]["id"]
        await asyncio.gather(*(leo.send(chat, str(number)) for number in range(150)))
        assert len(await leo.bodies(chat)) == 100
        for _ in range(110):
            assert (await sent_bad_token(service, "x")).status_code == 401
