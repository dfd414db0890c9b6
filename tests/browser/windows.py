"""Windows of Chromium: somebody's page, what it asks for, and what it complains of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    expect,
)

from tests.support.client import PATIENCE_SECONDS
from tests.support.service import Service

# One Chromium serves all tests of a run, so all of them run in one loop.
in_chromium = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.sqlite_only(reason="what is tested is the page"),
]

# A browser that starts beside other work on two cores takes its time.
PATIENCE_MS = 2 * PATIENCE_SECONDS * 1000
PHONE = {"width": 360, "height": 740}
WIDE = {"width": 1920, "height": 1080}
DESKTOP = {"width": 1280, "height": 800}

_TELL_OF_VIOLATIONS = """
    addEventListener("securitypolicyviolation", ({violatedDirective, blockedURI}) =>
        console.error(`policy violated: ${violatedDirective} by ${blockedURI}`));
"""


def isolated(name: str) -> str:
    """A name as it stands within a sentence of the page."""
    return f"\u2068{name}\u2069"


@dataclass
class Window:
    """Somebody's page in a browser of their own."""

    page: Page
    # The addresses that it asked for, and those requests that were HTTP.
    asked: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    # The hosts that it may ask; none: its own.
    may_ask: Sequence[str] = ()
    # Whether its requests may fail or be refused, of which a browser complains.
    is_cut_off: bool = False

    @property
    def context(self) -> BrowserContext:
        """The browser around it."""
        return self.page.context

    @property
    def chats(self) -> Locator:
        """The list of chats."""
        return self.page.get_by_role("list", name="Chats")

    @property
    def places(self) -> Locator:
        """The header's links."""
        return self.page.get_by_role("navigation", name="Main")

    @property
    def thread(self) -> Locator:
        """The open chat's messages."""
        return self.page.get_by_role("region", name="Messages with")

    @property
    def bodies(self) -> Locator:
        """What stands in the open chat, message by message."""
        return self.thread.get_by_role("listitem").locator("p[dir]")

    @property
    def field(self) -> Locator:
        """Where one writes."""
        return self.page.get_by_role("textbox", name="Message", exact=True)

    def chat(self, name: str) -> Locator:
        """A chat of the list."""
        return self.chats.get_by_role("listitem").filter(has_text=name)

    def message(self, body: str) -> Locator:
        """A message of the open chat."""
        return self.thread.get_by_role("listitem").filter(has_text=body)

    async def open_chat(self, name: str) -> None:
        """Open a chat of the list."""
        await self.chat(name).get_by_role("link").click()
        await expect(self.page.get_by_role("heading", name=name)).to_be_visible()

    async def write(self, *bodies: str) -> None:
        """Type and send."""
        for body in bodies:
            await self.field.fill(body)
            await self.field.press("Enter")

    async def choices(self, body: str) -> Locator:
        """Open a message's menu; what may be chosen there."""
        message = self.message(body)
        await message.hover()
        await message.get_by_role("button", name="Message options").click()
        return self.page.get_by_role("menu", name="Message options").get_by_role("menuitem")

    async def choose(self, body: str, choice: str) -> None:
        """Choose in a message's menu."""
        await (await self.choices(body)).filter(has_text=choice).click()

    async def is_live(self) -> None:
        """Wait until the page hears of everything at once."""
        await expect(self.page.locator("html")).to_have_attribute("data-connection", "live")
        await expect(self.page.get_by_text("Reconnecting…")).to_have_count(0)

    def faults(self) -> list[str]:
        """What no page may do: ask another host, or make the browser complain."""
        own = [_host_of(address) for address in self.may_ask or [self.page.url]]
        foreign = [address for address in self.asked if _host_of(address) not in ("", *own)]
        complaints = self.complaints
        if self.is_cut_off:
            complaints = [text for text in complaints if not _is_of_the_network(text)]
        return foreign + complaints


class Windows:
    """Opens windows, each with a browser of its own, and closes them."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._open: list[Window] = []

    async def open(self, address: str, **options: Any) -> Window:
        """A window at that address; the options are those of Playwright's contexts."""
        given = {"viewport": DESKTOP, "locale": "en-GB", "timezone_id": "UTC", **options}
        context = await self._browser.new_context(**given)
        context.set_default_timeout(PATIENCE_MS)
        await context.add_init_script(_TELL_OF_VIOLATIONS)
        window = Window(await context.new_page())
        self._open.append(window)
        _watch(window)
        await window.page.goto(address)
        return window

    async def open_as(self, service: Service, name: str, path: str = "/", **options: Any) -> Window:
        """Somebody's window, opened as the learning platform opens it."""
        return await self.open(f"{service.url}{path}#token={service.token(name)}", **options)

    async def close(self) -> None:
        """Close them all. Nobody may have asked another host or complained."""
        faults = [fault for window in self._open for fault in window.faults()]
        for window in self._open:
            await window.context.close()
        assert faults == [], faults


def _watch(window: Window) -> None:
    def on_console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            window.complaints.append(f"{message.text} ({message.location['url']})")

    def on_request(request: Request) -> None:
        window.asked.append(request.url)
        window.requests.append(request)

    window.context.on("request", on_request)
    window.context.on("console", on_console)
    window.page.on("websocket", lambda socket: window.asked.append(socket.url))
    window.page.on("pageerror", lambda error: window.complaints.append(str(error)))


def _host_of(address: str) -> str:
    """The host that an address asks; none for what the page made itself."""
    parts = urlsplit(address)
    return "" if parts.scheme in ("blob", "data") else parts.netloc


def _is_of_the_network(complaint: str) -> bool:
    words = ("net::ERR_", "WebSocket connection to", "Failed to load resource")
    return any(word in complaint for word in words)
