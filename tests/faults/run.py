"""One run: everything started, broken, mended, caught up, compared and ended."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import time
from typing import Any

from tests.faults.cluster import Cluster, running
from tests.faults.history import Attempt, History, Watch
from tests.faults.nemesis import Nemesis
from tests.faults.people import CHATS, import_people, people
from tests.faults.proxy import Proxy
from tests.faults.senders import HttpLine, Sender, SocketLine
from tests.faults.subscribers import Subscriber, cursor_of, place_of
from tests.faults.truth import heads, read_truth
from tests.faults.verdict import Targets, Verdict, judge
from tests.faults.wire import open_socket
from tests.support.client import Client
from tests.support.operations import MUTATIONS, VIEWER

# What is not there so long after the last fault will not come.
CATCH_UP_LIMIT_SECONDS = 20.0
_PROGRESS_SECONDS = 10.0

Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What to run, and how hard."""

    seconds: float
    seed: int
    is_postgres: bool
    servers: int = 2
    devices: int = 3
    fault_every_seconds: float = 1.5
    message_every_seconds: float = 0.05
    poll_seconds: float = 1.0
    # So many of those who write at a socket leave while the mutation runs, and ask again.
    haste: float = 0.05
    # The one thing to do to the service; None: all there is.
    only: str | None = None
    targets: Targets = field(default_factory=Targets)
    # The program to serve with: the product, or the product with a fault planted in it.
    module: Sequence[str] = ("server",)


@dataclass
class Run:
    """All that takes part."""

    plan: Plan
    cluster: Cluster
    random: random.Random
    history: History = field(default_factory=History)
    proxies: list[Proxy] = field(default_factory=list)
    subscribers: list[Subscriber] = field(default_factory=list)
    senders: list[Sender] = field(default_factory=list)


async def play(plan: Plan, directory: Path, say: Say) -> Verdict:
    """Run the plan; its files stay in the directory."""
    async with running(
        directory,
        is_postgres=plan.is_postgres,
        servers=plan.servers,
        poll_seconds=plan.poll_seconds,
        module=plan.module,
    ) as cluster:
        run = Run(plan, cluster, random.Random(plan.seed))  # noqa: S311  # reproducible
        await import_people(cluster)
        for server in cluster.servers:
            await server.start()
        say(f"Serving {', '.join(cluster.ports)}; files in {directory}.")
        async with AsyncExitStack() as stack:
            await _prepare(run, stack)
            await _break(run, say)
        verdict = judge(run.history, await read_truth(cluster), plan.targets)
    for what, count in sorted(run.history.remarks.items()):
        say(f"  {count} x {what}")
    return verdict


async def _prepare(run: Run, stack: AsyncExitStack) -> None:
    chats = await _begin_chats(run)
    for person in people():
        for device in range(1, run.plan.devices + 1):
            proxy = await _proxy(run, stack)
            url = proxy.url(run.cluster.servers[0].name)
            async with open_socket(url, person.token) as socket:
                cursor = await cursor_of(await socket.subscribe(VIEWER))
            watch = Watch(f"{person.name}/{device}", person.name, place_of(cursor))
            run.history.watches.append(watch)
            run.subscribers.append(
                Subscriber(person, watch, cursor, run.cluster, proxy, run.history, _child(run))
            )
        by_http, by_socket = await _proxy(run, stack), await _proxy(run, stack)
        lines: dict[str, HttpLine | SocketLine] = {
            "http": HttpLine(person, by_http),
            "socket": SocketLine(person, by_socket, _child(run), run.plan.haste),
        }
        for how, line in lines.items():
            stack.push_async_callback(line.stop)
            run.senders.append(
                Sender(
                    f"{person.name}-{how}",
                    person,
                    chats[person.name],
                    run.cluster,
                    run.history,
                    line,
                    _child(run),
                    run.plan.message_every_seconds * len(people()) * len(lines),
                )
            )


async def _begin_chats(run: Run) -> dict[str, dict[str, str]]:
    """Each person's chats, with the id of the peer."""
    chats: dict[str, dict[str, str]] = {person.name: {} for person in people()}
    url = f"http://127.0.0.1:{run.cluster.servers[0].port}"
    front_ends = {person.name: Client(url, person.token) for person in people()}
    ids = {
        name: (await front_end.data(VIEWER))["viewer"]["user"]["id"]
        for name, front_end in front_ends.items()
    }
    for administrator, learner in CHATS:
        fields = {"recipientId": ids[learner], "body": f"{administrator}-{learner}"}
        run.history.attempts.append(Attempt(administrator, f"{administrator}-{learner}"))
        data = await front_ends[administrator].data(MUTATIONS["startChat"], input=fields)
        chat = data["startChat"]["conversation"]["id"]
        chats[administrator][chat] = ids[learner]
        chats[learner][chat] = ids[administrator]
    return chats


async def _break(run: Run, say: Say) -> None:
    """Write and follow while things break, then let everybody catch up."""
    nemesis = Nemesis(
        run.cluster,
        run.subscribers,
        run.proxies,
        run.history,
        _child(run),
        run.plan.fault_every_seconds,
        run.plan.only,
    )
    end = asyncio.Event()
    async with (
        _tasks([subscriber.run() for subscriber in run.subscribers]) as following,
        _tasks([sender.run(end) for sender in run.senders]) as writing,
        _tasks([_tell_progress(run, say)]),
    ):
        try:
            await nemesis.run(run.plan.seconds)
        finally:
            await nemesis.stop()
        end.set()
        over = time()
        say("The faults are over; everybody catches up.")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CATCH_UP_LIMIT_SECONDS):
                # Unlike gather, it leaves them running where the time is up.
                await asyncio.wait(writing)
                while not await _has_all(run):  # noqa: ASYNC110  # no event tells
                    await asyncio.sleep(0.02)
                run.history.caught_up_after = time() - over
        run.history.unanswered = sum(not task.done() for task in writing)
        for task in [*following, *writing]:
            # An exception in one of them is a fault of this suite.
            if task.done():
                task.result()


async def _has_all(run: Run) -> bool:
    """Whether every subscriber is at the end of its feed."""
    ends = await heads(run.cluster)
    return all(place_of(each.cursor) >= ends[each.person.name] for each in run.subscribers)


async def _tell_progress(run: Run, say: Say) -> None:
    begun = time()
    while True:
        await asyncio.sleep(_PROGRESS_SECONDS)
        answered = sum(bool(attempt.answers) for attempt in run.history.attempts)
        seen = sum(len(watch.seen) for watch in run.history.watches)
        say(
            f"{time() - begun:4.0f} s: {len(run.history.faults)} faults, {answered} messages "
            f"answered, {seen} deliveries"
        )


@asynccontextmanager
async def _tasks(
    work: Sequence[Coroutine[Any, Any, None]],
) -> AsyncIterator[list[asyncio.Task[None]]]:
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _proxy(run: Run, stack: AsyncExitStack) -> Proxy:
    proxy = Proxy()
    stack.push_async_callback(proxy.stop)
    await proxy.start(run.cluster.ports)
    run.proxies.append(proxy)
    return proxy


def _child(run: Run) -> random.Random:
    return random.Random(run.random.random())  # noqa: S311  # reproducible
