"""Whatever the files hold, an import ends well or with one of its errors."""

import asyncio
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from messaging.doorbell import Doorbell
from messaging.roster import (
    ImportOptions,
    MassRemovalRefused,
    RosterFaulty,
    RosterUnreadable,
    import_roster,
)
from messaging.roster.files import FILES, LAYOUTS, MANIFEST
from messaging.work import UnitOfWork
from models import Account
from models.database import connect, disconnect
from tests.support.places import Place, Places

EXPECTED = (RosterUnreadable, RosterFaulty, MassRemovalRefused)

IDS = st.sampled_from(["a", "b", "c", "d", " a ", "", "é", "x" * 256, "\x00", "\r", '"', "/p.jpg"])
ROLES = ["student", "teacher", "principal", "administrator", "system administrator", "aide"]
FLAGS = ["active", "tobedeleted", "true", "FALSE", "maybe"]
MANIFEST_WORDS = ["file.users", "file.roles", "bulk", "delta", "absent"]
WORDS = st.sampled_from([*ROLES, *FLAGS, *MANIFEST_WORDS, "a,b", ""])
CELLS = st.one_of(IDS, WORDS, st.text(max_size=5))


def _quote(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set(',"\r\n') else cell


@st.composite
def tables(draw: st.DrawFn, name: str) -> bytes:
    """A file with most of its columns, of cells that often mean something."""
    columns = draw(st.permutations(LAYOUTS[name].columns))
    columns = list(columns)[draw(st.sampled_from([0, 0, 0, 1])) :]
    width = st.integers(0, len(columns) + 1)
    rows = draw(
        st.lists(width.flatmap(lambda n: st.lists(CELLS, min_size=n, max_size=n)), max_size=6)
    )
    lines = [columns, *rows]
    end = draw(st.sampled_from(["\n", "\r", "\r\n"]))
    text = end.join(",".join(map(_quote, line)) for line in lines)
    return text.encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])), "surrogatepass")


SETS = st.fixed_dictionaries(
    {},
    optional={
        name: st.one_of(tables(name), tables(name), st.binary(max_size=60))
        for name in (MANIFEST, *FILES)
    },
)
OPTIONS = st.builds(ImportOptions, st.booleans(), st.booleans(), st.booleans())


@pytest.fixture(scope="module")
def fuzzed(places: Places, empty_template: Place) -> Iterator[Place]:
    """A place for all the accounts of this module."""
    with places.lent(empty_template) as place:
        yield place


async def _import(place: Place, path: Path, options: ImportOptions) -> None:
    await connect(place.database_url)
    try:
        # An account for each example: a database for each would take most of the time.
        account = await Account.create(slug=f"fuzz-{await Account.all().count()}", name="Fuzz")
        office = UnitOfWork(Doorbell("memory://"))
        try:
            await import_roster(office, account, path, options)
        except EXPECTED:
            return
        if not options.dry_run:
            repeated = await import_roster(office, account, path, options)
            assert not repeated.has_changes
    finally:
        await disconnect()


@given(files=SETS, options=OPTIONS)
@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_arbitrary_files(fuzzed: Place, files: dict[str, bytes], options: ImportOptions) -> None:
    """Any bytes import or are refused; what was imported imports again without a change."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "set"
        folder.mkdir()
        for file, content in files.items():
            (folder / file).write_bytes(content)
        asyncio.run(_import(fuzzed, folder, options))


@given(content=st.binary(max_size=200), cut=st.integers(0, 400), at=st.integers(0, 300))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_damaged_archives(fuzzed: Place, content: bytes, cut: int, at: int) -> None:
    """An archive with bytes changed or cut off imports or is refused."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "set.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("set/users.csv", "sourcedId,givenName,familyName\na,Ann,One\n" * 3)
        whole = bytearray(path.read_bytes())
        whole[at : at + len(content)] = content
        path.write_bytes(whole[: len(whole) - cut] if cut < len(whole) else whole)
        asyncio.run(_import(fuzzed, path, ImportOptions(skip_bad_rows=True)))
