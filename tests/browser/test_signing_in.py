"""How somebody gets in: by the address, by the page around, by choosing in the demo."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from playwright.async_api import Frame, expect

from tests.browser.windows import Window, Windows, in_chromium, isolated
from tests.support.client import PATIENCE_SECONDS
from tests.support.many import write
from tests.support.people import Person, done
from tests.support.places import Place
from tests.support.service import Service, serving
from tests.support.waiting import until

pytestmark = in_chromium

# A learning platform that shows Messages in a frame, and gives it tokens when asked.
_PLATFORM = """<!doctype html><title>Learning</title><iframe src="%s"></iframe><script>
addEventListener("message", async ({data, source, origin}) => {
    if (origin !== "%s" || data.type !== "lms-messages:token-wanted") return;
    source.postMessage({type: "lms-messages:token", token: await nextToken()}, origin);
});
</script>"""


@asynccontextmanager
async def platform(*, shows: str = "") -> AsyncIterator[tuple[str, list[str]]]:
    """A server of one page, which may be changed; its origin, and the page."""
    page = [shows]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
        writer.write((head + page[0]).encode())
        await writer.drain()
        writer.close()

    listener = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}", page
    finally:
        listener.close()


async def test_a_token_in_the_address(service: Service, windows: Windows) -> None:
    """A token in the fragment signs in, leaves the address at once, and is kept nowhere."""
    token = service.token("lena")
    window = await windows.open_as(service, "lena", "/courses?from=lms")
    await expect(window.page.get_by_text(f"Signed in as {isolated('Lena Cast')}")).to_be_attached()
    assert window.page.url == f"{service.url}/courses?from=lms"
    kept = await window.page.evaluate(
        "[history.length, JSON.stringify([localStorage, sessionStorage, document.cookie])]"
    )
    # The blank page, and this one: the address with the token is no place to go back to.
    assert kept == [2, '[{},{},""]']
    assert not [address for address in window.asked if token.split(".")[0] in address]

    await window.page.goto(f"{service.url}/courses#token={service.token('rita')}")
    await expect(window.page.get_by_text(f"Signed in as {isolated('Rita Cast')}")).to_be_attached()
    assert "#" not in window.page.url


async def test_a_link_with_another_persons_token(service: Service, windows: Windows) -> None:
    """A page that opened Messages can hand it another person's token; only a yes has it taken."""
    async with platform(shows="<!doctype html><title>Elsewhere</title>") as (origin, _):
        window = await windows.open(origin)
        window.may_ask = (origin, service.url)
        # A refused token is a 401, of which the browser tells.
        window.is_cut_off = True
        async with window.page.expect_popup() as opening:
            await window.page.evaluate(
                "address => { popup = open(address) }",
                f"{service.url}/#token={service.token('lena')}",
            )
        page = await opening.value
        lena = page.get_by_text(f"Signed in as {isolated('Lena Cast')}")
        await expect(lena).to_be_attached()
        question = page.get_by_role("dialog", name=f"Continue as {isolated('Rita Cast')}?")

        async def push(token: str) -> None:
            async with page.expect_response("**/graphql"):
                await window.page.evaluate(
                    "address => { popup.location = address }", f"{service.url}/#token={token}"
                )

        for leave in ("Escape", "Enter"):
            await push(service.token("rita"))
            await expect(question).to_contain_text(f"{isolated('Lena Cast')} is signed in here")
            assert page.url == f"{service.url}/"
            await expect(question.get_by_role("button", name="Stay signed in")).to_be_focused()
            await page.keyboard.press(leave)
            await expect(question).to_have_count(0)
            await expect(lena).to_be_attached()

        await push(f"{service.token('rita')}forged")
        await expect(question).to_have_count(0)
        await write(service, "leo", "lena", "Still you?")
        await expect(page.get_by_role("list", name="Chats")).to_contain_text("Still you?")

        await push(service.token("rita"))
        await question.get_by_role("button", name="Continue as").click()
        rita = page.get_by_text(f"Signed in as {isolated('Rita Cast')}")
        await expect(rita).to_be_attached()
        await expect(lena).to_have_count(0)
        await expect(page.get_by_text("Still you?")).to_have_count(0)
        await window.context.close()


