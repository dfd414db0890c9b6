"""What may be wrong with a roster.

RosterError
├── RosterUnreadable     there is nothing to read, or no way to read it
├── RosterFaulty         rows are wrong; every one is listed
└── MassRemovalRefused   a full file would take away too many
"""

from collections.abc import Sequence
from dataclasses import dataclass

# An operator mends faults from the top of the list; a longer one only costs memory.
LISTED_FAULTS = 1_000


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in one line of a file."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class RosterError(Exception):
    """The roster was not imported, and nothing was changed."""


class RosterUnreadable(RosterError):
    """There is nothing to read; the message is one sentence that says what to mend."""


class RosterFaulty(RosterError):
    """Rows are wrong. ``faults`` holds the first of them in file order, ``total`` counts all."""

    def __init__(self, faults: Sequence[Fault], total: int) -> None:
        self.faults = list(faults)
        self.total = total
        super().__init__("\n".join(listing(self.faults, total)))


class MassRemovalRefused(RosterError):
    """Full files leave out more than a fifth of what stands; confirmed by an option."""


def listing(lines: Sequence[object], total: int) -> list[str]:
    """The first lines of a list as text, and how many more there are."""
    more = total - len(lines)
    return [*map(str, lines), *([f"… and {more:,} more"] if more else [])]
