"""Without a mouse: every place is in reach, and the focus is always somewhere."""

from playwright.async_api import Locator, expect

from tests.browser.windows import PHONE, Window, Windows, in_chromium, isolated
from tests.support.many import write
from tests.support.people import Person, done
from tests.support.service import Service

pytestmark = in_chromium

# More than there are places on any page here.
_MOST_STEPS = 40

_KEEP_WHAT_IS_SAID = """
    element => {
        window.said = [];
        new MutationObserver(() => said.push(element.textContent))
            .observe(element, {childList: true, characterData: true, subtree: true});
    }
"""


async def walk_to(window: Window, place: Locator, key: str = "Tab") -> None:
    """Press a key until that place has the focus."""
    for _ in range(_MOST_STEPS):
        await window.page.keyboard.press(key)
        if await place.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{place} is out of reach")


async def test_writing_and_deleting_by_keys(service: Service, windows: Windows) -> None:
    """By keys alone one opens a chat, writes, opens a menu, and deletes a chat or leaves it be."""
    chat = done(await Person(service, "rita").start("lena", "Hello"))["conversation"]["id"]
    lena = await windows.open_as(service, "lena")
    press = lena.page.keyboard.press
    await walk_to(lena, lena.chat("Rita Cast").get_by_role("link"))
    await press("Enter")
    await expect(lena.field).to_be_focused()
    await lena.page.keyboard.type("By keys")
    await press("Enter")
    await expect(lena.message("By keys")).to_contain_text("Sent")
    assert await Person(service, "rita").bodies(chat) == ["Hello", "By keys"]

    options = lena.message("By keys").get_by_role("button", name="Message options")
    choices = lena.page.get_by_role("menuitem")
    await walk_to(lena, options, "Shift+Tab")
    await press("Enter")
    await expect(choices.first).to_be_focused()
    await press("ArrowDown")
    await expect(choices.last).to_be_focused()
    await press("Escape")
    await expect(choices).to_have_count(0)
    await expect(options).to_be_focused()

    delete = lena.page.get_by_role("button", name=f"Delete chat with {isolated('Rita Cast')}")
    dialog = lena.page.get_by_role("dialog", name="Delete chat?")
    await walk_to(lena, delete, "Shift+Tab")
    await press("Enter")
    await expect(dialog).to_be_visible()
    await press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(delete).to_be_focused()
    assert await Person(service, "lena").bodies(chat) == ["Hello", "By keys"]
    await press("Enter")
    await walk_to(lena, dialog.get_by_role("button", name="Delete chat"))
    await press("Enter")
    await expect(lena.page.get_by_text("No messages yet")).to_be_visible()
    await expect(lena.page.get_by_role("heading", name="Chats")).to_be_focused()


async def test_a_chat_that_closes_and_opens(service: Service, windows: Windows) -> None:
    """Whoever writes when their chat closes is at the reason; opened again it takes no focus."""
    chat = done(await Person(service, "lena").contact("ines", "mechanics"))["conversation"]["id"]
    adam = Person(service, "adam")
    ines = await windows.open_as(service, "ines", f"/chats/{chat}")
    await expect(ines.field).to_be_focused()
    done(await adam.staff("unassignInstructor", "mechanics", "ines"))
    await expect(ines.page.get_by_role("note")).to_be_focused()
    search = ines.page.get_by_role("searchbox", name="Filter by name")
    await search.focus()
    done(await adam.staff("assignInstructor", "mechanics", "ines"))
    await expect(ines.field).to_be_visible()
    await expect(search).to_be_focused()


async def test_on_a_phone(service: Service, windows: Windows) -> None:
    """On a phone the focus goes with the chat that is opened, and comes back with the list."""
    await write(service, "leo", "lena")
    await write(service, "rita", "lena")
    phone = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
    lena = await windows.open_as(service, "lena", "/", **phone)
    link = lena.chat("Leo Cast").get_by_role("link")
    await link.focus()
    await link.press("Enter")
    await expect(lena.page.get_by_role("heading", name="Leo Cast")).to_be_focused()
    await lena.page.get_by_role("link", name="Back").press("Enter")
    await expect(link).to_be_focused()


async def test_an_input_method(service: Service, windows: Windows) -> None:
    """Enter that ends a word of an input method sends nothing, in Safari's way of telling too."""
    chat = done(await Person(service, "rita").start("lena", "Hello"))["conversation"]["id"]
    lena = await windows.open_as(service, "lena", f"/chats/{chat}")
    await lena.field.fill("Half a word")
    for telling in ({"isComposing": True}, {"keyCode": 229}):
        event = {"key": "Enter", "bubbles": True, "cancelable": True, **telling}
        await lena.field.dispatch_event("keydown", event)
    await expect(lena.field).to_have_value("Half a word")
    await lena.field.press("Enter")
    await expect(lena.bodies).to_have_text(["Hello", "Half a word"])


async def test_what_is_read_aloud(service: Service, windows: Windows) -> None:
    """A message that comes is told to whoever listens, its deletion hushes; own ones are not told.

    What a search does not find is told as well.
    """
    chat = done(await Person(service, "rita").start("lena", "Hello"))["conversation"]["id"]
    lena = await windows.open_as(service, "lena", f"/chats/{chat}")
    live = lena.page.locator("[data-announcer][aria-live=polite]")
    await expect(lena.field).to_be_focused()
    await live.evaluate(_KEEP_WHAT_IS_SAID)
    await lena.write("Mine")
    await expect(lena.message("Mine")).to_contain_text("Sent")
    rita = Person(service, "rita")
    message = done(await rita.send(chat, "Good morning"))["message"]["id"]
    told = f"New message from {isolated('Rita Cast')}: {isolated('Good morning')}"
    await expect(live).to_have_text(told)
    # The entry of the own message came before, and what it says would not stay.
    assert await lena.page.evaluate("said") == [told]
    done(await rita.delete(message))
    await expect(live).to_have_text("")
    await lena.page.get_by_role("searchbox", name="Filter by name").fill("nobody")
    outcome = lena.page.get_by_role("status").filter(has_text="No chats found")
    await expect(outcome).to_be_visible()
