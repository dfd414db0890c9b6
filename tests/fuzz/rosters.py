"""Rosters of any bytes: imported, or refused with the line and nothing changed."""

import asyncio
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

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
from tests.fuzz.playing import Game
from tests.support.places import Place
from tests.support.snapshot import unchanged

_IDS = st.sampled_from(["a", "b", "c", "d", " a ", "", "é", "x" * 256, "\x00", "\r", '"', "/p.jpg"])
_ROLES = ["student", "teacher", "principal", "administrator", "system administrator", "aide"]
_FLAGS = ["active", "tobedeleted", "true", "FALSE", "maybe"]
_MANIFEST_WORDS = ["file.users", "file.roles", "bulk", "delta", "absent"]
_WORDS = st.sampled_from([*_ROLES, *_FLAGS, *_MANIFEST_WORDS, "a,b", ""])
_CELLS = st.one_of(_IDS, _WORDS, st.text(max_size=5))
# Each with what it makes of characters that it has not.
_ENCODINGS = (
    ("utf-8", "surrogatepass"),
    ("utf-8", "surrogatepass"),
    ("utf-8-sig", "surrogatepass"),
    ("utf-16", "surrogatepass"),
    ("utf-16-le", "surrogatepass"),
    ("utf-32", "surrogatepass"),
    ("utf-7", "replace"),
    ("latin-1", "replace"),
    ("cp1251", "replace"),
    ("shift_jis", "replace"),
    ("cp500", "replace"),
)


def _quote(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set(',"\r\n') else cell


@st.composite
def tables(draw: st.DrawFn, name: str) -> bytes:
    """A file with most of its columns, of cells that often mean something."""
    columns = draw(st.permutations(LAYOUTS[name].columns))
    columns = list(columns)[draw(st.sampled_from([0, 0, 0, 1])) :]
    width = st.integers(0, len(columns) + 1)
    rows = draw(
        st.lists(width.flatmap(lambda n: st.lists(_CELLS, min_size=n, max_size=n)), max_size=6)
    )
    end = draw(st.sampled_from(["\n", "\r", "\r\n"]))
    text = end.join(",".join(map(_quote, line)) for line in [columns, *rows])
    encoding, errors = draw(st.sampled_from(_ENCODINGS))
    return text.encode(encoding, errors)


SETS = st.fixed_dictionaries(
    {},
    optional={
        name: st.one_of(tables(name), tables(name), st.binary(max_size=60))
        for name in (MANIFEST, *FILES)
    },
)
OPTIONS = st.builds(ImportOptions, st.just(False), st.booleans(), st.booleans())
_ARCHIVED = "sourcedId,givenName,familyName\na,Ann,One\n" * 3


class Importing:
    """Imports into accounts of their own, one after the other."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self._runner = runner
        self.imported = 0
        self.refused = 0

    def games(self) -> Iterator[Game]:
        """Files of any content, and archives with bytes changed or cut off."""
        yield Game("rosters of files", self._files)
        yield Game("rosters in archives", self._archive)

    def _files(self, data: st.DataObject) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "set"
            folder.mkdir()
            files = data.draw(SETS)
            for file, content in files.items():
                (folder / file).write_bytes(content)
            self._runner.run(self._import(folder, data.draw(OPTIONS), files))

    def _archive(self, data: st.DataObject) -> None:
        content, at = data.draw(st.binary(max_size=200)), data.draw(st.integers(0, 300))
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "set.zip"
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("set/users.csv", _ARCHIVED)
            whole = bytearray(path.read_bytes())
            whole[at : at + len(content)] = content
            left = len(whole) - data.draw(st.integers(0, len(whole)))
            path.write_bytes(whole[:left])
            self._runner.run(self._import(path, ImportOptions(skip_bad_rows=True), {}))

    async def _import(self, path: Path, options: ImportOptions, files: Mapping[str, bytes]) -> None:
        # An account for each example: a database for each would take most of the time.
        account = await Account.create(slug=f"fuzz-{await Account.all().count()}", name="Fuzz")
        office = UnitOfWork(Doorbell("memory://"))
        dry = replace(options, dry_run=True)
        async with unchanged():
            refusal = await _refusal(office, account, path, dry)
            if refusal is not None:
                self.refused += 1
                _check(refusal, files)
                # A dry run tells what the import would do.
                assert type(await _refusal(office, account, path, options)) is type(refusal)
                return
        self.imported += 1
        await import_roster(office, account, path, options)
        async with unchanged():
            repeated = await import_roster(office, account, path, options)
        assert not repeated.has_changes


async def _refusal(
    office: UnitOfWork, account: Account, path: Path, options: ImportOptions
) -> Exception | None:
    try:
        await import_roster(office, account, path, options)
    except (RosterUnreadable, RosterFaulty, MassRemovalRefused) as refusal:
        return refusal
    return None


def _check(refusal: Exception, files: Mapping[str, bytes]) -> None:
    assert str(refusal)
    if isinstance(refusal, RosterFaulty):
        assert refusal.faults
        for fault in refusal.faults:
            content = files.get(fault.file, b"")
            assert fault.message
            assert 1 <= fault.line <= content.count(b"\n") + content.count(b"\r") + 2, fault


@contextmanager
def importing(place: Place) -> Iterator[Importing]:
    """Accounts to import into, in a place with tables."""
    with asyncio.Runner() as runner:
        runner.run(connect(place.database_url))
        try:
            yield Importing(runner)
        finally:
            runner.run(disconnect())
