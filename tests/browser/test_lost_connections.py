"""The network and the server fail; nothing that was written is lost, nothing comes twice."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Request, Route, expect

from messaging.feed.epochs import begin_feeds_anew
from tests.browser.windows import Window, Windows, in_chromium
from tests.clients.unreliable import unreliable_way
from tests.faults.cluster import Server
from tests.support.people import Person, done
from tests.support.places import Place
from tests.support.service import SECRET, Service

pytestmark = in_chromium

_KEY = re.compile(r'"idempotencyKey":"([^"]+)"')

# A ping goes out every 15 seconds and has 5 for its answer; a connection has 10 to open.
_SILENCE_NOTICED_MS = 45_000


@pytest_asyncio.fixture(loop_scope="session")
async def server(service: Service, place: Place, tmp_path: Path) -> AsyncIterator[Server]:
    """A process of its own over the database of the service."""
    del service
    settings = {**place.variables, "LMS_MESSAGES_JWT_SECRET": SECRET}
    server = Server("server", ("server",), settings, tmp_path / "server.log")
    await server.start()
    yield server
    await server.kill()


@pytest_asyncio.fixture(loop_scope="session")
async def chat(service: Service) -> str:
    """The id of a chat of rita and lena."""
    chat: str = done(await Person(service, "rita").start("lena", "zero"))["conversation"]["id"]
    return chat


async def opened(windows: Windows, service: Service, chat: str, url: str, name: str) -> Window:
    """Somebody's window at that address, with the chat open."""
    window = await windows.open(f"{url}/chats/{chat}#token={service.token(name)}")
    window.is_cut_off = True
    await expect(window.bodies).to_have_text(["zero"])
    return window


async def test_a_server_that_is_killed(
    windows: Windows, service: Service, chat: str, server: Server
) -> None:
    """Killed while both write, it comes back; both read everything, once and in one order."""
    url = f"http://127.0.0.1:{server.port}"
    rita = await opened(windows, service, chat, url, "rita")
    lena = await opened(windows, service, chat, url, "lena")
    written: list[str] = []

    async def both_write(number: int) -> None:
        names = [f"rita {number}", f"lena {number}"]
        await asyncio.gather(rita.write(names[0]), lena.write(names[1]))
        written.extend(names)

    for number in range(1, 4):
        await both_write(3 * number - 2)
        await asyncio.gather(both_write(3 * number - 1), server.kill())
        for window in (rita, lena):
            await expect(window.page.get_by_text("Reconnecting…")).to_be_visible()
        await both_write(3 * number)
        await expect(rita.message(f"rita {3 * number}")).to_contain_text("Sending…")
        await lena.field.fill("not yet sent")
        await server.start()
        await expect(lena.field).to_have_value("not yet sent")
        for window in (rita, lena):
            await window.is_live()
            await expect(window.bodies).to_have_count(1 + len(written))
            await expect(window.page.get_by_text("Sending…")).to_have_count(0)

    stored = await Person(service, "rita").bodies(chat)
    assert sorted(stored) == sorted(["zero", *written])
    for window, name in ((rita, "rita"), (lena, "lena")):
        await expect(window.bodies).to_have_text(stored)
        assert [body for body in stored if body.startswith(name)] == [
            body for body in written if body.startswith(name)
        ]


async def test_a_failed_send_is_tried_again(windows: Windows, service: Service, chat: str) -> None:
    """What could not be sent says so, stays, and goes out under the same key when one asks."""
    rita = await opened(windows, service, chat, service.url, "rita")
    lena = await opened(windows, service, chat, service.url, "lena")
    keys: list[str] = []
    is_broken = True

    async def send(route: Route, request: Request) -> None:
        keys.extend(_KEY.findall(request.post_data or ""))
        await (route.abort() if is_broken and keys else route.continue_())

    await lena.page.route("**/graphql", send)
    await lena.write("Hello")
    failed = lena.page.get_by_role("alert").filter(has_text="Not sent.")
    await expect(failed).to_be_visible()
    await expect(lena.bodies).to_have_text(["zero", "Hello"])
    assert await Person(service, "rita").bodies(chat) == ["zero"]
    await expect(rita.bodies).to_have_text(["zero"])
    is_broken = False
    await failed.get_by_role("button", name="Try again").click()
    await expect(failed).to_have_count(0)
    for window in (rita, lena):
        await expect(window.bodies).to_have_text(["zero", "Hello"])
    await expect(lena.message("Hello")).to_contain_text(re.compile("Sent|Read"))
    assert len(keys) > 1
    assert len(set(keys)) == 1
    assert await Person(service, "rita").bodies(chat) == ["zero", "Hello"]

    is_broken = True
    await lena.write("Never mind")
    await failed.get_by_role("button", name="Discard").click()
    await expect(lena.bodies).to_have_text(["zero", "Hello"])
    assert await Person(service, "rita").bodies(chat) == ["zero", "Hello"]


