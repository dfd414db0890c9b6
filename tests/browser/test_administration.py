"""The administration page: who gets there, what it does, and what the server refuses."""

from playwright.async_api import expect

from models import RoleGrant, User, UserStatus
from tests.browser.windows import Windows, in_chromium, isolated
from tests.support.cast import user_id
from tests.support.people import Person, done
from tests.support.service import Service
from tests.support.snapshot import unchanged

pytestmark = in_chromium


async def test_whom_it_is_not_for(service: Service, windows: Windows) -> None:
    """Whoever does not administer the account finds no page there, whatever else they do."""
    for name in ("lena", "ines", "rita"):
        async with unchanged():
            window = await windows.open_as(service, name, "/administration")
            await expect(window.page.get_by_text("There is nothing here")).to_be_visible()
            await expect(
                window.page.get_by_text("Only the account owner and account administrators")
            ).to_be_visible()
            await expect(window.places.get_by_role("link")).to_have_text(["Messages", "Courses"])
            for role in ("switch", "searchbox", "combobox"):
                await expect(window.page.get_by_role(role)).to_have_count(0)


async def test_removing_somebody(service: Service, windows: Windows) -> None:
    """Remove asks first, then removes; Status finds those who are active, or are not."""
    olga = await windows.open_as(service, "olga", "/administration")
    section = olga.page.get_by_role("region", name="People")
    people = section.get_by_role("listitem")
    status = section.get_by_role("combobox", name="Status")
    for chosen, found in (("Removed", ["Remo Cast"]), ("Deactivated", ["Dora Cast"])):
        await status.select_option(label=chosen)
        await expect(people.locator(".person-name")).to_have_text(found)
        await expect(people).to_contain_text([chosen])
    await status.select_option(label="Active")
    nora = people.filter(has_text="Nora Cast")
    await expect(nora).to_have_count(1)
    for absent in ("Remo Cast", "Dora Cast"):
        await expect(people.filter(has_text=absent)).to_have_count(0)

    remove = nora.get_by_role("button", name=f"Remove {isolated('Nora Cast')}")
    dialog = olga.page.get_by_role("dialog", name=f"Remove {isolated('Nora Cast')}?")
    async with unchanged():
        await remove.click()
        await dialog.get_by_role("button", name="Cancel").click()
        await expect(dialog).to_have_count(0)
    await remove.click()
    await dialog.get_by_role("button", name="Remove").click()
    await expect(nora).to_contain_text("Removed")
    await expect(remove).to_have_count(0)
    assert (await User.get(source_id="nora")).status == UserStatus.REMOVED
    await status.select_option(label="Removed")
    await expect(people.locator(".person-name")).to_have_text(["Nora Cast", "Remo Cast"])


async def test_a2_what_the_server_refuses(service: Service, windows: Windows) -> None:
    """What somebody may not do is said in words, and is not done."""
    adam = await windows.open_as(service, "adam", "/administration")
    alert = adam.page.get_by_role("alert")
    await adam.page.get_by_role("searchbox", name="Search people").fill("olga")
    async with unchanged():
        await adam.page.get_by_role("button", name=f"Deactivate {isolated('Olga Cast')}").click()
        await expect(alert).to_have_text("You cannot change this.")
    await alert.get_by_role("button", name="Dismiss").click()
    await expect(alert).to_have_text("")


async def test_d3_a_deletion_that_is_refused(service: Service, windows: Windows) -> None:
    """A message that one may no longer delete for everyone stays, and the page says why."""
    adam, lena = Person(service, "adam"), Person(service, "lena")
    chat = done(await adam.start("lena", "Hello"))["conversation"]["id"]
    done(await lena.send(chat, "Answer"))
    window = await windows.open_as(service, "adam", f"/chats/{chat}")
    choices = await window.choices("Answer")
    await expect(choices).to_have_text(["Delete for me", "Delete for everyone"])
    # Behind the page's back: what would tell it, would take the choice away.
    await RoleGrant.filter(user_id=await user_id("adam")).update(is_active=False)
    await choices.filter(has_text="Delete for everyone").click()
    alert = window.page.get_by_role("alert")
    await expect(alert).to_have_text("You cannot delete this for everyone.")
    await expect(window.bodies).to_have_text(["Hello", "Answer"])
    assert await lena.bodies(chat) == ["Hello", "Answer"]
