"""Fixtures for the tests of what is served."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.cast import make_cast
from tests.support.places import Place
from tests.support.servers import Postgres
from tests.support.service import Service, serving


@pytest.fixture
async def postgres(tmp_path: Path) -> AsyncIterator[Postgres]:
    """A PostgreSQL of the test's own with the cast in it, that may go away."""
    postgres = Postgres(tmp_path / "postgres", is_durable=True)
    await postgres.start()
    try:
        await make_cast(postgres.url(), tmp_path)
        yield postgres
    finally:
        await postgres.stop()


@pytest.fixture
async def own_service(postgres: Postgres) -> AsyncIterator[Service]:
    """The service over it."""
    async with serving(Place(postgres.url()).settings()) as service:
        yield service
