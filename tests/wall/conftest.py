"""The two accounts, made anew for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.places import Place
from tests.support.service import Service, serving
from tests.wall.world import World, make_world

# The walk selects whatever there is, some levels deep.
COST_LIMIT = 1_000_000


@pytest.fixture
async def service(place: Place) -> AsyncIterator[Service]:
    """The service with the cast, served; it refuses nothing for its cost."""
    async with serving(place.settings(cost_limit=COST_LIMIT)) as service:
        yield service


@pytest.fixture
async def world(service: Service, tmp_path: Path) -> World:
    """Both accounts with their chats."""
    return await make_world(service, tmp_path)
