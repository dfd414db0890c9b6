"""Fixtures that every test may use."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.cast import make_cast
from tests.support.service import Service, serving, settings_for


@pytest.fixture(scope="session")
def cast_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which the cast stands ready; copy it, never open it."""
    directory = tmp_path_factory.mktemp("cast")
    path = directory / "template.db"
    asyncio.run(make_cast(f"sqlite://{path}", directory))
    # Two connections that close at once may both leave the log for the other to move.
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def database_url(cast_template: Path, tmp_path: Path) -> str:
    """The address of a database of the test's own with the cast in it."""
    path = tmp_path / "messages.db"
    shutil.copy(cast_template, path)
    return f"sqlite://{path}"


@pytest.fixture
async def service(database_url: str) -> AsyncIterator[Service]:
    """The service with the cast, served."""
    async with serving(settings_for(database_url)) as service:
        yield service
