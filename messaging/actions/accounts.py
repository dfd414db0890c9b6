"""Making accounts. Commands do this, not mutations."""

from messaging.work import Work
from models import Account


async def create_account(work: Work, slug: str, name: str) -> bool:  # noqa: ARG001  # an action's
    """Make an account; false where there is one of that slug already.

    Repeated, it would say so of its own.
    """
    if await Account.exists(slug=slug):
        return False
    await Account.create(slug=slug, name=name)
    return True
