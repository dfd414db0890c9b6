"""The course page, and what happens to its chats when somebody no longer teaches."""

import asyncio

import pytest
from playwright.async_api import Request, Route, expect

from gql import ids
from models import Course
from models.ids import new_id
from tests.browser.windows import Window, Windows, in_chromium, isolated
from tests.support.many import write
from tests.support.people import Person
from tests.support.service import Service

pytestmark = in_chromium

UNASSIGNED = "The instructor no longer teaches this course."
QUESTION = "Is the rope massless?"


async def contact_ines(lena: Window) -> None:
    """Ask the instructor of Mechanics from the course's page."""
    await lena.places.get_by_role("link", name="Courses").click()
    await lena.page.get_by_role("link", name="Mechanics").click()
    await lena.page.get_by_role("link", name=f"Contact instructor {isolated('Ines Cast')}").click()
    await expect(lena.page.get_by_text(f"About: {isolated('Mechanics')}")).to_be_visible()
    await lena.write(QUESTION)


async def test_s3_contacting_an_instructor(service: Service, windows: Windows) -> None:
    """A learner writes to an instructor from the course page; the chat names the course."""
    lena = await windows.open_as(service, "lena")
    ines = await windows.open_as(service, "ines")
    await contact_ines(lena)
    await expect(lena.message(QUESTION)).to_contain_text(f"Course: {isolated('Mechanics')}")
    await expect(lena.page.get_by_text(f"About: {isolated('Mechanics')}")).to_have_count(0)

    await ines.open_chat("Lena Cast")
    await expect(ines.message(QUESTION)).to_contain_text(f"Course: {isolated('Mechanics')}")
    await ines.write("Take it as massless.")
    await expect(lena.bodies).to_have_text([QUESTION, "Take it as massless."])
    await lena.write("Thanks")
    await expect(lena.message("Thanks")).to_contain_text("Read")
    await expect(lena.message("Thanks")).not_to_contain_text("Course:")

    # Asked a second time, it is the same chat.
    await lena.places.get_by_role("link", name="Courses").click()
    await lena.page.get_by_role("link", name="Mechanics").click()
    await lena.page.get_by_role("link", name=f"Contact instructor {isolated('Ines Cast')}").click()
    await expect(lena.bodies).to_have_text([QUESTION, "Take it as massless.", "Thanks"])


async def test_a_course_that_is_slow_or_out_of_reach(service: Service, windows: Windows) -> None:
    """Nothing is sent before its course is known; where that fails one may try again."""
    lena = await windows.open_as(service, "lena", "/courses")
    lena.is_cut_off = True
    await lena.page.get_by_role("link", name="Mechanics").click()
    contact = lena.page.get_by_role("link", name=f"Contact instructor {isolated('Ines Cast')}")
    await expect(contact).to_be_visible()
    is_asked, may_answer = asyncio.Event(), asyncio.Event()

    async def delay(route: Route, request: Request) -> None:
        if "query Course(" not in (request.post_data or ""):
            await route.continue_()
        elif is_asked.is_set():
            await may_answer.wait()
            await route.continue_()
        else:
            is_asked.set()
            await route.abort()

    await lena.page.route("**/graphql", delay)
    await contact.click()
    failed = lena.page.get_by_role("alert").filter(has_text="This could not be loaded.")
    await expect(failed).to_be_visible()
    await expect(lena.page.get_by_role("note")).to_have_count(0)
    await expect(lena.field).to_have_count(0)
    await failed.get_by_role("button", name="Try again").click()
    await expect(failed).to_have_count(0)
    await expect(lena.field).to_have_count(0)
    may_answer.set()
    await expect(lena.page.get_by_text(f"About: {isolated('Mechanics')}")).to_be_visible()
    await lena.write(QUESTION)
    await expect(lena.message(QUESTION)).to_contain_text(f"Course: {isolated('Mechanics')}")


