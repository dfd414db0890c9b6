"""Fixtures that every test may use."""

import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support.cast import make_cast
from tests.support.client import PATIENCE_SECONDS
from tests.support.places import KINDS, Place, Places, places_of
from tests.support.service import Service, serving


def pytest_configure() -> None:
    """Told to stop, the run ends as by Ctrl-C: the servers that it started end with it."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that needs a place on both kinds, unless it says why not."""
    if "places" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("sqlite_only")
        kinds = ("sqlite",) if only is not None else KINDS
        metafunc.parametrize("places", kinds, indirect=True, scope="session")


@pytest.fixture(scope="session")
def places(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Places]:
    """SQLite, or PostgreSQL with Redis."""
    with places_of(request.param, tmp_path_factory.mktemp(request.param)) as places:
        yield places


@pytest.fixture(scope="session")
def cast_template(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A place in which the cast stands ready."""
    directory: Path = tmp_path_factory.mktemp("cast")
    return places.made(lambda place: make_cast(place.database_url, directory))


@pytest.fixture
def place(places: Places, cast_template: Place) -> Iterator[Place]:
    """A place of the test's own with the cast in it."""
    with places.lent(cast_template) as place:
        yield place


@pytest.fixture
def new_place(places: Places) -> Iterator[Place]:
    """A place of the test's own with nothing in it, not even tables."""
    with places.lent() as place:
        yield place


@pytest.fixture
def patient_writers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let writes wait for rows and places as long as a test holds them on a busy machine."""
    monkeypatch.setattr("models.configuration.LOCK_LIMIT_SECONDS", PATIENCE_SECONDS)
    monkeypatch.setattr("models.postgres.PLACE_LIMIT_SECONDS", PATIENCE_SECONDS)


@pytest.fixture
def database_url(place: Place) -> str:
    """The address of a database of the test's own with the cast in it."""
    return place.database_url


@pytest.fixture
async def service(place: Place) -> AsyncIterator[Service]:
    """The service with the cast, served."""
    async with serving(place.settings()) as service:
        yield service