async def test_an_answer_that_is_lost(windows: Windows, service: Service, chat: str) -> None:
    """A message whose answer was lost is repeated under its key, and stands there once."""
    rita = await opened(windows, service, chat, service.url, "rita")
    lena = await opened(windows, service, chat, service.url, "lena")
    keys: list[str] = []

    async def lose_one_answer(route: Route, request: Request) -> None:
        found = _KEY.findall(request.post_data or "")
        keys.extend(found)
        if found and len(keys) == 1:
            await route.fetch()
            await route.abort()
        else:
            await route.continue_()

    await lena.page.route("**/graphql", lose_one_answer)
    await lena.write("Hello", "Again")
    for window in (rita, lena):
        await expect(window.bodies).to_have_text(["zero", "Hello", "Again"])
    await expect(lena.message("Again")).to_contain_text("Read")
    await expect(lena.page.get_by_text("Sending…")).to_have_count(0)
    assert len(keys) == 3
    assert keys[0] == keys[1] != keys[2]
    assert await Person(service, "rita").bodies(chat) == ["zero", "Hello", "Again"]


async def test_away_and_back(windows: Windows, service: Service, chat: str) -> None:
    """Offline the page says so and stays readable; back, it has what came meanwhile, once."""
    rita = await opened(windows, service, chat, service.url, "rita")
    async with unreliable_way(service.url) as way:
        lena = await opened(windows, service, chat, way.url, "lena")
        for number in (1, 2):
            await lena.context.set_offline(offline=True)
            way.close_normally()
            lost = lena.page.get_by_role("status").filter(has_text="Reconnecting…")
            await expect(lost).to_be_visible()
            await rita.write(f"rita {number}")
            await lena.write(f"lena {number}")
            await expect(lena.message(f"lena {number}")).to_contain_text("Sending…")
            await expect(lena.message(f"rita {number}")).to_have_count(0)
            await lena.context.set_offline(offline=False)
            await lena.is_live()
            await expect(rita.message(f"lena {number}")).to_be_visible()
        expected = ["zero", "rita 1", "lena 1", "rita 2", "lena 2"]
        for window in (rita, lena):
            await expect(window.bodies).to_have_text(expected)
        await expect(rita.page.get_by_text("Reconnecting…")).to_have_count(0)
        await lena.context.close()


async def test_a_feed_begun_anew(
    windows: Windows, service: Service, chat: str, server: Server
) -> None:
    """Told RESYNC_REQUIRED while something is on its way, both read everything, once."""
    url = f"http://127.0.0.1:{server.port}"
    rita = await opened(windows, service, chat, url, "rita")
    lena = await opened(windows, service, chat, url, "lena")
    await server.kill()
    for window in (rita, lena):
        await expect(window.page.get_by_text("Reconnecting…")).to_be_visible()
    await lena.write("on its way", "and another")
    await expect(lena.message("on its way")).to_contain_text("Sending…")
    done(await Person(service, "rita").send(chat, "from elsewhere"))
    await lena.field.fill("not yet sent")
    await begin_feeds_anew(service.parts.office)
    await server.start()
    expected = ["zero", "from elsewhere", "on its way", "and another"]
    for window in (rita, lena):
        await window.is_live()
        await expect(window.bodies).to_have_text(expected)
    await expect(lena.page.get_by_text("Sending…")).to_have_count(0)
    await expect(lena.field).to_have_value("not yet sent")
    assert await Person(service, "rita").bodies(chat) == expected
    # The feed that was begun is followed.
    await rita.write("afterwards")
    await expect(lena.bodies).to_have_text([*expected, "afterwards"])


async def test_a_silent_connection(windows: Windows, service: Service, chat: str) -> None:
    """A connection that says nothing more, as after sleep, is noticed and made anew."""
    rita = await opened(windows, service, chat, service.url, "rita")
    async with unreliable_way(service.url) as way:
        lena = await opened(windows, service, chat, way.url, "lena")
        await lena.is_live()
        way.silence()
        await rita.write("Are you awake?")
        lost = lena.page.get_by_text("Reconnecting…")
        await expect(lost).to_be_visible(timeout=_SILENCE_NOTICED_MS)
        await expect(lena.message("Are you awake?")).to_have_count(0)
        way.speak()
        await expect(lost).to_have_count(0, timeout=_SILENCE_NOTICED_MS)
        await expect(lena.bodies).to_have_text(["zero", "Are you awake?"])
        await lena.write("Yes")
        await expect(rita.bodies).to_have_text(["zero", "Are you awake?", "Yes"])
        await lena.context.close()
