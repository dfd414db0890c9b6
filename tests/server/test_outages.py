"""While the database is away: everybody is told to try again, and the log is told once."""

import asyncio
import logging
from typing import NoReturn

import pytest

from models.database import for_reading, single_statement, transaction
from models.outages import outages
from tests.support import operations
from tests.support.cast import user_id
from tests.support.client import PATIENCE_SECONDS, Answer, Closed, Failed
from tests.support.people import Person, done
from tests.support.places import Place
from tests.support.raw import codes, request
from tests.support.recount import assert_consistent
from tests.support.servers import Postgres
from tests.support.service import Service, serving
from tests.support.streams import CutOff, stream
from tests.support.waiting import until_asked

# What is nested is read when the entry is told.
NESTED = """subscription ($after: String) { messageSent(after: $after) {
    conversation { peer { name conversation { id } } } } }"""


def lines_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log was told that somebody should see."""
    return [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]


def tells_to_try_again(answer: Answer) -> bool:
    """Whether an answer is 503 with a sentence that says so."""
    [error] = answer.body["errors"]
    return (answer.status, answer.codes) == (503, ["INTERNAL"]) and "try again" in error["message"]


async def is_back() -> bool:
    """Whether the outage is over for this process."""
    return outages.seconds == 0


async def test_everybody_is_told_to_try_again(
    own_service: Service, postgres: Postgres, caplog: pytest.LogCaptureFixture
) -> None:
    """503 with Retry-After, an error on open sockets, 4408 on new ones, one line in the log."""
    leo, lena = Person(own_service, "leo"), Person(own_service, "lena")
    chat = done(await leo.start("lena"))["conversation"]["id"]
    async with (
        lena.feed() as feed,
        stream(lena.client, operations.FEED) as events,
        leo.client.socket() as socket,
    ):
        await events.comment()
        for number in range(2):
            caplog.clear()
            await postgres.stop()
            response = await request(
                f"{own_service.url}/graphql",
                content=b'{"query": "{ viewer { unreadCount } }"}',
                token=own_service.token("leo"),
            )
            assert (response.status_code, codes(response)) == (503, ["INTERNAL"])
            assert int(response.headers["Retry-After"]) > 0
            async with stream(leo.client, operations.VIEWER) as answer:
                assert answer.response.status_code == 503
            for _ in range(20):
                assert tells_to_try_again(await leo.client.ask(operations.VIEWER))
            sent = {"conversationId": chat, "body": "Lost?", "idempotencyKey": f"key {number}"}
            assert tells_to_try_again(await leo.attempt("sendMessage", **sent))
            with pytest.raises(Failed, match="try again") as failed:
                await (await socket.subscribe(operations.VIEWER)).next()
            assert failed.value.codes == ["INTERNAL"]
            with pytest.raises(Closed, match="4408"):
                async with leo.client.socket():
                    pass
            assert (await request(f"{own_service.url}/health", "GET")).status_code == 503
            [line] = lines_of(caplog)
            assert "The database does not answer" in line
            await postgres.start()
            done(await leo.do("sendMessage", **sent))
            # The feeds have waited for it.
            for each in (feed, events):
                assert (await each.entry())["message"]["body"] == "Lost?"
            await until_asked(is_back)


@pytest.mark.usefixtures("patient_writers")
async def test_a_send_cut_off_midway_is_told_to_try_again(
    own_service: Service, postgres: Postgres
) -> None:
    """A database that goes for long while a transaction waits in it ends that likewise."""
    leo = Person(own_service, "leo")
    chat = done(await leo.start("lena"))["conversation"]["id"]
    sent = {"conversationId": chat, "body": "Lost?", "idempotencyKey": "key"}
    send = operations.MUTATIONS["sendMessage"]
    async with leo.client.socket() as socket:
        # Within a transaction, who waits is told as it was at the first question.
        blocker, asker = await postgres.connect(), await postgres.connect()
        await blocker.execute("BEGIN; LOCK TABLE mailboxes IN EXCLUSIVE MODE")
        by_http = asyncio.create_task(leo.attempt("sendMessage", **sent))
        by_socket = await socket.subscribe(send, input={**sent, "idempotencyKey": "other"})

        async def both_wait() -> bool:
            # Others of the service may wait, too: it begins with forgetting old entries.
            waiting = """SELECT count(*) FROM pg_stat_activity
                WHERE wait_event_type = 'Lock' AND query LIKE '%INSERT INTO messages%'"""
            return bool(await asker.fetchval(waiting) == 2)

        await until_asked(both_wait)
        await postgres.stop()
        assert tells_to_try_again(await by_http)
        frame = await by_socket.frames.get()
        assert "try again" in str(frame["payload"]["errors"])
    await postgres.start()
    for key in ("key", "other"):
        done(await leo.do("sendMessage", **{**sent, "idempotencyKey": key}))


async def test_a_row_that_somebody_holds_stops_nobody_else(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Writes that wait for it are given up, however many; others go on, and the log has a line."""
    monkeypatch.setattr("models.configuration.LOCK_LIMIT_SECONDS", 0.5)
    monkeypatch.setattr("models.postgres.PLACE_LIMIT_SECONDS", 1.0)
    async with serving(Place(postgres.url()).settings()) as service:
        olga, rita = Person(service, "olga"), Person(service, "rita")
        chat = done(await olga.start("lena"))["conversation"]["id"]
        caplog.clear()
        blocker = await postgres.connect()
        await blocker.execute("BEGIN")
        await blocker.execute(
            "SELECT * FROM mailboxes WHERE user_id = $1 FOR UPDATE", await user_id("lena")
        )
        sent = {"conversationId": chat, "body": "Stuck", "idempotencyKey": "key"}
        # More than may write at once.
        stuck = [
            asyncio.create_task(olga.attempt("sendMessage", **{**sent, "idempotencyKey": str(key)}))
            for key in range(15)
        ]
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (answer := await rita.attempt("startChat", **await to_tina(service))).codes:
                assert tells_to_try_again(answer)
            for send in stuck:
                assert tells_to_try_again(await send)
        [line] = lines_of(caplog)
        assert "another one holds" in line
        await blocker.execute("ROLLBACK")
        await blocker.close()
        done(await olga.do("sendMessage", **{**sent, "idempotencyKey": "0"}))


