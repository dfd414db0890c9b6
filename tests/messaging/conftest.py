"""Fixtures for the tests of what may happen."""

from collections.abc import AsyncIterator

import pytest

from messaging.doorbell import Doorbell
from messaging.work import UnitOfWork
from models import database
from models.database import Database, for_reading
from tests.support.places import Place


@pytest.fixture
async def db(place: Place) -> AsyncIterator[Database]:
    """The cast's database, opened without a service, to read in."""
    await database.connect(place.database_url)
    try:
        yield for_reading()
    finally:
        await database.disconnect()


@pytest.fixture
async def doorbell(place: Place) -> AsyncIterator[Doorbell]:
    """The place's doorbell."""
    doorbell = Doorbell(place.doorbell_url)
    await doorbell.start()
    yield doorbell
    await doorbell.stop()


@pytest.fixture
async def office(db: Database, doorbell: Doorbell) -> AsyncIterator[UnitOfWork]:  # noqa: ARG001  # it opens the database
    """The door to writing in that database."""
    office = UnitOfWork(doorbell)
    yield office
    await office.drain()
