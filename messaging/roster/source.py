"""Where a roster's files lie: a directory, or a zip archive (which is never unpacked)."""

import io
import lzma
import struct
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, TypeVar

from messaging.roster.errors import RosterUnreadable
from messaging.roster.files import FILES, MANIFEST

# A million rows take about 100 MB; an archive that promises more than this is a mistake or a trap.
LARGEST_FILE = 2 * 1024**3
# The directory of an archive is read into memory.
LARGEST_DIRECTORY = 10_000

BUFFER = 64 * 1024

# What zipfile lets through: its own errors and those of the decompressors beneath.
READ_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
)

Place = TypeVar("Place")
Places = Mapping[str, Path] | Mapping[str, zipfile.ZipInfo]


class Source:
    """The files of a roster that concern us, by their lower-case names."""

    def __init__(self, places: Places, archive: zipfile.ZipFile | None) -> None:
        self._places = places
        self._archive = archive

    def __contains__(self, name: str) -> bool:
        return name in self._places

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """The bytes of a file; reading them raises RosterUnreadable where that fails."""
        place = self._places[name]
        try:
            stream = self._stream(place)
        except READ_ERRORS as error:
            raise RosterUnreadable(f"{name} cannot be read: {error}.") from error
        with stream, io.BufferedReader(_Guarded(stream, name), BUFFER) as guarded:
            yield guarded

    def _stream(self, place: Path | zipfile.ZipInfo) -> IO[bytes]:
        if isinstance(place, Path):
            return place.open("rb")
        if self._archive is None:
            raise AssertionError("only an archive has members")
        return self._archive.open(place)


class _Guarded(io.RawIOBase):
    """A stream whose errors say which file they are about."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self._stream = stream
        self._name = name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # a writable buffer
        try:
            found = self._stream.read(len(buffer))
        except READ_ERRORS as error:
            raise RosterUnreadable(f"{self._name} cannot be read: {error}.") from error
        buffer[: len(found)] = found
        return len(found)


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """The roster at this path.

    Raises RosterUnreadable where there is none.
    """
    try:
        is_directory, is_there = path.is_dir(), path.exists()
        files = _in_directory(path) if is_directory else {}
    except (OSError, ValueError) as error:
        raise RosterUnreadable(f"{path} cannot be read: {error}.") from error
    if not is_there:
        raise RosterUnreadable(f"There is nothing at {path}: name a directory or a zip file.")
    if is_directory:
        yield Source(_found(files, path), None)
        return
    with _archive(path) as archive:
        yield Source(_found(_in_archive(archive, path), path), archive)


def _archive(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except READ_ERRORS as error:
        raise RosterUnreadable(
            f"{path} is neither a directory of CSV files nor a zip of them: {error}."
        ) from error


def _in_directory(path: Path) -> dict[str, Path]:
    entries = (entry for entry in path.iterdir() if entry.is_file())
    return _by_name(((entry.name, entry) for entry in entries), str(path))


def _in_archive(archive: zipfile.ZipFile, path: Path) -> dict[str, zipfile.ZipInfo]:
    """The files of the topmost folder that has any: archives often hold one folder of files."""
    members = archive.infolist()
    if len(members) > LARGEST_DIRECTORY:
        raise RosterUnreadable(f"{path} holds {len(members):,} files: that is no roster.")
    folders: dict[PurePosixPath, list[zipfile.ZipInfo]] = defaultdict(list)
    for member in members:
        place = PurePosixPath(member.filename)
        if place.name.lower() in (MANIFEST, *FILES) and not member.is_dir():
            folders[place.parent].append(member)
    if not folders:
        return {}
    depth = min(len(folder.parts) for folder in folders)
    topmost = [folder for folder in folders if len(folder.parts) == depth]
    if len(topmost) > 1:
        raise RosterUnreadable(f"{path} holds several rosters, in {_enumerated(topmost)}.")
    inside = folders[topmost[0]]
    too_large = [member for member in inside if member.file_size > LARGEST_FILE]
    if too_large:
        raise RosterUnreadable(f"{too_large[0].filename} in {path} is larger than 2 GiB.")
    named = ((PurePosixPath(member.filename).name, member) for member in inside)
    return _by_name(named, str(path))


def _by_name(named: Iterable[tuple[str, Place]], where: str) -> dict[str, Place]:
    places: dict[str, Place] = {}
    for name, place in named:
        if name.lower() in places:
            raise RosterUnreadable(f"{where} holds {name.lower()} twice.")
        places[name.lower()] = place
    return places


def _found(places: Places, path: Path) -> Places:
    if not any(name in places for name in FILES):
        raise RosterUnreadable(
            f"{path} holds none of {_enumerated(FILES)}: name the folder or zip that does."
        )
    return places


def _enumerated(names: Iterable[object]) -> str:
    return ", ".join(map(str, names))
