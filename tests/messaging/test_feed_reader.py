"""Subscribers who are woken together are read for together, and none answers for another."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest

from messaging.actions.administration import deactivate_user
from messaging.actions.sending import send_message, start_chat
from messaging.errors import ResyncRequired, SignedOut
from messaging.feed import reader as readers
from messaging.feed.cursor import HIGHEST_SEQ, Cursor
from messaging.feed.log import Entry
from messaging.feed.reader import PLACES_AT_ONCE, FeedReader
from messaging.feed.reading import MessageSentEvent, Place, Slice, read_many
from messaging.work import UnitOfWork, Work
from models import FeedKind
from models.database import Database
from models.ids import new_id
from tests.support.cast import viewer_of
from tests.support.client import PATIENCE_SECONDS


class Reads:
    """Notes what was read together."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.together: list[int] = []
        self.fault: Exception | None = None
        self.begun = asyncio.Event()
        monkeypatch.setattr(readers, "read_many", self._read)

    async def _read(self, db: Database, places: Sequence[Place]) -> list[Slice | Exception]:
        self.together.append(len(places))
        self.begun.set()
        if self.fault is not None:
            raise self.fault
        return await read_many(db, places)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    """What the readers of the test read together."""
    return Reads(monkeypatch)


async def ask(reader: FeedReader, user_id: UUID, position: Cursor) -> Slice:
    """Ask, and wait for the answer."""
    return await reader.read_after(user_id, position)


async def test_those_who_ask_during_a_read_are_in_the_next(
    office: UnitOfWork, reads: Reads
) -> None:
    """The first is read for at once, alone; the others together; each gets their own entries."""
    leo, lena, nora = [await viewer_of(name) for name in ("leo", "lena", "nora")]
    for peer in (lena, nora):
        await office.run(start_chat, leo, peer.id, f"Hello {peer.user.name}", None)
    reader = FeedReader()
    first = asyncio.create_task(ask(reader, lena.id, Cursor.parse(lena.feed_cursor)))
    async with asyncio.timeout(PATIENCE_SECONDS):
        await reads.begun.wait()
        others = [
            reader.read_after(each.id, Cursor.parse(each.feed_cursor), 2)
            for each in (nora, leo, lena)
        ]
        slices = await asyncio.gather(first, *others)
    assert reads.together == [1, 3]
    bodies = [
        [event.message.body for event in each.events if isinstance(event, MessageSentEvent)]
        for each in slices
    ]
    hello_lena, hello_nora = f"Hello {lena.user.name}", f"Hello {nora.user.name}"
    assert bodies == [[hello_lena], [hello_nora], [hello_lena, hello_nora], [hello_lena]]
    assert [event.viewer.id for event in slices[2].events] == [leo.id, leo.id]


async def test_w4_a_refusal_is_for_whom_it_concerns(office: UnitOfWork) -> None:
    """W4: one is signed out, one has to resync, wherever they stand in the batch; others read."""
    olga, leo, lena, nora = [await viewer_of(name) for name in ("olga", "leo", "lena", "nora")]
    await office.run(start_chat, leo, lena.id, "Hello", None)
    await office.run(deactivate_user, olga, nora.id)
    reader = FeedReader()
    at = Cursor.parse(lena.feed_cursor)
    ahead = Cursor(at.epoch, HIGHEST_SEQ)
    other_life = Cursor("00000000", 0)
    async with asyncio.timeout(PATIENCE_SECONDS):
        read, signed_out, *resync, again = await asyncio.gather(
            reader.read_after(lena.id, at),
            reader.read_after(nora.id, Cursor.parse(nora.feed_cursor)),
            reader.read_after(lena.id, ahead),
            reader.read_after(leo.id, other_life),
            reader.read_after(lena.id, at),
            return_exceptions=True,
        )
    assert isinstance(read, Slice)
    assert isinstance(again, Slice)
    assert [event.cursor for event in read.events] == [event.cursor for event in again.events]
    assert isinstance(signed_out, SignedOut)
    assert [type(each) for each in resync] == [ResyncRequired, ResyncRequired]


