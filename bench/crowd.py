"""Crowds: sends to a thousand who listen, at a steady pace; and ten thousand who only listen."""

import asyncio
import re
import time
from collections.abc import Iterator
from itertools import count, cycle, islice

from bench import contenders
from bench.contenders import OURS
from bench.dataset import CHATS_EACH, Scale
from bench.live import with_cursors
from bench.load import Connections
from bench.people import Person, Question, Requests, global_chat_id, is_active, is_open, learner
from bench.processes import Running, started
from bench.saying import say
from bench.sockets import Audience
from bench.tables import Table, Target, milliseconds

LISTENERS = 1000
IDLE = 10_000
SENDS_PER_SECOND = 600
SECONDS = 6.0
WARM_SECONDS = 2.0
_CONNECTIONS = 64
_LATEST_SECONDS = 10.0
_MARK = re.compile(rb"live (\d+)!")


async def measure(url: str, scale: Scale, core: int) -> list[Table]:
    """The tables of both."""
    return [await _sends(url, scale, core), await _idle(url, scale, core)]


async def _sends(url: str, scale: Scale, core: int) -> Table:
    listeners = [Person(n, f"staff{n}") for n in range(min(LISTENERS, scale.staff))]
    say(f"{SENDS_PER_SECOND} sends a second to {len(listeners):,} subscribers …")
    async with (
        started(OURS.name, OURS.command, contenders.environment(OURS, url), core) as running,
        Audience(running, await with_cursors(url, listeners)) as audience,
        Connections(running.port, _CONNECTIONS) as connections,
    ):
        sender = _Sender(connections, Requests(is_graphql=True, paths={}), _questions(scale))
        audience.on_heard = sender.heard
        await sender.send(WARM_SECONDS)
        sender.forget()
        before = running.cpu_seconds()
        took = await sender.send(SECONDS)
        used = running.cpu_seconds() - before
    delivered, answered = sorted(sender.delivered), sorted(sender.answered)
    table = Table(
        f"Live: sends to {len(listeners):,} subscribers",
        ("", "asked for", "reached", "lost", "p50", "p99", "core used"),
    )
    reached = f"{len(answered) / took:.0f}/s"
    for name, times in (("answer", answered), ("delivery, from the request on", delivered)):
        table.add(
            name,
            f"{SENDS_PER_SECOND}/s",
            reached,
            str(len(answered) - len(times)),
            milliseconds(times[len(times) // 2]),
            milliseconds(times[int(len(times) * 0.99)]),
            f"{used / took:.0%}",
        )
    p99 = delivered[int(len(delivered) * 0.99)] * 1000
    table.targets.append(Target("ms until delivered, p99", p99, 10.0))
    return table


class _Sender:
    """Sends at a steady pace, whether or not the last one was answered."""

    def __init__(self, connections: Connections, requests: Requests, questions: Question) -> None:
        self._connections = connections
        # Made beforehand: the core is the database's too.
        most = int((WARM_SECONDS + SECONDS) * SENDS_PER_SECOND)
        self._requests = iter(list(islice(requests.of(questions), most)))
        self._due: dict[int, float] = {}
        self._numbers = count(1)
        self.forget()

    def forget(self) -> None:
        """Begin to note anew."""
        self.answered: list[float] = []
        self.delivered: list[float] = []

    def heard(self, _: Person, frame: bytes, now: float) -> None:
        """Note a delivery."""
        mark = _MARK.search(frame)
        if mark is not None and (due := self._due.pop(int(mark[1]), None)) is not None:
            self.delivered.append(now - due)

    async def send(self, seconds: float) -> float:
        """Send for so long, and wait for what is under way; the seconds that took."""
        started_at = time.perf_counter()
        tasks: list[asyncio.Task[None]] = []
        for place in range(int(seconds * SENDS_PER_SECOND)):
            due = started_at + place / SENDS_PER_SECOND
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            number = next(self._numbers)
            self._due[number] = due
            # What a server that cannot keep pace has not begun with by then is not sent at all.
            until = started_at + 2 * seconds
            tasks.append(asyncio.create_task(self._send_one(number, due, until)))
        await asyncio.gather(*tasks)
        took = time.perf_counter() - started_at
        until = time.perf_counter() + _LATEST_SECONDS
        while self._due and time.perf_counter() < until:  # noqa: ASYNC110  # or until late
            await asyncio.sleep(0.01)
        return took

    async def _send_one(self, number: int, due: float, until: float) -> None:
        request = next(self._requests)
        async with self._connections.free() as connection:
            if time.perf_counter() > until:
                self._due.pop(number, None)
                return
            answer = await connection.ask(request)
        if b'"message":null' in answer or b'"data":null' in answer:
            raise RuntimeError(f"not sent: {answer!r}")
        self.answered.append(time.perf_counter() - due)


def _questions(scale: Scale) -> Question:
    """Learners write to those who listen, in open chats."""
    listeners = range(min(LISTENERS, scale.staff))
    chats = [
        (learner(scale, number), global_chat_id(number))
        for place in range(CHATS_EACH)
        for number in (staff * CHATS_EACH + place for staff in listeners)
        if is_open(scale, number)
    ]

    def variables() -> Iterator[tuple[Person, dict[str, object]]]:
        for number, (person, chat) in zip(count(1), cycle(chats), strict=False):
            key = f"live-{number}"
            written = {"conversationId": chat, "body": f"live {number}!", "idempotencyKey": key}
            yield person, {"input": written}

    return Question("send", "SendMessage", "/send", variables())


async def _idle(url: str, scale: Scale, core: int) -> Table:
    everybody = [Person(n, f"staff{n}") for n in range(scale.staff)]
    everybody += [learner(scale, n) for n in range(scale.learners) if is_active(n)]
    people = [everybody[n % len(everybody)] for n in range(min(IDLE, len(everybody) + 100))]
    say(f"{len(people):,} subscribers who only listen …")
    environment = contenders.environment(OURS, url)
    async with started(OURS.name, OURS.command, environment, core) as running:
        # What the first ones bring in belongs to the process.
        async with Audience(running, await with_cursors(url, people[:50])):
            pass
        before = running.memory_bytes()
        async with Audience(running, await with_cursors(url, people)) as audience:
            each = (running.memory_bytes() - before) / len(people)
            used, seconds = await _resting(running)
            are_open = audience.open_count
    table = Table(
        "Idle subscribers on one process", ("subscribers", "still open", "memory each", "core used")
    )
    table.add(f"{len(people):,}", f"{are_open:,}", f"{each / 1024:.1f} KB", f"{used / seconds:.0%}")
    table.targets += [
        Target("KB for an idle subscriber", each / 1024, 40.0),
        Target("subscribers on one process", are_open, IDLE, "{:,.0f}", is_least=True),
    ]
    return table


async def _resting(running: Running) -> tuple[float, float]:
    before, started_at = running.cpu_seconds(), time.perf_counter()
    await asyncio.sleep(6.0)
    return running.cpu_seconds() - before, time.perf_counter() - started_at
