"""Taking the cells of one row, and noting all that is wrong with them."""

import re
from collections.abc import Mapping
from typing import TypeVar

from messaging.roster.csvfile import Row
from messaging.roster.vocabulary import BOOLEANS, STATUSES, RowStatus, plain

# As wide as the columns of the tables.
LONGEST_TEXT = 255
# As much of a wrong cell as a fault quotes.
QUOTED = 60

# PostgreSQL refuses NUL and lone surrogates; the other control characters are damage.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

Meaning = TypeVar("Meaning")


def quoted(text: str) -> str:
    """A cell as a fault shows it: short, and with nothing that a terminal would obey."""
    shown = text if len(text) <= QUOTED else f"{text[:QUOTED]}…"
    return '"' + "".join(c if c.isprintable() else ascii(c)[1:-1] for c in shown) + '"'


class Cells:
    """One row, and what was found wrong in it."""

    def __init__(self, row: Row) -> None:
        self._cells = row.cells
        self.line = row.line
        self.problems: list[str] = []
        # Whether the row says which person, class or org it is about.
        self.is_legible = not row.is_too_long
        if row.is_too_long:
            self.problems.append("there are cells beyond the header")

    @property
    def is_bad(self) -> bool:
        """Whether anything is wrong."""
        return bool(self.problems)

    def identifier(self, column: str) -> str:
        """A cell that has to say whom or what the row is about."""
        text = self.text(column)
        if not text:
            self.problems.append(f"{column} is missing")
            self.is_legible = False
        return text

    def text(self, column: str) -> str:
        """A cell of text; blank where the row or the file has none."""
        return self.checked(self._cells.get(column, ""), column)

    def words(self, column: str) -> str:
        """A cell as it stands, unchecked because it is only compared."""
        return self._cells.get(column, "")

    def checked(self, text: str, what: str) -> str:
        """The text, after noting what is wrong with it."""
        if len(text) > LONGEST_TEXT:
            self.problems.append(f"{what} is longer than {LONGEST_TEXT} characters")
        if _CONTROL.search(text):
            self.problems.append(f"{what} has control characters")
        return text

    def status(self) -> RowStatus:
        """What the row says of its subject."""
        status = self._meaning("status", STATUSES, "active, inactive or tobedeleted")
        return RowStatus.ACTIVE if status is None else status

    def flag(self, column: str) -> bool:
        """A cell of true or false; blank is true."""
        flag = self._meaning(column, BOOLEANS, "true or false")
        return True if flag is None else flag

    def _meaning(
        self, column: str, meanings: Mapping[str, Meaning], expected: str
    ) -> Meaning | None:
        word = self._cells.get(column, "")
        meaning = meanings.get(plain(word))
        if meaning is None:
            self.problems.append(f"{column} is not {expected}: {quoted(word)}")
        return meaning
