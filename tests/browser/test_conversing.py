"""Two people write to each other, each in a window of their own."""

import re
from datetime import timedelta

from playwright.async_api import expect

from models import Conversation, Message, Participant
from tests.browser.windows import Windows, in_chromium, isolated
from tests.support.many import write
from tests.support.people import Person, done
from tests.support.service import Service

pytestmark = in_chromium


async def test_messages_and_reads_are_live(service: Service, windows: Windows) -> None:
    """What one writes the other sees at once, and the writer sees that it was read."""
    await write(service, "rita", "lena", "Hello Lena")
    rita = await windows.open_as(service, "rita")
    lena = await windows.open_as(service, "lena")
    await rita.open_chat("Lena Cast")
    await expect(rita.message("Hello Lena")).to_contain_text("Sent")
    await expect(lena.chat("Rita Cast")).to_contain_text("1 unread message")

    await lena.open_chat("Rita Cast")
    await expect(rita.message("Hello Lena")).to_contain_text("Read")
    await expect(lena.chat("Rita Cast")).not_to_contain_text("unread")

    await lena.write("Good morning", "How are you?")
    for window in (rita, lena):
        await expect(window.bodies).to_have_text(["Hello Lena", "Good morning", "How are you?"])
    await expect(lena.message("Good morning")).to_contain_text("Read")
    await rita.write("Fine!")
    await expect(lena.bodies).to_have_text(["Hello Lena", "Good morning", "How are you?", "Fine!"])
    await expect(lena.chat("Rita Cast")).to_contain_text("Fine!")


async def test_d5_the_unread_number_is_live(service: Service, windows: Windows) -> None:
    """The number of unread messages stands in navigation and title, and follows every window."""
    lena = await windows.open_as(service, "lena", "/courses")
    other = await windows.open_as(service, "lena")
    await expect(lena.page).to_have_title("Courses")
    await write(service, "rita", "lena", "One", "Two")
    await write(service, "leo", "lena", "Three")
    messages = lena.places.get_by_role("link", name="Messages")
    await expect(messages).to_have_accessible_name("Messages 3 unread messages")
    await expect(lena.page).to_have_title("(3) Courses")
    await expect(other.page).to_have_title("(3) Messages")

    await other.open_chat("Rita Cast")
    await expect(lena.page).to_have_title("(1) Courses")
    await expect(messages).to_have_accessible_name("Messages 1 unread message")
    await other.open_chat("Leo Cast")
    await expect(lena.page).to_have_title("Courses")
    await expect(messages).to_have_accessible_name("Messages")
    await expect(other.page).to_have_title(f"{isolated('Leo Cast')} · Messages")


async def test_what_nobody_can_see_is_not_sent(service: Service, windows: Windows) -> None:
    """A text of which nothing shows stays in the field, until something does."""
    await write(service, "rita", "lena", "Hello Lena")
    rita = await windows.open_as(service, "rita")
    await rita.open_chat("Lena Cast")
    send = rita.page.get_by_role("button", name="Send", exact=True)
    for unseen in ("\u200b", "\u2060\ufeff \u00ad", "\u202e"):
        await rita.write(unseen)
        await expect(rita.field).to_have_value(unseen)
        await expect(send).to_have_attribute("aria-disabled", "true")
    await rita.write("\u200bHere")
    await expect(rita.bodies).to_have_text(["Hello Lena", "\u200bHere"])


async def test_filtering_the_chats(service: Service, windows: Windows) -> None:
    """Chats are found by name and by unread, the newest first."""
    await write(service, "rita", "lena")
    await write(service, "leo", "lena")
    lena = await windows.open_as(service, "lena")
    items = lena.chats.get_by_role("listitem")
    await expect(items).to_contain_text(["Leo Cast", "Rita Cast"])
    await lena.open_chat("Leo Cast")
    unread = lena.page.get_by_role("button", name="Unread")
    await expect(lena.chat("Leo Cast")).not_to_contain_text("unread")
    await unread.click()
    # The read chat has gone; it comes back with something new, and when all are shown.
    await expect(items).to_have_count(1)
    await expect(items).to_contain_text("Rita Cast")
    await lena.page.get_by_role("link", name="Courses").click()
    await lena.page.get_by_role("link", name="Messages").click()
    await unread.click()
    await expect(items).to_have_count(1)
    await write(service, "leo", "lena", "Something new")
    await expect(items).to_contain_text(["Leo Cast", "Rita Cast"])
    await lena.open_chat("Rita Cast")
    await expect(lena.chat("Rita Cast")).not_to_contain_text("unread")
    await lena.open_chat("Leo Cast")
    await expect(items).to_have_count(1)
    await expect(items).to_contain_text("Leo Cast")
    await unread.click()
    await expect(items).to_contain_text(["Leo Cast", "Rita Cast"])
    await lena.page.get_by_role("searchbox", name="Filter by name").fill("leo")
    await expect(items).to_have_count(1)
    await expect(items).to_contain_text("Leo Cast")
    await lena.page.get_by_role("searchbox", name="Filter by name").fill("nobody")
    await expect(lena.page.get_by_text("No chats found")).to_be_visible()


