"""The differences between a chunk of the roster and what stands, and how they are written."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from messaging.roles import refresh_roles
from messaging.roster.lookups import pages
from messaging.roster.report import Kind, Tally
from messaging.work import Work
from models.database import Database

# Parameters by statement, in the order in which the statements are to be run.
Writes = dict[str, list[Sequence[object]]]


@dataclass(slots=True)
class Changes:
    """What to write, whom to tell, and what to report."""

    # Before the writes, which may name what they create.
    inserts: Writes = field(default_factory=lambda: defaultdict(list))
    writes: Writes = field(default_factory=lambda: defaultdict(list))
    # People whose highest role may be another one now.
    role_holders: set[UUID] = field(default_factory=set)
    # People who were here before and for whom something has changed.
    concerned: set[UUID] = field(default_factory=set)
    new_people: list[str] = field(default_factory=list)
    tallies: dict[Kind, Tally] = field(default_factory=lambda: defaultdict(Tally))
    kept: list[str] = field(default_factory=list)
    passed_over: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether all stands as the roster has it."""
        return not self.inserts and not self.writes

    async def write(self, work: Work, account_id: UUID) -> None:
        """Write it all within the transaction."""
        for statement, rows in [*self.inserts.items(), *self.writes.items()]:
            await _write_many(work.db, statement, rows)
        for user_ids in pages(sorted(self.role_holders)):
            await refresh_roles(work.db, user_ids)
        for user_ids in pages(sorted(self.concerned)):
            await work.announce_later(account_id, user_ids, concerns_chats=True)


async def _write_many(db: Database, statement: str, rows: list[Sequence[object]]) -> None:
    if not db.is_postgres:
        statement = statement.replace("$", "?")
    await db.client.execute_many(statement, [list(row) for row in rows])
