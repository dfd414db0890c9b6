"""Who is calling, and what they are at this moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from messaging.errors import SignedOut
from messaging.feed.cursor import Cursor
from messaging.reads.columns import UserRow, user_columns
from messaging.roles import GRANTABLE, grants_of, holds
from models import MessagingMode, Role, UserStatus
from models.database import Database


@dataclass(slots=True)
class Viewer:
    """The one calling, as read at the start of the operation."""

    user: UserRow
    account_id: UUID
    messaging_mode: MessagingMode
    feed_epoch: str
    # Read before everything else of the operation: whatever the lists miss comes after it.
    feed_seq: int
    unread_count: int
    # The roles that are granted, as the sum of their bits (messaging.roles).
    grants: int
    is_instructor: bool
    is_enrolled: bool

    @property
    def id(self) -> UUID:
        """The person's id."""
        return self.user.id

    @property
    def is_active(self) -> bool:
        """Whether the person may be here (W4)."""
        return self.user.status is UserStatus.ACTIVE

    @property
    def roles(self) -> frozenset[Role]:
        """The account-wide roles, those that follow from courses, and LEARNER for the rest."""
        held = {role for role in GRANTABLE if holds(self.grants, role)}
        if self.is_instructor:
            held.add(Role.INSTRUCTOR)
        if self.is_enrolled or not self.is_administrative:
            held.add(Role.LEARNER)
        return frozenset(held)

    @property
    def is_owner(self) -> bool:
        """Whether the person owns the account."""
        return holds(self.grants, Role.OWNER)

    @property
    def administers_account(self) -> bool:
        """Whether the person is owner or account administrator."""
        return self.is_owner or holds(self.grants, Role.ACCOUNT_ADMIN)

    @property
    def is_administrative(self) -> bool:
        """Whether the person administers the account or a part of it."""
        return self.grants != 0

    @property
    def feed_cursor(self) -> str:
        """The place in the person's feed at the start of the operation."""
        return str(Cursor(self.feed_epoch, self.feed_seq))


def viewer_columns(user: str, account: str, box: str) -> str:
    """The SELECT list of a Viewer over rows of users, accounts and mailboxes."""
    return f"""{user_columns(user)}, {user}.account_id,
        {account}.messaging_mode, {account}.feed_epoch, {box}.seq, {box}.unread_count,
        {grants_of(user)},
        EXISTS (SELECT 1 FROM instructor_assignments i JOIN courses k ON k.id = i.course_id
            WHERE i.user_id = {user}.id AND i.is_active AND NOT k.is_archived),
        EXISTS (SELECT 1 FROM enrolments e JOIN courses k ON k.id = e.course_id
            WHERE e.user_id = {user}.id AND e.is_active AND NOT k.is_archived)"""


_VIEWER = f"""
    SELECT {viewer_columns("u", "a", "box")}
    FROM users u
    JOIN accounts a ON a.id = u.account_id
    JOIN mailboxes box ON box.user_id = u.id
"""


_NAMED = f"""
    SELECT a.slug, u.source_id, {viewer_columns("u", "a", "box")}
    FROM {{asked}}
    JOIN accounts a ON a.slug = asked.slug
    JOIN users u ON u.account_id = a.id AND u.source_id = asked.source_id
    JOIN mailboxes box ON box.user_id = u.id
"""


# Lets a viewer go on, or raises.
Admit = Callable[[Viewer], None]


def admit_active(viewer: Viewer) -> None:
    """Let whoever is active go on (W4). Raises SignedOut."""
    if not viewer.is_active:
        raise SignedOut


# What a token says: an account's slug, and a person's source_id in it.
NameInToken: TypeAlias = tuple[str, str]


@dataclass(slots=True)
class _Named:
    account_slug: str
    source_id: str
    viewer: Viewer


async def find_viewer(db: Database, account_slug: str, source_id: str) -> Viewer | None:
    """The person a token names, whatever their status."""
    name = account_slug, source_id
    return (await find_viewers(db, [name])).get(name)


async def find_viewers(db: Database, names: Sequence[NameInToken]) -> dict[NameInToken, Viewer]:
    """The people whom tokens name, whatever their status, by name.

    Uses index: accounts (slug), users (account_id, source_id).
    """
    asked, args = db.table({"slug": "text", "source_id": "text"}, dict.fromkeys(names))
    found = await db.rows(_Named, _NAMED.format(asked=asked), *args)
    return {(named.account_slug, named.source_id): named.viewer for named in found}


async def load_viewer(db: Database, user_id: UUID) -> Viewer:
    """The person of that id, who exists."""
    viewer = await db.row(Viewer, _VIEWER + "WHERE u.id = $1", user_id)
    if viewer is None:
        raise LookupError(f"no user {user_id}")
    return viewer


async def load_viewers(db: Database, user_ids: Sequence[UUID]) -> dict[UUID, Viewer]:
    """The people of these ids, by id.

    Uses index: users (id).
    """
    asked, args = db.table({"user_id": "uuid"}, [(user_id,) for user_id in dict.fromkeys(user_ids)])
    found = await db.rows(Viewer, f"{_VIEWER} JOIN {asked} ON u.id = asked.user_id", *args)
    return {viewer.id: viewer for viewer in found}
