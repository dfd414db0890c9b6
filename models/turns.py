"""Taking turns: of the replicas that start together one migrates, and the others find it done."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from inspect import signature
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
    connection = await asyncpg.connect(**of_one_connection(credentials))
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        yield
    finally:
        await connection.close()


def of_one_connection(credentials: Mapping[str, Any]) -> dict[str, Any]:
    """What of a pool's credentials is for a connection of its own: the migrations end the pool's.

    A turn is waited for as long as the others' migrations take.
    """
    names = set(signature(asyncpg.connect).parameters) - {"command_timeout"}
    return {name: value for name, value in credentials.items() if name in names}


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
