"""The explorer works in a browser, without another host."""

import re

from playwright.async_api import Locator, expect

from tests.browser.windows import Window, Windows, in_chromium

pytestmark = in_chromium


def result(window: Window) -> Locator:
    """What was answered."""
    return window.page.get_by_role("region", name="Result Window")


async def run(window: Window) -> None:
    """Run what stands in the editor."""
    await window.page.get_by_role("button", name="Execute query").click()


async def test_a_query_and_a_subscription(demo: str, windows: Windows) -> None:
    """With the token of whom one chooses, a query is answered and a subscription hears."""
    window = await windows.open(f"{demo}/graphql")
    people = window.page.get_by_role("combobox", name="You are")
    await people.select_option(label="Amina Diallo · Learner in Mechanics")
    await window.page.get_by_role("button", name="Headers").click()
    headers = window.page.get_by_role("region", name="Headers")
    await expect(headers).to_contain_text("Authorization")
    await expect(headers).to_contain_text(re.compile("Bearer.ey"))
    await run(window)
    await expect(result(window)).to_contain_text("Amina Diallo")
    await expect(result(window)).to_contain_text("conversations")

    examples = window.page.get_by_role("combobox", name="Examples")
    await examples.select_option(label="Follow everything live")
    await expect(window.page.get_by_role("tab", name="FollowEverything")).to_be_visible()
    async with window.page.expect_event("websocket") as opened:
        await run(window)
    socket = await opened.value
    await socket.wait_for_event("framesent", lambda frame: "subscribe" in str(frame))
    mei = await windows.open(demo)
    await mei.page.get_by_role("button", name="Mei Tanaka").click()
    await mei.open_chat("Amina Diallo")
    await mei.write("Heard in the explorer")
    await expect(result(window)).to_contain_text("MessageSent")
    await expect(result(window)).to_contain_text("Heard in the explorer")
    await window.page.get_by_role("button", name="Stop query").click()


async def test_what_learners_may_not(demo: str, windows: Windows) -> None:
    """The examples are those for the kind of person; administrators have theirs."""
    window = await windows.open(f"{demo}/graphql")
    people = window.page.get_by_role("combobox", name="You are")
    examples = window.page.get_by_role("combobox", name="Examples")
    await people.select_option(label="Amina Diallo · Learner in Mechanics")
    await expect(examples).to_contain_text("Contact an instructor")
    await expect(examples).not_to_contain_text("Deactivate somebody")
    await people.select_option(label="Ada Larkfield · Account owner")
    await expect(examples).to_contain_text("Deactivate somebody")
    await examples.select_option(label="Whom I may write to")
    # GraphiQL notes what an operation is called a moment after it stands there.
    await expect(window.page.get_by_role("tab", name="WhomIMayWriteTo")).to_be_visible()
    await run(window)
    await expect(result(window)).to_contain_text("recipients")
    await expect(result(window)).not_to_contain_text("errors")
