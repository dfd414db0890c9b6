"""Lists that are longer than one page of them."""

from pathlib import Path

from playwright.async_api import Locator, expect

from messaging.roster import ImportOptions, import_roster
from models import Account
from tests.browser.windows import Window, Windows, in_chromium
from tests.support.cast import ACCOUNT, CLASSES, PEOPLE, write_csv, write_roster
from tests.support.many import write
from tests.support.service import Service

pytestmark = in_chromium

# Two pages of thirty, and some more.
NUMBERS = range(101, 171)
NAMES = [f"P{number} Cast" for number in NUMBERS]


async def fill(service: Service, directory: Path) -> None:
    """Import more learners and courses than stand on a page of any list."""
    more = [(f"p{number}", "student", "physics") for number in NUMBERS]
    roster = write_roster(directory / "larger", [*PEOPLE, *more])
    courses = [(f"c{number}", f"Course {number}", "physics") for number in NUMBERS]
    header = ("sourcedId", "title", "schoolSourcedId")
    write_csv(roster / "classes.csv", header, [*CLASSES, *courses])
    account = await Account.get(slug=ACCOUNT)
    await import_roster(service.parts.office, account, roster, ImportOptions())


async def read_to_the_end(items: Locator, first: str, last: str) -> None:
    """Scroll down, from the first one to the last: it comes in pages, each item once."""
    await expect(items.first).to_contain_text(first)
    await expect(items.filter(has_text=last)).to_have_count(0)
    while await items.filter(has_text=last).count() == 0:
        seen = await items.count()
        await items.last.scroll_into_view_if_needed()
        await expect(items).not_to_have_count(seen)
        await expect(items.filter(has_text=first)).to_have_count(1)
    await expect(items.filter(has_text=last)).to_have_count(1)


async def search(window: Window, field: Locator, text: str) -> None:
    """Type into a search field, and wait for what the server finds."""
    async with window.page.expect_response(
        lambda response: f'"search":"{text}"' in (response.request.post_data or "")
    ):
        await field.fill(text)


async def test_chats_beyond_the_first_page(
    service: Service, windows: Windows, tmp_path: Path
) -> None:
    """Scrolled down, the list of chats brings all of them, and so does a filtered one."""
    await fill(service, tmp_path)
    for number in NUMBERS:
        await write(service, "olga", f"p{number}", f"Hello {number}")
    olga = await windows.open_as(service, "olga")
    items = olga.chats.get_by_role("listitem")
    newest_first = [f"Hello {number}" for number in reversed(NUMBERS)]
    await read_to_the_end(items, "P170 Cast", "P101 Cast")
    await expect(items.locator(".inbox-last bdi")).to_have_text(newest_first)

    # Two pages are known before the filter asks for the first of what it finds.
    await olga.page.goto("about:blank")
    await olga.page.goto(f"{service.url}/#token={service.token('olga')}")
    await items.nth(29).scroll_into_view_if_needed()
    await expect(items).to_have_count(60)
    await search(olga, olga.page.get_by_role("searchbox", name="Filter by name"), "p1")
    await read_to_the_end(items, "P170 Cast", "P101 Cast")
    await expect(items.locator(".inbox-last bdi")).to_have_text(newest_first)


async def test_people_and_courses_beyond_the_first_page(
    service: Service, windows: Windows, tmp_path: Path
) -> None:
    """Scrolled down, courses, people, those to write to and those to assign are all there."""
    await fill(service, tmp_path)
    olga = await windows.open_as(service, "olga", "/courses")
    main = olga.page.get_by_role("main")
    courses = main.get_by_role("list", name="Courses").get_by_role("link")
    await read_to_the_end(courses, "Course 101", "Painting")
    await expect(courses).to_have_count(len(NUMBERS) + len(CLASSES))

    await olga.page.goto(f"{service.url}/new#token={service.token('olga')}")
    people = main.get_by_role("list", name="People you can write to").get_by_role("listitem")
    await search(olga, olga.page.get_by_role("searchbox", name="Search people"), "p1")
    await read_to_the_end(people, NAMES[0], NAMES[-1])
    await expect(people.locator(".person-name")).to_have_text(NAMES)

    await olga.places.get_by_role("link", name="Administration").click()
    candidates = main.locator(".candidates").get_by_role("listitem")
    await main.get_by_role("button", name="Assign instructor").first.click()
    await search(olga, main.locator(".candidates").get_by_role("searchbox"), "p1")
    await read_to_the_end(candidates, NAMES[0], NAMES[-1])
    await expect(candidates.locator(".person-name")).to_have_text(NAMES)
    await main.get_by_role("button", name="Assign instructor").first.click()

    section = main.get_by_role("region", name="People")
    await search(olga, section.get_by_role("searchbox"), "p1")
    people = section.get_by_role("listitem")
    await read_to_the_end(people, NAMES[0], NAMES[-1])
    await expect(people.locator(".person-name")).to_have_text(NAMES)
