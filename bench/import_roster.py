"""Generate a roster, import it on SQLite, and print how long it took and how much memory.

    .venv/bin/python bench/import_roster.py --users 100000

Every person studies in three classes of thirty; one in thirty teaches.
"""

# ruff: noqa: T201  # a benchmark prints what it measured

import argparse
import asyncio
import csv
import resource
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from messaging.doorbell import Doorbell
from messaging.roster import ImportOptions, import_roster
from messaging.work import UnitOfWork, Work
from models import Account
from models.database import connect, disconnect, migrate

CLASSES_EACH = 3
CLASS_SIZE = 30
PEOPLE_PER_SCHOOL = 500
# How often a sender would try to write while the import runs.
SENDER_PAUSE_SECONDS = 0.02


def generate(folder: Path, users: int) -> None:
    """Write a OneRoster 1.1 set of this many people."""
    schools = max(1, users // PEOPLE_PER_SCHOOL)
    classes = max(CLASSES_EACH, users * CLASSES_EACH // CLASS_SIZE)
    _write(folder / "orgs.csv", "sourcedId,name,type,parentSourcedId", _orgs(schools))
    _write(
        folder / "users.csv",
        "sourcedId,enabledUser,orgSourcedIds,role,givenName,familyName,email,password",
        _users(users, schools),
    )
    _write(
        folder / "classes.csv",
        "sourcedId,title,schoolSourcedId",
        ((f"c{n}", f"Class {n}", f"s{n % schools}") for n in range(classes)),
    )
    _write(
        folder / "enrollments.csv",
        "sourcedId,classSourcedId,userSourcedId,role",
        _enrolments(users, classes),
    )


def _orgs(schools: int) -> Iterator[tuple[str, ...]]:
    yield "root", "The district", "district", ""
    for n in range(schools):
        yield f"s{n}", f"School {n}", "school", "root"


def _users(users: int, schools: int) -> Iterator[tuple[str, ...]]:
    for n in range(users):
        role = "teacher" if n % CLASS_SIZE == 0 else "student"
        name = (f"Given{n}", f"Family{n % 977}")
        yield f"u{n}", "true", f"s{n % schools}", role, *name, f"u{n}@example.org", "secret"


def _enrolments(users: int, classes: int) -> Iterator[tuple[str, ...]]:
    for n in range(users):
        role = "teacher" if n % CLASS_SIZE == 0 else "student"
        for place in range(CLASSES_EACH):
            course = (n * CLASSES_EACH + place) * 7919 % classes
            yield f"e{n}-{place}", f"c{course}", f"u{n}", role


def _write(path: Path, header: str, rows: Iterable[tuple[str, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        stream.write(header + "\r\n")
        csv.writer(stream).writerows(rows)


async def _wait_as_sender(office: UnitOfWork, waits: list[float]) -> None:
    """Take the writer's place in the queue again and again, and note how long each wait was."""

    async def note(_work: Work, started: float) -> None:
        waits.append(time.perf_counter() - started)

    while True:
        await office.run(note, time.perf_counter())
        await asyncio.sleep(SENDER_PAUSE_SECONDS)


async def measure(folder: Path, database: Path) -> None:
    """Import the set twice and print what that cost."""
    url = f"sqlite://{database}"
    await migrate(url)
    await connect(url)
    doorbell = Doorbell("memory://")
    office = UnitOfWork(doorbell)
    await doorbell.start()
    try:
        account = await Account.create(slug="bench", name="Bench")
        for title in ("first import", "second import, nothing changed"):
            await _measure_one(title, office, account, folder)
    finally:
        await office.drain()
        await doorbell.stop()
        await disconnect()


async def _measure_one(title: str, office: UnitOfWork, account: Account, folder: Path) -> None:
    waits: list[float] = []
    steps: list[tuple[float, str]] = []

    def note(step: str, _done: int, _total: int | None) -> None:
        if not steps or steps[-1][1] != step:
            steps.append((time.perf_counter(), step))

    sender = asyncio.create_task(_wait_as_sender(office, waits))
    started = time.perf_counter()
    report = await import_roster(office, account, folder, ImportOptions(), progress=note)
    ended = time.perf_counter()
    sender.cancel()
    _show(title, started, ended, steps, sorted(waits))
    print(report, end="\n\n")


def _show(
    title: str, started: float, ended: float, steps: list[tuple[float, str]], waits: list[float]
) -> None:
    # Kilobytes on Linux, bytes on macOS.
    unit = 1024**2 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    print(f"{title}: {ended - started:.1f} s, peak memory {peak:.0f} MB")
    for (begun, step), (done, _) in zip(steps, [*steps[1:], (ended, "")], strict=True):
        print(f"  {done - begun:6.1f} s  {step}")
    half, late = waits[len(waits) // 2], waits[int(len(waits) * 0.99)]
    print(
        f"  a writer waited {half * 1000:.0f} ms at the median, {late * 1000:.0f} ms at p99, "
        f"{waits[-1] * 1000:.0f} ms at most"
    )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=100_000)
    users = parser.parse_args().users
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "roster"
        folder.mkdir()
        generate(folder, users)
        asyncio.run(measure(folder, Path(name) / "bench.db"))


if __name__ == "__main__":
    main()
