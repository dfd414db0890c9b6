"""How examples are chosen and run: the same few each time, or as many others by command."""

import asyncio
import gc
import logging
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager

import pytest
from hypothesis import HealthCheck, Phase, seed, settings

from tests.support.places import Place
from tests.support.service import Service, serving

CHOSEN_SEED = os.environ.get("FRAMES_SEED")
_EXAMPLES = int(os.environ.get("FRAMES_EXAMPLES", "1000"))
_QUICK_SEED, _QUICK_EXAMPLES = 1, 40

_PROFILE = settings(
    deadline=None,
    database=None,
    print_blob=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

Run = Callable[[Callable[[Service], Awaitable[None]]], None]


def chosen(test: Callable[[], None]) -> None:
    """Run the examples of a test, and say by which seed they come again."""
    number = _QUICK_SEED if CHOSEN_SEED is None else int(CHOSEN_SEED)
    if CHOSEN_SEED is None:
        # Not made shorter where they fail: that takes longer than a test may.
        how = settings(_PROFILE, max_examples=_QUICK_EXAMPLES, phases=(Phase.generate,))
    else:
        how = settings(_PROFILE, max_examples=_EXAMPLES, phases=(Phase.generate, Phase.shrink))
    print(f"make frames SEED={number} EXAMPLES={how.max_examples}")  # noqa: T201  # where it fails
    how(seed(number)(test))()


@contextmanager
def one_service(place: Place, caplog: pytest.LogCaptureFixture) -> Iterator[Run]:
    """One service for all examples; after each of them the log has nothing to tell."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        service = runner.run(stack.enter_async_context(serving(place.settings())))

        def run(example: Callable[[Service], Awaitable[None]]) -> None:
            async def converse() -> None:
                await example(service)

            caplog.clear()
            runner.run(converse())
            assert complaints(caplog) == []

        try:
            yield run
        finally:
            runner.run(stack.aclose())


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log tells of failures, those included that nobody ever looked at."""
    gc.collect()
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
