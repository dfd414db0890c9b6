"""The feed's places: gapless, in order, resumed without loss, or refused with RESYNC_REQUIRED."""

import asyncio
import contextlib
from datetime import UTC, datetime
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError

from messaging.actions.sending import send_message
from messaging.feed.cursor import Cursor
from messaging.work import UnitOfWork, Work
from models import Mailbox
from tests.support import operations
from tests.support.cast import user_id, viewer_of
from tests.support.client import Failed, Stream
from tests.support.people import Person, done
from tests.support.recount import assert_consistent
from tests.support.service import Service
from tests.support.snapshot import unchanged
from tests.support.threads import make_chat


async def _entries(stream: Stream, count: int) -> list[Any]:
    return [await stream.entry() for _ in range(count)]


def _seqs(entries: list[Any]) -> list[int]:
    return [Cursor.parse(entry["cursor"]).seq for entry in entries]


async def _prune(service: Service, name: str, up_to: int) -> None:
    """Forget the oldest entries of somebody's feed, as a retention job would."""
    key = await user_id(name)

    async def prune(work: Work) -> None:
        await work.db.execute(
            "DELETE FROM feed_entries WHERE user_id = $1 AND seq <= $2", key, up_to
        )
        await Mailbox.filter(user_id=key).update(pruned_seq=up_to)

    await service.parts.office.run(prune)


async def test_a_feed_is_gapless_and_in_order_under_concurrent_actions(service: Service) -> None:
    """Sixty sends at once: each feed has every place once, and each thread in its own order."""
    lena = Person(service, "lena")
    senders = [Person(service, name) for name in ("olga", "adam", "rita", "mia", "leo")]
    chats = [done(await sender.start("lena"))["conversation"]["id"] for sender in senders]
    async with lena.feed() as stream:
        sends = [
            (lena if number % 4 == 0 else sender).send(chat)
            for number in range(12)
            for sender, chat in zip(senders, chats, strict=True)
        ]
        for payload in await asyncio.gather(*sends):
            done(payload)
        entries = await _entries(stream, 60)
    assert _seqs(entries) == list(range(6, 66))
    for chat in chats:
        thread = [e["message"]["seq"] for e in entries if e["conversation"]["id"] == chat]
        assert thread == list(range(2, 14))
    await assert_consistent()


async def test_a_fact_and_its_entries_are_committed_together(office: UnitOfWork) -> None:
    """A message whose entries cannot be written is not sent, so no fact goes untold."""
    leo, lena = await viewer_of("leo"), await viewer_of("lena")
    chat = await make_chat(office, "leo", "lena")

    async def take_the_next_place(work: Work) -> None:
        await work.db.execute(
            """INSERT INTO feed_entries (user_id, seq, kind, created_at)
               SELECT user_id, seq + 1, 'ACCESS_CHANGED', $2 FROM mailboxes WHERE user_id = $1""",
            lena.id,
            datetime.now(UTC),
        )

    await office.run(take_the_next_place)
    async with unchanged():
        with pytest.raises(IntegrityError):
            await office.run(send_message, leo, chat, "Hello", None)


async def test_everybodys_feed_tells_a_chat_in_one_order(service: Service) -> None:
    """The order of a feed is the order of commits: both sides of a chat read the same story."""
    leo, lena = Person(service, "leo"), Person(service, "lena")
    chat = done(await leo.start("lena"))["conversation"]["id"]
    async with leo.feed() as leos, lena.feed() as lenas:
        await asyncio.gather(*(person.send(chat) for person in (leo, lena) for _ in range(10)))
        stories = [
            [entry["message"]["seq"] for entry in await _entries(stream, 20)]
            for stream in (leos, lenas)
        ]
    assert stories[0] == stories[1] == list(range(2, 22))


async def test_cursors_compare_as_texts(service: Service) -> None:
    """A later entry's cursor is the greater text, beyond any power of ten or sixteen."""
    lena, leo = Person(service, "lena"), Person(service, "leo")
    async with lena.feed() as stream:
        for _ in range(20):
            done(await leo.start("lena"))
        cursors = [entry["cursor"] for entry in await _entries(stream, 20)]
    assert cursors == sorted(set(cursors))
    assert len({len(cursor) for cursor in cursors}) == 1


async def test_a_feed_resumes_after_any_cursor_and_misses_nothing(service: Service) -> None:
    """Whoever was away reads, after the last cursor seen, exactly what came since, then goes on."""
    lena, leo = Person(service, "lena"), Person(service, "leo")
    async with lena.feed() as stream:
        for _ in range(5):
            done(await leo.start("lena"))
        seen = await _entries(stream, 5)
    for index, entry in enumerate(seen):
        async with lena.feed(entry["cursor"]) as stream:
            again = await _entries(stream, len(seen) - index - 1)
            await stream.nothing()
        assert [e["message"] for e in again] == [e["message"] for e in seen[index + 1 :]]
    async with lena.feed(seen[-1]["cursor"]) as stream:
        chat = done(await leo.start("lena", "Live"))["conversation"]["id"]
        live = await stream.entry()
    assert (live["message"]["body"], live["conversation"]["id"]) == ("Live", chat)


