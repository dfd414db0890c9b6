"""The files of a roster that concern us, and their columns."""

from dataclasses import dataclass, field
from enum import StrEnum

from messaging.roster.vocabulary import plain

MANIFEST = "manifest.csv"
ORGS = "orgs.csv"
USERS = "users.csv"
ROLES = "roles.csv"
CLASSES = "classes.csv"
ENROLLMENTS = "enrollments.csv"

# In the order in which they are read.
FILES = (ORGS, USERS, ROLES, CLASSES, ENROLLMENTS)


class Mode(StrEnum):
    """What a file is, by the manifest; a file that it does not mention is full."""

    FULL = "bulk"
    DELTA = "delta"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns of a file we read; every other column is passed over unread."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    # One of these should be there; without them the warning says what follows.
    advisable: tuple[str, ...] = ()
    without: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.required, *self.optional, *self.advisable)


LAYOUTS = {
    MANIFEST: Layout(required=("propertyName", "value")),
    ORGS: Layout(
        required=("sourcedId", "name"),
        optional=("status",),
        advisable=("parentSourcedId",),
        without="departments stay where they stand in the tree",
    ),
    USERS: Layout(
        required=("sourcedId",),
        optional=("status", "enabledUser", "orgSourcedIds", "role", "metadata.photoUrl"),
        advisable=("givenName", "familyName"),
        without="people keep their names, and new ones are called by their sourcedId",
    ),
    ROLES: Layout(
        required=("userSourcedId", "orgSourcedId", "role"), optional=("sourcedId", "status")
    ),
    CLASSES: Layout(
        required=("sourcedId", "title"),
        optional=("status",),
        advisable=("schoolSourcedId", "orgSourcedId"),
        without="courses keep their departments, and new ones have none",
    ),
    ENROLLMENTS: Layout(
        required=("classSourcedId", "userSourcedId", "role"), optional=("sourcedId", "status")
    ),
}

_NAMES = {
    file: {plain(column): column for column in layout.columns} for file, layout in LAYOUTS.items()
}


def column_named(file: str, cell: str) -> str | None:
    """The column that a cell of the file's first line names, if we read it."""
    return _NAMES[file].get(plain(cell.strip()))


@dataclass(slots=True)
class Shape:
    """What a set of files says about itself."""

    modes: dict[str, Mode] = field(default_factory=lambda: dict.fromkeys(FILES, Mode.ABSENT))
    # The columns that each file has.
    columns: dict[str, frozenset[str]] = field(default_factory=dict)
    # Files with rows of which nobody can say whom they name.
    illegible: set[str] = field(default_factory=set)
    # Files whose first line is no header that we understand.
    unread: set[str] = field(default_factory=set)

    def has(self, file: str, *columns: str) -> bool:
        """Whether the file is there with one of these columns."""
        there = self.columns.get(file, frozenset())
        return not there.isdisjoint(columns)

    def is_full(self, file: str) -> bool:
        """Whether what the file does not name is nowhere."""
        return self.modes[file] is Mode.FULL

    def removes(self, file: str) -> bool:
        """Whether what the file does not name has to go: not while a row may have named it."""
        return self.is_full(file) and file not in self.illegible

    @property
    def users_state(self) -> frozenset[str]:
        """Of ``role`` and ``orgSourcedIds``, what a row of users.csv says completely.

        Beside roles.csv these columns only add to it: 1.2 sets carry them empty.
        """
        if self.modes[ROLES] is not Mode.ABSENT:
            return frozenset()
        return self.columns.get(USERS, frozenset()) & {"role", "orgSourcedIds"}
