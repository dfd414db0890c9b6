"""The one door to writing: one transaction, then the ring; a lost race is run again."""

import asyncio
import inspect
from collections.abc import Iterable

import pytest
from tortoise.exceptions import IntegrityError

from messaging.actions import accounts, administration, deleting, grants, reading, sending
from messaging.doorbell import Doorbell, Ring, Topic
from messaging.feed.log import Entry
from messaging.work import ATTEMPTS, UnitOfWork, Work
from models import Account, FeedKind
from tests.support.cast import user_id
from tests.support.client import SILENCE_SECONDS
from tests.support.snapshot import rows_of, unchanged


async def _insert_the_account_again(work: Work) -> None:
    await work.db.execute("UPDATE accounts SET name = 'Changed'")
    await Account.create(slug="academy", name="The same slug")


async def test_a_lost_race_for_a_key_is_run_again_in_a_fresh_transaction(
    office: UnitOfWork,
) -> None:
    """A unique violation undoes what the attempt wrote, and the next attempt looks again."""
    attempts: list[int] = []

    async def lose_then_win(work: Work) -> str:
        attempts.append(len(attempts))
        if len(attempts) < ATTEMPTS:
            await _insert_the_account_again(work)
        assert await Account.filter(name="Changed").count() == 0
        work.tell(Entry(await user_id("lena"), FeedKind.ACCESS_CHANGED))
        return "won"

    before = len(await rows_of("feed_entries"))
    assert await office.run(lose_then_win) == "won"
    assert len(attempts) == ATTEMPTS
    assert len(await rows_of("feed_entries")) == before + 1


async def test_what_is_no_race_is_given_up(office: UnitOfWork) -> None:
    """A violation that comes each time is raised in the end, and leaves nothing."""
    async with unchanged():
        with pytest.raises(IntegrityError):
            await office.run(_insert_the_account_again)


@pytest.mark.usefixtures("db")
async def test_an_action_that_fails_rings_nobody() -> None:
    """Only what is committed is announced: a failed action tells and rings nothing."""
    # Not started, because connecting wakes everybody; it rings within the house.
    doorbell = Doorbell("memory://")
    office = UnitOfWork(doorbell)
    lena = await user_id("lena")

    async def tell_and_fail(work: Work) -> None:
        work.tell(Entry(lena, FeedKind.ACCESS_CHANGED))
        await work.announce_later((await Account.get(slug="academy")).id, None, concerns_chats=True)
        raise ZeroDivisionError

    with doorbell.listen(Topic.FEED, lena) as bell:
        async with unchanged():
            with pytest.raises(ZeroDivisionError):
                await office.run(tell_and_fail)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(SILENCE_SECONDS):
                await bell.wait()
    assert not office.pending.is_set()


class ClumsyDoorbell(Doorbell):
    """One that breaks what it touches."""

    def ring(self, rings: Iterable[Ring]) -> None:  # noqa: ARG002  # the doorbell's
        """Fail as a lost connection does, which is worth another try elsewhere."""
        raise ConnectionResetError


@pytest.mark.usefixtures("db")
async def test_what_follows_a_commit_changes_nothing_about_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Once committed an action is neither repeated nor failed, whatever breaks; it is logged."""
    office = UnitOfWork(ClumsyDoorbell("memory://"))
    lena = await user_id("lena")
    attempts: list[int] = []

    async def tell(work: Work) -> str:
        attempts.append(len(attempts))
        work.is_repeatable = work.has_erased = True
        work.tell(Entry(lena, FeedKind.ACCESS_CHANGED))
        await work.announce_later((await Account.get(slug="academy")).id, None, concerns_chats=True)
        return "done"

    before = len(await rows_of("feed_entries"))
    assert await office.run(tell) == "done"
    assert len(attempts) == 1
    assert office.pending.is_set()
    assert office.erased.is_set()
    assert len(await rows_of("feed_entries")) == before + 1
    assert len([line for line in caplog.records if line.levelname == "ERROR"]) == 1


# Which actions are tried again where their COMMIT got no answer. A send says so by its key; a chat
# deleted again would take with it what came between.
REPEATED = {
    "activate_user": True,
    "assign_instructor": True,
    "contact_instructor": False,
    "create_account": False,
    "deactivate_user": True,
    "delete_chat": False,
    "delete_message": True,
    "grant_role": True,
    "mark_read": True,
    "remove_user": True,
    "revoke_role": True,
    "send_message": False,
    "set_messaging_mode": True,
    "start_chat": False,
    "unassign_instructor": True,
}


def test_each_action_says_whether_it_is_repeatable() -> None:
    """No action is repeated because nobody thought of it."""
    found = {}
    for module in (accounts, administration, deleting, grants, reading, sending):
        for name, action in inspect.getmembers(module, inspect.iscoroutinefunction):
            if action.__module__ == module.__name__ and not name.startswith("_"):
                first, *_ = inspect.signature(action).parameters
                if first == "work":
                    found[name] = hasattr(action, "__wrapped__")
    found.pop("erase")  # part of an action
    assert found == REPEATED
