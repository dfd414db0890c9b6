"""Servers as processes on a core of their own, and what the system says of them (Linux)."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.servers import free_port

_TICKS = os.sysconf("SC_CLK_TCK")
_START_LIMIT_SECONDS = 60.0


@dataclass(frozen=True)
class Cores:
    """Which core the servers get, and which the database with whoever asks."""

    server: int
    others: int

    @property
    def are_apart(self) -> bool:
        """Whether there were two."""
        return self.server != self.others


def share_out() -> Cores:
    """Keep this process, and the database it will start, off the last core."""
    usable = sorted(os.sched_getaffinity(0))
    cores = Cores(server=usable[-1], others=usable[0])
    os.sched_setaffinity(0, {cores.others})
    return cores


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """What the process and its children have used so far."""
        return sum(_ticks_of(pid) for pid in _with_children(self.pid)) / _TICKS

    def memory_bytes(self) -> int:
        """What they hold that nobody else does."""
        return sum(_private_bytes(pid) for pid in _with_children(self.pid))


@asynccontextmanager
async def started(
    name: str, command: tuple[str, ...], environment: Mapping[str, str], core: int
) -> AsyncIterator[Running]:
    """A server, from its first answer to its end. {port} in its command is one that is free."""
    port = free_port()
    words = [word.format(port=port) for word in command]
    process = await asyncio.create_subprocess_exec(
        "taskset", "--cpu-list", str(core), *words,
        env={**os.environ, **environment, "PORT": str(port)},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    said = asyncio.create_task(_last_words(process.stdout))
    try:
        async with asyncio.timeout(_START_LIMIT_SECONDS):
            while not await _answers(port):
                if process.returncode is not None:
                    raise RuntimeError(f"{name} did not start:\n{await said}")
                await asyncio.sleep(0.05)
        yield Running(port, process.pid)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(10):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
        words_said = await said
        if words_said.strip():
            (Path(sys.prefix).parent / "var" / "bench" / f"{name}.log").write_text(words_said)


async def _last_words(stream: asyncio.StreamReader) -> str:
    said: list[str] = []
    while line := await stream.readline():
        said.append(line.decode(errors="replace"))
        del said[:-200]
    return "".join(said)


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def _with_children(pid: int) -> list[int]:
    found = [pid]
    for each in found:
        with contextlib.suppress(FileNotFoundError):
            for task in Path(f"/proc/{each}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found


def _ticks_of(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return 0
    # The name, in brackets, may hold spaces; user, system and waited-for children's come 12th on.
    return sum(map(int, text.rpartition(")")[2].split()[11:15]))


def _private_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except FileNotFoundError:
        return 0
    kilobytes = (int(line.split()[1]) for line in lines if line.startswith("Private_"))
    return sum(kilobytes) * 1024
