"""Who stands above whom, kept beside the tree because rules ask it all the time."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from messaging.roster.changes import Changes
from messaging.roster.departments import concern_administrators
from messaging.roster.job import Job
from messaging.roster.lookups import NOT_YET, held
from messaging.roster.staging import CHUNK
from models.database import Database, for_reading, placeholders
from models.ids import new_id

_PAGE = f"""
SELECT id FROM departments WHERE account_id = $1 AND id > $2 ORDER BY id LIMIT {CHUNK}
"""

_STANDING = """
SELECT id, top_id, department_id FROM department_subtrees WHERE department_id IN ({keys})
"""
_INSERT = "INSERT INTO department_subtrees (id, top_id, department_id) VALUES ($1, $2, $3)"
_DELETE = "DELETE FROM department_subtrees WHERE id = $1"

# UNION, not UNION ALL: a cycle, which only a hand in the database can make, ends.
_ABOVE = """
WITH RECURSIVE above (top_id, department_id) AS (
    SELECT id, id FROM departments WHERE id IN ({keys})
    UNION
    SELECT d.parent_id, a.department_id FROM above a JOIN departments d ON d.id = a.top_id
    WHERE d.parent_id IS NOT NULL)
SELECT top_id, department_id FROM above
"""


@dataclass(frozen=True, slots=True)
class _Department:
    id: UUID


@dataclass(frozen=True, slots=True, order=True)
class _Pair:
    top_id: UUID
    department_id: UUID


@dataclass(frozen=True, slots=True)
class _Standing:
    id: UUID
    pair: _Pair


async def take_subtrees(job: Job) -> None:
    """Write what differs from the tree as it stands now; a dry run has no new tree to look at."""
    if job.report.is_dry_run:
        return
    last = NOT_YET
    while page := await for_reading().rows(_Department, _PAGE, job.account_id, last):
        chunk = [department.id for department in page]
        await job.take("subtrees", len(chunk), [chunk], _compare)
        last = chunk[-1]


async def _compare(db: Database, chunk: Sequence[UUID]) -> Changes:
    changes = Changes()
    wanted = set(await db.rows(_Pair, _ABOVE.format(keys=placeholders(len(chunk))), *chunk))
    standing = {row.pair: row.id for row in await held(db, _Standing, _STANDING, chunk)}
    for pair in sorted(standing.keys() - wanted):
        changes.writes[_DELETE].append((standing[pair],))
    for pair in sorted(wanted - standing.keys()):
        changes.inserts[_INSERT].append((new_id(), pair.top_id, pair.department_id))
    moved = sorted({pair.top_id for pair in wanted ^ standing.keys()})
    await concern_administrators(db, moved, changes)
    return changes
