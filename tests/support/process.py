"""The service and its commands as processes of their own."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.support.client import PATIENCE_SECONDS
from tests.support.servers import free_port

ROSTERS = Path(__file__).parents[3] / "shared" / "rosters"
_LISTENING = "Uvicorn running on "
# Each worker says so; their parent binds the port before any of them accepts.
_STARTED = "Application startup complete."


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


@dataclass(frozen=True)
class Served:
    """A process that serves."""

    url: str
    process: asyncio.subprocess.Process
    # What it said, line by line.
    said: list[str]


@asynccontextmanager
async def served(settings: Mapping[str, str]) -> AsyncIterator[str]:
    """`lms-messages serve` on a free port; its address."""
    async with served_process(settings) as service:
        yield service.url


@asynccontextmanager
async def served_demo(data: Path) -> AsyncIterator[str]:
    """`lms-messages demo` on a free port, with its data in that directory; its address."""
    words = ("demo", "--port", str(free_port()), "--data", str(data))
    async with _serving({}, words, workers=1) as demo:
        yield demo.url


@asynccontextmanager
async def served_process(settings: Mapping[str, str], workers: int = 1) -> AsyncIterator[Served]:
    """`lms-messages serve` on a free port, once all of its workers accept connections."""
    words = ("serve", "--port", "0", "--workers", str(workers))
    async with _serving(settings, words, workers) as service:
        yield service


@asynccontextmanager
async def served_installed(program: Path, data: Path) -> AsyncIterator[str]:
    """The demo of an installed `lms-messages`, which finds no other program; its address."""
    words = ("demo", "--port", str(free_port()), "--data", str(data))
    settings = {"PATH": str(program.parent)}
    async with _serving(settings, words, workers=1, program=(str(program),)) as demo:
        yield demo.url


@asynccontextmanager
async def _serving(
    settings: Mapping[str, str],
    words: Sequence[str],
    workers: int,
    program: Sequence[str] = (sys.executable, "-m", "server"),
) -> AsyncIterator[Served]:
    process = await asyncio.create_subprocess_exec(
        *program,
        *words,
        env={**os.environ, **settings},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    said: list[str] = []
    drain: asyncio.Task[None] | None = None
    try:
        async with asyncio.timeout(workers * PATIENCE_SECONDS):
            while not _is_ready(said, workers):
                said.append((await process.stderr.readline()).decode())
                assert said[-1], "".join(said)
        drain = asyncio.create_task(_drain(process.stderr, said))
        [line] = [line for line in said if _LISTENING in line]
        yield Served(line.split(_LISTENING)[1].split()[0], process, said)
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        if drain is not None:
            await drain


def _is_ready(said: list[str], workers: int) -> bool:
    heard = "".join(said)
    return _LISTENING in heard and heard.count(_STARTED) == workers


async def _drain(stream: asyncio.StreamReader, said: list[str]) -> None:
    while line := await stream.readline():
        said.append(line.decode())
