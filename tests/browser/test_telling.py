"""What the page tells whoever listens to it instead of looking."""

from playwright.async_api import expect

from tests.browser.windows import Window, Windows, in_chromium, isolated
from tests.support.many import write
from tests.support.people import Person, done
from tests.support.service import Service

pytestmark = in_chromium

_LISTEN = """() => {
    window.heard = [];
    const announcer = document.querySelector("[data-announcer][aria-live=polite]");
    const listen = () => announcer.textContent && heard.push(announcer.textContent);
    new MutationObserver(listen).observe(announcer,
        {subtree: true, childList: true, characterData: true});
}"""


async def hears(window: Window, *told: str) -> None:
    """Wait until so much has been told since one began to listen, and compare."""
    await window.page.wait_for_function("count => heard.length >= count", arg=len(told))
    heard: list[str] = await window.page.evaluate("heard")
    assert [text.rstrip() for text in heard] == list(told)


async def test_what_is_told_aloud(service: Service, windows: Windows) -> None:
    """The same message twice is told twice; a deleted message and a deleted chat are told.

    After a message is deleted, the focus is on what is left.
    """
    chat = done(await Person(service, "rita").start("lena", "Hello"))["conversation"]["id"]
    rita = Person(service, "rita")
    lena = await windows.open_as(service, "lena", f"/chats/{chat}")
    await expect(lena.field).to_be_visible()
    await lena.is_live()
    await lena.page.evaluate(_LISTEN)
    told = f"New message from {isolated('Rita Cast')}: {isolated('Ping')}"
    for number in (1, 2):
        done(await rita.send(chat, "Ping"))
        await hears(lena, *[told] * number)

    await lena.choose("Hello", "Delete for me")
    await expect(lena.bodies).to_have_text(["Ping", "Ping"])
    await expect(lena.thread).to_be_focused()
    await hears(lena, told, told, "Message deleted.")

    await lena.page.get_by_role("button", name="Delete chat with").click()
    await lena.page.get_by_role("dialog").get_by_role("button", name="Delete chat").click()
    await expect(lena.page.get_by_text("No messages yet")).to_be_visible()
    await hears(lena, told, told, "Message deleted.", "The chat was deleted.")


async def test_who_listens_hears_nothing_of_others(service: Service, windows: Windows) -> None:
    """Another person's page begins empty: its fields, and what was told."""
    await write(service, "rita", "lena")
    await write(service, "leo", "lena")
    window = await windows.open_as(service, "lena")
    await expect(window.chat("Leo Cast")).to_be_visible()
    await window.is_live()
    name = window.page.get_by_role("searchbox", name="Filter by name")
    unread = window.page.get_by_role("button", name="Unread")
    await name.fill("leo")
    await unread.click()
    await expect(window.chat("Rita Cast")).to_have_count(0)
    await write(service, "leo", "lena", "For Lena alone")
    announcer = window.page.locator("[data-announcer]")
    await expect(announcer).to_contain_text("For Lena alone")
    await window.page.evaluate(
        "token => { location.hash = `#token=${token}` }", service.token("rita")
    )
    await window.page.get_by_role("dialog").get_by_role("button", name="Continue as").click()
    await expect(window.page.get_by_text(f"Signed in as {isolated('Rita Cast')}")).to_be_attached()
    await expect(announcer).to_have_text("")
    await expect(name).to_have_value("")
    await expect(unread).to_have_attribute("aria-pressed", "false")
    await expect(window.chat("Lena Cast")).to_be_visible()
