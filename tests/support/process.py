"""The service and its commands as processes of their own."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from tests.support.client import PATIENCE_SECONDS

ROSTERS = Path(__file__).parents[3] / "shared" / "rosters"
_READY = "Uvicorn running on "


async def command(settings: Mapping[str, str], *words: str) -> str:
    """Run a command that must succeed; what it printed as its result."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "server",
        *words,
        env={**os.environ, **settings},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode()


@asynccontextmanager
async def served(settings: Mapping[str, str]) -> AsyncIterator[str]:
    """`lms-messages serve` on a free port; its address."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "server",
        "serve",
        "--port",
        "0",
        env={**os.environ, **settings},
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    heard: list[str] = []
    drain: asyncio.Task[None] | None = None
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while _READY not in (line := (await process.stderr.readline()).decode()):
                heard.append(line)
                assert line, "".join(heard)
        drain = asyncio.create_task(_drain(process.stderr))
        yield line.split(_READY)[1].split()[0]
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        if drain is not None:
            await drain


async def _drain(stream: asyncio.StreamReader) -> None:
    while await stream.readline():
        pass
