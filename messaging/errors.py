"""Why something was not done.

MessagingError
├── Refused          a person caused it and can mend it; names a rule or a reason
├── BadInput         a program sent what no person can
├── NotFound         it does not exist, or the viewer may not see it: nobody can tell which
├── SignedOut        the viewer may not be here, or no longer
├── RateLimited      too much of it at once; it may be tried again after a while
└── ResyncRequired   the cursor is of another life of the feed, or no longer kept
"""

from enum import StrEnum

from messaging.policy.reasons import RefusalReason


class UserErrorCode(StrEnum):
    """What a person can cause and mend."""

    EMPTY_BODY = "EMPTY_BODY"
    BODY_TOO_LONG = "BODY_TOO_LONG"
    INVALID_TEXT = "INVALID_TEXT"
    CHAT_CLOSED = "CHAT_CLOSED"
    MAY_NOT_START = "MAY_NOT_START"
    MAY_NOT_DELETE = "MAY_NOT_DELETE"
    MAY_NOT_MANAGE = "MAY_NOT_MANAGE"
    MESSAGE_DELETED = "MESSAGE_DELETED"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"


class MessagingError(Exception):
    """The root of this tree."""


class Refused(MessagingError):
    """A person caused it and can mend it."""

    def __init__(
        self,
        code: UserErrorCode,
        message: str,
        *,
        field: str | None = None,
        reason: RefusalReason | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
        self.reason = reason


class BadInput(MessagingError):
    """A program sent what no person can; the message says what to mend."""


class NotFound(MessagingError):
    """It does not exist, or the viewer may not see it: both say the same."""

    def __init__(self) -> None:
        super().__init__("There is no such thing, or it is not for you to see.")


class SignedOut(MessagingError):
    """The viewer may not be here, or no longer."""

    def __init__(self) -> None:
        super().__init__("Sign in first.")


class RateLimited(MessagingError):
    """Too much of it at once; says after how many seconds it may be tried again."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"Too often: try again in {retry_after_seconds} s.")
        self.retry_after_seconds = retry_after_seconds


class ResyncRequired(MessagingError):
    """The feed cannot be resumed at this cursor."""

    def __init__(self) -> None:
        super().__init__("Read viewer.feedCursor and your lists, then resume after that cursor.")
