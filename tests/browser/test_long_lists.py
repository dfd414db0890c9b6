"""Lists that are read page by page keep their reader's place, and ask again what failed."""

from playwright.async_api import Request, Route, expect

from models import Course
from tests.browser.windows import Window, Windows, in_chromium
from tests.support.many import add_course, write
from tests.support.service import Service

pytestmark = in_chromium

# With the two of the cast three pages, the last one short.
_COURSES = 43
_MINUTE_MS = 60_000


async def opened_to_the_end(service: Service, windows: Windows) -> Window:
    """The window of one who sees all courses, and has come to the last of them."""
    for number in range(_COURSES):
        await add_course(f"Course {number:02}")
    adam = await windows.open_as(service, "adam", "/courses")
    courses = adam.page.get_by_role("list", name="Courses").get_by_role("link")
    seen = 0
    while seen < _COURSES + 2:
        await expect(courses).not_to_have_count(seen)
        seen = await courses.count()
        await courses.last.scroll_into_view_if_needed()
    return adam


async def leave(window: Window) -> None:
    """Look elsewhere."""
    await window.page.evaluate(
        """() => {
            window.isSeen = false;
            Object.defineProperty(document, "visibilityState",
                {configurable: true, get: () => window.isSeen ? "visible" : "hidden"});
            document.hasFocus = () => window.isSeen;
            document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )


async def come_back(window: Window) -> None:
    """Look at the page again."""
    await window.page.evaluate(
        """() => {
            window.isSeen = true;
            document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )


async def test_coming_back_keeps_the_place(service: Service, windows: Windows) -> None:
    """Looked at again, as many are read as were shown; what had the focus has it, where it was."""
    adam = await opened_to_the_end(service, windows)
    focused = adam.page.get_by_role("link", name="Course 40")
    await focused.focus()
    place = await adam.page.evaluate("scrollY")
    assert place > 0
    await leave(adam)
    await Course.filter(title="Course 41").update(title="Course 41, anew")
    await come_back(adam)
    await expect(adam.page.get_by_role("link", name="Course 41, anew")).to_be_visible()
    courses = adam.page.get_by_role("list", name="Courses").get_by_role("link")
    await expect(courses).to_have_count(_COURSES + 2)
    await expect(focused).to_be_focused()
    assert await adam.page.evaluate("scrollY") == place


async def test_what_failed_is_asked_again(service: Service, windows: Windows) -> None:
    """Where reading anew failed, *Try again* reads anew, instead of asking for what follows."""
    adam = await opened_to_the_end(service, windows)
    adam.is_cut_off = True
    is_broken = True

    async def fail(route: Route, request: Request) -> None:
        is_asked = "query Courses(" in (request.post_data or "")
        await (route.abort() if is_broken and is_asked else route.continue_())

    await adam.page.route("**/graphql", fail)
    await leave(adam)
    await Course.filter(title="Course 00").update(title="Course 00, anew")
    await come_back(adam)
    failure = adam.page.get_by_role("alert").filter(has_text="This could not be loaded.")
    await expect(failure).to_be_visible()
    courses = adam.page.get_by_role("list", name="Courses").get_by_role("link")
    await expect(courses).to_have_count(_COURSES + 2)
    is_broken = False
    await failure.get_by_role("button", name="Try again").click()
    await expect(adam.page.get_by_role("link", name="Course 00, anew")).to_be_attached()
    await expect(failure).to_have_count(0)
    await expect(courses).to_have_count(_COURSES + 2)


async def test_a_list_keeps_one_time(service: Service, windows: Windows) -> None:
    """However many chats are listed, one timer tells them when it is another day."""
    for sender in ("rita", "leo", "adam", "olga"):
        await write(service, sender, "lena")
    lena = await windows.open("about:blank")
    lena.may_ask = [service.url]
    await lena.context.add_init_script(
        """(() => {
            const begin = window.setInterval;
            window.begun = [];
            window.setInterval = (work, pause, ...rest) => {
                window.begun.push(pause);
                return begin(work, pause, ...rest);
            };
        })()"""
    )
    await lena.page.goto(f"{service.url}/#token={service.token('lena')}")
    await expect(lena.chats.get_by_role("listitem")).to_have_count(4)
    pauses = await lena.page.evaluate("window.begun")
    assert pauses.count(_MINUTE_MS) == 1
