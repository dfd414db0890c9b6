"""A fresh account for each test."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from messaging.doorbell import Doorbell
from messaging.work import UnitOfWork
from models import Account
from models.database import connect, disconnect, migrate
from tests.messaging.roster.sets import Importer


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with tables and nothing in them; copy it, never open it."""
    path = tmp_path_factory.mktemp("empty") / "template.db"
    asyncio.run(migrate(f"sqlite://{path}"))
    return path


@pytest.fixture
def database(empty_database: Path, tmp_path: Path) -> Path:
    """A database of the test's own."""
    return Path(shutil.copy(empty_database, tmp_path / "messages.db"))


@pytest.fixture
async def importer(database: Path) -> AsyncIterator[Importer]:
    """An account that rosters are imported into."""
    await connect(f"sqlite://{database}")
    try:
        account = await Account.create(slug="school", name="A School")
        yield Importer(UnitOfWork(Doorbell("memory://")), account)
    finally:
        await disconnect()
