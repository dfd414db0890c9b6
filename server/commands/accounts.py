"""Accounts and who administers them."""

import re

from messaging.actions import accounts
from messaging.actions.grants import grant_role, revoke_role
from messaging.feed.epochs import begin_feeds_anew
from models import Role
from server.commands.console import CommandFailed, account_of, open_office
from server.settings import Settings

# As wide as their columns.
LONGEST_NAME = 255
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


async def create_account(settings: Settings, slug: str, name: str) -> None:
    """Make an account. Raises CommandFailed for a slug that is none, or taken."""
    if not _SLUG.fullmatch(slug):
        raise CommandFailed(
            "A slug has 1 to 64 lower-case letters, digits and hyphens, and starts with no hyphen."
        )
    if not name.strip() or len(name) > LONGEST_NAME:
        raise CommandFailed(f"A name has 1 to {LONGEST_NAME} characters.")
    async with open_office(settings) as office:
        if not await office.run(accounts.create_account, slug, name):
            raise CommandFailed(f"There is an account {slug!r} already.")


async def renew_feeds(settings: Settings) -> int:
    """Begin a new life of every feed; how many accounts that concerns."""
    async with open_office(settings) as office:
        return await begin_feeds_anew(office)


async def set_grant(
    settings: Settings,
    account_slug: str,
    source_id: str,
    role: Role,
    department: str | None,
    *,
    is_granted: bool,
) -> bool:
    """Grant or revoke a role by hand; whether anything changed. Raises CommandFailed, BadInput."""
    action = grant_role if is_granted else revoke_role
    async with open_office(settings) as office:
        account = await account_of(account_slug)
        return await office.run(action, account.id, source_id, role, department)
