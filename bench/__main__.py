"""Measure the service beside its peers: `make bench`; README.md tells what is measured and how."""

import argparse
import gc
import os
import platform
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from importlib.metadata import version
from pathlib import Path

import uvloop

from bench import answering, crowd, database, growth, live, npm, sqlite
from bench.answering import Pace
from bench.dataset import Scale
from bench.processes import Cores, share_out
from bench.saying import say
from bench.tables import Table
from tests.support.npm import NpmMissing

PARTS = ("inbox", "thread", "send", "live", "crowd", "growth", "sqlite")


def main() -> None:
    """Run the benchmark; the tables go to standard output and to var/bench/latest.md."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--only", default=",".join(PARTS), help="parts, with commas between")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each measurement")
    parser.add_argument("--scale", type=float, default=1.0, help="a share of the million messages")
    options = parser.parse_args()
    parts = [part for part in PARTS if part in options.only.split(",")]
    if unknown := set(options.only.split(",")) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    if not sys.platform.startswith("linux"):
        sys.exit("The benchmark needs Linux: it pins processes to cores and reads /proc.")
    try:
        npm.install()
    except NpmMissing as missing:
        sys.exit(f"The benchmark needs Node 20 or newer with npm, and its packages: {missing}.")
    # Told to stop, it ends as by Ctrl-C: the servers that it started end with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    pace = Pace(options.rounds, options.seconds, warm_seconds=min(2.0, options.seconds))
    cores = share_out()
    uvloop.run(tell(parts, Scale(options.scale), cores, pace))


async def tell(parts: Sequence[str], scale: Scale, cores: Cores, pace: Pace) -> None:
    """Print and keep what is measured as it comes: a part that fails takes no other with it."""
    told = [machine(cores)]
    # What holds the loop of who asks would be told as the server's.
    gc.disable()
    async with aclosing(run(parts, scale, cores, pace)) as found:
        async for tables in found:
            gc.collect()
            told += [table.markdown() for table in tables]
            (database.VAR / "latest.md").write_text("\n".join(told))
            say(f"Measured; see {database.VAR / 'latest.md'}.")
    print("\n".join(told))  # noqa: T201  # a benchmark prints what it measured


async def run(
    parts: Sequence[str], scale: Scale, cores: Cores, pace: Pace
) -> AsyncGenerator[list[Table], None]:
    """The tables of these parts, one part after the other."""
    questions = [part for part in parts if part in answering.QUESTIONS]
    async with database.running(scale) as url:
        if "sqlite" in parts:
            # Of rows that no other part has added to.
            await sqlite.keep(url, scale)
        if questions:
            yield await answering.measure(questions, url, scale, cores.server, pace)
        if "live" in parts:
            yield await live.measure(url, scale, cores.server)
        if "crowd" in parts:
            yield await crowd.measure(url, scale, cores.server)
        if "growth" in parts:
            yield await growth.measure(url, scale, cores.server, pace)
        if "sqlite" in parts:
            yield await sqlite.measure(url, scale, cores.server, pace)


def machine(cores: Cores) -> str:
    """What all of it ran on."""
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)  # noqa: S607  # found by npm.install
    peers = npm.versions("graphql-yoga", "mercurius", "graphql", "dataloader", "postgres")
    ours = ", ".join(
        f"{name} {version(name)}"
        for name in ("strawberry-graphql", "graphql-core", "starlette", "uvicorn", "asyncpg")
    )
    apart = "a core each for the server and the rest" if cores.are_apart else "one core for all"
    return (
        f"{_processor()}, {os.cpu_count()} cores, {apart}; Python {platform.python_version()}, "
        f"{ours}; Node {node.stdout.strip()}, {peers}; PostgreSQL 18.\n"
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


if __name__ == "__main__":
    main()
