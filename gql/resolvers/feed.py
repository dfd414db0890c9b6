"""Behind the subscriptions and what they tell."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

import strawberry

from gql import ids
from gql.context import Context, Info
from messaging.access import access_conversation
from messaging.feed.following import follow
from messaging.feed.reading import FeedEvent, MessageSentEvent


def feed(info: Info, after: str | None = None) -> AsyncGenerator[FeedEvent, None]:
    """Everything that changes for the viewer, behind a cursor or from now on."""
    return _follow(info.context, after)


async def message_sent(
    info: Info, conversation_id: strawberry.ID | None = None, after: str | None = None
) -> AsyncGenerator[MessageSentEvent, None]:
    """New messages of the viewer's chats, own ones too; of all chats or of one."""
    only = None
    if conversation_id is not None:
        only = ids.decode(ids.Kind.CONVERSATION, conversation_id)
        await access_conversation(info.context.db, info.context.viewer, only)
    async with aclosing(_follow(info.context, after)) as events:
        async for event in events:
            if isinstance(event, MessageSentEvent) and only in (None, event.conversation.id):
                yield event


async def _follow(context: Context, after: str | None) -> AsyncGenerator[FeedEvent, None]:
    viewer_id = context.viewer.id
    following = follow(context.doorbell, context.reader, viewer_id, after)
    with context.allowances.subscriptions_of_user.one_more(viewer_id):
        async with aclosing(following) as events:
            async for event in events:
                # What is nested in the event is resolved under the rights of now.
                context.renew(event.viewer)
                yield event
