"""The header: where one is, and the ways from there."""

from playwright.async_api import expect

from tests.browser.windows import Windows, in_chromium
from tests.support.people import Person, done
from tests.support.places import Place
from tests.support.service import Service, serving

pytestmark = in_chromium


async def test_where_one_is(service: Service, windows: Windows) -> None:
    """The header marks the place that one is at, and the list the chat that is open."""
    chat = done(await Person(service, "adam").start("lena"))["conversation"]["id"]
    course = await service.course("mechanics")
    adam = await windows.open_as(service, "adam")
    here = adam.places.locator("[aria-current=page]")
    for path, place in (
        ("/", "Messages"),
        ("/new", "Messages"),
        (f"/chats/{chat}", "Messages"),
        ("/courses", "Courses"),
        (f"/courses/{course}", "Courses"),
        ("/administration", "Administration"),
    ):
        await adam.page.goto(f"{service.url}{path}#token={service.token('adam')}")
        await expect(here).to_have_count(1)
        await expect(here).to_contain_text(place)

    await adam.places.get_by_role("link", name="Messages").click()
    await expect(here).to_contain_text("Messages")
    link = adam.chat("Lena Cast").get_by_role("link")
    await expect(link).not_to_have_attribute("aria-current", "true")
    await link.click()
    await expect(link).to_have_attribute("aria-current", "true")


async def test_past_the_header(service: Service, windows: Windows) -> None:
    """The first key leads past the header, to what the page is about."""
    lena = await windows.open_as(service, "lena", "/courses")
    await expect(lena.page.get_by_role("link", name="Mechanics")).to_be_visible()
    skip = lena.page.get_by_role("link", name="Skip to content")
    await expect(skip).not_to_be_in_viewport()
    await lena.page.keyboard.press("Tab")
    await expect(skip).to_be_focused()
    await expect(skip).to_be_in_viewport()
    await lena.page.keyboard.press("Enter")
    await expect(lena.page.get_by_role("main")).to_be_focused()
    await expect(lena.page.get_by_role("link", name="Mechanics")).to_be_visible()
    await lena.page.keyboard.press("Tab")
    await expect(lena.page.get_by_role("link", name="Mechanics")).to_be_focused()


async def test_the_way_to_the_explorer(windows: Windows, place: Place) -> None:
    """Where the explorer is served, the header leads to it, and nowhere else."""
    for has_explorer in (True, False):
        async with serving(place.settings(explorer=has_explorer)) as service:
            lena = await windows.open_as(service, "lena")
            await expect(lena.places).to_be_visible()
            link = lena.page.get_by_role("link", name="API explorer")
            await expect(link).to_have_count(int(has_explorer))
            if has_explorer:
                await link.click()
                await expect(lena.page).to_have_url(f"{service.url}/graphql")
                await expect(lena.page.get_by_role("button", name="Execute query")).to_be_visible()
            await lena.context.close()
