"""An import that is cut short is finished by the next one."""

import asyncio
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from messaging.roster.changes import Changes
from messaging.roster.staging import Staging
from messaging.work import Work
from models.database import transaction
from tests.messaging.roster.sets import Importer, State, facts, school, without
from tests.support.places import Place

ROOT = Path(__file__).parents[3]

# Kills itself, as ``kill -9`` would, before the transaction of this number commits.
KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from uuid import UUID
from messaging.doorbell import Doorbell
from messaging.roster import ImportOptions, import_roster
from messaging.roster.changes import Changes
from messaging.work import UnitOfWork
from models import Account
from models.database import connect

url, account, path, last = sys.argv[1:]
write, done = Changes.write, 0

async def write_or_die(self, work, account_id):
    global done
    await write(self, work, account_id)
    done += 1
    if done == int(last):
        os.kill(os.getpid(), signal.SIGKILL)

Changes.write = write_or_die

async def main():
    await connect(url)
    office = UnitOfWork(Doorbell("memory://"))
    await import_roster(office, await Account.get(slug=account), Path(path), ImportOptions())

asyncio.run(main())
"""


def large_school(folder: Path) -> Path:
    """A school of several chunks for each step but one."""
    people = [f"p{n:04}" for n in range(2500)]
    return school(
        folder,
        users=["sourcedId,givenName,familyName", *(f"{person},P,{person}" for person in people)],
        roles=["userSourcedId,orgSourcedId,role"]
        + [
            f"{person},low,{'principal' if n < 3 else 'student'}" for n, person in enumerate(people)
        ],
        enrollments=["classSourcedId,userSourcedId,role"]
        + [f"c1,{person},{'teacher' if n < 3 else 'student'}" for n, person in enumerate(people)],
    )


@pytest.mark.parametrize("last", [1, 4, 7, 9])
async def test_a_killed_import_is_finished_by_the_next(
    importer: Importer, tmp_path: Path, place: Place, last: int
) -> None:
    """After kill -9 amid any step, the next run brings what an unbroken one would have."""
    folder = large_school(tmp_path / "set")
    killed = subprocess.run(  # noqa: ASYNC221, S603  # nothing else runs here, and it is ours
        [sys.executable, "-c", KILLED, place.database_url, "school", str(folder), str(last)],
        cwd=ROOT,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    await importer(folder)
    finished = await facts()
    assert not (await importer(folder)).has_changes
    assert finished == await _unbroken(importer, folder)


async def _unbroken(importer: Importer, folder: Path) -> State:
    """What a fresh account would hold; the broken one's facts go first."""
    await _forget()
    await importer(folder)
    return await facts()


async def _forget() -> None:
    async with transaction() as db:
        await db.execute("UPDATE departments SET parent_id = NULL")
        for table in (
            "enrolments",
            "instructor_assignments",
            "memberships",
            "role_grants",
            "courses",
            "department_subtrees",
            "departments",
            "mailboxes",
            "users",
            "pending_announcements",
        ):
            await db.execute(f"DELETE FROM {table}")  # noqa: S608


async def test_a_broken_removal_is_finished_without_being_refused(
    importer: Importer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an import may take away, the run that finishes it may, too."""
    folder = school(tmp_path / "set")
    await importer(folder)
    cut = school(
        folder,
        users=without(folder, "users", "l1,", "l2,"),
        roles=without(folder, "roles", "l1,", "l2,"),
        enrollments=without(folder, "enrollments", "c2,l1,", "c1,l2,"),
    )
    write, done = Changes.write, 0

    async def fail_at_second(self: Changes, work: Work, account_id: object) -> None:
        nonlocal done
        done += 1
        await write(self, work, account_id)  # type: ignore[arg-type]  # passed on
        if done == 2:
            raise ValueError("something broke")

    with monkeypatch.context() as patched:
        patched.setattr(Changes, "write", fail_at_second)
        with pytest.raises(ValueError, match="something broke"):
            await importer(cut)
    report = await importer(cut)
    assert report.has_changes
    assert not (await importer(cut)).has_changes
    assert {row[0] for row in (await facts())["people"] if row[7] != "ACTIVE"} == {"l1", "l2"}


# Takes some seconds, if it is let.
LONG = """WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 30000000)
    SELECT count(*) FROM n"""


async def test_a_cancelled_import_has_stopped(
    importer: Importer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C amid a long statement, once or twice, ends it before its database is closed."""
    loop, has_begun, has_ended = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def check_for_long(staging: Staging) -> None:
        loop.call_soon_threadsafe(has_begun.set)
        try:
            staging.number(LONG)
        finally:
            has_ended.set()

    monkeypatch.setattr("messaging.roster.importing.check_references", check_for_long)
    before = await facts()
    importing = asyncio.create_task(importer(school(tmp_path / "set")))
    await has_begun.wait()
    for _ in range(2):
        importing.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await importing
    assert has_ended.is_set()
    assert await facts() == before
