"""Faces: photos where they may come from, initials else."""

import re
from pathlib import Path

from playwright.async_api import Locator, expect

from models import User
from tests.browser.windows import Windows, in_chromium
from tests.support.many import write
from tests.support.photos import photo_host
from tests.support.places import Place
from tests.support.service import Service, serving

pytestmark = in_chromium

_IS_DRAWN = "photo => photo.complete && photo.naturalWidth > 0"


async def draws_photo(place: Locator) -> None:
    """Wait until a photo stands there, and no initials."""
    await expect(place.locator("img")).to_have_count(1)
    await expect(place.locator("span.avatar")).to_have_count(0)
    photo = await place.locator("img").element_handle()
    await place.page.wait_for_function(_IS_DRAWN, arg=photo)


async def draws_initials(place: Locator, initials: str) -> None:
    """Wait until initials stand there, and no photo."""
    await expect(place.locator("span.avatar")).to_have_text(initials)
    await expect(place.locator("img")).to_have_count(0)


async def test_photos_in_the_list(demo: str, windows: Windows) -> None:
    """Whoever has a photo has it in the list and above the chat, and everybody else initials."""
    window = await windows.open(demo)
    await window.page.get_by_role("button", name="Amina Diallo").click()
    await draws_photo(window.chat("Isaac Ferreira"))
    await window.open_chat("Isaac Ferreira")
    await draws_photo(window.page.locator(".detail-head"))


async def test_a_photo_that_is_broken(service: Service, windows: Windows) -> None:
    """Where there is no photo, or none behind its address, the person's initials stand."""
    await write(service, "rita", "lena")
    await write(service, "leo", "lena")
    await User.filter(source_id="leo").update(photo_url="/assets/none.svg")
    lena = await windows.open_as(service, "lena")
    # A browser complains of the 404.
    lena.is_cut_off = True
    await draws_initials(lena.chat("Rita Cast"), "RC")
    await draws_initials(lena.chat("Leo Cast"), "LC")
    assert f"{service.url}/assets/none.svg" in lena.asked


async def test_photos_of_other_hosts(windows: Windows, place: Place, tmp_path: Path) -> None:
    """A photo of an origin in PHOTO_ORIGINS is shown; the policy keeps those of others out."""
    async with (
        photo_host(tmp_path) as allowed,
        photo_host(tmp_path) as other,
        serving(place.settings(photo_origins=[allowed.origin])) as service,
    ):
        await write(service, "rita", "lena")
        await write(service, "leo", "lena")
        await User.filter(source_id="rita").update(photo_url=f"{allowed.origin}/rita.svg")
        await User.filter(source_id="leo").update(photo_url=f"{other.origin}/leo.svg")
        lena = await windows.open_as(service, "lena", ignore_https_errors=True)
        # That nothing reaches the other one is what the hosts themselves tell below.
        lena.may_ask = [service.url, allowed.origin, other.origin]
        await draws_photo(lena.chat("Rita Cast"))
        await draws_initials(lena.chat("Leo Cast"), "LC")
        assert allowed.asked == ["/rita.svg"]
        assert other.asked == []
        # Kept from asking, the browser tells of it, and of nothing else.
        assert lena.complaints
        told = re.compile(f"img-src|{re.escape(other.origin)}")
        assert [text for text in lena.complaints if not told.search(text)] == []
        lena.complaints.clear()
        await lena.context.close()
