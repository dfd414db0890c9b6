"""The embedded way: one process on one SQLite file, with the same rows."""

import asyncio
import shutil
import sqlite3
import time
from contextlib import AsyncExitStack, closing
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

import asyncpg

from bench import contenders, dataset, people
from bench.answering import CONNECTIONS, Pace, ratio
from bench.compare import Asked, check_reads
from bench.contenders import OURS, SQLITE_FLOOR
from bench.database import VAR
from bench.dataset import Scale
from bench.load import Connections, Load
from bench.people import Requests
from bench.processes import started
from bench.saying import say
from bench.tables import Table, Target, milliseconds
from models.database import migrate

CLIENTS = 50
READS_PER_SECOND = 40
MOST = 2.3
SENDING_SECONDS = 12.0
# In an order in which nothing refers to what is not there yet.
_TABLES = (
    "accounts", "users", "departments", "department_subtrees", "memberships", "role_grants",
    "courses", "instructor_assignments", "enrolments", "conversations", "messages",
    "participants", "mailboxes", "feed_entries",
)  # fmt: skip
_LINES_AT_ONCE = 20_000


async def measure(url: str, scale: Scale, core: int, pace: Pace) -> list[Table]:
    """A table of reads beside an endpoint by hand, and one of sends under load."""
    path = VAR / f"used-{scale.share:g}.db"
    for old in VAR.glob(f"{path.name}*"):
        old.unlink()
    shutil.copy(await keep(url, scale), path)
    address = f"sqlite://{path}"
    tables = [
        await _reads(address, scale, core, pace),
        await _sends(address, scale, core),
    ]
    for used in VAR.glob(f"{path.name}*"):
        used.unlink()
    return tables


async def keep(url: str, scale: Scale) -> Path:
    """A SQLite file with the rows of that database, made anew where they are to be others."""
    path = VAR / f"kept-{scale.share:g}.db"
    marker = path.with_suffix(".loaded")
    if marker.exists() and marker.read_text() == dataset.fingerprint():
        return path
    say("Copying the rows into SQLite, kept for the next run …")
    for old in VAR.glob(f"{path.name}*"):
        old.unlink()
    await migrate(f"sqlite://{path}")
    source = await asyncpg.connect(url)
    with closing(sqlite3.connect(path)) as target:
        target.execute("PRAGMA synchronous = OFF")
        for table in _TABLES:
            await _copy(source, target, table)
        target.commit()
        target.execute("ANALYZE")
        target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    await source.close()
    marker.write_text(dataset.fingerprint())
    return path


async def _copy(source: asyncpg.Connection, target: sqlite3.Connection, table: str) -> None:
    columns = [
        line["column_name"]
        for line in await source.fetch(
            "SELECT column_name FROM information_schema.columns WHERE table_name = $1", table
        )
    ]
    names = ", ".join(columns)
    marks = ", ".join("?" for _ in columns)
    statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # of its own names
    async with source.transaction():
        cursor = await source.cursor(f"SELECT {names} FROM {table}")  # as above
        while lines := await cursor.fetch(_LINES_AT_ONCE):
            target.executemany(statement, ([_plain(value) for value in line] for line in lines))


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value


async def _reads(address: str, scale: Scale, core: int, pace: Pace) -> Table:
    table = Table(
        "SQLite: reads", ("", "server", "CPU per answer", "to the floor", "answers/s", "p50", "p99")
    )
    async with AsyncExitStack() as stack:
        running = {
            contender: await stack.enter_async_context(
                started(
                    contender.name,
                    contender.command,
                    contenders.environment(contender, address),
                    core,
                )
            )
            for contender in (SQLITE_FLOOR, OURS)
        }
        requests = {
            contender: Requests(is_graphql=contender.is_graphql, paths={}) for contender in running
        }
        for name, question_of in (("inbox", people.inbox), ("thread", people.thread)):
            say(f"SQLite: {name} …")
            async with (
                Connections(running[OURS].port, 1) as own,
                Connections(running[SQLITE_FLOOR].port, 1) as other,
            ):
                await check_reads(
                    question_of(scale),
                    Asked(own, requests[OURS]),
                    Asked(other, requests[SQLITE_FLOOR]),
                )
            cpu: dict[str, list[float]] = {}
            loads: dict[str, list[Load]] = {}
            for number in range(pace.rounds + 1):
                for contender, process in running.items():
                    asked = requests[contender].of(question_of(scale))
                    async with Connections(process.port, CONNECTIONS) as connections:
                        before = process.cpu_seconds()
                        load = await connections.ask_for(pace.seconds, asked)
                        used = process.cpu_seconds() - before
                    # The first round only warms up.
                    if number:
                        cpu.setdefault(contender.name, []).append(used / load.count)
                        loads.setdefault(contender.name, []).append(load)
            floor = cpu[SQLITE_FLOOR.name]
            for server, costs in cpu.items():
                table.add(
                    name,
                    server,
                    f"{median(costs) * 1e6:,.0f} µs",
                    f"{ratio(costs, floor):.2f}",
                    f"{median(load.count / load.seconds for load in loads[server]):,.0f}",
                    milliseconds(median(load.percentile(0.5) for load in loads[server])),
                    milliseconds(median(load.percentile(0.99) for load in loads[server])),
                )
            reached = ratio(cpu[OURS.name], floor)
            table.targets.append(
                Target(f"CPU of {name}, ours to the floor", reached, MOST, "{:.2f}")
            )
    return table


async def _sends(address: str, scale: Scale, core: int) -> Table:
    say(f"SQLite: {CLIENTS} clients send, others read …")
    requests = Requests(is_graphql=True, paths={})
    sends, reads = requests.of(people.sends(scale)), requests.of(people.inbox(scale))
    async with (
        started(OURS.name, OURS.command, contenders.environment(OURS, address), core) as running,
        Connections(running.port, CLIENTS) as senders,
        Connections(running.port, 8) as readers,
    ):
        await senders.ask_for(2.0, sends)
        before = running.cpu_seconds()
        load, times = await asyncio.gather(
            senders.ask_for(SENDING_SECONDS, sends), _read_along(readers, reads)
        )
        used = running.cpu_seconds() - before
    per_second, p99 = load.count / load.seconds, load.percentile(0.99)
    read_p99 = sorted(times)[int(len(times) * 0.99)]
    table = Table(
        f"SQLite: {CLIENTS} clients send durably, others read",
        ("", "per second", "p50", "p99", "core used"),
    )
    table.add(
        "send", f"{per_second:,.0f}", milliseconds(load.percentile(0.5)), milliseconds(p99),
        f"{used / load.seconds:.0%}",
    )  # fmt: skip
    table.add(
        "inbox", f"{READS_PER_SECOND}", milliseconds(median(times)), milliseconds(read_p99), ""
    )
    table.targets += [
        Target("durable sends a second", per_second, 500, "{:.0f}", is_least=True),
        Target("ms of a send, p99", p99 * 1000, 150),
        Target("ms of a read meanwhile, p99", read_p99 * 1000, 10),
    ]
    return table


async def _read_along(readers: Connections, reads: Any) -> list[float]:
    times: list[float] = []

    async def read() -> None:
        started_at = time.perf_counter()
        await readers.ask_when_free(next(reads))
        times.append(time.perf_counter() - started_at)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(int(SENDING_SECONDS * READS_PER_SECOND)):
            tasks.create_task(read())
            await asyncio.sleep(1 / READS_PER_SECOND)
    return times