@pytest.mark.parametrize("page", ["course", "chat", "new chat"])
async def test_trying_again_shows_that_it_asks(
    service: Service, windows: Windows, page: str
) -> None:
    """What could not be loaded is loading again as soon as one tries, until there is an answer."""
    path, query, content = {
        "course": (f"/courses/{await service.course('mechanics')}", "query Course(", "Mechanics"),
        "chat": (
            f"/chats/{ids.encode(ids.Kind.CONVERSATION, new_id())}",
            "query Thread(",
            "nothing",
        ),
        "new chat": (f"/new?to={await service.user('nora')}", "query Person(", "Nora Cast"),
    }[page]
    olga = await windows.open("about:blank")
    olga.may_ask, olga.is_cut_off = [service.url], True
    is_asked, may_answer = asyncio.Event(), asyncio.Event()

    async def delay(route: Route, request: Request) -> None:
        if query not in (request.post_data or ""):
            await route.continue_()
        elif is_asked.is_set():
            await may_answer.wait()
            await route.continue_()
        else:
            is_asked.set()
            await route.abort()

    await olga.page.route("**/graphql", delay)
    await olga.page.goto(f"{service.url}{path}#token={service.token('olga')}")
    failed = olga.page.get_by_role("alert").filter(has_text="This could not be loaded.")
    await failed.get_by_role("button", name="Try again").click()
    await expect(olga.page.get_by_text("Loading…")).to_be_visible()
    await expect(failed).to_have_count(0)
    may_answer.set()
    await expect(olga.page.get_by_role("main")).to_contain_text(content)
    await expect(olga.page.get_by_text("Loading…")).to_have_count(0)


async def test_w2_a_chat_closes_live(service: Service, windows: Windows) -> None:
    """Unassigned, the instructor's chat closes in both windows with its reason; it opens again."""
    lena = await windows.open_as(service, "lena")
    ines = await windows.open_as(service, "ines")
    adam = await windows.open_as(service, "adam", "/administration")
    await contact_ines(lena)
    await ines.open_chat("Lena Cast")
    await expect(ines.field).to_be_visible()

    course = adam.page.get_by_role("list", name="Courses").get_by_role("listitem")
    mechanics = course.filter(has=adam.page.get_by_role("heading", name="Mechanics"))
    await mechanics.get_by_role("button", name=f"Unassign {isolated('Ines Cast')}").click()
    for window in (lena, ines):
        await expect(window.page.get_by_role("note")).to_contain_text(UNASSIGNED)
        await expect(window.field).to_have_count(0)
        await expect(window.bodies).to_have_text([QUESTION])

    await mechanics.get_by_role("button", name="Assign instructor").click()
    await mechanics.get_by_role("searchbox", name="Search people").fill("ines")
    await mechanics.get_by_role("button", name=f"Assign {isolated('Ines Cast')}").click()
    for window in (lena, ines):
        await expect(window.field).to_be_visible()
        await expect(window.page.get_by_role("note")).to_have_count(0)
    await ines.write("Yes")
    await expect(lena.bodies).to_have_text([QUESTION, "Yes"])


async def test_w3_messaging_off(demo: str, windows: Windows) -> None:
    """Turned off, the instructor's photo stays and the link is gone; chats say why, at once."""
    amina = await open_demo(windows, demo, "Amina Diallo")
    asking = await open_demo(windows, demo, "Amina Diallo")
    grace = await open_demo(windows, demo, "Grace Okonkwo")
    await amina.places.get_by_role("link", name="Courses").click()
    await amina.page.get_by_role("link", name="Mechanics").click()
    instructor = amina.page.get_by_role("listitem").filter(has_text="Isaac Ferreira")
    contact = instructor.get_by_role(
        "link", name=f"Contact instructor {isolated('Isaac Ferreira')}"
    )
    await expect(contact).to_be_visible()
    await asking.open_chat("Isaac Ferreira")
    await expect(asking.field).to_be_visible()

    await grace.places.get_by_role("link", name="Administration").click()
    switch = grace.page.get_by_role("switch", name="Messaging")
    await expect(switch).to_be_checked()
    await switch.click()
    await expect(contact).to_have_count(0)
    await expect(instructor).to_contain_text("Messaging is turned off.")
    photo = instructor.locator("img")
    assert await photo.evaluate("image => image.complete && image.naturalWidth > 0")
    await expect(asking.page.get_by_role("note")).to_contain_text("Messaging is turned off.")
    await expect(asking.field).to_have_count(0)
    await expect(asking.bodies.first).to_be_visible()

    await switch.click()
    await expect(contact).to_be_visible()
    await expect(asking.field).to_be_visible()


async def open_demo(windows: Windows, demo: str, name: str) -> Window:
    """The demo, after choosing who to be."""
    window = await windows.open(demo)
    await window.page.get_by_role("button", name=name).click()
    await expect(window.places).to_be_visible()
    return window


async def test_s4_learners_start_no_chats(service: Service, windows: Windows) -> None:
    """A learner has no button for a new chat, and its address shows nothing."""
    await write(service, "rita", "lena")
    lena = await windows.open_as(service, "lena")
    await expect(lena.chat("Rita Cast")).to_be_visible()
    await expect(lena.page.get_by_role("link", name="New chat")).to_have_count(0)
    await expect(lena.places.get_by_role("link", name="Administration")).to_have_count(0)
    before = await Person(service, "lena").chats()
    there = await windows.open_as(service, "lena", "/new")
    await expect(there.page.get_by_text("There is nothing here")).to_be_visible()
    await expect(there.page.get_by_role("searchbox", name="Search people")).to_have_count(0)
    assert await Person(service, "lena").chats() == before


