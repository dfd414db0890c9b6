"""Taking the staged rows into the account, a chunk a transaction."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from messaging.roster.changes import Changes
from messaging.roster.files import Shape
from messaging.roster.reading import Progress
from messaging.roster.report import ImportReport
from messaging.roster.staging import Staging
from messaging.work import UnitOfWork, Work
from models.database import Database, for_reading

T = TypeVar("T")

Compare = Callable[[Database, Sequence[T]], Awaitable[Changes]]


@dataclass(frozen=True, slots=True)
class Job:
    """One import under way."""

    office: UnitOfWork
    account_id: UUID
    staging: Staging
    shape: Shape
    report: ImportReport
    progress: Progress

    async def take(
        self, step: str, total: int, chunks: Iterable[Sequence[T]], compare: Compare[T]
    ) -> None:
        """Compare each chunk with what stands and write the differences, if this is no dry run."""
        done = 0
        self.progress(step, done, total)
        for chunk in chunks:
            # Most chunks of most imports bring nothing new: they take no lock.
            changes = await compare(for_reading(), chunk)
            if not (changes.is_nothing or self.report.is_dry_run):
                changes = await self.office.run(self._apply, compare, chunk)
            self._record(changes)
            done += len(chunk)
            self.progress(step, done, total)

    async def take_missing(self, kind: str, compare: Compare[UUID]) -> None:
        """The same for what full files leave out."""
        total = self.staging.number("SELECT count(*) FROM missing WHERE kind = ?", kind)
        select = f"SELECT id FROM missing WHERE kind = '{kind}'"  # our own word
        found = self.staging.chunks(select, "id")
        ids = ([UUID(row_id) for (row_id,) in chunk] for chunk in found)
        if total:
            await self.take(f"ending {kind}", total, ids, compare)

    async def _apply(self, work: Work, compare: Compare[T], chunk: Sequence[T]) -> Changes:
        # The second time finds nothing to change.
        work.is_repeatable = True
        if work.db.is_postgres:
            # Two imports of one account would create the same rows.
            await work.db.execute(
                "SELECT id FROM accounts WHERE id = $1 FOR NO KEY UPDATE", self.account_id
            )
        changes = await compare(work.db, chunk)
        await changes.write(work, self.account_id)
        return changes

    def _record(self, changes: Changes) -> None:
        for kind, tally in changes.tallies.items():
            self.report.tallies[kind].add(tally)
        for line in changes.kept:
            self.report.kept.add(line)
        self.report.passed_over += changes.passed_over
        for source_id in changes.new_people:
            self.staging.execute("UPDATE people SET is_new = 1 WHERE id = ?", source_id)

    def newcomers(self, source_ids: Sequence[str]) -> set[str]:
        """Who of these people came with this import: nothing of theirs is news to anybody."""
        marks = ", ".join("?" * len(source_ids))
        select = f"SELECT id FROM people WHERE is_new AND id IN ({marks})"  # marks
        return {source_id for (source_id,) in self.staging.rows(select, *source_ids)}

    def is_coming(self, source_id: str) -> bool:
        """Whether the set brings this person: a dry run finds nobody there yet."""
        return bool(
            self.staging.number(
                "SELECT count(*) FROM people WHERE id = ? AND NOT is_gone AND NOT bad", source_id
            )
        )
