"""The explorer works in a browser, without another host."""

import asyncio
import re

from playwright.async_api import Locator, Route, WebSocket, expect

from tests.browser.windows import Window, Windows, in_chromium, isolated
from tests.support.client import PATIENCE_SECONDS
from tests.support.waiting import until

pytestmark = in_chromium

AMINA = f"{isolated('Amina Diallo')} · Learner in Mechanics"
ISAAC = f"{isolated('Isaac Ferreira')} · Instructor of Mechanics"
# A token of the demo's is renewed half a minute before its hour is over.
_UNTIL_RENEWAL_MS = 3_571_000
_UNTIL_ANOTHER_ATTEMPT_MS = 6_000
# So much of a token tells it from others.
_TAIL = 20
ADA = f"{isolated('Ada Larkfield')} · Account owner"


def result(window: Window) -> Locator:
    """What was answered."""
    return window.page.get_by_role("region", name="Result Window")


async def run(window: Window) -> None:
    """Run what stands in the editor."""
    await window.page.get_by_role("button", name="Execute query").click()


async def become(window: Window, person: str, example: str) -> Locator:
    """Choose who to be, and wait for an example of such a person; the choice of examples."""
    people = window.page.get_by_role("combobox", name="You are")
    await people.select_option(label=person)
    examples = window.page.get_by_role("combobox", name="Examples")
    await expect(examples).to_contain_text(example)
    return examples


async def test_a_query_and_a_subscription(demo: str, windows: Windows) -> None:
    """With the token of whom one chooses, a query is answered and a subscription hears."""
    window = await windows.open(f"{demo}/graphql")
    examples = await become(window, AMINA, "Contact an instructor")
    await window.page.get_by_role("button", name="Headers").click()
    headers = window.page.get_by_role("region", name="Headers")
    await expect(headers).to_contain_text("Authorization")
    await expect(headers).to_contain_text(re.compile("Bearer.ey"))
    await run(window)
    await expect(result(window)).to_contain_text("Amina Diallo")
    await expect(result(window)).to_contain_text("conversations")

    await examples.select_option(label="Follow everything live")
    await expect(window.page.get_by_role("tab", name="FollowEverything")).to_be_visible()
    is_subscribed = asyncio.Event()

    def on_frame(frame: object) -> None:
        if '"subscribe"' in str(frame):
            is_subscribed.set()

    window.page.on("websocket", lambda socket: socket.on("framesent", on_frame))
    await run(window)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await is_subscribed.wait()
    mei = await windows.open(demo)
    await mei.page.get_by_role("button", name="Mei Tanaka").click()
    await mei.open_chat("Amina Diallo")
    await mei.write("Heard in the explorer")
    await expect(result(window)).to_contain_text("MessageSent")
    await expect(result(window)).to_contain_text("Heard in the explorer")
    await window.page.get_by_role("button", name="Stop query").click()


async def test_tokens_in_the_explorer(demo: str, windows: Windows) -> None:
    """A renewed token takes the old one's place under a running subscription; none is stored.

    Where a renewal fails it is tried again.
    """
    tokens: list[str] = []
    failures = 0

    async def fail_once(route: Route) -> None:
        nonlocal failures
        if tokens and not failures:
            failures += 1
            await route.abort()
            return
        response = await route.fetch()
        tokens.append((await response.json())["token"])
        await route.fulfill(response=response)

    window = await windows.open("about:blank")
    window.may_ask, window.is_cut_off = [demo], True
    await window.page.clock.install()
    await window.page.route("**/demo/sign-in", fail_once)
    sockets: list[WebSocket] = []
    window.page.on("websocket", lambda socket: sockets.append(socket))  # noqa: PLW0108  # Playwright marks what it is given
    await window.page.goto(f"{demo}/graphql")
    examples = window.page.get_by_role("combobox", name="Examples")
    await expect(examples).to_contain_text("Follow everything live")
    await window.page.get_by_role("button", name="Headers").click()
    headers = window.page.get_by_role("region", name="Headers")
    await expect(headers).to_contain_text(re.compile("Bearer.ey"))
    await examples.select_option(label="Follow everything live")
    await expect(window.page.get_by_role("tab", name="FollowEverything")).to_be_visible()
    await run(window)
    await window.page.clock.fast_forward(_UNTIL_RENEWAL_MS)
    await until(lambda: failures == 1)
    await window.page.clock.fast_forward(_UNTIL_ANOTHER_ATTEMPT_MS)
    await until(lambda: len(tokens) > 1)
    await window.page.get_by_role("button", name="Headers").click()
    await expect(headers).to_contain_text(tokens[1][-_TAIL:])
    await expect(window.page.get_by_role("button", name="Stop query")).to_be_visible()
    assert [socket.is_closed() for socket in sockets] == [False]
    stored = await window.page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert "FollowEverything" in stored
    assert "Bearer" not in stored
    assert not [token for token in tokens if token in stored]
    await window.page.get_by_role("button", name="Stop query").click()


async def test_what_learners_may_not(demo: str, windows: Windows) -> None:
    """The examples are those for the kind of person; administrators have theirs."""
    window = await windows.open(f"{demo}/graphql")
    examples = await become(window, AMINA, "Contact an instructor")
    await expect(examples).not_to_contain_text("Deactivate somebody")
    await become(window, ADA, "Deactivate somebody")
    await expect(examples).not_to_contain_text("Contact an instructor")
    await examples.select_option(label="Whom I may write to")
    # GraphiQL notes what an operation is called a moment after it stands there.
    await expect(window.page.get_by_role("tab", name="WhomIMayWriteTo")).to_be_visible()
    await run(window)
    await expect(result(window)).to_contain_text("recipients")
    await expect(result(window)).not_to_contain_text("errors")


async def test_examples_that_find_nothing(demo: str, windows: Windows) -> None:
    """An example comes with its variables; where there are none for it, it says why instead."""
    window = await windows.open(f"{demo}/graphql")
    examples = await become(window, AMINA, "Contact an instructor")
    await examples.select_option(label="Contact an instructor")
    await expect(window.page.get_by_role("tab", name="ContactAnInstructor")).to_be_visible()
    variables = window.page.get_by_role("region", name="Variables")
    await expect(variables).to_contain_text("instructorId")

    isaac = await windows.open(f"{demo}/graphql")
    examples = await become(isaac, ISAAC, "The courses I teach")
    tabs = isaac.page.get_by_role("tab")
    await expect(tabs).to_have_count(1)
    await examples.select_option(label="Contact an instructor")
    why = isaac.page.get_by_role("status").filter(has_text="no instructor whom you may contact")
    await expect(why).to_be_visible()
    await expect(tabs).to_have_count(1)
