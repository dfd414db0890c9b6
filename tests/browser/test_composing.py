"""The field that one writes in: its limit, what stays in it, and the course it names."""

import pytest
from playwright.async_api import expect

from tests.browser.windows import Windows, in_chromium, isolated
from tests.support.many import write
from tests.support.people import Person, done
from tests.support.service import Service

pytestmark = in_chromium


@pytest.mark.parametrize("character", ["a", "😀"])
async def test_the_longest_message(service: Service, windows: Windows, character: str) -> None:
    """Near 4,000 characters the page counts what is left; more than that stays in the field."""
    rita = Person(service, "rita")
    chat = done(await rita.start("lena", "Hello"))["conversation"]["id"]
    lena = await windows.open_as(service, "lena", f"/chats/{chat}")
    send = lena.page.get_by_role("button", name="Send", exact=True)
    count = lena.page.locator("form").get_by_role("status")
    await lena.field.fill(character * 3_700)
    await expect(send).to_have_attribute("aria-disabled", "false")
    await expect(count).to_have_count(0)
    await lena.field.fill(character * 3_701)
    await expect(count).to_have_text("299 left")

    too_long = character * 4_001
    await lena.field.fill(too_long)
    await expect(count).to_have_text("1 character too many")
    await expect(send).to_have_attribute("aria-disabled", "true")
    await lena.field.press("Enter")
    await expect(lena.field).to_have_value(too_long)
    await expect(lena.bodies).to_have_text(["Hello"])
    assert await rita.bodies(chat) == ["Hello"]

    await lena.field.press("Backspace")
    await expect(count).to_have_text("0 left")
    await lena.field.press("Enter")
    await expect(lena.message(character).last).to_contain_text("Sent")
    await expect(count).to_have_count(0)
    assert await rita.bodies(chat) == ["Hello", character * 4_000]


async def test_what_is_not_sent_stays(service: Service, windows: Windows) -> None:
    """What stands in the field of a chat is there again after another one, and in no other."""
    await write(service, "rita", "lena")
    await write(service, "leo", "lena")
    lena = await windows.open_as(service, "lena")
    await lena.open_chat("Rita Cast")
    await lena.field.fill("Half a word")
    await lena.open_chat("Leo Cast")
    await expect(lena.field).to_have_value("")
    await lena.field.fill("Another one")
    await lena.places.get_by_role("link", name="Courses").click()
    await lena.places.get_by_role("link", name="Messages").click()
    for name, draft in (("Rita Cast", "Half a word"), ("Leo Cast", "Another one")):
        await lena.open_chat(name)
        await expect(lena.field).to_have_value(draft)
    await lena.field.press("Enter")
    await expect(lena.message("Another one")).to_contain_text("Sent")
    await lena.open_chat("Rita Cast")
    await lena.open_chat("Leo Cast")
    await expect(lena.field).to_have_value("")


async def test_the_course_of_a_message(service: Service, windows: Windows) -> None:
    """A message's course is a link to it; the next one need not mention the course."""
    ines = Person(service, "ines")
    first = done(await Person(service, "lena").contact("ines", "mechanics", "A question"))
    chat = first["conversation"]["id"]
    course = await service.course("mechanics")
    lena = await windows.open_as(service, "lena", f"/chats/{chat}")
    named = f"Course: {isolated('Mechanics')}"
    link = lena.message("A question").get_by_role("link", name=named)
    await link.click()
    await expect(lena.page).to_have_url(f"{service.url}/courses/{course}")
    await expect(lena.page.get_by_role("heading", name="Mechanics")).to_be_visible()

    contact = lena.page.get_by_role("link", name=f"Contact instructor {isolated('Ines Cast')}")
    about = lena.page.get_by_text(f"About: {isolated('Mechanics')}")
    await contact.click()
    await expect(about).to_be_visible()
    await lena.field.fill("Nothing about it")
    await lena.page.get_by_role("button", name="Do not mention the course").click()
    await expect(about).to_have_count(0)
    await expect(lena.page).to_have_url(f"{service.url}/chats/{chat}")
    await lena.field.press("Enter")
    await expect(lena.message("Nothing about it")).to_contain_text("Sent")
    await expect(lena.thread.get_by_role("link", name=named)).to_have_count(1)
    assert await ines.bodies(chat) == ["A question", "Nothing about it"]
    [_, sent] = (await ines.chat(chat))["messages"]["edges"]
    assert sent["node"]["course"] is None
