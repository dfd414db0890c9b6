"""Deleting chats and messages, as the other window sees it."""

import pytest
from playwright.async_api import expect

from tests.browser.windows import Windows, in_chromium, isolated
from tests.support.many import write
from tests.support.people import Person
from tests.support.service import Service

pytestmark = in_chromium

# What a page does about the first has been done when the second comes, and nothing was painted.
_LEAVE_AND_ASK_AGAIN = """
    cancel => new Promise((resolve) => requestAnimationFrame(async () => {
        cancel.click();
        await new Promise(queueMicrotask);
        document.activeElement.click();
        // So that what the browser still has to say of the first is said.
        requestAnimationFrame(() => requestAnimationFrame(resolve));
    }))
"""


async def test_d4_deleting_a_chat_asks_first(service: Service, windows: Windows) -> None:
    """Cancelled, nothing changes; confirmed, the chat leaves one's own list only."""
    await write(service, "rita", "lena", "One", "Two")
    rita = await windows.open_as(service, "rita")
    lena = await windows.open_as(service, "lena")
    await rita.open_chat("Lena Cast")
    dialog = lena.page.get_by_role("dialog", name="Delete chat?")
    before = await Person(service, "lena").chats()

    for way_out in ("button", "key"):
        await lena.chat("Rita Cast").hover()
        await lena.page.get_by_role(
            "button", name=f"Delete chat with {isolated('Rita Cast')}"
        ).click()
        await expect(dialog).to_be_visible()
        if way_out == "button":
            await dialog.get_by_role("button", name="Cancel").click()
        else:
            await lena.page.keyboard.press("Escape")
        await expect(dialog).to_have_count(0)
        await expect(lena.chat("Rita Cast")).to_be_visible()
        assert await Person(service, "lena").chats() == before

    await lena.page.get_by_role("button", name=f"Delete chat with {isolated('Rita Cast')}").click()
    await dialog.get_by_role("button", name="Delete chat").click()
    await expect(lena.page.get_by_text("No messages yet")).to_be_visible()
    await expect(lena.page).to_have_title("Messages")
    await expect(rita.bodies).to_have_text(["One", "Two"])
    await expect(rita.message("Two")).to_contain_text("Sent")
    await expect(rita.message("Two")).not_to_contain_text("Read")

    await rita.write("Three")
    await lena.open_chat("Rita Cast")
    await expect(lena.bodies).to_have_text(["Three"])
    await expect(rita.bodies).to_have_text(["One", "Two", "Three"])
    beginning = "This is the beginning of your chat"
    await expect(rita.page.get_by_text(beginning)).to_be_attached()
    await expect(lena.page.get_by_text(beginning)).to_have_count(0)


async def test_asking_again_at_once(service: Service, windows: Windows) -> None:
    """Who leaves the question and asks again before the next picture is asked again."""
    await write(service, "rita", "lena", "Hello")
    lena = await windows.open_as(service, "lena")
    delete = lena.page.get_by_role("button", name=f"Delete chat with {isolated('Rita Cast')}")
    dialog = lena.page.get_by_role("dialog", name="Delete chat?")
    await lena.chat("Rita Cast").hover()
    await delete.click()
    await dialog.get_by_role("button", name="Cancel").evaluate(_LEAVE_AND_ASK_AGAIN)
    await expect(dialog).to_be_visible()
    await lena.page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)


async def test_d1_deleting_for_everyone(service: Service, windows: Windows) -> None:
    """A message that its sender deletes for everyone leaves both windows at once."""
    await write(service, "rita", "lena", "Hello")
    rita = await windows.open_as(service, "rita")
    lena = await windows.open_as(service, "lena")
    await rita.open_chat("Lena Cast")
    await lena.open_chat("Rita Cast")
    await lena.write("Wrong", "Right")
    await expect(rita.bodies).to_have_text(["Hello", "Wrong", "Right"])
    await lena.choose("Wrong", "Delete for everyone")
    for window in (rita, lena):
        await expect(window.bodies).to_have_text(["Hello", "Right"])


async def test_d2_deleting_for_oneself(service: Service, windows: Windows) -> None:
    """A message that somebody deletes for themselves leaves their windows, and no other."""
    await write(service, "rita", "lena", "Hello", "Goodbye")
    rita = await windows.open_as(service, "rita")
    lena = await windows.open_as(service, "lena")
    again = await windows.open_as(service, "lena")
    await rita.open_chat("Lena Cast")
    for window in (lena, again):
        await window.open_chat("Rita Cast")
    await lena.choose("Hello", "Delete for me")
    for window in (lena, again):
        await expect(window.bodies).to_have_text(["Goodbye"])
    # Told to rita after the deletion: had it concerned her, she would know by now.
    await lena.write("Thanks")
    await expect(rita.bodies).to_have_text(["Hello", "Goodbye", "Thanks"])


@pytest.mark.parametrize(
    ("administrator", "may_delete_all"), [("olga", True), ("adam", True), ("leo", False)]
)
async def test_d3_what_a_menu_offers(
    service: Service, windows: Windows, administrator: str, may_delete_all: bool
) -> None:
    """Others' messages are deleted for everyone by owner and account administrators only."""
    await write(service, administrator, "lena", "Hello")
    name = f"{administrator.title()} Cast"
    above = await windows.open_as(service, administrator)
    lena = await windows.open_as(service, "lena")
    await above.open_chat("Lena Cast")
    await lena.open_chat(name)
    await lena.write("Answer")
    await expect(above.message("Answer")).to_be_visible()

    await expect(await lena.choices("Hello")).to_have_text(["Delete for me"])
    await lena.page.keyboard.press("Escape")
    both = ["Delete for me", "Delete for everyone"]
    await expect(await lena.choices("Answer")).to_have_text(both)
    await lena.page.keyboard.press("Escape")
    choices = await above.choices("Answer")
    await expect(choices).to_have_text(both if may_delete_all else both[:1])
    if may_delete_all:
        await choices.filter(has_text="Delete for everyone").click()
        for window in (above, lena):
            await expect(window.bodies).to_have_text(["Hello"])
