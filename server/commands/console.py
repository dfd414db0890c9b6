"""What commands share: doors to the service, and words to the operator."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rich.console import Console

from messaging.doorbell import Doorbell
from messaging.feed.announcements import Announcer
from messaging.work import UnitOfWork
from models import Account
from server.opening import COMMAND_SECONDS, opened
from server.settings import Settings

# Results go to standard output, everything else here.
words = Console(stderr=True, highlight=False)


class CommandFailed(Exception):
    """The command did nothing; the message says what to mend."""


@asynccontextmanager
async def open_office(settings: Settings) -> AsyncIterator[UnitOfWork]:
    """The database open for a command, and feeds told of what it did before it ends."""
    doorbell = Doorbell(settings.broadcast_url)
    office = UnitOfWork(doorbell, is_patient=True)
    async with opened(settings, doorbell, office, statement_limit_seconds=COMMAND_SECONDS):
        yield office
        await Announcer(office).announce_pending()


async def account_of(slug: str) -> Account:
    """The account of that slug. Raises CommandFailed."""
    account = await Account.get_or_none(slug=slug)
    if account is None:
        raise CommandFailed(
            f"There is no account {slug!r}: make it with `lms-messages create-account`."
        )
    return account
