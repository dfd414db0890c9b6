"""Live: a thousand people are told one thing each, all at once."""

import asyncio
import json
import urllib.request
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from statistics import median
from typing import Any
from uuid import UUID

import asyncpg

from bench import contenders
from bench.contenders import LIVE_PEER, OURS, WATCHED, Contender
from bench.database import VAR
from bench.dataset import Scale
from bench.people import Person
from bench.processes import Running, started
from bench.saying import say
from bench.sockets import Audience
from bench.tables import Table, Target, milliseconds
from messaging.doorbell import Doorbell, Ring, Topic
from tests.support.servers import Redis

PEOPLE = 1000
BURSTS = 10
MOST_PER_DELIVERY = 50e-6
LONGEST_STALL = 0.010
_EVENTS = VAR / "events.json"

# An entry of the chat that stands first in the list, for each of the people.
_TELL = """WITH heads AS (
        UPDATE mailboxes SET seq = seq + 1 WHERE user_id = ANY($1::uuid[])
        RETURNING user_id, seq)
    INSERT INTO feed_entries (user_id, seq, kind, conversation_id, message_id, created_at)
    SELECT heads.user_id, heads.seq, 'MESSAGE_SENT', chat.conversation_id, chat.last_message_id,
        now()
    FROM heads CROSS JOIN LATERAL (
        SELECT conversation_id, last_message_id FROM participants p
        WHERE p.user_id = heads.user_id AND p.listed_at IS NOT NULL
        ORDER BY p.listed_at DESC LIMIT 1) AS chat"""


async def measure(url: str, scale: Scale, core: int) -> list[Table]:
    """The table, with an own event for each subscriber beside graphql-ws on Node."""
    people = [Person(n, f"staff{n}") for n in range(min(PEOPLE, scale.staff))]
    redis = Redis(VAR / "redis")
    await redis.start()
    try:
        environment = {"LMS_MESSAGES_BROADCAST_URL": redis.url}
        say(f"{len(people)} subscribers, an entry each at once …")
        async with (
            _listening(OURS, environment, url, people, core) as audience,
            _bell(redis.url) as doorbell,
        ):
            ours = await _bursts(audience, lambda: _tell(url, doorbell, people))
            payloads = {
                person.id: json.loads(frame)["payload"]["data"]["feed"]
                for person, frame in audience.heard.items()
            }
        async with (
            _listening(WATCHED, environment, url, people, core) as audience,
            _bell(redis.url) as doorbell,
        ):
            stalls = await _stalls(audience, lambda: _tell(url, doorbell, people))
    finally:
        await redis.stop()
    _EVENTS.write_text(json.dumps(payloads))
    say("The same events from memory by graphql-ws on Node …")
    async with _listening(LIVE_PEER, {"BENCH_EVENTS": str(_EVENTS)}, url, people, core) as audience:
        theirs = await _bursts(audience, lambda: _publish(audience.running))
        told = {
            person.id: json.loads(frame)["payload"]["data"]["feed"]
            for person, frame in audience.heard.items()
        }
    if told != payloads:
        raise RuntimeError("graphql-ws told something else than the service")
    return [_table(len(people), ours, theirs, stalls)]


@asynccontextmanager
async def _bell(url: str) -> AsyncIterator[Doorbell]:
    doorbell = Doorbell(url)
    await doorbell.start()
    try:
        yield doorbell
    finally:
        await doorbell.stop()


@asynccontextmanager
async def _listening(
    contender: Contender, environment: dict[str, str], url: str, people: list[Person], core: int
) -> AsyncIterator[Audience]:
    given = contenders.environment(contender, url) | environment
    async with (
        started(contender.name, contender.command, given, core) as running,
        Audience(running, await with_cursors(url, people)) as audience,
    ):
        yield audience


async def with_cursors(url: str, people: list[Person]) -> list[tuple[Person, str]]:
    """Each with the place behind the newest entry of their feed."""
    connection = await asyncpg.connect(url)
    try:
        heads = await connection.fetch(
            """SELECT u.id, a.feed_epoch, box.seq FROM users u
                JOIN accounts a ON a.id = u.account_id JOIN mailboxes box ON box.user_id = u.id
                WHERE u.id = ANY($1::uuid[])""",
            [person.id for person in people],
        )
    finally:
        await connection.close()
    cursors = {str(line["id"]): f"{line['feed_epoch']}{line['seq']:016x}" for line in heads}
    return [(person, cursors[person.id]) for person in people]


async def _tell(url: str, doorbell: Doorbell, people: list[Person]) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(_TELL, [person.id for person in people])
    finally:
        await connection.close()
    doorbell.ring(Ring(Topic.FEED, UUID(person.id)) for person in people)


async def _publish(running: Running) -> None:
    await _get(running, "/publish")


async def _get(running: Running, path: str) -> str:
    def get() -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{running.port}{path}", timeout=30) as answer:
            text: str = answer.read().decode()
            return text

    return await asyncio.to_thread(get)


async def _bursts(audience: Audience, begin: Callable[[], Any]) -> tuple[float, float]:
    """The server's CPU seconds per delivery, and how long it took until all had theirs."""
    count = len(audience.people)
    for _ in range(3):
        await audience.deliveries(count, begin)
    used, took = 0.0, []
    for number in range(BURSTS):
        await audience.quiet()
        say(f"… burst {number + 1} of {BURSTS}")
        before = audience.running.cpu_seconds()
        took.append(await audience.deliveries(count, begin))
        await asyncio.sleep(0.05)
        used += audience.running.cpu_seconds() - before
    return used / count / BURSTS, median(took)


async def _stalls(audience: Audience, begin: Callable[[], Any]) -> list[float]:
    stalls: list[float] = []
    for _ in range(BURSTS):
        await audience.quiet()
        await _get(audience.running, "/stall")
        await audience.deliveries(len(audience.people), begin)
        await asyncio.sleep(0.05)
        stalls.append(float(await _get(audience.running, "/stall")))
    return stalls


def _table(
    count: int,
    ours: tuple[float, float],
    theirs: tuple[float, float],
    stalls: list[float],
) -> Table:
    table = Table(
        f"Live: {count:,} people, an entry each at once",
        ("server", "CPU per delivery, publish included", "until all have it", "longest stall"),
    )
    for name, (used, took), stall in (
        (OURS.name, ours, f"{milliseconds(median(stalls))}, at most {milliseconds(max(stalls))}"),
        (LIVE_PEER.name, theirs, ""),
    ):
        table.add(name, f"{used * 1e6:.0f} µs", milliseconds(took), stall)
    table.targets += [
        Target("µs per delivery read from the log", ours[0] * 1e6, MOST_PER_DELIVERY * 1e6),
        Target("ms the loop was held, at the median", median(stalls) * 1e3, LONGEST_STALL * 1e3),
        Target("ms the loop was held, at most", max(stalls) * 1e3, LONGEST_STALL * 1e3),
        Target("own event, ours to graphql-ws", ours[0] / theirs[0], 1.0, "{:.2f}"),
    ]
    return table