async def test_a_feed_that_is_broken_is_nobody_elses_concern(office: UnitOfWork) -> None:
    """An entry about a chat of others, or a feed that is not there, fails for whose it is alone."""
    leo, lena, nora = [await viewer_of(name) for name in ("leo", "lena", "nora")]
    chat = (await office.run(start_chat, leo, lena.id, "Hello", None)).conversation.id

    async def tell_nora(work: Work) -> None:
        work.tell(Entry(nora.id, FeedKind.CHAT_STATE_CHANGED, chat))

    await office.run(tell_nora)
    reader = FeedReader()
    async with asyncio.timeout(PATIENCE_SECONDS):
        read, *broken = await asyncio.gather(
            reader.read_after(lena.id, Cursor.parse(lena.feed_cursor)),
            reader.read_after(nora.id, Cursor.parse(nora.feed_cursor)),
            reader.read_after(new_id(), Cursor.parse(nora.feed_cursor)),
            return_exceptions=True,
        )
    assert isinstance(read, Slice)
    assert [type(event) for event in read.events] == [MessageSentEvent]
    assert all(isinstance(each, LookupError) for each in broken)


async def test_who_is_behind_reads_as_many_as_there_are(office: UnitOfWork) -> None:
    """The first read brings the next entry and how many are left; these come together."""
    leo, lena = await viewer_of("leo"), await viewer_of("lena")
    chat = (await office.run(start_chat, leo, lena.id, "Number 0", None)).conversation.id
    for number in range(1, 5):
        await office.run(send_message, leo, chat, f"Number {number}", None)
    reader = FeedReader()
    first = await reader.read_after(lena.id, Cursor.parse(lena.feed_cursor))
    assert first.left == 4
    rest = await reader.read_after(lena.id, first.position, first.left)
    assert rest.left == 0
    told = [event for event in (*first.events, *rest.events) if isinstance(event, MessageSentEvent)]
    assert [event.message.body for event in told] == [f"Number {number}" for number in range(5)]
    assert [event.message.sender.id for event in told] == [leo.id] * 5
    assert (await reader.read_after(lena.id, rest.position, 7)).events == []


async def test_many_are_read_for_in_parts(office: UnitOfWork, reads: Reads) -> None:
    """No read is for more than a part of a crowd; each of the crowd is answered."""
    leo, lena = await viewer_of("leo"), await viewer_of("lena")
    await office.run(start_chat, leo, lena.id, "Hello", None)
    reader = FeedReader()
    async with asyncio.timeout(PATIENCE_SECONDS):
        slices = await asyncio.gather(
            *(
                reader.read_after(lena.id, Cursor.parse(lena.feed_cursor))
                for _ in range(2 * PLACES_AT_ONCE + 1)
            )
        )
    assert reads.together == [PLACES_AT_ONCE, PLACES_AT_ONCE, 1]
    assert all(len(each.events) == 1 for each in slices)


async def test_who_leaves_takes_nobody_along(office: UnitOfWork, reads: Reads) -> None:
    """The one who asked first hangs up during the read; the others are answered, and later ones."""
    leo, lena = await viewer_of("leo"), await viewer_of("lena")
    await office.run(start_chat, leo, lena.id, "Hello", None)
    reader = FeedReader()
    position = Cursor.parse(lena.feed_cursor)
    asked = [asyncio.create_task(ask(reader, lena.id, position)) for _ in range(3)]
    async with asyncio.timeout(PATIENCE_SECONDS):
        await reads.begun.wait()
        asked[0].cancel()
        slices = await asyncio.gather(*asked[1:], reader.read_after(lena.id, position))
    assert all(len(each.events) == 1 for each in slices)
    assert asked[0].cancelled()


async def test_a_read_that_fails_fails_for_each_and_the_next_goes(
    office: UnitOfWork, reads: Reads
) -> None:
    """Whoever waited for a read hears of its failure, and may ask again."""
    leo, lena = await viewer_of("leo"), await viewer_of("lena")
    await office.run(start_chat, leo, lena.id, "Hello", None)
    reader = FeedReader()
    position = Cursor.parse(lena.feed_cursor)
    reads.fault = OSError("away")
    async with asyncio.timeout(PATIENCE_SECONDS):
        failed = await asyncio.gather(
            *(reader.read_after(lena.id, position) for _ in range(3)), return_exceptions=True
        )
        assert [type(each) for each in failed] == [OSError] * 3
        reads.fault = None
        assert len((await reader.read_after(lena.id, position)).events) == 1
