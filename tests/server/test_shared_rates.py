"""Rates of several processes: one count for all, and each its own while Redis is away."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from redis import asyncio as redis_client

from messaging.errors import RateLimited
from messaging.rates.rates import Deed
from messaging.rates.shared import ANSWER_LIMIT_SECONDS
from server.app import make_parts
from tests.server.test_broken_brokers import Broken, absent, frozen, killed, mute_from_the_start
from tests.support import operations
from tests.support.cast import user_id
from tests.support.client import PATIENCE_SECONDS, Client
from tests.support.outside import front_end, start_chat
from tests.support.outside import serving as serving_outside
from tests.support.people import Person, done
from tests.support.places import Place
from tests.support.process import Served
from tests.support.raw import request
from tests.support.servers import Redis
from tests.support.service import Service, serving
from tests.support.snapshot import rows_of
from tests.support.waiting import until, until_asked

LIMIT = 6
# What has a Redis answer and refuse to write, by which error, and what has it write again.
NOT_COUNTING = {
    "full": ("CONFIG SET maxmemory 1", "errorstat_OOM", "CONFIG SET maxmemory 0"),
    "a replica": ("REPLICAOF 127.0.0.1 1", "errorstat_READONLY", "REPLICAOF NO ONE"),
}


@pytest.fixture
async def redis(tmp_path: Path) -> AsyncIterator[Redis]:
    """A Redis of the test's own."""
    redis = Redis(tmp_path / "redis")
    await redis.start()
    try:
        yield redis
    finally:
        if redis.process is not None:
            redis.process.send_signal(signal.SIGCONT)
        await redis.kill()


async def attempt(person: Client, chat: str, number: int) -> list[str]:
    """Send a message; the codes of the answer."""
    given = {"conversationId": chat, "body": str(number)}
    return (await person.ask(operations.MUTATIONS["sendMessage"], input=given)).codes


async def refused_sign_in(service: Served) -> int:
    """The status of a bad token's answer."""
    return (await request(f"{service.url}/graphql", content=b"{}", token="x")).status_code


async def test_one_count_for_all_processes(place: Place, redis: Redis) -> None:
    """Whatever process a person or an address comes to, the limit is that of all together."""
    if not place.is_postgres:
        pytest.skip("SQLite has one process")
    variables = {
        "LMS_MESSAGES_BROADCAST_URL": redis.url,
        "LMS_MESSAGES_SENDS_PER_USER": f"{LIMIT}/day",
        "LMS_MESSAGES_FAILED_SIGN_INS_PER_ADDRESS": f"{LIMIT}/day",
    }
    async with (
        serving_outside(place, variables=variables) as here,
        serving_outside(place, variables=variables) as there,
    ):
        leos = [front_end(place, service, "leo") for service in (here, there)]
        chat = await start_chat(leos[0])
        for leo in leos:
            await leo.data(operations.CONVERSATION, id=chat)
        answers = await asyncio.gather(
            *(attempt(leos[number % 2], chat, number) for number in range(2 * LIMIT))
        )
        assert answers.count([]) == LIMIT - 1
        assert answers.count(["RATE_LIMITED"]) == 2 * LIMIT - (LIMIT - 1)
        # Of the other person nothing was counted anywhere.
        lena = front_end(place, there, "lena")
        assert await attempt(lena, chat, 0) == []
        found = [await refused_sign_in(service) for _ in range(LIMIT) for service in (here, there)]
        assert found == [401] * LIMIT + [429] * LIMIT


@pytest.mark.parametrize("way", [frozen, killed, mute_from_the_start, absent])
async def test_a_broken_redis_neither_refuses_nor_holds_up(
    place: Place, tmp_path: Path, way: Callable[[Path], AbstractAsyncContextManager[Broken]]
) -> None:
    """Each process counts for itself then: as many as are allowed, and at once."""
    async with way(tmp_path) as (url, break_it):
        settings = place.settings(sends_per_user=f"{LIMIT}/day").model_copy(
            update={"broadcast_url": url}
        )
        parts = make_parts(settings)
        rates = parts.allowances.rates
        clock = asyncio.get_running_loop().time
        took: list[float] = []
        count, spend = 0, rates.spend

        async def timed(*args: object, **given: object) -> None:
            before = clock()
            try:
                await spend(*args, **given)  # type: ignore[arg-type]  # passed on as they came
            finally:
                took.append(clock() - before)

        rates.spend = timed  # type: ignore[method-assign]  # only here
        async with serving(settings, parts) as service:
            leo = Person(service, "leo")
            chat = done(await leo.start("lena"))["conversation"]["id"]
            done(await leo.send(chat))
            break_it()
            for _ in range(3 * LIMIT):
                answer = await leo.attempt("sendMessage", conversationId=chat, body="Hello")
                count += answer.codes == []
                assert answer.codes in ([], ["RATE_LIMITED"])
            # What was counted before it broke still counts.
            assert count == LIMIT - 2
            assert len(await rows_of("messages")) == LIMIT
            # Whoever finds out waits; a moment in which this machine does not run us is none.
            assert median(took) < ANSWER_LIMIT_SECONDS / 10


