"""The tree of orgs, as it will stand: the set's over what the account has already."""

from collections.abc import Iterator
from uuid import UUID

from messaging.roster.cells import quoted
from messaging.roster.files import ORGS, Shape
from messaging.roster.report import ImportReport
from messaging.roster.staging import CHUNK, Staging
from models.database import Database

# Every department has a row for each one above it.
DEEPEST = 100
# As much of a cycle as a fault shows.
SHOWN_CYCLE = 6

_STANDING = f"""
SELECT d.source_id, p.source_id, d.is_archived
FROM departments d LEFT JOIN departments p ON p.id = d.parent_id
WHERE d.account_id = $1 AND d.source_id > $2 ORDER BY d.source_id LIMIT {CHUNK}
"""  # of constants

_TREE = """
CREATE TABLE tree (id TEXT PRIMARY KEY, parent TEXT) WITHOUT ROWID;
INSERT INTO tree SELECT id, parent FROM orgs;
INSERT OR IGNORE INTO tree SELECT id, parent FROM standing_orgs;
CREATE INDEX tree_by_parent ON tree (parent);
CREATE TABLE depths (id TEXT PRIMARY KEY, depth INTEGER) WITHOUT ROWID;
INSERT INTO depths
    WITH RECURSIVE down (id, depth) AS (
        SELECT id, 1 FROM tree WHERE parent IS NULL
        UNION ALL SELECT t.id, d.depth + 1 FROM down d JOIN tree t ON t.parent = d.id)
    SELECT id, depth FROM down;
UPDATE orgs SET depth = (SELECT d.depth FROM depths d WHERE d.id = orgs.id)
"""

_UNKNOWN_PARENT = """
SELECT id, line, parent FROM orgs WHERE states_parent AND parent IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM orgs o WHERE o.id = orgs.parent)
    AND NOT EXISTS (SELECT 1 FROM known k WHERE k.kind = 'orgs' AND k.id = orgs.parent)
"""


async def load_standing(db: Database, account_id: UUID, shape: Shape, staging: Staging) -> None:
    """Note the departments that the account has, and what rows leave unsaid about theirs."""
    last = ""
    while True:
        found = await db.values(_STANDING, account_id, last)
        staging.insert_all("standing_orgs", ((org, up, bool(old)) for org, up, old in found))
        if len(found) < CHUNK:
            break
        last = found[-1][0]
    if not shape.is_full(ORGS):
        staging.execute("INSERT OR IGNORE INTO known SELECT 'orgs', id FROM standing_orgs")
    staging.execute(
        "UPDATE orgs SET parent = (SELECT s.parent FROM standing_orgs s WHERE s.id = orgs.id) "
        "WHERE NOT states_parent"
    )


def grow(staging: Staging, report: ImportReport) -> None:
    """Find each org's place; an unknown parent is a warning, a cycle a fault."""
    for chunk in staging.chunks(_UNKNOWN_PARENT, "id"):
        for org, line, parent in chunk:
            report.warn(
                f"{ORGS}:{line}: org {quoted(org)} stands at the top: "
                f"its parent {quoted(parent)} is unknown"
            )
            staging.execute("UPDATE orgs SET parent = NULL, is_orphan = 1 WHERE id = ?", org)
    for statement in _TREE.split(";"):
        staging.execute(statement)
    _fault_cycles(staging)
    for chunk in staging.chunks("SELECT id, line FROM orgs WHERE depth > 100", "id"):
        for org, line in chunk:
            message = f"org {quoted(org)} stands more than {DEEPEST} levels deep"
            _fault(staging, org, line, message)


def sole_root(staging: Staging, shape: Shape) -> str | None:
    """The org above all others, if there is one; of it, ``administrator`` means the account.

    Skipped rows count, and with rows of unknown orgs there is no telling: a mistake in the set
    must not make anybody an administrator of the account.
    """
    if ORGS in shape.illegible or ORGS in shape.unread:
        return None
    standing = (
        """ UNION ALL SELECT id FROM standing_orgs WHERE parent IS NULL AND NOT is_archived
            AND id NOT IN (SELECT id FROM orgs)"""
        if not shape.is_full(ORGS)
        else ""
    )
    roots = staging.rows(
        f"""SELECT id FROM orgs WHERE parent IS NULL AND NOT is_orphan AND NOT is_archived
            {standing} LIMIT 2"""  # of constants
    )
    return str(roots[0][0]) if len(roots) == 1 else None


def _fault_cycles(staging: Staging) -> None:
    """Whoever is under no top is on a cycle, or below one and no fault of its own."""
    above = dict(
        staging.rows("SELECT id, parent FROM tree WHERE id NOT IN (SELECT id FROM depths)")
    )
    for cycle in _cycles(above):
        shown = [*cycle[:SHOWN_CYCLE], *(["…"] if len(cycle) > SHOWN_CYCLE else []), cycle[0]]
        path = " → ".join(org if org == "…" else quoted(org) for org in shown)
        for org in cycle:
            for (line,) in staging.rows("SELECT line FROM orgs WHERE id = ?", org):
                _fault(staging, org, line, f"org {quoted(org)} is above itself: {path}")


def _cycles(above: dict[str, str]) -> Iterator[list[str]]:
    seen: dict[str, str] = {}
    for start in sorted(above):
        path: list[str] = []
        org = start
        while org in above and org not in seen:
            seen[org] = start
            path.append(org)
            org = above[org]
        if seen.get(org) == start and org in path:
            yield path[path.index(org) :]


def _fault(staging: Staging, org: str, line: int, message: str) -> None:
    staging.fault(ORGS, line, message)
    staging.execute("UPDATE orgs SET bad = 1 WHERE id = ?", org)
