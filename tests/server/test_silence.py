"""A database that says nothing: its connections are open, and no answer comes on any of them."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from messaging.work import Work
from models import database
from models.configuration import DatabaseUnusable
from tests.support import operations
from tests.support.client import PATIENCE_SECONDS, Answer
from tests.support.people import Person, done
from tests.support.places import Place
from tests.support.raw import request
from tests.support.recount import assert_consistent
from tests.support.servers import Postgres
from tests.support.service import Service, serving
from tests.support.snapshot import rows_of
from tests.support.waiting import until_asked

# The longest that a test waits for what ends after several limits, one behind the other.
LIMITS_SECONDS = 3 * PATIENCE_SECONDS
# What is promised.
HEALTH_LIMIT_SECONDS = 2.0
STATEMENT_SECONDS = 1.0
# More than the pool has connections.
CALLERS = 15


@pytest.fixture
async def impatient_service(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Service]:
    """A service that waits a second where it else waits for many."""
    monkeypatch.setattr("server.opening.SERVING_SECONDS", STATEMENT_SECONDS)
    monkeypatch.setattr("models.configuration.CONNECT_LIMIT_SECONDS", STATEMENT_SECONDS)
    async with serving(Place(postgres.url()).settings()) as service:
        try:
            yield service
        finally:
            postgres.thaw()


def is_told_to_try_again(answer: Answer) -> bool:
    """Whether it is 503."""
    return (answer.status, answer.codes) == (503, ["INTERNAL"])


async def test_health_answers_in_time(own_service: Service, postgres: Postgres) -> None:
    """503 within two seconds, to everybody who asks; 200 again once the database answers."""
    clock = asyncio.get_running_loop().time
    postgres.freeze()
    try:
        before = clock()
        async with asyncio.timeout(PATIENCE_SECONDS):
            reports = await asyncio.gather(
                *(request(f"{own_service.url}/health", "GET") for _ in range(CALLERS))
            )
        took = clock() - before
    finally:
        postgres.thaw()
    assert {report.status_code for report in reports} == {503}
    assert {report.json()["database"] for report in reports} == {"unreachable"}
    # What this machine takes to ask and answer is none of the promise.
    assert took < HEALTH_LIMIT_SECONDS + 1.0

    async def is_well() -> bool:
        return (await request(f"{own_service.url}/health", "GET")).status_code == 200

    await until_asked(is_well)


async def test_nobody_waits_for_ever(impatient_service: Service, postgres: Postgres) -> None:
    """Queries and sends, more than there are connections, are told to try again; feeds resume."""
    leo, lena = Person(impatient_service, "leo"), Person(impatient_service, "lena")
    chat = done(await leo.start("lena"))["conversation"]["id"]
    sends = [
        {"conversationId": chat, "body": str(number), "idempotencyKey": str(number)}
        for number in range(CALLERS)
    ]
    async with lena.feed() as feed:
        postgres.freeze()
        async with asyncio.timeout(LIMITS_SECONDS):
            answers = await asyncio.gather(
                *(leo.attempt("sendMessage", **sent) for sent in sends),
                *(leo.client.ask(operations.VIEWER) for _ in range(CALLERS)),
            )
        assert all(map(is_told_to_try_again, answers))
        postgres.thaw()
        for sent in sends:
            while (answer := await leo.attempt("sendMessage", **sent)).codes:
                assert is_told_to_try_again(answer)
        bodies = [(await feed.entry())["message"]["body"] for _ in sends]
    # What a statement did that was given up is found under its key, and stands once.
    assert sorted(bodies) == sorted(sent["body"] for sent in sends)
    await assert_consistent()


async def test_no_place_and_no_connection_is_lost(
    impatient_service: Service, postgres: Postgres
) -> None:
    """However often it falls silent in the middle of transactions, as many as before run after."""
    office = impatient_service.parts.office

    async def rename(work: Work, name: str) -> None:
        await work.db.execute("UPDATE accounts SET name = $1 WHERE slug = 'academy'", name)

    async def rename_all(name: str) -> list[BaseException | None]:
        async with asyncio.timeout(LIMITS_SECONDS):
            return await asyncio.gather(
                *(office.run(rename, f"{name} {number}") for number in range(CALLERS)),
                return_exceptions=True,
            )

    for number in range(2):
        postgres.freeze()
        failures = await rename_all("never")
        assert all(isinstance(failure, OSError) for failure in failures), failures
        postgres.thaw()
        assert await rename_all(f"round {number}") == [None] * CALLERS
    [academy] = [row for row in await rows_of("accounts") if row["slug"] == "academy"]
    assert academy["name"].startswith("round 1")


async def test_a_silent_database_stops_no_start(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever starts meanwhile is told so in a sentence, migrating or serving."""
    monkeypatch.setattr("models.configuration.CONNECT_LIMIT_SECONDS", STATEMENT_SECONDS)
    postgres.freeze()
    try:
        async with asyncio.timeout(LIMITS_SECONDS):
            for start in (database.connect, database.migrate):
                with pytest.raises(DatabaseUnusable, match="says nothing"):
                    await start(postgres.url())
    finally:
        postgres.thaw()
