"""One Chromium for each worker; windows, the cast's service and a demo to open in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.browser import building
from tests.browser.windows import PATIENCE_MS, Windows
from tests.support.places import Place
from tests.support.process import served_demo
from tests.support.service import Service, serving


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium. Skips where it, or the pages, are not to be had."""
    reason = building.why_not()
    if reason is not None:
        pytest.skip(reason)
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=building.chromium(), args=building.arguments()
        )
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def windows(browser: Browser) -> AsyncIterator[Windows]:
    """Windows, in which nothing may have been asked of another host by the end."""
    windows = Windows(browser)
    yield windows
    await windows.close()


@pytest_asyncio.fixture(loop_scope="session")
async def service(browser: Browser, place: Place) -> AsyncIterator[Service]:
    """The service with the cast and the pages, served."""
    del browser  # where there is none, nothing needs to be served
    async with serving(place.settings()) as service:
        yield service


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def demo(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The demo as a process of its own, one for each worker; its address."""
    del browser
    data: Path = tmp_path_factory.mktemp("demo")
    async with served_demo(data) as address:
        yield address
