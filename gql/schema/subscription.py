"""What can be followed."""

from collections.abc import AsyncGenerator

import strawberry

from gql.fields import subscription
from gql.resolvers import feed as _feed
from gql.schema.feed import FeedEntry, MessageSent


@strawberry.type
class Subscription:
    """What can be followed."""

    message_sent: AsyncGenerator[MessageSent, None] = subscription(_feed.message_sent)
    feed: AsyncGenerator[FeedEntry, None] = subscription(_feed.feed)
