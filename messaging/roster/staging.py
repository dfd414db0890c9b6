"""Where rows wait until all of them are known to be sound: a private file, gone with the process.

Only what the project holds of a person ever gets here: no password, no address, no birthday.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, ParamSpec, TypeVar

from messaging.roster.errors import Fault
from messaging.roster.files import FILES, MANIFEST

P = ParamSpec("P")
T = TypeVar("T")

# Rows a transaction, and rows a look-up.
CHUNK = 1_000
# A statement that begins just after it was told to stop is told again.
_STOP_AGAIN_SECONDS = 0.05

# ``name`` and ``title`` are null, and ``states_…`` false, where the row does not say; ``bad`` rows
# are kept because a row that is wrong still shows that its subject is there.
SCHEMA = """
CREATE TABLE orgs (id TEXT PRIMARY KEY, line INTEGER, name TEXT, parent TEXT, states_parent INTEGER,
    is_archived INTEGER, is_orphan INTEGER DEFAULT 0, depth INTEGER, bad INTEGER) WITHOUT ROWID;
CREATE TABLE people (id TEXT PRIMARY KEY, line INTEGER, name TEXT, photo TEXT, is_active INTEGER,
    is_gone INTEGER, is_new INTEGER DEFAULT 0, bad INTEGER) WITHOUT ROWID;
CREATE TABLE claims (file TEXT, line INTEGER, person TEXT, org TEXT, claim TEXT,
    is_active INTEGER, bad INTEGER);
CREATE TABLE classes (id TEXT PRIMARY KEY, line INTEGER, title TEXT, org TEXT, states_org INTEGER,
    is_archived INTEGER, bad INTEGER) WITHOUT ROWID;
CREATE TABLE enrolments (line INTEGER, person TEXT, class TEXT, part TEXT,
    is_active INTEGER, bad INTEGER);
CREATE TABLE row_ids (file TEXT, id TEXT, line INTEGER, PRIMARY KEY (file, id)) WITHOUT ROWID;
CREATE TABLE faults (place INTEGER, file TEXT, line INTEGER, message TEXT);
-- What the database holds already.
CREATE TABLE known (kind TEXT, id TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE standing_orgs (id TEXT PRIMARY KEY, parent TEXT, is_archived INTEGER) WITHOUT ROWID;
-- Of whom the set says where they belong.
CREATE TABLE placed (id TEXT PRIMARY KEY) WITHOUT ROWID;
-- What full files leave out.
CREATE TABLE missing (kind TEXT, id TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID;
"""

INDEXES = """
CREATE INDEX claims_by_person ON claims (person);
CREATE INDEX enrolments_by_pair ON enrolments (person, class);
CREATE INDEX enrolments_by_class ON enrolments (class);
"""

_PLACES = {file: place for place, file in enumerate((MANIFEST, *FILES))}


class Staging:
    """The waiting rows, in SQLite's own kind of temporary file: unlinked as soon as it is open.

    Statements over whole tables run in a thread, one at a time, so that they hold up nobody who
    shares the event loop.
    """

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        # Nothing here outlives the process, so nothing is ever rolled back.
        self._db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        self._db.executescript(SCHEMA)
        self._db.execute("BEGIN")

    def close(self) -> None:
        """Forget everything."""
        self._db.close()

    async def in_thread(self, run: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run what takes long over whole tables; cancelled, it has stopped before this raises."""
        loop = asyncio.get_running_loop()
        # No task: one that is cancelled is done before its thread is.
        running = loop.run_in_executor(None, partial(run, *args, **kwargs))
        try:
            return await asyncio.shield(running)
        finally:
            # Closed under a thread that uses it, the database takes the process with it.
            while not running.done():
                self._db.interrupt()
                with suppress(asyncio.CancelledError):
                    await asyncio.wait({running}, timeout=_STOP_AGAIN_SECONDS)

    def index(self) -> None:
        """Make the tables fit to be looked up, once they are filled."""
        for statement in INDEXES.split(";"):
            self._db.execute(statement)

    def insert(self, table: str, values: Sequence[object]) -> bool:
        """Add a row; false where its key is there already."""
        marks = ", ".join("?" * len(values))
        columns = _COLUMNS[table]
        statement = f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})"  # ours
        return self._db.execute(statement, values).rowcount == 1

    def insert_all(self, table: str, rows: Iterable[Sequence[object]]) -> None:
        """Add rows, passing over those whose keys are there already."""
        for row in rows:
            self.insert(table, row)

    def execute(self, statement: str, *values: object) -> int:
        """Run a statement; how many rows it touched."""
        return self._db.execute(statement, values).rowcount

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """What a statement finds, which has to be bounded."""
        return self._db.execute(statement, values).fetchall()

    def number(self, statement: str, *values: object) -> int:
        """The one number that a statement finds."""
        return int(self._db.execute(statement, values).fetchone()[0])

    def chunks(
        self, select: str, *keys: str, is_grouped: bool = False
    ) -> Iterator[list[tuple[Any, ...]]]:
        """What a SELECT … WHERE … finds, a chunk at a time, by its first columns, the keys.

        Each chunk is read by itself, so that the rows may be written between two of them.
        """
        order = ", ".join(keys)
        group = f" GROUP BY {order}" if is_grouped else ""
        after = f"({order}) > ({', '.join('?' * len(keys))})"
        last: tuple[Any, ...] | None = None
        while True:
            where = "" if last is None else f" AND {after}"
            limited = f"{select}{where}{group} ORDER BY {order} LIMIT {CHUNK}"
            rows = self._db.execute(limited, last or ()).fetchall()
            if rows:
                yield rows
            if len(rows) < CHUNK:
                return
            last = rows[-1][: len(keys)]

    def has(self, table: str, source_id: str) -> bool:
        """Whether a row of the table, good or bad, is about this."""
        found = self._db.execute(f"SELECT 1 FROM {table} WHERE id = ?", (source_id,))  # ours
        return found.fetchone() is not None

    def fault(self, file: str, line: int, message: str) -> None:
        """Note what is wrong."""
        self.insert("faults", (_PLACES[file], file, line, message))

    def faults(self, limit: int) -> list[Fault]:
        """The first faults, in file order."""
        found = self._db.execute(
            "SELECT file, line, message FROM faults ORDER BY place, line, rowid LIMIT ?", (limit,)
        )
        return [Fault(*row) for row in found]

    @property
    def fault_count(self) -> int:
        """How many faults there are."""
        return self.number("SELECT count(*) FROM faults")


_COLUMNS = {
    "orgs": "id, line, name, parent, states_parent, is_archived, bad",
    "people": "id, line, name, photo, is_active, is_gone, bad",
    "claims": "file, line, person, org, claim, is_active, bad",
    "classes": "id, line, title, org, states_org, is_archived, bad",
    "enrolments": "line, person, class, part, is_active, bad",
    "row_ids": "file, id, line",
    "faults": "place, file, line, message",
    "known": "kind, id",
    "standing_orgs": "id, parent, is_archived",
    "missing": "kind, id",
}
