"""What breaks: at random, by its seed, several things at once, each mended again."""

import asyncio
import contextlib
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import time

from tests.faults.cluster import Cluster, Server
from tests.faults.history import Fault, History
from tests.faults.proxy import Proxy
from tests.faults.subscribers import Subscriber

_FREEZE_SECONDS = (0.5, 4.0)
_AWAY_SECONDS = (0.0, 1.5)
# Within what a statement may take, and beyond.
_SILENT_SECONDS = (0.5, 12.0)

Break = Callable[[], Awaitable[None]]


@dataclass
class Nemesis:
    """Breaks what is served, and mends it."""

    cluster: Cluster
    subscribers: list[Subscriber]
    proxies: list[Proxy]
    history: History
    random: random.Random
    # From the begin of one fault to that of the next, on average.
    pause_seconds: float
    # Nothing but this: "reset", "kill", "freeze" or "stop".
    only: str | None = None
    _busy: set[str] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self, seconds: float) -> None:
        """Break for so long, then mend all. Raises at once where something cannot be mended."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    await self._one_more()
                    for task in self._tasks:
                        if task.done():
                            task.result()
        await self.mend()

    async def mend(self) -> None:
        """Wait until all that is broken is mended. Raises where something cannot be."""
        await asyncio.gather(*self._tasks)

    async def stop(self) -> None:
        """End, with whatever is broken left as it is."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _one_more(self) -> None:
        await asyncio.sleep(self.random.expovariate(1 / self.pause_seconds))
        ways = self._ways()
        [name] = self.random.choices(list(ways), [weight for weight, _ in ways.values()])
        if _target(name) not in self._busy:
            self._tasks.add(asyncio.create_task(self._break(name, ways[name][1])))

    async def _break(self, name: str, way: Break) -> None:
        self._busy.add(_target(name))
        try:
            await way()
        finally:
            self._busy.discard(_target(name))

    def _ways(self) -> dict[str, tuple[float, Break]]:
        """What can be broken: "how what", with its weight; most often what costs most."""
        share = 1 / len(self.cluster.servers)
        ways: dict[str, tuple[float, Break]] = {"reset clients": (2, self._reset)}
        for server in self.cluster.servers:
            ways[f"kill {server.name}"] = (5 * share, _of(self._kill, server))
            ways[f"freeze {server.name}"] = (2 * share, _of(self._freeze, server))
        if self.cluster.postgres is not None:
            ways["stop database"] = (2.5, self._stop_database)
            ways["freeze database"] = (0.5, self._freeze_database)
        if self.cluster.redis is not None:
            ways["kill broker"] = (2, self._kill_broker)
            ways["freeze broker"] = (1, self._freeze_broker)
        return {name: way for name, way in ways.items() if self.only in (None, name.split()[0])}

    @asynccontextmanager
    async def _fault(self, kind: str, target: str) -> AsyncIterator[Fault]:
        fault = Fault(kind, target, time())
        self.history.faults.append(fault)
        try:
            yield fault
        finally:
            fault.ended_at = time()

    async def _kill(self, server: Server) -> None:
        async with self._fault("kill server", server.name) as fault:
            self._touch(server, fault)
            await server.kill()
            await server.start()

    async def _freeze(self, server: Server) -> None:
        async with self._fault("freeze server", server.name) as fault:
            self._touch(server, fault)
            await self._frozen(server.process)

    async def _stop_database(self) -> None:
        assert self.cluster.postgres is not None
        async with self._fault("stop database", "database") as fault:
            fault.touches_everybody = True
            await self.cluster.postgres.stop()
            await asyncio.sleep(self.random.uniform(*_AWAY_SECONDS))
            await self.cluster.postgres.start()

    async def _freeze_database(self) -> None:
        assert self.cluster.postgres is not None
        async with self._fault("freeze database", "database") as fault:
            fault.touches_everybody = True
            self.cluster.postgres.freeze()
            try:
                await asyncio.sleep(self.random.uniform(*_SILENT_SECONDS))
            finally:
                self.cluster.postgres.thaw()

    async def _kill_broker(self) -> None:
        assert self.cluster.redis is not None
        async with self._fault("kill broker", "broker"):
            await self.cluster.redis.kill()
            await asyncio.sleep(self.random.uniform(*_AWAY_SECONDS))
            await self.cluster.redis.start()

    async def _freeze_broker(self) -> None:
        assert self.cluster.redis is not None
        async with self._fault("freeze broker", "broker"):
            await self._frozen(self.cluster.redis.process)

    async def _reset(self) -> None:
        """Cut the connections of some clients: a fault of no process, which excuses nothing."""
        async with self._fault("reset clients", "clients"):
            chosen = self.random.sample(self.proxies, max(1, len(self.proxies) // 3))
            for proxy in chosen:
                proxy.reset()

    async def _frozen(self, process: asyncio.subprocess.Process | None) -> None:
        assert process is not None
        process.send_signal(signal.SIGSTOP)
        try:
            await asyncio.sleep(self.random.uniform(*_FREEZE_SECONDS))
        finally:
            process.send_signal(signal.SIGCONT)

    def _touch(self, server: Server, fault: Fault) -> None:
        fault.touched |= {each.watch.name for each in self.subscribers if each.server is server}


def _of(way: Callable[[Server], Awaitable[None]], server: Server) -> Break:
    return lambda: way(server)


def _target(name: str) -> str:
    return name.split()[1]
