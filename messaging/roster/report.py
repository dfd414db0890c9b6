"""What an import did, or would do."""

from collections import Counter
from dataclasses import dataclass, field, fields
from enum import StrEnum

from messaging.roster.errors import LISTED_FAULTS, Fault, listing

# Rosters have a handful of words for roles; damaged ones may have one a row.
COUNTED_WORDS = 100
OTHER_WORDS = "(other words)"
NO_WORD = "(blank)"


class Kind(StrEnum):
    """What an import changes."""

    DEPARTMENTS = "departments"
    PEOPLE = "people"
    MEMBERSHIPS = "memberships"
    ROLES = "roles"
    COURSES = "courses"
    ENROLMENTS = "enrolments"
    INSTRUCTORS = "instructors"


# How each kind of thing comes to its end.
ENDINGS = {
    Kind.DEPARTMENTS: "archived",
    Kind.PEOPLE: "deactivated",
    Kind.COURSES: "archived",
}


@dataclass(slots=True)
class Tally:
    """How many things of one kind fared how; what came back counts as updated."""

    created: int = 0
    updated: int = 0
    # Deactivated, archived, or ended: see ENDINGS.
    ended: int = 0
    unchanged: int = 0

    @property
    def changed(self) -> int:
        """How many are not as they were."""
        return self.created + self.updated + self.ended

    def count_change(self, *, is_end: bool) -> None:
        """Count one that stood and is not as it was."""
        self.ended += is_end
        self.updated += not is_end

    def add(self, other: "Tally") -> None:
        """Count what the other counts, too."""
        for part in fields(self):
            setattr(self, part.name, getattr(self, part.name) + getattr(other, part.name))


@dataclass(slots=True)
class Listing:
    """The first of many lines, and how many there are."""

    lines: list[str] = field(default_factory=list)
    total: int = 0

    def add(self, line: str) -> None:
        """Count the line, and keep it while there is room."""
        self.total += 1
        if len(self.lines) < LISTED_FAULTS:
            self.lines.append(line)

    def __str__(self) -> str:
        return "\n".join(listing(self.lines, self.total))


@dataclass(slots=True)
class ImportReport:
    """What an import did, or with ``is_dry_run`` would do."""

    is_dry_run: bool = False
    tallies: dict[Kind, Tally] = field(default_factory=lambda: {kind: Tally() for kind in Kind})
    # What stands because it was set by hand, though the roster says otherwise (A5).
    kept: Listing = field(default_factory=Listing)
    # The words of enrolments that neither study nor teach.
    ignored_roles: Counter[str] = field(default_factory=Counter)
    warnings: Listing = field(default_factory=Listing)
    # The bad rows, and those that depend on them.
    skipped: list[Fault] = field(default_factory=list)
    skipped_total: int = 0
    refused_photos: int = 0
    # Rows about people who are to be deleted and were never here.
    passed_over: int = 0

    @property
    def has_changes(self) -> bool:
        """Whether anything is not as it was."""
        return any(tally.changed for tally in self.tallies.values())

    def warn(self, sentence: str) -> None:
        """Note what the operator should know."""
        self.warnings.add(sentence)

    def refuse_photo(self) -> None:
        """Count a photo that pages may not show."""
        self.refused_photos += 1

    def ignore_role(self, word: str) -> None:
        """Count the word of an enrolment that neither studies nor teaches."""
        word = " ".join(word.casefold().split())[:40] or NO_WORD
        known = word in self.ignored_roles or len(self.ignored_roles) < COUNTED_WORDS
        self.ignored_roles[word if known else OTHER_WORDS] += 1

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> list[str]:
        """The report, a sentence a line."""
        lines = [self._summary()]
        lines += [_counted(kind, tally) for kind, tally in self.tallies.items()]
        if self.ignored_roles:
            words = ", ".join(f"{word} {n:,}" for word, n in self.ignored_roles.most_common())
            lines.append(f"enrolments that neither study nor teach: {words}")
        if self.passed_over:
            lines.append(
                f"{self.passed_over:,} rows are about people who were never here and are to go"
            )
        return lines + self.details()

    def details(self) -> list[str]:
        """What the operator should look at, a line each."""
        return [
            *_titled("warnings", self.warnings.lines, self.warnings.total),
            *_titled("kept as set by hand", self.kept.lines, self.kept.total),
            *_titled("skipped rows", self.skipped, self.skipped_total),
        ]

    def _summary(self) -> str:
        if self.is_dry_run:
            return "This was a dry run: nothing has been changed."
        return "The roster is imported." if self.has_changes else "Nothing has changed."


def _counted(kind: Kind, tally: Tally) -> str:
    ending = ENDINGS.get(kind, "ended")
    return (
        f"{kind}: {tally.created:,} created, {tally.updated:,} updated, "
        f"{tally.ended:,} {ending}, {tally.unchanged:,} unchanged"
    )


def _titled(title: str, lines: list[str] | list[Fault], total: int) -> list[str]:
    return (
        [f"{title}: {total:,}", *(f"  {line}" for line in listing(lines, total))] if total else []
    )
