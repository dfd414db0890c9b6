"""Inbox, thread and send: each server in turn, again and again, and what each answer costs."""

from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from statistics import median

from bench import contenders, people
from bench.compare import Asked, check_reads, check_sends
from bench.contenders import FLOOR, FLOOR_IN_ONE, MERCURIUS, OURS, YOGA, Contender
from bench.dataset import Scale
from bench.load import Connections
from bench.people import Question, Requests
from bench.processes import Running, started
from bench.saying import say
from bench.tables import Table, Target, milliseconds

# So many are asked at once; enough to keep a server's core busy.
CONNECTIONS = 16
QUESTIONS = {"inbox": people.inbox, "thread": people.thread, "send": people.sends}
TITLES = {"inbox": "Inbox of 20", "thread": "Thread of 50", "send": "Send"}

# Ours in relation to another's, in CPU per answer: at most.
TARGETS: dict[str, dict[str, float]] = {
    "inbox": {FLOOR.name: 1.35, MERCURIUS.name: 0.5, YOGA.name: 0.25},
    "thread": {FLOOR.name: 1.2, MERCURIUS.name: 1.0, YOGA.name: 0.25},
    "send": {FLOOR.name: 1.4, FLOOR_IN_ONE.name: 1.6, YOGA.name: 0.5},
}


@dataclass(frozen=True)
class Pace:
    """How long is measured."""

    rounds: int = 3
    seconds: float = 3.0
    warm_seconds: float = 2.0


@dataclass
class Figures:
    """What was measured of one server and one question, a number for each round."""

    cpu: list[float] = field(default_factory=list)
    per_second: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)


@dataclass
class _Standing:
    """A server that runs, and the ways to ask it."""

    contender: Contender
    running: Running
    requests: dict[str, Iterator[bytes]]
    figures: dict[str, Figures]

    def connections(self, count: int = CONNECTIONS) -> Connections:
        """Connections to it, opened anew each time: every server closes those that idle."""
        return Connections(self.running.port, count)


def _requests_of(contender: Contender) -> Requests:
    return Requests(is_graphql=contender.is_graphql, paths=contender.paths or {})


async def measure(
    names: Sequence[str], url: str, scale: Scale, core: int, pace: Pace
) -> list[Table]:
    """A table for each of the questions."""
    async with AsyncExitStack() as stack:
        standing = [
            await _start(stack, contender, names, url, scale, core)
            for contender in contenders.ALL
            if set(names) & set(contender.only)
        ]
        await _check(standing, names, scale)
        for name in names:
            for one in standing:
                if name in one.requests:
                    async with one.connections() as connections:
                        await connections.ask_for(pace.warm_seconds, one.requests[name])
        for number in range(pace.rounds):
            say(f"Round {number + 1} of {pace.rounds} of {', '.join(names)} …")
            for name in names:
                for one in standing:
                    if name in one.requests:
                        await _measure(one, name, pace.seconds)
    return [_table(name, standing) for name in names]


async def _start(
    stack: AsyncExitStack,
    contender: Contender,
    names: Sequence[str],
    url: str,
    scale: Scale,
    core: int,
) -> _Standing:
    environment = contenders.environment(contender, url)
    running = await stack.enter_async_context(
        started(contender.name, contender.command, environment, core)
    )
    requests = {
        name: _requests_of(contender).of(QUESTIONS[name](scale))
        for name in names
        if name in contender.only
    }
    return _Standing(contender, running, requests, {name: Figures() for name in requests})


async def _check(standing: Sequence[_Standing], names: Sequence[str], scale: Scale) -> None:
    [ours] = (one for one in standing if one.contender is OURS)
    for one in standing:
        if one is ours:
            continue
        for name in one.requests:
            question: Question = QUESTIONS[name](scale)
            check = check_sends if name == "send" else check_reads
            async with ours.connections(1) as own, one.connections(1) as other:
                await check(
                    question,
                    Asked(own, _requests_of(ours.contender)),
                    Asked(other, _requests_of(one.contender)),
                )
    say(f"All answer alike: {', '.join(names)}.")


async def _measure(one: _Standing, name: str, seconds: float) -> None:
    figures = one.figures[name]
    async with one.connections() as connections:
        before = one.running.cpu_seconds()
        load = await connections.ask_for(seconds, one.requests[name])
        used = one.running.cpu_seconds() - before
    figures.cpu.append(used / load.count)
    figures.per_second.append(load.count / load.seconds)
    figures.p50.append(load.percentile(0.5))
    figures.p99.append(load.percentile(0.99))
    figures.busy.append(used / load.seconds)


def _table(name: str, standing: Sequence[_Standing]) -> Table:
    found = {one.contender.name: one.figures[name] for one in standing if name in one.figures}
    floor, ours = found[FLOOR.name], found[OURS.name]
    table = Table(
        TITLES[name],
        ("server", "CPU per answer", "to the floor", "answers/s", "to the floor", "p50", "p99",
         "core used"),
    )  # fmt: skip
    for server, figures in found.items():
        table.add(
            server,
            f"{median(figures.cpu) * 1e6:,.0f} µs",
            f"{ratio(figures.cpu, floor.cpu):.2f}",
            f"{median(figures.per_second):,.0f}",
            f"{ratio(figures.per_second, floor.per_second):.2f}",
            milliseconds(median(figures.p50)),
            milliseconds(median(figures.p99)),
            f"{median(figures.busy):.0%}",
        )
    for other, most in TARGETS[name].items():
        if other in found:
            reached = ratio(ours.cpu, found[other].cpu)
            table.targets.append(Target(f"CPU, ours to {other}", reached, most, "{:.2f}"))
    return table


def ratio(one: Sequence[float], other: Sequence[float]) -> float:
    """The median over the rounds of what the one was to the other within a round."""
    return median(mine / theirs for mine, theirs in zip(one, other, strict=True))