async def start_and_count(service: Service, redis: Redis) -> tuple[Person, str]:
    """A chat, and its Redis gone and noticed."""
    leo = Person(service, "leo")
    chat = done(await leo.start("lena"))["conversation"]["id"]
    await redis.kill()
    done(await leo.send(chat))
    return leo, chat


async def test_they_come_back_by_themselves(
    place: Place, redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    """Once Redis answers again all count together, without a restart; the log tells both."""
    caplog.set_level("INFO", "messaging.rates.shared")
    settings = place.settings(sends_per_user="100/day").model_copy(
        update={"broadcast_url": redis.url}
    )
    parts = make_parts(settings)
    async with serving(settings, parts) as service:
        leo, chat = await start_and_count(service, redis)
        told = [record.message for record in caplog.records if "Rates" in record.message]
        assert len(told) == 1
        assert "counted by each process" in told[0]
        for _ in range(3):
            done(await leo.send(chat))
        await redis.start()
        await until(lambda: "Rates are shared by all processes again." in caplog.messages)
        done(await leo.send(chat))
        assert len([each for each in caplog.messages if "counted by each process" in each]) == 1


@pytest.mark.parametrize("way", NOT_COUNTING)
async def test_a_redis_that_answers_and_does_not_count(
    place: Place,
    redis: Redis,
    way: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is as good as none until it counts; the log says so once, and nobody is refused for it."""
    # It answers, if late on a busy machine.
    monkeypatch.setattr("messaging.rates.shared.ANSWER_LIMIT_SECONDS", PATIENCE_SECONDS)
    caplog.set_level("INFO", "messaging.rates.shared")
    stop, error, go_on = NOT_COUNTING[way]
    settings = place.settings(sends_per_user=f"{LIMIT}/day").model_copy(
        update={"broadcast_url": redis.url}
    )
    elsewhere = make_parts(settings).allowances.rates
    async with serving(settings) as service, redis_client.Redis.from_url(redis.url) as client:

        async def asked(words: str) -> Any:
            return await client.execute_command(*words.split())  # type: ignore[no-untyped-call]  # its

        async def refused_thrice() -> bool:
            stats: dict[str, dict[str, int]] = await asked("INFO errorstats")
            return stats.get(error, {"count": 0})["count"] >= 3

        leo, lena = service.as_("leo"), service.as_("lena")
        chat = await start_chat(leo)
        await asked(stop)
        answers = [await attempt(leo, chat, number) for number in range(2 * LIMIT)]
        assert answers == [[]] * (LIMIT - 1) + [["RATE_LIMITED"]] * (LIMIT + 1)
        assert len(await rows_of("messages")) == LIMIT
        await until_asked(refused_thrice)
        assert await asked("PING")
        [told] = [each.message for each in caplog.records if each.name == "messaging.rates.shared"]
        assert "counted by each process" in told
        await asked(go_on)
        await until(lambda: "Rates are shared by all processes again." in caplog.messages)
        assert [await attempt(lena, chat, number) for number in range(LIMIT)] == [[]] * LIMIT
        try:
            # Another process knows what Redis counted, and nothing else.
            await elsewhere.spend(Deed.SEND, user_id=await user_id("leo"))
            with pytest.raises(RateLimited):
                await elsewhere.spend(Deed.SEND, user_id=await user_id("lena"))
        finally:
            await elsewhere.stop()


async def test_a_thawed_redis_answers_the_right_question(place: Place, redis: Redis) -> None:
    """What a frozen Redis answers late is nobody's answer: counts are right after it."""
    settings = place.settings(sends_per_user="12/day", new_chats_per_user="2/day").model_copy(
        update={"broadcast_url": redis.url}
    )
    async with serving(settings) as service:
        leo = Person(service, "leo")
        chat = done(await leo.start("lena"))["conversation"]["id"]
        assert redis.process is not None
        redis.process.send_signal(signal.SIGSTOP)
        sent = await asyncio.gather(*(leo.send(chat) for _ in range(5)))
        assert [payload["errors"] for payload in sent] == [[]] * 5
        redis.process.send_signal(signal.SIGCONT)
        shared = service.parts.allowances.rates.shared
        assert shared is not None
        await until(lambda: shared.is_shared)
        done(await leo.start("nora"))
        nora = await service.user("ines")
        late = await leo.attempt("startChat", recipientId=nora, body="Hello")
        assert late.codes == ["RATE_LIMITED"]
        codes = [
            (await leo.attempt("sendMessage", conversationId=chat, body="Hello")).codes
            for _ in range(12)
        ]
        assert codes.count([]) <= 5
        assert codes[-1] == ["RATE_LIMITED"]
