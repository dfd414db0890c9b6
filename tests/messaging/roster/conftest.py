"""A fresh account for each test."""

from collections.abc import AsyncIterator, Iterator

import pytest

from messaging.doorbell import Doorbell
from messaging.work import UnitOfWork
from models import Account
from models.database import connect, disconnect, migrate
from tests.messaging.roster.sets import Importer
from tests.support.places import Place, Places


@pytest.fixture(scope="session")
def empty_template(places: Places) -> Place:
    """A place with tables and nothing in them."""
    return places.made(lambda place: migrate(place.database_url))


@pytest.fixture
def place(places: Places, empty_template: Place) -> Iterator[Place]:
    """A place of the test's own with nothing in its tables."""
    with places.lent(empty_template) as place:
        yield place


@pytest.fixture
async def importer(place: Place) -> AsyncIterator[Importer]:
    """An account that rosters are imported into."""
    await connect(place.database_url)
    try:
        account = await Account.create(slug="school", name="A School")
        yield Importer(UnitOfWork(Doorbell("memory://")), account)
    finally:
        await disconnect()