async def to_tina(service: Service) -> dict[str, str]:
    """What starts a chat with tina, once."""
    tina = await service.user("tina")
    return {"recipientId": tina, "body": "Unrelated", "idempotencyKey": "one"}


async def test_a_database_that_takes_no_writes_is_told_once_and_left(
    own_service: Service, postgres: Postgres, caplog: pytest.LogCaptureFixture
) -> None:
    """Sends to a replica are to come again, and find the primary although old connections stay."""
    leo = Person(own_service, "leo")
    chat = done(await leo.start("lena"))["conversation"]["id"]
    # For sessions that begin from now on, and only for those: what a demoted primary's keep.
    await postgres.execute(
        "ALTER DATABASE postgres SET default_transaction_read_only = on",
        """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'""",
    )
    await until_asked(lambda: is_readable(leo))
    caplog.clear()
    sent = {"conversationId": chat, "body": "Kept", "idempotencyKey": "key"}
    given = await asyncio.gather(*(leo.attempt("sendMessage", **sent) for _ in range(20)))
    assert all(map(tells_to_try_again, given))
    assert await is_readable(leo)
    [line] = lines_of(caplog)
    assert "takes no writes" in line
    await postgres.execute(
        "SET default_transaction_read_only = off",
        "ALTER DATABASE postgres RESET default_transaction_read_only",
    )
    # No more than the pool had connections.
    for _ in range(10):
        if not (await leo.attempt("sendMessage", **sent)).codes:
            break
    done(await leo.do("sendMessage", **sent))


async def is_readable(person: Person) -> bool:
    """Whether a query is answered."""
    return not (await person.client.ask(operations.VIEWER)).codes


async def allow_pages(count: int) -> None:
    """Let the file have so many, by whichever way it is written."""
    for door in (transaction, single_statement):
        async with door() as db:
            await db.execute(f"PRAGMA max_page_count = {count}")


@pytest.mark.sqlite_only("PostgreSQL's disk cannot be filled here")
async def test_a_full_disk_is_told_once(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    """Sends are to come again, reads are answered, and all is well once there is room."""
    leo = Person(service, "leo")
    chat = done(await leo.start("lena"))["conversation"]["id"]
    [[pages]] = await for_reading().values("PRAGMA page_count")
    await allow_pages(pages)
    caplog.clear()
    sent = {"conversationId": chat, "body": "x" * 4_000}
    keys = map(str, range(100))
    while not (answer := await leo.attempt("sendMessage", **sent, idempotencyKey=next(keys))).codes:
        pass
    for key in keys:
        if (answer := await leo.attempt("sendMessage", **sent, idempotencyKey=key)).codes:
            assert tells_to_try_again(answer)
    assert tells_to_try_again(answer)
    assert await is_readable(leo)
    [line] = lines_of(caplog)
    assert "takes no writes" in line
    await allow_pages(1_000_000)
    done(await leo.do("sendMessage", **sent, idempotencyKey="after"))
    await assert_consistent()


async def lose(*_: object) -> NoReturn:
    """Fail as a read does whose connection was lost."""
    raise ConnectionResetError("cut off")


async def test_an_entry_that_cannot_be_filled_in_is_not_skipped(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A feed that loses the database in the middle of an entry closes with 4408, and resumes."""
    leo, lena = Person(service, "leo"), Person(service, "lena")
    after = (await lena.viewer())["feedCursor"]

    async with lena.client.follow(NESTED, after=after) as feed:
        with monkeypatch.context() as broken:
            broken.setattr("gql.loaders.conversations_with", lose)
            done(await leo.start("lena"))
            with pytest.raises(Closed, match="4408"):
                await feed.next()
    async with lena.client.follow(NESTED, after=after) as feed:
        assert (await feed.entry())["conversation"]["peer"]["name"] == "Leo Cast"


async def test_an_entry_that_cannot_be_streamed_is_not_skipped(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stream that loses the database in the middle of an entry is cut off, and resumes."""
    leo, lena = Person(service, "leo"), Person(service, "lena")
    after = (await lena.viewer())["feedCursor"]

    async with stream(lena.client, NESTED, after=after) as events:
        with monkeypatch.context() as broken:
            broken.setattr("gql.loaders.conversations_with", lose)
            done(await leo.start("lena"))
            with pytest.raises(CutOff):
                await events.event()
    async with stream(lena.client, NESTED, after=after) as events:
        assert (await events.entry())["conversation"]["peer"]["name"] == "Leo Cast"


async def test_a_short_absence_is_waited_for(
    own_service: Service, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A query that comes while the database restarts is answered when it is back."""
    # On a busy machine a restart takes longer than two seconds.
    monkeypatch.setattr("server.authentication.BRIEFLY_SECONDS", 20.0)
    leo = Person(own_service, "leo")
    await postgres.stop()
    asking = asyncio.create_task(leo.viewer())

    async def waits() -> bool:
        return outages.seconds > 0

    await until_asked(waits)
    await postgres.start()
    assert (await asking)["unreadCount"] == 0
