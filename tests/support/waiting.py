"""Waiting for what no event announces."""

import asyncio
from collections.abc import Callable

from tests.support.client import PATIENCE_SECONDS


async def until(condition: Callable[[], bool]) -> None:
    """Return once the condition holds; TimeoutError where it never does."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110  # no event tells
            await asyncio.sleep(0.005)
