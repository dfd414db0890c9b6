"""What holds of each page, whatever the screen."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import FloatRect, Locator, expect

from models import User
from tests.browser.windows import DESKTOP, PHONE, WIDE, Window, Windows, in_chromium, isolated
from tests.support.checkout import ROOT
from tests.support.people import Person, done
from tests.support.service import Service

pytestmark = in_chromium

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"

# The whole first page, code, styles and answers, as it came over the wire.
MOST_BYTES = 150_000
WORTH_PACKING_BYTES = 1024

# What ends an isolate.
_END = "\u2069"


async def pages(window: Window, demo: str) -> list[str]:
    """The address of each page, as whom the demo's account administrator sees it."""
    await window.page.goto(demo)
    await window.page.get_by_role("button", name="Grace Okonkwo").click()
    chat = window.chats.get_by_role("link").first
    href = await chat.get_attribute("href")
    await window.page.goto(f"{demo}/courses")
    course = await window.page.get_by_role("main").get_by_role("link").first.get_attribute("href")
    return [f"{demo}{path}" for path in ("/", href, "/new", "/courses", course, "/administration")]


async def shown(window: Window, address: str) -> None:
    """Open a page, and wait until all of it is there."""
    await window.page.goto(address)
    await window.page.wait_for_load_state("networkidle")
    await expect(window.page.get_by_text("Loading…")).to_have_count(0)


async def test_nothing_is_asked_of_another_host(demo: str, windows: Windows) -> None:
    """No page asks another host for anything, not even by name, and each keeps its policy."""
    window = await windows.open(demo)
    for address in [*await pages(window, demo), f"{demo}/graphql"]:
        window.asked.clear()
        await shown(window, address)
        assert any(asked.endswith(".js") for asked in window.asked)
        assert any(asked.startswith("ws:") for asked in window.asked) or "graphql" in address
        assert window.faults() == []


