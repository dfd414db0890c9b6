"""The two accounts, made anew for each test."""

from pathlib import Path

import pytest

from tests.support.service import Service
from tests.wall.world import World, make_world


@pytest.fixture
async def world(service: Service, tmp_path: Path) -> World:
    """Both accounts with their chats."""
    return await make_world(service, tmp_path)
