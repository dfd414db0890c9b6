"""Taking turns: of the replicas that start together one migrates, and the others find it done."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg

if sys.platform != "win32":
    import fcntl

# Any number that nobody else locks in this database.
MIGRATION_LOCK = 0x6C6D736D


@asynccontextmanager
async def alone(credentials: Mapping[str, Any]) -> AsyncIterator[None]:
    """No other process migrates the database of these credentials meanwhile."""
    if "file_path" in credentials:
        async with _locked(Path(credentials["file_path"]).parent):
            yield
        return
    # A connection of its own: the migrations close and open the pool's.
    names = ("host", "port", "user", "password", "database")
    connection = await asyncpg.connect(**{name: credentials[name] for name in names})
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        yield
    finally:
        await connection.close()


@asynccontextmanager
async def _locked(directory: Path) -> AsyncIterator[None]:
    """The directory's advisory lock, which ends with its holder; where systems have such locks.

    Not the database's own: the migrations begin and end transactions in it.
    """
    if sys.platform == "win32":
        yield
        return
    opened = os.open(directory, os.O_RDONLY)
    try:
        await asyncio.to_thread(fcntl.flock, opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)
