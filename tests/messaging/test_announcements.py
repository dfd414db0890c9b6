"""What concerns more mailboxes than one transaction may lock is told in batches."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID

import pytest

from messaging.actions.administration import deactivate_user, set_messaging_mode
from messaging.doorbell import Doorbell
from messaging.feed.announcements import Announcer
from messaging.feed.log import MAILBOXES_LOCKED_AT_ONCE
from messaging.work import UnitOfWork, Work
from models import (
    Account,
    Conversation,
    FeedKind,
    Mailbox,
    MessagingMode,
    Participant,
    PendingAnnouncement,
    User,
    database,
)
from tests.support.cast import ACCOUNT, user_id, viewer_of
from tests.support.people import Person
from tests.support.places import Place
from tests.support.recount import assert_consistent
from tests.support.service import serving
from tests.support.snapshot import rows_of

P = ParamSpec("P")
T = TypeVar("T")
MANY = 1_200
LAST_OF_CROWD = f"c{MANY - 1}"


class Killed(Exception):
    """The process died."""


class MortalOffice(UnitOfWork):
    """Runs so many actions, then dies."""

    def __init__(self, doorbell: Doorbell, lives: int) -> None:
        super().__init__(doorbell)
        self.lives = lives

    async def run(
        self,
        action: Callable[Concatenate[Work, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run the action, or die."""
        if self.lives == 0:
            raise Killed
        self.lives -= 1
        return await super().run(action, *args, **kwargs)


async def _make_crowd(_: Work) -> list[UUID]:
    """Add many people to the account; their ids."""
    account = await Account.get(slug=ACCOUNT)
    crowd = [
        User(account_id=account.id, source_id=f"c{number}", name="Crowd", search_name="crowd")
        for number in range(MANY)
    ]
    await User.bulk_create(crowd)
    await Mailbox.bulk_create([Mailbox(user_id=user.id) for user in crowd])
    return [user.id for user in crowd]


async def _make_chats(_: Work, one: UUID, others: list[UUID]) -> None:
    account, now = await Account.get(slug=ACCOUNT), datetime.now(UTC)
    for other in others:
        lower, higher = sorted((one, other))
        chat = await Conversation.create(
            account_id=account.id, lower_user_id=lower, higher_user_id=higher, last_activity_at=now
        )
        await Participant.bulk_create(
            [
                Participant(conversation_id=chat.id, user_id=user, peer_id=peer, listed_at=now)
                for user, peer in ((lower, higher), (higher, lower))
            ]
        )


async def _told(kind: FeedKind) -> Counter[str]:
    """How often each person was told of such a thing since the crowd came."""
    return Counter(
        entry["user_id"] for entry in await rows_of("feed_entries") if entry["kind"] == kind
    )


async def _batches() -> list[int]:
    """How many mailboxes each transaction wrote to: the entries of one share their time."""
    mailboxes: dict[str, set[str]] = {}
    for entry in await rows_of("feed_entries"):
        mailboxes.setdefault(entry["created_at"], set()).add(entry["user_id"])
    return [len(each) for each in mailboxes.values()]


async def _turn_off_and_die_after(office: UnitOfWork, batches: int) -> Counter[str]:
    """Switch the mode in a crowd, and die after so many batches; how often each is to be told."""
    before = await _told(FeedKind.ACCESS_CHANGED)
    await office.run(_make_crowd)
    await office.run(set_messaging_mode, await viewer_of("olga"), MessagingMode.OFF)
    with pytest.raises(Killed):
        await Announcer(MortalOffice(Doorbell("memory://"), batches)).announce_pending()
    expected = Counter({str(user.id): 1 for user in await User.filter(account__slug=ACCOUNT)})
    return expected + before


@pytest.mark.parametrize("batches", range(4))
async def test_an_interrupted_announcement_tells_everybody_once(
    office: UnitOfWork, batches: int
) -> None:
    """Whatever batch the process dies after, the next one tells the rest, and nobody twice."""
    expected = await _turn_off_and_die_after(office, batches)
    told = sum((await _told(FeedKind.ACCESS_CHANGED)).values())
    assert told < sum(expected.values()) or batches >= 3
    await Announcer(office).announce_pending()
    assert await _told(FeedKind.ACCESS_CHANGED) == expected
    assert await rows_of("pending_announcements") == []
    assert max(await _batches()) <= MAILBOXES_LOCKED_AT_ONCE
    await assert_consistent()


async def test_the_fact_is_committed_before_anybody_is_told(office: UnitOfWork) -> None:
    """No right depends on an entry: the mode is OFF for all while nobody has been told yet."""
    before = await _told(FeedKind.ACCESS_CHANGED)
    await office.run(_make_crowd)
    await office.run(set_messaging_mode, await viewer_of("olga"), MessagingMode.OFF)
    assert (await viewer_of("lena")).messaging_mode is MessagingMode.OFF
    assert await _told(FeedKind.ACCESS_CHANGED) == before
    assert office.pending.is_set()


async def test_both_sides_of_very_many_chats_are_told_once(office: UnitOfWork) -> None:
    """W2: deactivating somebody with hundreds of chats tells each peer once that theirs closed."""
    crowd = (await office.run(_make_crowd))[:600]
    olga, lena = await viewer_of("olga"), await user_id("lena")
    await office.run(_make_chats, lena, crowd)
    before = await _told(FeedKind.ACCESS_CHANGED)
    await office.run(deactivate_user, olga, lena)
    assert len(await PendingAnnouncement.all()) == 1
    with pytest.raises(Killed):
        await Announcer(MortalOffice(Doorbell("memory://"), 2)).announce_pending()
    await Announcer(office).announce_pending()
    told = await _told(FeedKind.CHAT_STATE_CHANGED)
    assert told == Counter({str(lena): 600, **{str(peer): 1 for peer in crowd}})
    assert await _told(FeedKind.ACCESS_CHANGED) == before + Counter([str(lena)])
    assert max(await _batches()) <= MAILBOXES_LOCKED_AT_ONCE
    await assert_consistent()


async def test_a_service_announces_at_start_what_another_left(place: Place) -> None:
    """A service that starts makes the announcements that a dead process left behind."""
    await database.connect(place.database_url)
    try:
        await _turn_off_and_die_after(UnitOfWork(Doorbell("memory://")), 1)
        cursor = (await viewer_of(LAST_OF_CROWD)).feed_cursor
    finally:
        await database.disconnect()
    async with (
        serving(place.settings()) as service,
        Person(service, LAST_OF_CROWD).feed(cursor) as stream,
    ):
        assert (await stream.entry())["viewer"]["messagingMode"] == "OFF"
