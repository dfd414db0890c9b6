"""The lives of feeds. A cursor of an earlier one resumes nowhere."""

from uuid import UUID

from messaging.feed.announcements import announce_to_all
from messaging.work import UnitOfWork, Work, repeatable
from models import Account
from models.account import new_epoch


async def begin_feeds_anew(office: UnitOfWork) -> int:
    """Give the feeds of every account a new life; how many accounts there are.

    Each account in a transaction of its own: together they may have more people than one may tell.
    Interrupted, it is run again; those who begin anew twice lose nothing by it.
    """
    account_ids = [account.id for account in await Account.all().only("id")]
    for account_id in account_ids:
        await office.run(_begin_anew, account_id)
    return len(account_ids)


@repeatable
async def _begin_anew(work: Work, account_id: UUID) -> None:
    await Account.filter(id=account_id).update(feed_epoch=new_epoch())
    # Whoever listens looks, and finds that their cursor is of another life.
    await announce_to_all(work, account_id)
