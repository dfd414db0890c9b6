"""Dark and light, and the other direction."""

import re
from typing import Literal

import pytest
from playwright.async_api import Route, expect

from tests.browser.windows import PHONE, Window, Windows, in_chromium
from tests.support.people import Person, done
from tests.support.service import Service

pytestmark = in_chromium

_DIRECTION = re.compile(r"""direction:(["'`])ltr\1""")


async def lightness(window: Window, what: str) -> float:
    """How light a colour of the body is, from 0 to 1."""
    shown: str = await window.page.evaluate("what => getComputedStyle(document.body)[what]", what)
    parts = [int(part) for part in re.findall(r"\d+", shown)]
    assert len(parts) == 3, shown
    return sum(parts) / 3 / 255


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_dark_and_light(
    service: Service, windows: Windows, scheme: Literal["light", "dark"]
) -> None:
    """Whoever wants it dark has light words on a dark page, everybody else dark ones on a light."""
    lena = await windows.open_as(service, "lena", color_scheme=scheme)
    await expect(lena.places).to_be_visible()
    page, words = await lightness(lena, "backgroundColor"), await lightness(lena, "color")
    dark, light = (page, words) if scheme == "dark" else (words, page)
    assert dark < 0.2
    assert light > 0.8


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
async def test_the_direction_of_the_texts(
    service: Service, windows: Windows, direction: str
) -> None:
    """The texts' direction is the document's, and what points along the line turns with it."""
    chat = done(await Person(service, "rita").start("lena"))["conversation"]["id"]
    translated: list[int] = []

    async def translate(route: Route) -> None:
        response = await route.fetch()
        code, count = _DIRECTION.subn(f'direction:"{direction}"', await response.text())
        translated.append(count)
        await route.fulfill(response=response, body=code)

    lena = await windows.open("about:blank", viewport=PHONE)
    lena.may_ask = [service.url]
    await lena.page.route("**/*.js", translate)
    await lena.page.goto(f"{service.url}/chats/{chat}#token={service.token('lena')}")
    root = lena.page.locator("html")
    await expect(root).to_have_attribute("dir", direction)
    await expect(root).to_have_attribute("lang", "en")
    assert sum(translated) == 1
    way = -1 if direction == "rtl" else 1
    back = lena.page.get_by_role("link", name="Back")
    for pointing in (back, lena.page.get_by_role("button", name="Send", exact=True)):
        turn: float = await pointing.locator("svg").evaluate(
            "icon => new DOMMatrix(getComputedStyle(icon).transform).a"
        )
        assert turn == way
    # Where it leads back to is where lines begin.
    box = await back.bounding_box()
    assert box is not None
    assert (box["x"] < PHONE["width"] / 2) == (direction == "ltr")