async def serious_faults(window: Window, *rules_off: str) -> list[str]:
    """What axe-core finds on what is shown, of the two gravest kinds."""
    rules = {rule: {"enabled": False} for rule in rules_off}
    found: dict[str, Any] = await window.page.evaluate("rules => axe.run({rules})", rules)
    assert found["passes"]
    return [
        f"{fault['id']}: {node['target']}: {node['failureSummary']}"
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_accessibility(
    demo: str, windows: Windows, scheme: Literal["light", "dark"], viewport: dict[str, int]
) -> None:
    """axe-core finds no serious fault on any page, nor in a window that asks or in a menu."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci in web/")
    window = await windows.open(
        demo, color_scheme=scheme, viewport=viewport, reduced_motion="reduce"
    )
    await window.context.add_init_script(path=AXE)
    await shown(window, demo)
    assert await serious_faults(window) == []
    [inbox, chat, *others] = await pages(window, demo)
    for address in others:
        await shown(window, address)
        assert (address, await serious_faults(window)) == (address, [])

    await shown(window, inbox)
    await window.chats.get_by_role("listitem").first.hover()
    assert await serious_faults(window) == []
    await window.page.get_by_role("button", name="Delete chat with").first.click()
    await expect(window.page.get_by_role("dialog")).to_be_visible()
    assert await serious_faults(window) == []

    await shown(window, inbox)
    answer = await window.page.request.post(f"{demo}/demo/sign-in", data={"sourceId": "amina"})
    token = (await answer.json())["token"]
    await window.page.evaluate("token => { location.hash = `#token=${token}` }", token)
    await expect(window.page.get_by_role("dialog")).to_contain_text("Continue as")
    assert await serious_faults(window) == []

    await shown(window, chat)
    body = await window.bodies.first.text_content() or ""
    await expect(await window.choices(body)).not_to_have_count(0)
    assert await serious_faults(window) == []

    if viewport == DESKTOP:
        await shown(window, f"{demo}/graphql")
        await expect(window.page.get_by_text("MyChats").first).to_be_visible()
        # GraphiQL's own tabs have buttons inside.
        assert await serious_faults(window, "nested-interactive") == []


async def overflowing(window: Window) -> Sequence[str]:
    """What sticks out of the page or of a scroller sideways."""
    found: list[str] = await window.page.evaluate(
        """() => {
            const wide = [document.scrollingElement, ...document.querySelectorAll(".scroller")]
                .filter((each) => each.scrollWidth > each.clientWidth)
                .map((each) => `${each.tagName}.${each.className} scrolls sideways`);
            const out = [...document.querySelectorAll("body *")]
                .filter((each) => each.checkVisibility() && !each.closest(".visually-hidden"))
                // What its parent cuts off, as a long line, is not out.
                .filter((each) => getComputedStyle(each.parentElement).overflowX !== "hidden")
                .map((each) => [each, each.getBoundingClientRect()])
                .filter(([, {left, right, width}]) =>
                    width > 1 && (left < -1 || right > innerWidth + 1))
                .map(([each]) => `${each.tagName}.${each.className} sticks out`);
            return [...wide, ...out];
        }"""
    )
    return found


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("viewport", [PHONE, WIDE], ids=["narrow", "wide"])
async def test_narrow_and_wide_screens(
    demo: str, windows: Windows, viewport: dict[str, int], direction: str
) -> None:
    """From 360 to 1920 pixels nothing is cut off or scrolls sideways, whatever the text."""
    window = await windows.open(demo, viewport=viewport)
    await expect(window.page.get_by_role("button", name="Grace Okonkwo")).to_be_visible()
    addresses = await pages(window, demo)
    await shown(window, addresses[1])
    await window.write(LONG_WORD * 3)
    await expect(window.message(LONG_WORD).last).to_contain_text("Sent")
    for address in addresses:
        await shown(window, address)
        await window.page.evaluate("way => { document.documentElement.dir = way }", direction)
        assert (address, await overflowing(window)) == (address, [])
    await shown(window, addresses[1])
    await window.page.evaluate("way => { document.documentElement.dir = way }", direction)
    middle = viewport["width"] / 2
    back = window.page.get_by_role("link", name="Back")
    if viewport == WIDE:
        # List and chat side by side: the list where lines begin, the chat with the rest.
        await expect(back).to_be_hidden()
        chats, thread = await box(window.chats), await box(window.thread)
        assert (chats["x"] + chats["width"] < middle) == (direction == "ltr")
        assert thread["width"] > middle
    else:
        await expect(window.chats).to_be_hidden()
        assert ((await box(back))["x"] < middle) == (direction == "ltr")


async def box(place: Locator) -> FloatRect:
    """Where something stands."""
    found = await place.bounding_box()
    assert found is not None
    return found


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
async def test_own_messages_stand_at_the_end(
    service: Service, windows: Windows, direction: str
) -> None:
    """Own messages and others' change sides with the direction; "You:" stands where lines begin."""
    chat = done(await Person(service, "rita").start("lena", "Theirs"))["conversation"]["id"]
    lena = await windows.open_as(service, "lena", f"/chats/{chat}")
    await lena.page.evaluate("way => { document.documentElement.dir = way }", direction)
    await lena.write("שלום")
    await expect(lena.message("שלום")).to_contain_text("Sent")
    pane = await box(lena.thread)
    mine = await box(lena.message("שלום").locator(".bubble"))
    theirs = await box(lena.message("Theirs").locator(".bubble"))
    middle = pane["x"] + pane["width"] / 2
    left, right = (theirs, mine) if direction == "ltr" else (mine, theirs)
    assert left["x"] + left["width"] < middle < right["x"]

    # Left of the Hebrew word in a page that runs from left to right, and right of it otherwise.
    preview = lena.chat("Rita Cast").locator(".inbox-last")
    await expect(preview).to_have_text("You: שלום")
    word, line = await box(preview.locator("bdi")), await box(preview)
    before, after = word["x"] - line["x"], line["x"] + line["width"] - word["x"] - word["width"]
    assert (before > 0 and before < after) if direction == "ltr" else (0 < after < before)


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
async def test_fields_run_as_what_is_in_them(
    service: Service, windows: Windows, direction: str
) -> None:
    """An empty field runs with the page, and so does what it asks for; then its text decides."""
    chat = done(await Person(service, "rita").start("lena", "Hello"))["conversation"]["id"]
    lena = await windows.open_as(service, "lena", f"/chats/{chat}")
    await expect(lena.field).to_be_visible()
    await lena.page.evaluate("way => { document.documentElement.dir = way }", direction)
    for field in (lena.field, lena.page.get_by_role("searchbox", name="Filter by name")):
        for text, way in (("", direction), ("Hello", "ltr"), ("שלום", "rtl"), ("", direction)):
            await field.fill(text)
            await expect(field).to_have_css("direction", way)


@pytest.mark.parametrize("name", ["\u202eCast, Rita", "\u2069\u202eCast, Rita", "רותי"])
async def test_a_name_turns_no_sentence_round(
    service: Service, windows: Windows, name: str
) -> None:
    """Whatever direction a name has, or gives itself, the words around it stand where they do."""
    chat = done(await Person(service, "rita").start("lena", "Hello"))["conversation"]["id"]
    await User.filter(source_id="rita").update(name=name)
    lena = await windows.open_as(service, "lena", f"/chats/{chat}")
    sentence = lena.page.get_by_text("This is the beginning of your chat with")
    await expect(sentence).to_have_text(
        f"This is the beginning of your chat with {isolated(name.removeprefix(_END))}."
    )
    places: list[float] = await sentence.evaluate(
        """paragraph => {
            const text = paragraph.firstChild;
            return [0, text.length - 4, text.length - 1].map((at) => {
                const range = document.createRange();
                range.setStart(text, at);
                range.setEnd(text, at + 1);
                return range.getBoundingClientRect().left;
            });
        }"""
    )
    first_word, letter_of_the_name, full_stop = places
    assert first_word < letter_of_the_name < full_stop


async def test_the_weight_of_the_first_page(service: Service, windows: Windows) -> None:
    """Messages comes in less than 150 kB, headers and answers too, and what is large is packed."""
    window = await windows.open("about:blank")
    window.may_ask = [service.url]
    weights: dict[str, int] = {}
    async with window.page.expect_event("websocket"):
        await window.page.goto(f"{service.url}/#token={service.token('lena')}")
    await window.page.wait_for_load_state("networkidle")
    for request in window.requests:
        sizes = await request.sizes()
        weights[request.url] = sizes["responseBodySize"] + sizes["responseHeadersSize"]
        response = await request.response()
        assert response is not None
        if Path(request.url).suffix in (".js", ".css"):
            is_packed = await response.header_value("content-encoding") == "gzip"
            assert is_packed or sizes["responseBodySize"] < WORTH_PACKING_BYTES
    assert {Path(url).suffix for url in weights} >= {".js", ".css"}
    assert sum(weights.values()) < MOST_BYTES, weights
