"""Who the other one is, and why there may be no writing to them."""

from playwright.async_api import expect

from tests.browser.windows import Windows, in_chromium, isolated
from tests.support.people import Person, done
from tests.support.service import Service
from tests.support.threads import move

pytestmark = in_chromium


async def test_w2_somebody_who_has_left(service: Service, windows: Windows) -> None:
    """A chat with somebody who is removed closes under one's eyes, and says that they have left."""
    olga = Person(service, "olga")
    chat = done(await Person(service, "leo").start("nora", "Hello"))["conversation"]["id"]
    leo = await windows.open_as(service, "leo", f"/chats/{chat}")
    await expect(leo.field).to_be_visible()
    role = leo.page.locator(".detail-role")
    await expect(role).to_have_text(isolated("Physics"))
    states = (("deactivateUser", "Deactivated", "is not active at the moment."),
              ("removeUser", "Removed", "has left."))  # fmt: skip
    for mutation, status, reason in states:
        done(await olga.manage(mutation, "nora"))
        await expect(leo.page.get_by_role("note")).to_contain_text(
            f"{isolated('Nora Cast')} {reason} You can read this chat"
        )
        await expect(role).to_have_text(f"{isolated('Physics')} · {status}")
        await expect(leo.field).to_have_count(0)
        await expect(leo.bodies).to_have_text(["Hello"])


async def test_w2_somebody_out_of_reach(service: Service, windows: Windows) -> None:
    """Where neither may start a chat any more, both sides say so."""
    chat = done(await Person(service, "leo").start("nora", "Hello"))["conversation"]["id"]
    await move("nora", "arts")
    for name, peer in (("leo", "Nora Cast"), ("nora", "Leo Cast")):
        window = await windows.open_as(service, name, f"/chats/{chat}")
        await expect(window.page.get_by_role("note")).to_have_text(
            f"You and {isolated(peer)} can no longer write to each other. You can read this chat."
        )
        await expect(window.field).to_have_count(0)
        await expect(window.bodies).to_have_text(["Hello"])


async def test_what_the_other_one_is(service: Service, windows: Windows) -> None:
    """Above a chat stands the role of the other one, as far as one can know it."""
    start = Person(service, "adam").start
    to_lena = done(await start("lena"))["conversation"]["id"]
    to_rita = done(await start("rita"))["conversation"]["id"]
    question = done(await Person(service, "lena").contact("ines", "mechanics"))
    asked = question["conversation"]["id"]
    for name, chat, role in (
        ("lena", to_lena, "Account administrator"),
        ("adam", to_rita, "Department administrator"),
        ("adam", to_lena, isolated("Physics")),
        ("lena", asked, "Instructor"),
        ("ines", asked, "Learner"),
    ):
        window = await windows.open_as(service, name, f"/chats/{chat}")
        await expect(window.page.locator(".detail-role")).to_have_text(role)
