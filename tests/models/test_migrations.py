"""The migrations make exactly the tables that the models describe."""

from pathlib import Path

import pytest
from tortoise import Tortoise
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.operations import AlterModelOptions

from models import database
from models.configuration import CONNECT_LIMIT_SECONDS, DatabaseUnusable, configuration
from models.database import for_reading
from models.turns import of_one_connection
from tests.support.places import Place


async def test_the_models_ask_for_no_further_migration(database_url: str) -> None:
    """What the models say and what the migrations make is the same, table by table."""
    await database.connect(database_url)
    try:
        apps = configuration(database_url)["apps"]
        context = Tortoise.apps
        assert context is not None
        found = await MigrationAutodetector(context, apps).changes()
    finally:
        await database.disconnect()
    # The detector asks for the models' options anew each time: they make no table.
    asked_for = [
        operation
        for writer in found
        for operation in writer.operations
        if not isinstance(operation, AlterModelOptions)
    ]
    assert asked_for == []


async def test_migrating_twice_is_as_good_as_once(new_place: Place) -> None:
    """A fresh database gets its tables, a file its directory; the second time all is done."""
    url = new_place.database_url
    for _ in range(2):
        await database.migrate(url)
        await database.connect(url)
        try:
            assert await for_reading().values("SELECT * FROM feed_entries") == []
        finally:
            await database.disconnect()


async def test_a_database_that_is_behind_is_not_served(new_place: Place) -> None:
    """One without tables says in one sentence which command to run, and leaves nothing open."""
    if not new_place.is_postgres:
        new_place.path.parent.mkdir()
        new_place.path.touch()
    with pytest.raises(DatabaseUnusable, match="is not up to date: run `lms-messages migrate`"):
        await database.connect(new_place.database_url)


async def test_a_file_that_is_missing_is_not_served(tmp_path: Path) -> None:
    """It is not made in passing, and the sentence says which command makes it."""
    path = tmp_path / "messages.db"
    with pytest.raises(DatabaseUnusable, match=r"There is no database .*lms-messages migrate"):
        await database.connect(Place.at(path).database_url)
    assert not path.exists()


@pytest.mark.parametrize("url", ["mysql://localhost/messages", "nonsense", "sqlite://:memory:"])
def test_other_databases_are_refused(url: str) -> None:
    """Only an SQLite file or PostgreSQL serve; everything else is told so."""
    with pytest.raises(DatabaseUnusable):
        configuration(url)


def test_a_turn_is_taken_by_a_connection_like_the_others() -> None:
    """With all of the address, how it is encrypted too; without what only a pool knows."""
    url = "postgres://u:p@h:1/n?ssl=true&statement_cache_size=0&max_queries=5"
    credentials = configuration(url, statement_limit_seconds=3.0)
    taken = of_one_connection(credentials["connections"]["default"]["credentials"])
    assert taken == {
        "host": "h",
        "port": 1,
        "user": "u",
        "password": "p",
        "database": "n",
        "ssl": True,
        "statement_cache_size": 0,
        "timeout": CONNECT_LIMIT_SECONDS,
    }
