"""Where the tests' services work: SQLite with a doorbell in the house, PostgreSQL with Redis.

PostgreSQL and Redis are those of TEST_POSTGRES_URL and TEST_REDIS_URL where set, else servers of
this run's own.
"""

import asyncio
import os
import secrets
import shutil
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import asyncpg
from tortoise.backends.base.executor import EXECUTOR_CACHE

from server.settings import Settings
from tests.support.servers import Postgres, Redis
from tests.support.service import settings_for


@dataclass(frozen=True)
class Place:
    """A database and a doorbell."""

    database_url: str
    doorbell_url: str = "memory://"

    @classmethod
    def at(cls, path: Path) -> Self:
        """An SQLite file."""
        return cls(f"sqlite://{path}")

    @property
    def is_postgres(self) -> bool:
        """Whether it is PostgreSQL."""
        return self.database_url.startswith("postgres")

    @property
    def path(self) -> Path:
        """The file that SQLite keeps it in."""
        assert not self.is_postgres
        return Path(self.database_url.removeprefix("sqlite://"))

    def settings(self, **others: object) -> Settings:
        """The settings of a service here."""
        return settings_for(self.database_url, broadcast_url=self.doorbell_url, **others)

    @property
    def variables(self) -> dict[str, str]:
        """The same as an operator sets them."""
        return {
            "LMS_MESSAGES_DATABASE_URL": self.database_url,
            "LMS_MESSAGES_BROADCAST_URL": self.doorbell_url,
        }


class Places(ABC):
    """Makes places of one kind, as many as there are tests."""

    @abstractmethod
    def new(self) -> Place:
        """A place with nothing in it, not even tables."""

    @abstractmethod
    def end(self, place: Place) -> None:
        """Leave nothing of a place, whoever is still connected."""

    @abstractmethod
    def copy(self, template: Place) -> Place:
        """Another place with the same in it. Nobody may be connected to the template."""

    def made(self, make: Callable[[Place], Awaitable[object]]) -> Place:
        """A place with something in it, to be copied and never opened."""
        place = self.new()

        async def run() -> None:
            await make(place)

        asyncio.run(run())
        return place

    @contextmanager
    def lent(self, template: Place | None = None) -> Iterator[Place]:
        """A copy of the template, or a new place, for as long as the context is open."""
        place = self.new() if template is None else self.copy(template)
        try:
            yield place
        finally:
            self.end(place)


class SqliteFiles(Places):
    """Files, each in a directory of its own that is made with it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._numbers = count(1)

    def new(self) -> Place:
        """A place for a file, in a directory that is not there yet."""
        return Place.at(self._directory / str(next(self._numbers)) / "messages.db")

    def end(self, place: Place) -> None:
        """Remove the directory."""
        shutil.rmtree(place.path.parent, ignore_errors=True)

    def copy(self, template: Place) -> Place:
        """Copy the file."""
        # Two connections that close at once may both leave the log for the other to move.
        with closing(sqlite3.connect(template.path)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        place = self.new()
        place.path.parent.mkdir()
        shutil.copy(template.path, place.path)
        return place


class PostgresDatabases(Places):
    """Databases of one server, by names that no other run uses."""

    def __init__(self, server_url: str, doorbell_url: str, runner: asyncio.Runner) -> None:
        self._server_url = server_url
        self._doorbell_url = doorbell_url
        self._runner = runner
        self._prefix = f"lms_messages_test_{secrets.token_hex(4)}_"
        self._numbers = count(1)
        self._names: set[str] = set()

    def new(self) -> Place:
        """Make a database."""
        return self._create("TEMPLATE template0")

    def copy(self, template: Place) -> Place:
        """Make a database from another."""
        # FILE_COPY takes half the time that WAL_LOG takes.
        return self._create(f'TEMPLATE "{_name(template)}" STRATEGY FILE_COPY')

    def end(self, place: Place) -> None:
        """Drop the database."""
        self._names.discard(_name(place))
        self._execute(f'DROP DATABASE IF EXISTS "{_name(place)}" WITH (FORCE)')

    def end_all(self) -> None:
        """Drop what is left: a server that was given keeps nothing of this run."""
        for name in list(self._names):
            self.end(self._place(name))

    def _create(self, how: str) -> Place:
        name = f"{self._prefix}{next(self._numbers)}"
        self._execute(f'CREATE DATABASE "{name}" {how}')
        self._names.add(name)
        return self._place(name)

    def _place(self, name: str) -> Place:
        url = urlsplit(self._server_url)._replace(path=f"/{name}")
        return Place(url.geturl(), self._doorbell_url)

    def _execute(self, statement: str) -> None:
        async def run() -> None:
            connection = await asyncpg.connect(self._server_url)
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        self._runner.run(run())


def _name(place: Place) -> str:
    return urlsplit(place.database_url).path.removeprefix("/")


@contextmanager
def _sqlite(directory: Path) -> Iterator[Places]:
    yield SqliteFiles(directory)


@contextmanager
def _postgres(directory: Path) -> Iterator[Places]:
    with ExitStack() as stack:
        # The servers are this loop's processes: it stays until they are ended.
        runner = stack.enter_context(asyncio.Runner(loop_factory=asyncio.new_event_loop))
        database_url = os.environ.get("TEST_POSTGRES_URL")
        if database_url is None:
            postgres = Postgres(directory / "postgres")
            stack.callback(lambda: runner.run(postgres.stop()))
            runner.run(postgres.start())
            database_url = postgres.url()
        doorbell_url = os.environ.get("TEST_REDIS_URL")
        if doorbell_url is None:
            redis = Redis(directory / "redis")
            stack.callback(lambda: runner.run(redis.stop()))
            runner.run(redis.start())
            doorbell_url = redis.url
        databases = PostgresDatabases(database_url, doorbell_url, runner)
        stack.callback(databases.end_all)
        yield databases


# By the names that tests carry.
_KINDS = {"sqlite": _sqlite, "postgres": _postgres}
KINDS = tuple(_KINDS)


@contextmanager
def places_of(kind: str, directory: Path) -> Iterator[Places]:
    """Places of one kind; servers of this run's own end with the context."""
    # Tortoise keeps statements by the names of connections, whatever their dialect.
    EXECUTOR_CACHE.clear()
    with _KINDS[kind](directory) as places:
        yield places
    EXECUTOR_CACHE.clear()
