"""Importing rosters: OneRoster 1.1 and 1.2 CSV, and Microsoft School Data Sync 2 and 2.1.

``import_roster`` is the one way in. Around it, in the order of its work: source (where the files
lie), csvfile, manifest, rows and cells (reading), staging (where rows wait), tree and validation
(whether they are sound), missing (what full files leave out), job and changes (how a chunk is
written), and what each kind of row becomes: departments, subtrees, people, courses, belonging
(with claims and grants), studies.
"""

from messaging.roster.errors import (
    Fault,
    MassRemovalRefused,
    RosterError,
    RosterFaulty,
    RosterUnreadable,
)
from messaging.roster.importing import ImportOptions, ignore, import_roster
from messaging.roster.reading import Progress
from messaging.roster.report import ImportReport, Kind, Listing, Tally

__all__ = [
    "Fault",
    "ImportOptions",
    "ImportReport",
    "Kind",
    "Listing",
    "MassRemovalRefused",
    "Progress",
    "RosterError",
    "RosterFaulty",
    "RosterUnreadable",
    "Tally",
    "ignore",
    "import_roster",
]
