"""People: whom a viewer sees, whom they may write to first."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from messaging.policy.pairs import IS_RECIPIENT, holds
from messaging.policy.rules import ADMINISTRATIVE
from messaging.reads.columns import UserRow, user_columns
from messaging.reads.courses import IS_COURSE_VISIBLE, IS_SHOWN_INSTRUCTOR
from messaging.reads.paging import (
    Page,
    decode_cursor,
    encode_cursor,
    forward_page,
    id_in_cursor,
)
from messaging.reads.search import NAME_CONTAINS, search_pattern
from models import UserStatus
from models.database import Database, placeholders

# Of a person b and a viewer: themselves, the peers of their chats, whom they administer, the
# instructors of the courses they see.
_IS_VISIBLE = f"""b.account_id = viewer.account_id AND (
    b.id = viewer.id
    OR EXISTS (SELECT 1 FROM participants p WHERE p.user_id = viewer.id AND p.peer_id = b.id)
    OR {holds(ADMINISTRATIVE, "viewer", "b")}
    OR EXISTS (SELECT 1 FROM instructor_assignments taught
        JOIN courses course ON course.id = taught.course_id
        WHERE taught.user_id = b.id AND {IS_SHOWN_INSTRUCTOR} AND {IS_COURSE_VISIBLE}))"""

_PEOPLE = f"""
    SELECT {user_columns("b")}, b.search_name
    FROM users viewer
    JOIN accounts account ON account.id = viewer.account_id
    JOIN users b ON b.account_id = viewer.account_id
"""


@dataclass(slots=True)
class _Found:
    node: UserRow
    search_name: str

    @property
    def cursor(self) -> str:
        return encode_cursor("people", self.search_name, self.node.id)


async def user_of(db: Database, viewer_id: UUID, user_id: UUID) -> UserRow | None:
    """The person, if the viewer sees them.

    Uses index: users (id), and those of the relations.
    """
    found = await db.row(
        _Found,
        f"{_PEOPLE} WHERE viewer.id = $1 AND b.id = $2 AND {_IS_VISIBLE}",
        viewer_id,
        user_id,
    )
    return found.node if found else None


async def list_recipients(
    db: Database, viewer_id: UUID, *, search: str | None, first: int, after: str | None
) -> Page[UserRow]:
    """Whom the viewer may start a chat with (S0-S2), by name.

    Uses index: users (account_id, search_name, id), and those of the relations.
    """
    is_recipient = IS_RECIPIENT.format(a="viewer", b="b", account="account")
    return await _list(db, viewer_id, [is_recipient], search=search, first=first, after=after)


async def list_users(
    db: Database,
    viewer_id: UUID,
    *,
    search: str | None,
    status: UserStatus | None,
    first: int,
    after: str | None,
) -> Page[UserRow]:
    """Everybody in the viewer's account, by name.

    Uses index: users (account_id, search_name, id).
    """
    conditions = [] if status is None else [f"b.status = '{status}'"]
    return await _list(db, viewer_id, conditions, search=search, first=first, after=after)


async def _list(
    db: Database,
    viewer_id: UUID,
    conditions: Sequence[str],
    *,
    search: str | None,
    first: int,
    after: str | None,
) -> Page[UserRow]:
    conditions = ["viewer.id = $1", *conditions]
    args: list[object] = [viewer_id, first + 1]
    if after is not None:
        args += _place(after)
        conditions.append("(b.search_name, b.id) > ($3, $4)")
    if search:
        args.append(search_pattern(search))
        conditions.append(NAME_CONTAINS.format(user="b", pattern=f"${len(args)}"))
    found = await db.rows(
        _Found,
        f"""{_PEOPLE} WHERE {" AND ".join(conditions)}
            ORDER BY b.search_name, b.id LIMIT $2""",
        *args,
    )
    return forward_page(found, first, after)


@dataclass(slots=True)
class _Belonging:
    user_id: UUID
    department: str


async def department_names(db: Database, user_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The departments of these people, several in the order of their names.

    Uses index: memberships (user_id, department_id).
    """
    if not user_ids:
        return {}
    found = await db.rows(
        _Belonging,
        f"""SELECT m.user_id, d.name FROM memberships m
            JOIN departments d ON d.id = m.department_id
            WHERE m.user_id IN ({placeholders(len(user_ids))}) ORDER BY d.name""",
        *user_ids,
    )
    names: dict[UUID, list[str]] = {}
    for belonging in found:
        names.setdefault(belonging.user_id, []).append(belonging.department)
    return {user_id: ", ".join(each) for user_id, each in names.items()}


def _place(cursor: str) -> tuple[str, UUID]:
    search_name, user_id = decode_cursor("people", cursor, str, str)
    return str(search_name), id_in_cursor(user_id)