async def test_a_link_with_the_persons_own_token(service: Service, windows: Windows) -> None:
    """The same person's new token is taken without a word, and used from then on."""
    lena = await windows.open_as(service, "lena", "/courses")
    await expect(lena.page.get_by_text(f"Signed in as {isolated('Lena Cast')}")).to_be_attached()
    renewed = service.token("lena", timedelta(hours=2))
    await lena.page.evaluate("token => { location.hash = `#token=${token}` }", renewed)
    await expect(lena.page).to_have_url(f"{service.url}/courses")
    async with lena.page.expect_request("**/graphql") as asking:
        await lena.page.get_by_role("link", name="Mechanics").click()
    request = await asking.value
    assert await request.header_value("authorization") == f"Bearer {renewed}"
    await expect(lena.page.get_by_role("heading", name="Mechanics")).to_be_visible()
    await expect(lena.page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("path", ["/nowhere", "/courses/1/2", "/graphql", "/assets/none.js"])
async def test_a_token_where_nothing_is(service: Service, windows: Windows, path: str) -> None:
    """A token leaves the address also where nothing is, which the page says in words."""
    window = await windows.open("about:blank")
    # A browser complains of the status.
    window.is_cut_off = True
    await window.page.goto(f"{service.url}{path}#token={service.token('lena')}")
    signed_in = window.page.get_by_text(f"Signed in as {isolated('Lena Cast')}")
    await expect(signed_in).to_be_attached()
    await expect(window.page.get_by_text("There is nothing here")).to_be_visible()
    assert window.page.url == service.url + path


async def test_no_token(service: Service, windows: Windows) -> None:
    """Without a token the page says what to do; a query string is no way to give one."""
    for query in ("", f"?token={service.token('lena')}"):
        window = await windows.open(f"{service.url}/{query}")
        await expect(window.page.get_by_text("You are not signed in")).to_be_visible()


async def test_tokens_of_the_page_around(windows: Windows, place: Place) -> None:
    """In a frame the page asks its parent for a token, and for another when that one ends."""
    given: list[str] = []
    async with (
        platform() as (origin, page),
        # The other one is not around the page: asked, the browser would complain.
        serving(place.settings(allowed_origins=["https://lms.example", origin])) as embedded,
    ):
        page[0] = _PLATFORM % (embedded.url, embedded.url)
        window = await windows.open("about:blank")
        window.may_ask = (origin, embedded.url)
        # What is asked for just when a token ends is refused, of which a browser tells.
        window.is_cut_off = True

        def next_token() -> str:
            # The first is so short-lived that the socket ends with it.
            lifetime = timedelta(seconds=3) if not given else timedelta(hours=1)
            given.append(embedded.token("lena", lifetime))
            return given[-1]

        await window.page.expose_function("nextToken", next_token)
        await window.page.goto(origin)
        frame = frame_of(window, embedded)
        await expect(frame.get_by_text(f"Signed in as {isolated('Lena Cast')}")).to_be_attached()
        await until(lambda: len(given) > 1)
        await write(embedded, "rita", "lena", "Are you there?")
        await expect(frame.get_by_role("list", name="Chats")).to_contain_text("Are you there?")
        assert window.faults() == []
        await window.context.close()


async def test_w4_a_person_who_is_active_again(windows: Windows, place: Place) -> None:
    """Closed with 4401, the page asks once for another token; refused that too, it ends."""
    async with (
        platform() as (origin, page),
        serving(place.settings(allowed_origins=[origin])) as embedded,
    ):
        page[0] = _PLATFORM % (embedded.url, embedded.url)
        window = await windows.open("about:blank")
        window.may_ask = (origin, embedded.url)
        # What is under way when she is refused gets a 401, of which a browser tells.
        window.is_cut_off = True
        olga = Person(embedded, "olga")
        given: list[str] = []
        is_active_again = asyncio.Event()

        async def next_token() -> str:
            given.append(embedded.token("lena"))
            if len(given) == 2:  # when her connection has ended
                done(await olga.manage("activateUser", "lena"))
                is_active_again.set()
            return given[-1]

        await window.page.expose_function("nextToken", next_token)
        await window.page.goto(origin)
        frame = frame_of(window, embedded)
        chats = frame.get_by_role("list", name="Chats")
        await write(embedded, "rita", "lena", "Are you there?")
        await expect(chats).to_contain_text("Are you there?")
        done(await olga.manage("deactivateUser", "lena"))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await is_active_again.wait()
        await write(embedded, "rita", "lena", "And now?")
        await expect(chats).to_contain_text("And now?")

        done(await olga.manage("deactivateUser", "lena"))
        await expect(frame.get_by_text("Your session has ended")).to_be_visible()
        await expect(chats).to_have_count(0)
        assert len(given) == 3  # once more, and not again
        await window.context.close()


async def test_a_refusal_and_another_person(windows: Windows, place: Place) -> None:
    """Refused a token the page ends, and keeps a draft for whoever comes back, for nobody else."""
    async with (
        platform() as (origin, page),
        serving(place.settings(allowed_origins=[origin])) as embedded,
    ):
        chat = done(await Person(embedded, "rita").start("lena", "Hello"))["conversation"]["id"]
        page[0] = _PLATFORM % (f"{embedded.url}/chats/{chat}", embedded.url)
        window = await windows.open("about:blank")
        window.may_ask = (origin, embedded.url)
        # What is under way when she is refused gets a 401, of which a browser tells.
        window.is_cut_off = True
        # Who is signed in at the platform from the next question on.
        signed_in: list[str | None] = ["lena"]

        def next_token() -> str | None:
            name = signed_in[-1]
            signed_in.append({"lena": None, None: None, "lena again": "rita", "rita": "rita"}[name])
            lifetime = timedelta(hours=1) if name == "rita" else timedelta(seconds=4)
            return name and embedded.token(name.split()[0], lifetime)

        await window.page.expose_function("nextToken", next_token)
        await window.page.goto(origin)
        frame = frame_of(window, embedded)
        field = frame.get_by_role("textbox", name="Message", exact=True)
        await field.fill("Half a word")
        await expect(frame.get_by_text("Your session has ended")).to_be_visible()
        await expect(field).to_have_count(0)
        signed_in.append("lena again")
        await frame.get_by_role("button", name="Try again").click()
        await expect(field).to_have_value("Half a word")
        await expect(frame.get_by_text(f"Signed in as {isolated('Rita Cast')}")).to_be_attached()
        await expect(frame.get_by_text(f"Signed in as {isolated('Lena Cast')}")).to_have_count(0)
        await expect(field).to_have_value("")
        await window.context.close()


def frame_of(window: Window, service: Service) -> Frame:
    """The frame in which Messages is shown."""
    [frame] = [frame for frame in window.page.frames if frame.url.startswith(service.url)]
    return frame


async def test_a_foreign_page_around(service: Service, windows: Windows) -> None:
    """A page whose origin is not allowed cannot show Messages in a frame."""
    async with platform(shows=f'<iframe src="{service.url}"></iframe>') as (origin, _):
        window = await windows.open(origin)
        window.may_ask = (origin, service.url)
        await until(lambda: bool(window.complaints))
        [complaint] = window.complaints
        assert "frame-ancestors" in complaint
        window.complaints.clear()
        await window.context.close()


@pytest.mark.parametrize("name", ["Ada Larkfield", "فرید رضایی"])
async def test_choosing_in_the_demo(demo: str, windows: Windows, name: str) -> None:
    """In the demo one chooses who to be, stays it when the page is loaded again, and may switch."""
    window = await windows.open(demo)
    await window.page.get_by_role("button", name=name).click()
    signed_in = window.page.get_by_text(f"Signed in as {isolated(name)}")
    await expect(signed_in).to_be_attached()
    await window.page.reload()
    await expect(signed_in).to_be_attached()
    await window.page.get_by_role("button", name="Switch person").click()
    await expect(window.page.get_by_role("heading", name="Who are you today?")).to_be_visible()


async def test_switching_begins_at_the_beginning(demo: str, windows: Windows) -> None:
    """Whoever is chosen next sees their own chats, not the address of the last one's chat."""
    window = await windows.open(demo)
    await window.page.get_by_role("button", name="Grace Okonkwo").click()
    await window.open_chat("Linh")
    await window.page.get_by_role("button", name="Switch person").click()
    await window.page.get_by_role("button", name="Isaac Ferreira").click()
    await expect(window.page.get_by_text("Pick a chat")).to_be_visible()
    await expect(window.chats.get_by_role("link")).not_to_have_count(0)
    assert window.page.url == f"{demo}/"
