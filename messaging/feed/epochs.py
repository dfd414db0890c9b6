"""The lives of feeds. A cursor of an earlier one resumes nowhere."""

from messaging.feed.announcements import announce_to_all
from messaging.work import Work
from models import Account
from models.account import new_epoch


async def begin_feeds_anew(work: Work) -> int:
    """Give the feeds of every account a new life; how many accounts there are."""
    accounts = await Account.all()
    for account in accounts:
        account.feed_epoch = new_epoch()
        await account.save(update_fields=["feed_epoch"])
        # Whoever listens looks, and finds that their cursor is of another life.
        await announce_to_all(work, account.id)
    return len(accounts)
