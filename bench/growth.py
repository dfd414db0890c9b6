"""How the service's own answers grow with what there is: they must not."""

from collections.abc import Iterator
from itertools import count, cycle, repeat
from statistics import median

from bench import contenders
from bench.answering import CONNECTIONS, Pace
from bench.contenders import OURS
from bench.dataset import GROWTH, Scale
from bench.load import Connections
from bench.people import Person, Question, Requests, global_chat_id
from bench.processes import started
from bench.saying import say
from bench.tables import Table, Target, milliseconds

MOST = 1.3


async def measure(url: str, scale: Scale, core: int, pace: Pace) -> list[Table]:
    """The table, for few and many chats of one person, a short and a long thread."""
    many, long = f"{scale.many:,}", f"{scale.long:,}"
    cases = [
        ("inbox", "chats", ("200", _inbox("few")), (many, _inbox("many"))),
        ("thread", "messages", ("1,000", _thread(scale, 0)), (long, _thread(scale, 1))),
        ("send", "chats", ("200", _sends("few", range(200))),
         (many, _sends("many", range(200, 200 + scale.many)))),
        ("send", "messages", ("1,000", _sends("short", _threads(scale)[:1])),
         (long, _sends("long", _threads(scale)[1:]))),
    ]  # fmt: skip
    table = Table(
        "Growth of ours", ("", "of", "CPU per answer", "p50", "database included, one by one")
    )
    requests = Requests(is_graphql=True, paths={})
    async with started(OURS.name, OURS.command, contenders.environment(OURS, url), core) as running:
        for name, unit, *ends in cases:
            say(f"Growth: {name} over {unit} …")
            asked = [requests.of(question) for _, question in ends]
            cpu: list[list[float]] = [[], []]
            p50: list[list[float]] = [[], []]
            alone: list[list[float]] = [[], []]
            for _ in range(pace.rounds):
                for end in (0, 1):
                    async with Connections(running.port, CONNECTIONS) as connections:
                        # A prepared statement gets its generic plan after a few executions.
                        await connections.ask_for(pace.warm_seconds / 2, asked[end])
                        before = running.cpu_seconds()
                        load = await connections.ask_for(pace.seconds, asked[end])
                        cpu[end].append((running.cpu_seconds() - before) / load.count)
                        p50[end].append(load.percentile(0.5))
                    async with Connections(running.port, 1) as connection:
                        load = await connection.ask_for(pace.seconds / 2, asked[end])
                        alone[end].append(load.percentile(0.5))
            for end in (0, 1):
                table.add(
                    name,
                    f"{ends[end][0]} {unit}",
                    f"{median(cpu[end]) * 1e6:,.0f} µs",
                    milliseconds(median(p50[end])),
                    milliseconds(median(alone[end])),
                )
            for what, (low, high) in (("CPU", cpu), ("time, one by one,", alone)):
                grown = median(more / less for less, more in zip(low, high, strict=True))
                span = f"{what} of {name} from {ends[0][0]} to {ends[1][0]} {unit}"
                table.targets.append(Target(span, grown, MOST, "{:.2f}"))
    return [table]


def _person(name: str) -> Person:
    return Person(GROWTH + ["few", "many", "short", "long"].index(name), name, "growth")


def _threads(scale: Scale) -> range:
    first = 200 + scale.many
    return range(first, first + 2)


def _inbox(name: str) -> Question:
    return Question("inbox", "Chats", "/inbox", repeat((_person(name), {"unreadOnly": False})))


def _thread(scale: Scale, end: int) -> Question:
    chat = {"id": global_chat_id(GROWTH + _threads(scale)[end])}
    person = _person(("short", "long")[end])
    return Question("thread", "Thread", "/thread", repeat((person, {**chat})))


def _sends(name: str, chats: range) -> Question:
    def variables() -> Iterator[tuple[Person, dict[str, object]]]:
        for number, chat in zip(count(1), cycle(chats), strict=False):
            written = {
                "conversationId": global_chat_id(GROWTH + chat),
                "body": "One more.",
                "idempotencyKey": f"growth-{number}",
            }
            yield _person(name), {"input": written}

    return Question("send", "SendMessage", "/send", variables())
