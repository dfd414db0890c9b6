"""Behind User, Viewer and the lists of people."""

from collections.abc import Awaitable

from strawberry import Parent

from gql.context import Info
from messaging.reads.columns import ConversationRow, UserRow
from messaging.reads.paging import DEFAULT_FIRST, Page, page_size
from messaging.reads.people import list_recipients, list_users
from messaging.viewers import Viewer
from models import Role, UserStatus


def viewer(info: Info) -> Viewer:
    """The one calling."""
    return info.context.viewer


async def recipients(
    info: Info,
    search: str | None = None,
    first: int | None = DEFAULT_FIRST,
    after: str | None = None,
) -> Page[UserRow]:
    """Whom the viewer may start a chat with, by name; `search` is a part of the name."""
    context = info.context
    return await list_recipients(
        context.db,
        context.viewer.id,
        search=search,
        first=page_size(first, "first"),
        after=after,
    )


async def users(
    info: Info,
    search: str | None = None,
    status: UserStatus | None = None,
    first: int | None = DEFAULT_FIRST,
    after: str | None = None,
) -> Page[UserRow]:
    """Everybody in the account, by name; `search` is a part of the name."""
    context = info.context
    return await list_users(
        context.db,
        context.viewer.id,
        search=search,
        status=status,
        first=page_size(first, "first"),
        after=after,
    )


def department(row: Parent[UserRow], info: Info) -> Awaitable[str | None] | None:
    """To tell namesakes apart; for administrators, null for everybody else."""
    if not info.context.viewer.is_administrative:
        return None
    return info.context.loaders.department_of.ask(row.id)


def conversation(row: Parent[UserRow], info: Info) -> Awaitable[ConversationRow | None]:
    """The viewer's chat with this person, where there is one."""
    return info.context.loaders.conversation_with.ask(row.id)


def roles(row: Parent[Viewer]) -> list[Role]:
    """Every role the viewer holds, the highest first."""
    return [role for role in Role if role in row.roles]