async def test_s2_a_new_chat(service: Service, windows: Windows) -> None:
    """An administrator finds people by name, only those they may write to, and writes."""
    leo = await windows.open_as(service, "leo")
    nora = await windows.open_as(service, "nora")
    await leo.page.get_by_role("link", name="New chat").click()
    people = leo.page.get_by_role("list", name="People you can write to")
    search = leo.page.get_by_role("searchbox", name="Search people")
    await expect(people.get_by_role("link", name="Lena Cast")).to_be_visible()
    await expect(people.get_by_role("link", name="Luca Cast")).to_have_count(0)
    await search.fill("luca")
    await expect(leo.page.get_by_text("Nobody found")).to_be_visible()
    await search.fill("nora")
    await expect(people.get_by_role("link")).to_have_count(1)
    await people.get_by_role("link", name="Nora Cast").click()
    await expect(
        leo.page.get_by_text(f"Write the first message to {isolated('Nora Cast')}")
    ).to_be_visible()
    await leo.write("Welcome, Nora", "See you on Monday")
    await nora.open_chat("Leo Cast")
    for window in (leo, nora):
        await expect(window.bodies).to_have_text(["Welcome, Nora", "See you on Monday"])
    await expect(leo.chat("Nora Cast")).to_contain_text("See you on Monday")


async def test_w3_no_new_chat(service: Service, windows: Windows) -> None:
    """While messaging is off a new chat's page says so, without a field that finds nobody."""
    olga = Person(service, "olga")
    await olga.set_mode("OFF")
    leo = await windows.open_as(service, "leo", "/new")
    search = leo.page.get_by_role("searchbox", name="Search people")
    await expect(leo.page.get_by_text("Messaging is turned off, so no chat")).to_be_visible()
    await expect(search).to_have_count(0)
    await olga.set_mode("ON")
    await expect(search).to_be_visible()
    await expect(leo.page.get_by_role("link", name="Lena Cast")).to_be_visible()
    await olga.set_mode("OFF")
    await expect(search).to_have_count(0)


async def test_w4_deactivated_by_hand(service: Service, windows: Windows) -> None:
    """Deactivated on the administration page, somebody is signed out; their chats stay, closed."""
    await write(service, "leo", "nora", "Hello")
    leo = await windows.open_as(service, "leo")
    nora = await windows.open_as(service, "nora")
    olga = await windows.open_as(service, "olga", "/administration")
    await leo.open_chat("Nora Cast")
    await expect(nora.chat("Leo Cast")).to_be_visible()
    nora.is_cut_off = True
    await olga.page.get_by_role("searchbox", name="Search people").fill("nora")
    await olga.page.get_by_role("button", name=f"Deactivate {isolated('Nora Cast')}").click()
    await expect(nora.page.get_by_text("Your session has ended")).to_be_visible()
    await expect(leo.page.get_by_role("note")).to_contain_text(
        f"{isolated('Nora Cast')} is not active"
    )
    await expect(leo.bodies).to_have_text(["Hello"])
    await olga.page.get_by_role("button", name=f"Activate {isolated('Nora Cast')}").click()
    await expect(leo.field).to_be_visible()


async def test_coming_back_to_the_courses(service: Service, windows: Windows) -> None:
    """Looked at again, the page reads its courses anew: once, though a browser tells it twice."""
    lena = await windows.open_as(service, "lena", "/courses")
    await expect(lena.page.get_by_role("link", name="Mechanics")).to_be_visible()
    asked: list[str] = []
    lena.page.on("request", lambda request: asked.append(request.post_data or ""))
    await lena.page.evaluate(
        """() => {
            let isSeen = false;
            Object.defineProperty(document, "visibilityState",
                {get: () => isSeen ? "visible" : "hidden"});
            document.hasFocus = () => isSeen;
            document.dispatchEvent(new Event("visibilitychange"));
            isSeen = true;
        }"""
    )
    await Course.filter(source_id="mechanics").update(title="Dynamics")
    course = lena.page.get_by_role("link", name="Dynamics")
    await lena.page.evaluate("() => void document.dispatchEvent(new Event('visibilitychange'))")
    await expect(course).to_be_visible()
    await lena.page.evaluate("() => void dispatchEvent(new Event('focus'))")
    async with lena.page.expect_request(
        lambda request: "query Course(" in (request.post_data or "")
    ):
        await course.click()
    assert len([query for query in asked if "query Courses(" in query]) == 1
