"""What counts as read, and where a reader stands in a long chat."""

import asyncio

import pytest
from playwright.async_api import Request, Route, expect

from tests.browser.windows import Window, Windows, in_chromium
from tests.support.people import Person, done
from tests.support.service import Service

pytestmark = in_chromium

# More than the page waits between two marks.
_BETWEEN_MARKS_MS = 300

# How a window is not looked at: it is not shown, or another one is in front of it.
_NOT_SHOWN = {"visibilityState": "hidden", "hasFocus": True}
_BEHIND = {"visibilityState": "visible", "hasFocus": False}
_IN_FRONT = {"visibilityState": "visible", "hasFocus": True}


async def look(window: Window, how: dict[str, object]) -> None:
    """Have the page find itself shown or not, in front or not, as a browser would tell it."""
    await window.page.evaluate(
        """({visibilityState, hasFocus}) => {
            Object.defineProperty(document, "visibilityState",
                {get: () => visibilityState, configurable: true});
            document.hasFocus = () => hasFocus;
            document.dispatchEvent(new Event("visibilitychange"));
            dispatchEvent(new Event(hasFocus ? "focus" : "blur"));
        }""",
        how,
    )


def marks(window: Window) -> list[str]:
    """What the page asked for to have something marked as read."""
    asked = (request.post_data or "" for request in window.requests)
    return [query for query in asked if "mutation MarkRead(" in query]


@pytest.mark.parametrize("away", [_NOT_SHOWN, _BEHIND], ids=["not shown", "behind another"])
async def test_d5_unread_while_nobody_looks(
    service: Service, windows: Windows, away: dict[str, object]
) -> None:
    """What comes into an open chat is read when somebody looks at the page, and not before."""
    rita, lena = Person(service, "rita"), Person(service, "lena")
    chat = done(await rita.start("lena", "Hello"))["conversation"]["id"]
    done(await lena.read(chat, 1))
    window = await windows.open_as(service, "lena", f"/chats/{chat}")
    await expect(window.bodies).to_have_text(["Hello"])
    await look(window, away)
    for body in ("One", "Two"):
        done(await rita.send(chat, body))
        await expect(window.message(body)).to_be_visible()
    await expect(window.chat("Rita Cast")).to_contain_text("2 unread messages")
    await window.page.evaluate("ms => new Promise((end) => setTimeout(end, ms))", _BETWEEN_MARKS_MS)
    assert marks(window) == []
    assert (await lena.chat(chat))["unreadCount"] == 2

    # A line above the first of them tells whoever comes back where they were.
    line = window.message("One").get_by_text("New messages")
    await expect(line).to_be_visible()
    await expect(window.thread.get_by_text("New messages")).to_have_count(1)
    await look(window, _IN_FRONT)
    await expect(window.chat("Rita Cast")).not_to_contain_text("unread")
    assert (await lena.chat(chat))["unreadCount"] == 0
    await expect(line).to_be_visible()
    await window.write("Here I am")
    await expect(window.thread.get_by_text("New messages")).to_have_count(0)


async def test_a_place_is_kept(service: Service, windows: Windows) -> None:
    """What one reads stays where it is while older messages come in above, and newer ones below."""
    rita = Person(service, "rita")
    chat = done(await rita.start("lena", "Message 1."))["conversation"]["id"]
    for number in range(2, 101):
        done(await rita.send(chat, f"Message {number}."))
    window = await windows.open_as(service, "rita", f"/chats/{chat}")
    await expect(window.message("Message 100.")).to_be_in_viewport()
    may_answer = asyncio.Event()

    async def hold_older(route: Route, request: Request) -> None:
        if "query Thread(" in (request.post_data or ""):
            await may_answer.wait()
        await route.continue_()

    await window.page.route("**/graphql", hold_older)
    top = window.message("Message 51.")
    async with window.page.expect_request(
        lambda request: "query Thread(" in (request.post_data or "")
    ):
        await window.thread.evaluate("scroller => { scroller.scrollTop = 0 }")
    await expect(top).to_be_in_viewport()
    was_at = await top.bounding_box()
    may_answer.set()
    await expect(window.bodies).to_have_count(100)
    assert await top.bounding_box() == pytest.approx(was_at, abs=2)

    done(await Person(service, "lena").send(chat, "Message 101."))
    await expect(window.message("Message 101.")).to_be_attached()
    assert await top.bounding_box() == pytest.approx(was_at, abs=2)
    await expect(window.message("Message 101.")).not_to_be_in_viewport()
