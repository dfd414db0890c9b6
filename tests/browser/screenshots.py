"""Pictures of the pages for the documentation: `python -m tests.browser.screenshots`.

Of a demo at one moment of one day, so that little but the pages themselves changes them.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, async_playwright, expect

from models import Conversation, Message, Participant, User, database
from server.demo.demo import demo_settings, set_up
from server.demo.people import ACCOUNT
from tests.browser import building
from tests.browser.windows import Window, Windows
from tests.support.checkout import ROOT
from tests.support.process import served_demo

DIRECTORY = ROOT / "docs" / "pictures"
MOST_BYTES = 300_000

# A Thursday afternoon.
NOW = datetime(2026, 10, 15, 14, 36, tzinfo=UTC)
# Minutes between one message and the next, over and over.
PACE = (3, 11, 2, 26, 7)
# When the last message of each chat came, by who began it and with whom; of the others, earlier.
LAST = {
    ("amina", "isaac"): NOW - timedelta(minutes=4),
    ("chidi", "isaac"): NOW - timedelta(minutes=38),
    ("ines", "isaac"): NOW - timedelta(hours=3, minutes=12),
    ("bjorn", "isaac"): NOW - timedelta(days=1, hours=2),
    ("grace", "linh"): NOW - timedelta(minutes=52),
    ("ada", "grace"): NOW - timedelta(hours=2, minutes=5),
    ("amina", "rosalind"): NOW - timedelta(minutes=17),
    ("grace", "amina"): NOW - timedelta(hours=5),
}
# In this one the first messages are of the day before.
LONG = ("amina", "isaac")


@dataclass(frozen=True)
class Picture:
    """Who looks at what, on which screen, and what is done before the picture is taken."""

    name: str
    person: str
    path: str
    prepare: Callable[[Window], Awaitable[None]]
    height: int = 760
    scheme: Literal["light", "dark"] = "light"
    is_phone: bool = False
    direction: Literal["ltr", "rtl"] = "ltr"


async def nothing(window: Window) -> None:
    """Leave the page as it opens."""
    await expect(window.page.get_by_role("main")).to_be_visible()


def chat_with(name: str, draft: str = "") -> Callable[[Window], Awaitable[None]]:
    """Open a chat, and begin to write."""

    async def prepare(window: Window) -> None:
        await window.open_chat(name)
        await expect(window.bodies.last).to_be_in_viewport()
        await window.field.fill(draft)

    return prepare


async def searching(window: Window) -> None:
    """Look for somebody to write to."""
    await window.page.get_by_role("searchbox", name="Search people").fill("ma")
    people = window.page.get_by_role("list", name="People you can write to").get_by_role("link")
    await expect(people).not_to_have_count(0)
    await expect(people.filter(has_text="Ravi")).to_have_count(0)


async def course(window: Window) -> None:
    """Open a course."""
    await window.page.get_by_role("link", name="Mechanics").click()
    await expect(window.page.get_by_role("link", name="Contact instructor")).to_have_count(2)


async def asked(window: Window) -> None:
    """Run the query that the explorer opens with."""
    await expect(window.page.get_by_role("tab", name="MyChats")).to_be_visible()
    await window.page.wait_for_load_state("networkidle")
    await window.page.get_by_role("button", name="Execute query").click()
    result = window.page.get_by_role("region", name="Result Window")
    await expect(result).to_contain_text("viewer")


PICTURES = (
    Picture("messages", "isaac", "/", chat_with("Amina Diallo", "Yes, one page, both sides.")),
    Picture("messages-dark", "amina", "/", chat_with("Rosalind Haddad"), scheme="dark"),
    Picture("messages-rtl", "nadia", "/", chat_with("فرید رضایی"), direction="rtl"),
    Picture("phone-list", "isaac", "/", nothing, is_phone=True),
    Picture("phone-chat", "isaac", "/", chat_with("Amina Diallo"), is_phone=True),
    Picture("new-chat", "grace", "/new", searching),
    Picture("course", "amina", "/courses", course, height=560),
    Picture("administration", "ada", "/administration", nothing, height=900),
    Picture("explorer", "ada", "/graphql", asked),
)


async def main(directory: Path) -> int:
    """Take all pictures; 1 where one of them is too large to be shown on a page."""
    why_not = building.why_not()
    if why_not is not None:
        sys.stderr.write(f"No pictures: {why_not}.\n")
        return 1
    too_large = 0
    with tempfile.TemporaryDirectory() as data:
        await prepare_demo(Path(data))
        async with served_demo(Path(data)) as demo, chromium() as browser:
            for picture in PICTURES:
                size = await take(browser, demo, picture, directory / f"{picture.name}.png")
                sys.stdout.write(f"{picture.name}.png {size:,} bytes\n")
                too_large += size > MOST_BYTES
    return 1 if too_large else 0


async def take(browser: Browser, demo: str, picture: Picture, file: Path) -> int:
    """Take a picture; its size in bytes."""
    windows = Windows(browser)
    window = await windows.open(
        "about:blank",
        viewport={"width": 390 if picture.is_phone else 1280, "height": picture.height},
        has_touch=picture.is_phone,
        is_mobile=picture.is_phone,
        color_scheme=picture.scheme,
        device_scale_factor=1.5,
        reduced_motion="reduce",
    )
    await window.page.clock.set_system_time(NOW)
    await window.context.add_init_script(
        f"sessionStorage.setItem('lms-messages-demo-person', '{picture.person}')"
    )
    await window.page.goto(demo + picture.path)
    # As `texts.ts` says it of a language; the words stay those that there are.
    await window.page.evaluate(
        "direction => { document.documentElement.dir = direction }", picture.direction
    )
    await picture.prepare(window)
    await window.page.wait_for_load_state("networkidle")
    # Away from what shows more under it.
    await window.page.mouse.move(0, 0)
    picture_bytes = await window.page.screenshot(path=file)
    await windows.close()
    return len(picture_bytes)


async def prepare_demo(data: Path) -> None:
    """Set a demo up, and move its chats to the hours of that day and the days before."""
    settings = demo_settings(data)
    await set_up(settings)
    await database.connect(settings.database_url)
    try:
        people = {
            person.id: person.source_id for person in await User.filter(account__slug=ACCOUNT)
        }
        chats = await Conversation.all().order_by("last_activity_at")
        for number, chat in enumerate(reversed(chats), start=1):
            pair = (people[chat.lower_user_id], people[chat.higher_user_id])
            key = pair if pair in LAST else (pair[1], pair[0])
            last = LAST.get(key, NOW - timedelta(days=number, minutes=37 * number))
            await move(chat, last, is_long=key == LONG)
    finally:
        await database.disconnect()


async def move(chat: Conversation, last: datetime, *, is_long: bool) -> None:
    """Give a chat's messages other times, the newest that one."""
    moment = last
    for message in await Message.filter(conversation_id=chat.id).order_by("-seq"):
        await Message.filter(id=message.id).update(sent_at=moment)
        moment -= timedelta(minutes=PACE[message.seq % len(PACE)])
        if is_long and message.seq == chat.last_seq - 1:
            moment -= timedelta(days=1)
    await Conversation.filter(id=chat.id).update(last_activity_at=last)
    await Participant.filter(conversation_id=chat.id).update(listed_at=last)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=building.chromium(), args=building.arguments()
        )
        yield browser
        await browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Take pictures of the pages.")
    parser.add_argument("--directory", type=Path, default=DIRECTORY, help="where they are put")
    sys.exit(asyncio.run(main(parser.parse_args().directory)))
