"""The examples of docs/embedding.md do what it says, with each of the client libraries."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from messaging.feed.epochs import begin_feeds_anew
from tests.clients.examples import LIBRARIES, ON_SOCKETS, Page, opened_page, opened_pages
from tests.clients.unreliable import unreliable_way
from tests.faults.cluster import Server
from tests.support.people import Person, done
from tests.support.places import Place
from tests.support.service import SECRET, Service
from tests.support.tokens import claims, signed

of_each_library = pytest.mark.parametrize("library", LIBRARIES)
client_side = pytest.mark.sqlite_only(reason="what is tested is the client's side alone")

EXPIRED = signed(claims("lena", exp=datetime.now(UTC) - timedelta(hours=1)))


@pytest.fixture
async def server(place: Place, tmp_path: Path) -> AsyncIterator[Server]:
    """A process of its own beside the service, over the same database."""
    settings = {**place.variables, "LMS_MESSAGES_JWT_SECRET": SECRET}
    server = Server("server", ("server",), settings, tmp_path / "server.log")
    await server.start()
    yield server
    await server.kill()


@pytest.fixture
async def chat(service: Service) -> str:
    """The id of a chat of rita and lena."""
    chat: str = done(await Person(service, "rita").start("lena", "zero"))["conversation"]["id"]
    return chat


def address(server: Server) -> str:
    """Where a process serves."""
    return f"http://127.0.0.1:{server.port}"


def rita_at(server: Server, service: Service) -> Person:
    """Rita at that process: what she writes there is heard there at once."""
    rita = Person(service, "rita")
    rita.client.url = address(server)
    return rita


async def opened(page: Page, service: Service) -> None:
    """Sign lena in, and wait until her feed is live."""
    await page.sign_in(service.token("lena"))
    await page.next("inbox")
    await page.live()


async def test_nothing_is_lost_or_doubled(
    server: Server, service: Service, chat: str, tmp_path: Path
) -> None:
    """What another person sends arrives once and in order, though the server is killed, twice."""
    rita, rita_elsewhere = rita_at(server, service), Person(service, "rita")
    async with opened_pages(tmp_path, address(server)) as pages:
        for page in pages:
            await page.sign_in(service.token("lena"))
            inbox = await page.next("inbox")
            [edge] = inbox["conversations"]["edges"]
            assert (edge["node"]["id"], edge["node"]["lastMessage"]["body"]) == (chat, "zero")
            assert edge["node"]["unreadCount"] == inbox["viewer"]["unreadCount"] == 1
            await page.live()
        done(await rita.send(chat, "one"))
        for page in pages:
            assert await page.bodies(until="one") == ["one"]

        await server.kill()
        for body in ("two", "three"):
            done(await rita_elsewhere.send(chat, body))
        await server.start()
        done(await rita.send(chat, "four"))
        for page in pages:
            assert await page.bodies(until="four") == ["one", "two", "three", "four"]

        await server.kill()
        await server.start()
        done(await rita.send(chat, "five"))
        for page in pages:
            assert await page.bodies(until="five") == ["one", "two", "three", "four", "five"]
            assert page.count("inbox") == 1
            await page.do("leave")
            await page.ended()


async def test_a_feed_begun_anew(
    server: Server, service: Service, chat: str, tmp_path: Path
) -> None:
    """Told RESYNC_REQUIRED, a page reads its lists again and goes on from there."""
    async with opened_pages(tmp_path, address(server)) as pages:
        for page in pages:
            await opened(page, service)
        await server.kill()
        done(await Person(service, "rita").send(chat, "one"))
        await begin_feeds_anew(service.parts.office)
        await server.start()
        for page in pages:
            inbox = await page.next("inbox")
            assert inbox["conversations"]["edges"][0]["node"]["lastMessage"]["body"] == "one"
            await page.live()
        done(await rita_at(server, service).send(chat, "two"))
        for page in pages:
            assert await page.bodies(until="two") == ["two"]


@of_each_library
async def test_a_send_whose_answer_is_lost(
    service: Service, chat: str, tmp_path: Path, library: str
) -> None:
    """Repeated under its key until it is answered, it is one message; so is a later repetition."""
    async with (
        unreliable_way(service.url) as way,
        opened_page(tmp_path / "page", library, way.url) as page,
    ):
        await opened(page, service)
        way.answers_to_lose = 2
        send = {"chat": chat, "body": "Thanks", "key": "key 1"}
        await page.do("send", send)
        answer = await page.next("answer")
        assert answer["errors"] == []
        assert way.keys == ["key 1"] * 3
        assert way.answers_to_lose == 0
        await page.do("send", send)
        assert (await page.next("answer"))["message"]["id"] == answer["message"]["id"]

        done(await Person(service, "rita").send(chat, "Welcome"))
        assert await page.bodies(until="Welcome") == ["Thanks", "Welcome"]
        entries = [value for kind, value in page.heard if kind == "entry"]
        assert entries[0]["message"]["id"] == answer["message"]["id"]
    assert await Person(service, "rita").bodies(chat) == ["zero", "Thanks", "Welcome"]


@client_side
@of_each_library
async def test_refusals_are_not_repeated(
    service: Service, chat: str, tmp_path: Path, library: str
) -> None:
    """What a person caused is answered as data, what the page caused is thrown; each at once."""
    async with (
        unreliable_way(service.url) as way,
        opened_page(tmp_path / "page", library, way.url) as page,
    ):
        await opened(page, service)
        await page.do("send", {"chat": chat, "body": " ", "key": "key 1"})
        [error] = (await page.next("answer"))["errors"]
        assert (error["code"], error["field"]) == ("EMPTY_BODY", "body")
        await page.do("send", {"chat": "conversation_0", "body": "Hello", "key": "key 2"})
        await page.next("failed")
        assert way.keys == ["key 1", "key 2"]
    assert await Person(service, "rita").bodies(chat) == ["zero"]


@client_side
async def test_a_connection_gone_silent(
    service: Service, chat: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that is dead without being closed is noticed and replaced; nothing is missed."""
    # The page that follows over HTTP waits for comments, here for shorter than usual.
    monkeypatch.setattr("server.over_sse.KEEP_ALIVE_SECONDS", 0.5)
    rita = Person(service, "rita")
    async with (
        unreliable_way(service.url) as way,
        opened_pages(tmp_path, way.url, timeout_seconds=2.0) as pages,
    ):
        for page in pages:
            await opened(page, service)
        way.silence()
        done(await rita.send(chat, "one"))
        for page in pages:
            # Of the connection that was, and of one that hears nothing from its start.
            for _ in range(2):
                assert await page.next("state") == "reconnecting"
        way.speak()
        for page in pages:
            assert await page.bodies(until="one") == ["one"]
        way.silence()
        for number, page in enumerate(pages):
            await page.do("send", {"chat": chat, "body": f"two {number}", "key": f"key {number}"})
        for page in pages:
            assert await page.next("state") == "reconnecting"
        way.speak()
        for page in pages:
            assert (await page.next("answer"))["errors"] == []
    twos = [f"two {number}" for number in range(len(pages))]
    assert sorted(await rita.bodies(chat)) == ["one", *twos, "zero"]


