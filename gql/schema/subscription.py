"""What can be followed."""

from collections.abc import AsyncGenerator

from gql.fields import object_type, subscription
from gql.resolvers import feed as _feed
from gql.schema.feed import FeedEntry, MessageSent


@object_type
class Subscription:
    """What can be followed."""

    message_sent: AsyncGenerator[MessageSent, None] = subscription(_feed.message_sent)
    feed: AsyncGenerator[FeedEntry, None] = subscription(_feed.feed)
