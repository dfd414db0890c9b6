"""On a narrow screen everything has a place of its own, on whichever side lines begin."""

import pytest
from playwright.async_api import Locator, expect

from tests.browser.test_every_page import box
from tests.browser.windows import PHONE, Windows, in_chromium, isolated
from tests.support.many import write
from tests.support.service import Service

pytestmark = in_chromium

DIRECTIONS = pytest.mark.parametrize("direction", ["ltr", "rtl"])
LONG = "So many words that they fill the line from one side of the screen to the other. " * 2


async def hidden_corners(part: Locator) -> list[list[float]]:
    """The corners of a part at which something else is seen, or nothing."""
    # A rounded corner is empty itself.
    found: list[list[float]] = await part.evaluate(
        """part => {
            const {left, right, top, bottom} = part.getBoundingClientRect();
            return [left + 8, right - 8]
                .flatMap((x) => [top + 8, bottom - 8].map((y) => [x, y]))
                .filter(([x, y]) => !part.contains(document.elementFromPoint(x, y)));
        }"""
    )
    return found


@DIRECTIONS
@pytest.mark.parametrize("width", [360, 412, 480, 768])
async def test_a_message_menu_is_seen_whole(
    service: Service, windows: Windows, width: int, direction: str
) -> None:
    """All of it is on the screen, for short and wide messages, one's own and others'."""
    await write(service, "rita", "lena", "Short", LONG)
    lena = await windows.open_as(service, "lena", viewport={"width": width, "height": 740})
    await lena.page.evaluate("way => { document.documentElement.dir = way }", direction)
    await lena.open_chat("Rita Cast")
    await lena.write("Yes", f"Mine: {LONG}")
    await expect(lena.message("Mine:")).to_contain_text("Sent")
    menu = lena.page.get_by_role("menu", name="Message options")
    messages = lena.thread.get_by_role("listitem")
    await expect(messages).to_have_count(4)
    for message in await messages.all():
        await message.hover()
        await message.get_by_role("button", name="Message options").click()
        place = await box(menu)
        assert place["x"] >= 0
        assert place["x"] + place["width"] <= width
        assert await hidden_corners(menu) == []
        await lena.page.keyboard.press("Escape")
        await expect(menu).to_have_count(0)


@DIRECTIONS
async def test_a_lost_connection_has_a_line_of_its_own(
    service: Service, windows: Windows, direction: str
) -> None:
    """The word "Reconnecting…" covers neither the chat's name nor anything else."""
    await write(service, "rita", "lena")
    lena = await windows.open_as(service, "lena", viewport=PHONE)
    await lena.page.evaluate("way => { document.documentElement.dir = way }", direction)
    await lena.open_chat("Rita Cast")
    lena.is_cut_off = True
    await lena.context.set_offline(True)
    line = lena.page.get_by_role("status").filter(has_text="Reconnecting…")
    await expect(line).to_be_visible()
    told = await box(line)
    head = await box(lena.page.locator(".detail-head"))
    assert told["y"] + told["height"] <= head["y"]
    navigation = await box(lena.places)
    assert navigation["y"] + navigation["height"] <= told["y"]
    for part in (line, lena.page.get_by_role("heading", name="Rita Cast"), lena.field):
        assert await hidden_corners(part) == []
    await lena.context.set_offline(False)
    await lena.is_live()
    assert (await box(lena.page.locator(".detail-head")))["y"] == told["y"]


@DIRECTIONS
async def test_the_explorers_bar(demo: str, windows: Windows, direction: str) -> None:
    """Whom one is and what one opens stand within the screen, as long as their texts may be."""
    window = await windows.open(f"{demo}/graphql", viewport=PHONE)
    await window.page.evaluate("way => { document.documentElement.dir = way }", direction)
    people = window.page.get_by_role("combobox", name="You are")
    ines = f"{isolated('Inês Carvalho')} · Administrator of the faculty of sciences"
    await people.select_option(label=ines)
    # The bar comes anew with whom one is.
    examples = window.page.get_by_role("combobox", name="Examples")
    await expect(examples).not_to_contain_text("Deactivate somebody")
    await expect(people).to_have_value("ines")
    edges: list[list[float]] = await window.page.locator(".explorer > header").evaluate(
        """bar => [...bar.querySelectorAll("h1, label, select, a")]
            .map((part) => part.getBoundingClientRect())
            .map(({left, right}) => [left, right])"""
    )
    assert edges
    assert [each for each in edges if each[0] < 0 or each[1] > PHONE["width"]] == []