@client_side
async def test_a_connection_closed_normally(service: Service, chat: str, tmp_path: Path) -> None:
    """On code 1000 graphql-ws itself subscribes again, where it began: repeats are dropped."""
    rita = Person(service, "rita")
    async with (
        unreliable_way(service.url) as way,
        opened_pages(tmp_path, way.url, libraries=ON_SOCKETS) as pages,
    ):
        for page in pages:
            await opened(page, service)
        done(await rita.send(chat, "one"))
        for page in pages:
            assert await page.bodies(until="one") == ["one"]
        way.close_normally()
        for page in pages:
            await page.live()
        done(await rita.send(chat, "two"))
        for page in pages:
            assert await page.bodies(until="two") == ["one", "two"]


@client_side
async def test_tokens_are_renewed(service: Service, chat: str, tmp_path: Path) -> None:
    """An expired token is renewed, on 401 and on 4403, at the start and on the way (W4).

    On 4401 the page is signed out, and asks for nothing any more.
    """
    async with opened_pages(tmp_path, service.url, libraries=ON_SOCKETS) as pages:
        for page in pages:
            await page.sign_in(EXPIRED)
            await page.sign_in(service.token("lena", timedelta(seconds=5)))
            await page.next("inbox")
            await page.live()
        for page in pages:
            await page.sign_in(EXPIRED)
            assert page.count("entry") == 0
            await page.sign_in(service.token("lena"))
            await page.live()
        done(await Person(service, "rita").send(chat, "one"))
        for page in pages:
            assert await page.bodies(until="one") == ["one"]

        done(await Person(service, "olga").manage("deactivateUser", "lena"))
        for page in pages:
            await page.next("signed out")
            await page.ended()
            assert page.count("token wanted") == 4
            assert page.count("inbox") == 1


