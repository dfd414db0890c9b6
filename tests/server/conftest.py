"""Fixtures for the tests of what is served."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.cast import make_cast
from tests.support.pages import LMS, PHOTOS, build
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


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A small build of the pages."""
    return build(tmp_path)


@pytest.fixture
async def pages(place: Place, built: Path) -> AsyncIterator[Service]:
    """The service with that build, the explorer on, inside an LMS, with photos from elsewhere."""
    odd = f"{LMS.upper()}:443"
    settings = place.settings(explorer=True, allowed_origins=odd, photo_origins=PHOTOS)
    async with serving(settings, built=built) as service:
        yield service
