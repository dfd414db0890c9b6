"""The closed sets of values that the tables hold."""

from enum import StrEnum


class Role(StrEnum):
    """What a person is in the account; the order is from the highest to the lowest."""

    OWNER = "OWNER"
    ACCOUNT_ADMIN = "ACCOUNT_ADMIN"
    DEPARTMENT_ADMIN = "DEPARTMENT_ADMIN"
    INSTRUCTOR = "INSTRUCTOR"
    LEARNER = "LEARNER"


class MessagingMode(StrEnum):
    """Whether the account's people may write to each other at all."""

    ON = "ON"
    OFF = "OFF"


class UserStatus(StrEnum):
    """Whether a person may sign in and be written to."""

    ACTIVE = "ACTIVE"
    DEACTIVATED = "DEACTIVATED"
    REMOVED = "REMOVED"


class FeedKind(StrEnum):
    """What a feed entry says has changed."""

    MESSAGE_SENT = "MESSAGE_SENT"
    MESSAGE_DELETED = "MESSAGE_DELETED"
    CHAT_DELETED = "CHAT_DELETED"
    CHAT_READ = "CHAT_READ"
    CHAT_STATE_CHANGED = "CHAT_STATE_CHANGED"
    ACCESS_CHANGED = "ACCESS_CHANGED"