async def test_one_who_was_long_away_reads_more_than_one_batch(service: Service) -> None:
    """A feed longer than what is read at once comes whole, in order."""
    lena, leo = Person(service, "lena"), Person(service, "leo")
    start = (await lena.viewer())["feedCursor"]
    chat = done(await leo.start("lena"))["conversation"]["id"]
    for _ in range(5):
        await asyncio.gather(*(leo.send(chat) for _ in range(41)))
    async with lena.feed(start) as stream:
        assert _seqs(await _entries(stream, 206)) == list(range(1, 207))


async def test_without_a_cursor_a_feed_starts_now(service: Service) -> None:
    """``after`` omitted: nothing from before the subscription, everything from then on."""
    lena, leo = Person(service, "lena"), Person(service, "leo")
    done(await leo.start("lena", "Before"))
    async with lena.client.follow(operations.FEED) as stream:

        async def keep_sending() -> None:
            # When the subscription has begun is not told: one of these is its first entry.
            while True:
                done(await leo.start("lena", "Now"))

        sending = asyncio.create_task(keep_sending())
        entries = await _entries(stream, 3)
        sending.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sending
    assert {entry["message"]["body"] for entry in entries} == {"Now"}
    first, *_ = seqs = _seqs(entries)
    assert seqs == list(range(first, first + 3))


async def test_the_cursor_of_a_request_fits_its_lists(service: Service) -> None:
    """After viewer.feedCursor come only entries newer than what the same request listed."""
    lena, leo = Person(service, "lena"), Person(service, "leo")
    done(await leo.start("lena", "Listed"))
    found = await lena.client.data(
        "{ conversations { edges { node { lastMessage { body } } } } viewer { feedCursor } }"
    )
    [edge] = found["conversations"]["edges"]
    assert edge["node"]["lastMessage"]["body"] == "Listed"
    async with lena.feed(found["viewer"]["feedCursor"]) as stream:
        done(await leo.start("lena", "Newer"))
        assert (await stream.entry())["message"]["body"] == "Newer"


@pytest.mark.parametrize(
    "change",
    [
        lambda epoch, seq: Cursor("0" * 8 if epoch != "0" * 8 else "1" * 8, seq),
        lambda epoch, seq: Cursor(epoch, seq + 1),
        lambda epoch, _: Cursor(epoch, 2**63 - 1),
        lambda epoch, _: Cursor(epoch, 1),
        lambda *_: "",
        lambda *_: "nonsense",
        lambda epoch, seq: f"{epoch}{seq}",
        lambda epoch, _: f"{epoch}{2**63:016x}",
        lambda epoch, seq: f"{Cursor(epoch, seq)}\n",
        lambda epoch, seq: str(Cursor(epoch, seq)).upper().replace("0", "G", 1),
    ],
    ids=[
        "other-epoch",
        "ahead",
        "far-ahead",
        "pruned",
        "empty",
        "words",
        "short",
        "too-large",
        "newline",
        "no-hexadecimal",
    ],
)
async def test_a_cursor_that_cannot_be_resumed_at_says_resync(
    service: Service, change: Any
) -> None:
    """Another life, ahead, no longer kept, malformed: an error frame RESYNC_REQUIRED, no more."""
    lena, leo = Person(service, "lena"), Person(service, "leo")
    for _ in range(3):
        done(await leo.start("lena"))
    await _prune(service, "lena", 2)
    head = Cursor.parse((await lena.viewer())["feedCursor"])
    async with lena.client.socket() as socket:
        stream = await socket.subscribe(operations.FEED, after=str(change(head.epoch, head.seq)))
        with pytest.raises(Failed) as failed:
            await stream.next()
        assert failed.value.codes == ["RESYNC_REQUIRED"]
        # The client reads its lists anew and resumes, on the same socket.
        stream = await socket.subscribe(operations.FEED, after=str(head))
        done(await leo.start("lena"))
        assert _seqs([await stream.entry()]) == [4]


async def test_the_oldest_place_kept_can_still_be_resumed_at(service: Service) -> None:
    """The place right before the oldest entry that is kept loses nothing, so it is taken."""
    lena, leo = Person(service, "lena"), Person(service, "leo")
    start = Cursor.parse((await lena.viewer())["feedCursor"])
    for _ in range(3):
        done(await leo.start("lena"))
    await _prune(service, "lena", 2)
    async with lena.feed(str(Cursor(start.epoch, 2))) as stream:
        assert _seqs([await stream.entry()]) == [3]