@client_side
async def test_the_token_of_a_stream(service: Service, chat: str, tmp_path: Path) -> None:
    """A stream that is cut off with its token is resumed with a new one; put out, it ends (W4)."""
    async with opened_page(tmp_path / "page", "sse", service.url) as page:
        await page.sign_in(EXPIRED)
        await page.sign_in(service.token("lena", timedelta(seconds=3)))
        await page.next("inbox")
        await page.live()
        await page.sign_in(service.token("lena"))
        await page.live()
        done(await Person(service, "rita").send(chat, "one"))
        assert await page.bodies(until="one") == ["one"]

        done(await Person(service, "olga").manage("deactivateUser", "lena"))
        await page.next("signed out")
        await page.ended()
        assert page.count("token wanted") == 3
        assert page.count("inbox") == 1


@client_side
@of_each_library
async def test_a_token_that_is_no_good(
    service: Service, chat: str, tmp_path: Path, library: str
) -> None:
    """A page whose renewed token is refused too is signed out, and shows nothing."""
    async with opened_page(tmp_path / "page", library, service.url) as page:
        for _ in range(2):
            await page.sign_in(service.token("remo"))
        await page.next("signed out")
        await page.ended()
        assert page.count("inbox") == page.count("entry") == 0
    assert await Person(service, "rita").bodies(chat) == ["zero"]


@client_side
async def test_what_apollo_shows(service: Service, chat: str, tmp_path: Path) -> None:
    """Chats and viewer in Apollo's cache change with the feed by themselves."""
    rita, olga = Person(service, "rita"), Person(service, "olga")
    async with opened_page(tmp_path / "page", "apollo", service.url, script="watch.js") as page:
        await page.sign_in(service.token("lena"))
        await page.live()
        done(await rita.send(chat, "one"))
        while not ((shown := await page.next("shown")) and "one" in bodies_of(shown)):
            pass
        assert shown["conversations"]["edges"][0]["node"]["unreadCount"] == 2
        assert shown["viewer"]["messagingMode"] == "ON"
        done(await olga.set_mode("OFF"))
        while (await page.next("shown"))["viewer"]["messagingMode"] != "OFF":
            pass
        await page.do("leave")
        await page.ended()


@client_side
async def test_what_relay_shows(service: Service, tmp_path: Path) -> None:
    """Relay's list grows page by page; chats in it change with the feed, and come to its top."""
    olga = Person(service, "olga")
    names = ["lena", "nora", "leo", "ines", "mia"]
    chats = {name: done(await olga.start(name))["conversation"]["id"] for name in names}
    async with opened_page(tmp_path / "page", "relay", service.url, script="browse.js") as page:
        await page.sign_in(service.token("olga"))
        newest = [chats[name] for name in reversed(names)]
        for count in (2, 4, 5):
            shown = await page.next("shown")
            assert ids_of(shown) == newest[:count]
            assert shown["pageInfo"]["hasNextPage"] == (count < len(newest))
        await page.live()
        # Of the list's end, and one that was not in it.
        done(await Person(service, "lena").send(chats["lena"], "one"))
        shown = await page.next("shown")
        assert ids_of(shown) == [newest[-1], *newest[:-1]]
        chat = shown["edges"][0]["node"]
        assert (chat["lastMessage"]["body"], chat["unreadCount"]) == ("one", 1)
        new = done(await olga.start("ivan"))["conversation"]["id"]
        assert ids_of(await page.next("shown")) == [new, newest[-1], *newest[:-1]]
        await page.do("leave")
        await page.ended()


def ids_of(shown: Any) -> list[str]:
    """The chats of a list, as it shows them."""
    return [edge["node"]["id"] for edge in shown["edges"]]


def bodies_of(inbox: Any) -> list[str]:
    """The last message of each chat."""
    return [edge["node"]["lastMessage"]["body"] for edge in inbox["conversations"]["edges"]]
