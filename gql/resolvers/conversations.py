"""Behind Conversation, Message and the list of chats."""

from collections.abc import Awaitable

from strawberry import Parent

from gql.context import Info
from messaging.reads.columns import ConversationRow, MessageRow
from messaging.reads.conversations import list_conversations
from messaging.reads.messages import window
from messaging.reads.paging import DEFAULT_FIRST, Page, page_size


async def conversations(
    info: Info,
    first: int | None = DEFAULT_FIRST,
    after: str | None = None,
    unread_only: bool | None = False,
    search: str | None = None,
) -> Page[ConversationRow]:
    """The viewer's chats, the latest activity first; `search` is a part of the peer's name."""
    context = info.context
    return await list_conversations(
        context.db,
        context.viewer.user,
        first=page_size(first, "first"),
        after=after,
        unread_only=bool(unread_only),
        search=search,
    )


def messages(
    row: Parent[ConversationRow],
    info: Info,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> Awaitable[Page[MessageRow]]:
    """The thread, oldest first: the last 50 where neither `first` nor `last` is given."""
    return info.context.loaders.messages_in.ask(
        (row, window(first=first, after=after, last=last, before=before))
    )