async def test_who_and_when_in_the_list(service: Service, windows: Windows) -> None:
    """A chat of the list tells what the other one is, and when there was something last."""
    leos = await write(service, "leo", "lena")
    adams = await write(service, "adam", "lena")
    lena = await windows.open_as(service, "lena")
    today = (await Conversation.get(id=adams)).last_activity_at
    await expect(lena.chat("Adam Cast")).to_contain_text("Account administrator")
    await expect(lena.chat("Adam Cast").get_by_role("time")).to_have_text(
        f"{today.hour}:{today:%M}"
    )
    await expect(lena.chat("Leo Cast")).to_contain_text("Department administrator")

    for days, shown in ((1, "Yesterday"), (3, f"{today - timedelta(days=3):%a}")):
        before = today - timedelta(days=days)
        await Conversation.filter(id=leos).update(last_activity_at=before)
        await Participant.filter(conversation_id=leos).update(listed_at=before)
        await lena.page.goto("about:blank")
        await lena.page.goto(f"{service.url}/#token={service.token('lena')}")
        await expect(lena.chat("Leo Cast").get_by_role("time")).to_have_text(shown)


async def test_enter_sends_and_shift_enter_breaks(service: Service, windows: Windows) -> None:
    """Enter sends, Shift+Enter begins a line in a field that grows, the button sends as well.

    Blank lines around a message, and what is blank after it, are left out.
    """
    chat = done(await Person(service, "rita").start("lena", "Hello"))["conversation"]["id"]
    lena = await windows.open_as(service, "lena", f"/chats/{chat}")
    low = await lena.field.bounding_box()
    await lena.field.press_sequentially("First")
    await lena.field.press("Shift+Enter")
    await lena.field.press_sequentially("Second")
    high = await lena.field.bounding_box()
    assert low is not None
    assert high is not None
    assert high["height"] > low["height"]
    await expect(lena.bodies).to_have_text(["Hello"])
    await lena.field.press("Enter")
    await expect(lena.field).to_have_value("")
    await expect(lena.bodies).to_have_count(2)
    send = lena.page.get_by_role("button", name="Send")
    await lena.field.fill("   ")
    await expect(send).to_be_disabled()
    await lena.field.press("Enter")
    await lena.field.fill("\n \n  Third \n\n")
    await send.click()
    await expect(lena.message("Third")).to_contain_text("Sent")
    assert await Person(service, "rita").bodies(chat) == ["Hello", "First\nSecond", "  Third"]


async def test_older_messages_load_on_scrolling_up(service: Service, windows: Windows) -> None:
    """Scrolled up, a long chat brings its older messages until its beginning, each once."""
    bodies = [f"Message {number}." for number in range(1, 131)]
    await write(service, "rita", "lena", *bodies)
    rita = await windows.open_as(service, "rita")
    await rita.open_chat("Lena Cast")
    await expect(rita.message("Message 130.")).to_be_in_viewport()
    assert await rita.bodies.count() < len(bodies)
    oldest = rita.bodies.first
    while await oldest.text_content() != bodies[0]:
        seen = await rita.bodies.count()
        await oldest.scroll_into_view_if_needed()
        await expect(rita.bodies).not_to_have_count(seen)
    await expect(rita.page.get_by_text("This is the beginning of your chat")).to_be_attached()
    await expect(rita.bodies).to_have_text(bodies)


async def test_a_chat_opens_at_its_first_unread_message(service: Service, windows: Windows) -> None:
    """What is not yet seen stays unread, until one comes to the end."""
    bodies = [f"Message {number}." for number in range(1, 41)]
    await write(service, "rita", "lena", *bodies)
    lena = await windows.open_as(service, "lena")
    await lena.open_chat("Rita Cast")
    await expect(lena.message("Message 1.")).to_be_in_viewport()
    await expect(lena.thread.get_by_text("New messages")).to_be_in_viewport()
    await expect(lena.page).to_have_title(f"(40) {isolated('Rita Cast')} · Messages")
    await lena.page.get_by_role("button", name="New messages").click()
    await expect(lena.message("Message 40.")).to_be_in_viewport()
    await expect(lena.page).to_have_title(f"{isolated('Rita Cast')} · Messages")


async def test_days_are_told_apart(service: Service, windows: Windows) -> None:
    """A heading stands above the messages of each day."""
    chat = await write(service, "rita", "lena", "Long ago", "Yesterday's", "Today's")
    for seq, days in ((1, 400), (2, 1)):
        [message] = await Message.filter(conversation_id=chat, seq=seq)
        await Message.filter(id=message.id).update(sent_at=message.sent_at - timedelta(days=days))
    lena = await windows.open_as(service, "lena")
    await lena.open_chat("Rita Cast")
    days_shown = lena.thread.get_by_role("heading")
    await expect(days_shown).to_have_text([re.compile(r"\d{4}"), "Yesterday", "Today"])
