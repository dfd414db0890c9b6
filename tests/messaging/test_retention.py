"""Old feed entries are forgotten, and nobody resumes where they were, or on a rewound log."""

from datetime import UTC, datetime, timedelta

import pytest

from messaging.feed.epochs import begin_feeds_anew
from messaging.feed.retention import Pruner
from models.database import transaction
from tests.support.cast import user_id
from tests.support.client import Failed
from tests.support.people import Person, done
from tests.support.service import Service
from tests.support.snapshot import rows_of

MONTH = timedelta(days=30)


async def grow_old(name: str, up_to: int, start: int = 1, age: timedelta = 2 * MONTH) -> None:
    """Let a person's first entries, or those between, be of long ago, or of another time."""
    async with transaction() as db:
        await db.execute(
            "UPDATE feed_entries SET created_at = $1 WHERE user_id = $2 AND seq BETWEEN $3 AND $4",
            datetime.now(UTC) - age,
            await user_id(name),
            start,
            up_to,
        )


async def kept(name: str) -> list[int]:
    """The places of the entries that a person's feed still has."""
    own = str(await user_id(name))
    rows = await rows_of("feed_entries")
    return sorted(row["seq"] for row in rows if str(row["user_id"]) == own)


@pytest.fixture
def batches_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make several batches of a few entries."""
    monkeypatch.setattr("messaging.feed.retention.ENTRIES_FORGOTTEN_AT_ONCE", 2)


@pytest.mark.usefixtures("batches_of_two")
async def test_old_entries_are_forgotten_and_the_rest_stays(service: Service) -> None:
    """A cursor among what is forgotten asks for a resync; one behind it resumes."""
    leo, lena = Person(service, "leo"), Person(service, "lena")
    start = int((await lena.viewer())["feedCursor"][8:], 16)
    chat = done(await leo.start("lena"))["conversation"]["id"]
    for number in range(6):
        done(await leo.send(chat, str(number)))
    await grow_old("lena", start + 5)
    whole = await kept("leo")
    # What the cast's making left in the feeds is new.
    assert await Pruner(service.parts.office, MONTH).prune() == start + 5
    assert await kept("lena") == [start + 6, start + 7]
    assert await kept("leo") == whole
    assert await Pruner(service.parts.office, MONTH).prune() == 0

    head = (await lena.viewer())["feedCursor"]
    epoch = head[:8]
    async with lena.feed(f"{epoch}{start + 5:016x}") as feed:
        bodies = [(await feed.entry())["message"]["body"] for _ in range(2)]
    assert bodies == ["4", "5"]
    async with lena.feed(f"{epoch}{start + 4:016x}") as feed:
        with pytest.raises(Failed) as refused:
            await feed.next()
        assert refused.value.codes == ["RESYNC_REQUIRED"]


@pytest.mark.usefixtures("batches_of_two")
async def test_a_clock_that_is_wrong_keeps_nothing_for_ever(service: Service) -> None:
    """Entries that are dated ahead, more than a batch of them, go with the old ones behind them."""
    leo, pruner = Person(service, "leo"), Pruner(service.parts.office, MONTH)
    chat = done(await leo.start("lena"))["conversation"]["id"]
    for number in range(6):
        done(await leo.send(chat, str(number)))
    seqs = await kept("lena")
    await grow_old("lena", seqs[-1])
    await grow_old("lena", seqs[4], age=-100 * MONTH)
    await grow_old("lena", seqs[-1], seqs[-1], age=-100 * MONTH)
    assert await pruner.prune() == len(seqs) - 1
    assert await kept("lena") == seqs[-1:]


async def test_a_clock_that_is_wrong_takes_nothing_young(service: Service) -> None:
    """An entry that is dated back takes none with it that was written before it."""
    leo, pruner = Person(service, "leo"), Pruner(service.parts.office, MONTH)
    chat = done(await leo.start("lena"))["conversation"]["id"]
    for number in range(6):
        done(await leo.send(chat, str(number)))
    seqs = await kept("lena")
    await grow_old("lena", seqs[0])
    await grow_old("lena", seqs[-2], seqs[-2])
    assert await pruner.prune() == 1
    assert await kept("lena") == seqs[1:]


async def test_renewed_feeds_have_everybody_resync(service: Service) -> None:
    """After a backup is restored no cursor of before is resumed at, and who listens is told."""
    leo, lena = Person(service, "leo"), Person(service, "lena")
    before = (await lena.viewer())["feedCursor"]
    async with lena.feed(before) as feed:
        await feed.nothing()
        assert await begin_feeds_anew(service.parts.office) == 2
        with pytest.raises(Failed) as refused:
            await feed.next()
        assert refused.value.codes == ["RESYNC_REQUIRED"]
    async with lena.feed(before) as feed:
        with pytest.raises(Failed):
            await feed.next()
    async with lena.feed() as feed:
        done(await leo.start("lena", "Anew"))
        assert (await feed.entry())["message"]["body"] == "Anew"
