"""What is served: processes of the service, and the database and the broker behind them."""

import asyncio
import contextlib
import os
import random
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.process import command
from tests.support.servers import Postgres, Redis

ROOT = Path(__file__).parents[2]
SECRET = "a secret of the fault suite, long enough"
# The longest that a server may take to serve, however often the database goes away meanwhile.
START_LIMIT_SECONDS = 120.0
# Below the ports that outgoing connections are given: a server that is down keeps its own.
_PORTS = range(20_000, 32_000)


def quiet_port() -> int:
    """A port that nobody listens at, and that no outgoing connection will take."""
    while True:
        port = random.choice(_PORTS)  # noqa: S311  # no secret
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class NotStarted(Exception):
    """A server that could serve does not."""


@dataclass
class Server:
    """A process of the service, which somebody starts again whenever it ends."""

    name: str
    module: Sequence[str]
    settings: Mapping[str, str]
    log: Path
    port: int = field(default_factory=quiet_port)
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it, as often as it takes, and return once it accepts connections.

        Raises NotStarted; its log then ends with what it was at.
        """
        try:
            async with asyncio.timeout(START_LIMIT_SECONDS):
                # It ends by itself where the database is away.
                while not await self._starts():  # noqa: ASYNC110  # nothing tells but another try
                    await asyncio.sleep(0.2)
        except TimeoutError as error:
            if self.process is not None and self.process.returncode is None:
                self.process.send_signal(signal.SIGABRT)
            raise NotStarted(f"{self.name} does not serve: see the end of {self.log}.") from error

    async def kill(self) -> None:
        """Kill it."""
        process, self.process = self.process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()

    async def _starts(self) -> bool:
        with self.log.open("ab") as log:
            process = self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", *self.module, "serve", "--port", str(self.port),
                env={**os.environ, "PYTHONFAULTHANDLER": "1", **self.settings}, cwd=ROOT,
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        while process.returncode is None:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return True
            await asyncio.sleep(0.03)
        return False


@dataclass
class Cluster:
    """All that is served."""

    directory: Path
    settings: dict[str, str]
    servers: list[Server]
    postgres: Postgres | None = None
    redis: Redis | None = None

    @property
    def ports(self) -> dict[str, int]:
        """The port of each server."""
        return {server.name: server.port for server in self.servers}

    async def command(self, *words: str) -> str:
        """Run a command of the service."""
        return await command(self.settings, *words)


@asynccontextmanager
async def running(
    directory: Path,
    *,
    is_postgres: bool,
    servers: int,
    poll_seconds: float,
    module: Sequence[str] = ("server",),
) -> AsyncIterator[Cluster]:
    """The database migrated, the broker there, the servers not yet started; all ended after."""
    settings = {
        "LMS_MESSAGES_JWT_SECRET": SECRET,
        "LMS_MESSAGES_POLL_SECONDS": str(poll_seconds),
        # A few people write as thousands would, and come back from each fault at once.
        "LMS_MESSAGES_SENDS_PER_USER": "1000000/second",
        "LMS_MESSAGES_NEW_CHATS_PER_USER": "1000000/second",
        "LMS_MESSAGES_SOCKETS_PER_USER": "0",
        "LMS_MESSAGES_SUBSCRIPTIONS_PER_USER": "0",
    }
    cluster = Cluster(directory, settings, [])
    try:
        if is_postgres:
            cluster.postgres = Postgres(directory / "postgres", quiet_port(), is_durable=True)
            cluster.redis = Redis(directory / "redis", quiet_port())
            await cluster.redis.start()
            await cluster.postgres.start()
            # When a row was committed, to count latency from.
            await cluster.postgres.execute("ALTER SYSTEM SET track_commit_timestamp = on")
            await cluster.postgres.stop()
            await cluster.postgres.start()
            settings["LMS_MESSAGES_DATABASE_URL"] = cluster.postgres.url()
            settings["LMS_MESSAGES_BROADCAST_URL"] = cluster.redis.url
        else:
            settings["LMS_MESSAGES_DATABASE_URL"] = f"sqlite://{directory / 'messages.db'}"
            settings["LMS_MESSAGES_BROADCAST_URL"] = "memory://"
        await cluster.command("migrate")
        cluster.servers += [
            Server(name, module, settings, directory / f"{name}.log")
            for name in (f"server{number}" for number in range(1, servers + 1))
        ]
        yield cluster
    finally:
        await asyncio.shield(_end(cluster))


async def _end(cluster: Cluster) -> None:
    for process in processes(cluster):
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGCONT)
    for server in cluster.servers:
        await server.kill()
    if cluster.redis is not None:
        await cluster.redis.kill()
    if cluster.postgres is not None:
        await cluster.postgres.stop()


def processes(cluster: Cluster) -> list[asyncio.subprocess.Process]:
    """Every process that runs now."""
    parts = [*cluster.servers, cluster.redis, cluster.postgres]
    found = [part.process for part in parts if part is not None]
    return [process for process in found if process is not None and process.returncode is None]
