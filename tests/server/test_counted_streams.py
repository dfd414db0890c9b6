"""Streams are counted with the sockets of a person and of an address."""

from contextlib import AsyncExitStack

from server.closing import TRY_AGAIN_LATER
from tests.support.client import Client
from tests.support.operations import FEED, VIEWER
from tests.support.people import Person, done
from tests.support.places import Place
from tests.support.raw import wire
from tests.support.service import Service, serving
from tests.support.streams import Events, stream
from tests.support.waiting import until


async def begun(stack: AsyncExitStack, client: Client, **headers: str) -> Events:
    """A feed that goes on."""
    feed = await stack.enter_async_context(stream(client, FEED, headers=headers))
    assert feed.response.status_code == 200
    await feed.comment()
    return feed


async def assert_refused(service: Service, name: str) -> None:
    """A stream is refused with the time to try again, before anything of it begins."""
    counts = service.parts.allowances.subscriptions_of_user.counts
    before = dict(counts)
    async with stream(service.as_(name), FEED) as events:
        response = events.response
        assert response.status_code == 429
        await response.aread()
        [error] = response.json()["errors"]
        assert error["extensions"] == {"code": "RATE_LIMITED", "retryAfter": 10}
        assert response.headers["retry-after"] == "10"
    assert counts == before


async def socket_of(service: Service, name: str) -> int:
    """The code that a socket closes with for which there is no place."""
    async with wire(service.url) as socket:
        authorization = {"Authorization": f"Bearer {service.token(name)}"}
        await socket.send({"type": "connection_init", "payload": authorization})
        return await socket.closed()


async def test_streams_of_a_person(place: Place) -> None:
    """One person has so many streams and sockets open together; each that ends makes room."""
    async with serving(place.settings(sockets_per_user=2)) as service, AsyncExitStack() as stack:
        gauge = service.parts.allowances.sockets_of_user
        lena = service.as_("lena")
        async with AsyncExitStack() as first, lena.socket() as socket:
            await begun(first, lena)
            await assert_refused(service, "lena")
            assert await socket_of(service, "lena") == TRY_AGAIN_LATER
            # Others have their own, and whoever has no place asks as before.
            await begun(stack, service.as_("nora"))
            assert (await lena.ask(VIEWER)).codes == []
            assert await (await socket.subscribe(VIEWER)).next()
            await first.aclose()
            await until(lambda: sum(gauge.counts.values()) == 2)
            feed = await begun(stack, lena)
            done(await Person(service, "leo").start("lena"))
            assert (await feed.entry())["__typename"] == "MessageSent"
        await stack.aclose()
        await until(lambda: not gauge.counts)


async def test_streams_of_an_address(place: Place) -> None:
    """One address has so many open, whoever asks for them; another has its own."""
    async with serving(place.settings(sockets_per_address=2)) as service, AsyncExitStack() as stack:
        gauge = service.parts.allowances.sockets_of_address
        lena, nora = service.as_("lena"), service.as_("nora")
        async with lena.socket():
            await begun(stack, nora)
            await assert_refused(service, "leo")
            async with stream(service.anonymous(), FEED) as events:
                assert events.response.status_code == 429
            async with wire(service.url) as socket:
                assert await socket.closed() == TRY_AGAIN_LATER
            await begun(stack, lena, **{"X-Forwarded-For": "203.0.113.9"})
        await until(lambda: sum(gauge.counts.values()) == 2)
        await begun(stack, service.as_("leo"))
        await stack.aclose()
        await until(lambda: not gauge.counts)
