"""Importing a roster, from the first file to the last transaction."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from messaging.roster import tree
from messaging.roster.belonging import take_belonging
from messaging.roster.courses import archive_missing_courses, take_courses
from messaging.roster.departments import archive_missing_departments, take_departments
from messaging.roster.errors import LISTED_FAULTS, RosterFaulty
from messaging.roster.job import Job
from messaging.roster.missing import find_missing
from messaging.roster.people import deactivate_missing_people, take_people
from messaging.roster.photos import PhotoRule
from messaging.roster.reading import Progress, read_set
from messaging.roster.report import ImportReport
from messaging.roster.source import open_source
from messaging.roster.staging import Staging
from messaging.roster.studies import end_missing_studies, take_studies
from messaging.roster.subtrees import take_subtrees
from messaging.roster.validation import check_references, load_known, skip_dependents
from messaging.work import UnitOfWork
from models import Account
from models.database import for_reading


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to import."""

    # Read, check and compare everything, and write nothing.
    dry_run: bool = False
    # Import the sound rows, and list the bad ones with all that depends on them.
    skip_bad_rows: bool = False
    # Full files may leave out more than a fifth of the people or of the enrolments.
    allow_mass_removal: bool = False


def ignore(_step: str, _done: int, _total: int | None) -> None:
    """Show no progress."""


async def import_roster(
    office: UnitOfWork,
    account: Account,
    path: Path,
    options: ImportOptions,
    *,
    photo_origins: Collection[str] = (),
    progress: Progress = ignore,
) -> ImportReport:
    """Bring the account in line with the roster at ``path``, a directory or a zip file.

    It is read and checked whole before anything is changed, then applied a thousand rows a
    transaction. Whatever interrupts it, the next run of the same set finishes it. A row whose
    status is ``inactive`` counts as one that is to be deleted.

    Raises RosterUnreadable, RosterFaulty or MassRemovalRefused; nothing has been changed then.
    """
    report = ImportReport(is_dry_run=options.dry_run)
    staging = Staging()
    try:
        with open_source(path) as source:
            shape = await read_set(source, staging, report, PhotoRule(photo_origins), progress)
        job = Job(office, account.id, staging, shape, report, progress)
        sole_root = await _check(job, options)
        await find_missing(job, is_allowed=options.allow_mass_removal)
        await _apply(job, sole_root)
    finally:
        staging.close()
    return report


async def _check(job: Job, options: ImportOptions) -> str | None:
    """Find every fault, and the set's sole root."""
    staging = job.staging
    if job.shape.unread and not options.skip_bad_rows:
        # Whatever names a row of a file without a header would be a fault, too.
        _refuse(staging)
    job.progress("checking", 0, None)
    await tree.load_standing(for_reading(), job.account_id, job.shape, staging)
    await staging.in_thread(tree.grow, staging, job.report)
    await load_known(for_reading(), job.account_id, job.shape, staging)
    await staging.in_thread(check_references, staging)
    if staging.fault_count and not options.skip_bad_rows:
        _refuse(staging)
    await staging.in_thread(skip_dependents, staging)
    job.report.skipped = staging.faults(LISTED_FAULTS)
    job.report.skipped_total = staging.fault_count
    for file in sorted(job.shape.illegible | job.shape.unread):
        job.report.warn(f"{file} takes nothing away: skipped rows of it may have named anything")
    return tree.sole_root(staging, job.shape)


def _refuse(staging: Staging) -> None:
    raise RosterFaulty(staging.faults(LISTED_FAULTS), staging.fault_count)


async def _apply(job: Job, sole_root: str | None) -> None:
    # What goes goes first: a run that finishes an interrupted one then never finds that a larger
    # part is missing than the first one did.
    await end_missing_studies(job)
    await archive_missing_courses(job)
    await deactivate_missing_people(job)
    await archive_missing_departments(job)
    await take_departments(job)
    await take_subtrees(job)
    await take_people(job)
    await take_courses(job)
    await take_belonging(job, sole_root)
    await take_studies(job)
