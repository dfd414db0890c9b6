"""Tables as they come: any line end, columns in any order, blank cells missing or to spare."""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from messaging.roster.errors import RosterUnreadable
from messaging.roster.files import column_named
from messaging.roster.source import Source

# Memory stays bounded though somebody names a film users.csv.
LONGEST_LINE = 1024 * 1024

BUFFER = 1024 * 1024

WESTERN = "cp1252"
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class Broken(Exception):
    """From this line on the file is no CSV."""

    def __init__(self, line: int, reason: str) -> None:
        self.line = line
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: the cells of the columns we read, trimmed."""

    line: int
    cells: Mapping[str, str]
    # Something stands beyond the last column, so no cell is sure to be where it belongs.
    is_too_long: bool


class Table:
    """One file, after its first line."""

    def __init__(self, name: str, lines: Iterator[list[str]], numbers: "_Lines") -> None:
        self.name = name
        self._lines = lines
        self._numbers = numbers
        # Why the first line is no header, if it is none.
        self.broken: Broken | None = None
        header: list[str] = []
        try:
            header = self._next() or []
        except Broken as broken:
            self.broken = broken
        self._width = len(header)
        named = [(column_named(name, cell), place) for place, cell in enumerate(header)]
        self._places = [(column, place) for column, place in named if column is not None]

    @property
    def columns(self) -> list[str]:
        """The columns we read, as often as the first line names them."""
        return [column for column, _ in self._places]

    def rows(self) -> Iterator[Row]:
        """Every line that is not blank.

        Raises Broken where the file ceases to be CSV.
        """
        while (cells := self._next()) is not None:
            if any(map(str.strip, cells)):
                yield Row(
                    line=self._numbers.start,
                    cells={
                        column: cells[place].strip() if place < len(cells) else ""
                        for column, place in self._places
                    },
                    is_too_long=any(map(str.strip, cells[self._width :])),
                )

    def _next(self) -> list[str] | None:
        self._numbers.start = self._numbers.read + 1
        try:
            return next(self._lines, None)
        except csv.Error as error:
            raise Broken(self._numbers.start, f"this is not CSV: {error}") from error


@contextmanager
def open_table(source: Source, name: str, encoding: str) -> Iterator[Table]:
    """A file of the roster as a table; see ``encoding_of``."""
    with source.open(name) as stream:
        numbers = _Lines(io.TextIOWrapper(stream, encoding, newline=""), name)
        yield Table(name, csv.reader(numbers, strict=True), numbers)


def encoding_of(source: Source, name: str) -> str:
    """How the file is written: UTF-8, UTF-16 with a mark, else Windows' Western letters.

    Raises RosterUnreadable where it is none of these.
    """
    with source.open(name) as stream:
        start = stream.read(4)
    marked = [encoding for mark, encoding in MARKS.items() if start.startswith(mark)]
    for encoding in marked or ["utf-8", WESTERN]:
        with source.open(name) as stream:
            if _decodes(stream, encoding):
                return encoding
    raise RosterUnreadable(f"{name} is not text in UTF-8: save it as CSV UTF-8.")


def _decodes(stream: IO[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := stream.read(BUFFER):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


class _Lines:
    """The lines of a text, counted, none of them longer than memory bears."""

    def __init__(self, text: io.TextIOWrapper, name: str) -> None:
        self._text = text
        self._name = name
        self.read = 0
        self.start = 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline(LONGEST_LINE + 1)
        if not line:
            raise StopIteration
        if len(line) > LONGEST_LINE:
            raise RosterUnreadable(
                f"{self._name} is not CSV: it has a line of over a million letters."
            )
        self.read += 1
        return line
