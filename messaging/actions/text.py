"""What a message may say: 1 to 4,000 code points, some of them visible, stored as sent."""

from messaging.errors import Refused, UserErrorCode
from messaging.text import is_storable, is_visible

BODY_LIMIT = 4_000


def check_body(body: str) -> None:
    """Raise Refused for a text that is no message."""
    if not is_storable(body):
        raise Refused(
            UserErrorCode.INVALID_TEXT,
            "The message contains a character that no text may contain.",
            field="body",
        )
    if len(body) > BODY_LIMIT:
        raise Refused(
            UserErrorCode.BODY_TOO_LONG,
            f"A message has at most {BODY_LIMIT:,} characters; this one has {len(body):,}.",
            field="body",
        )
    if not is_visible(body):
        raise Refused(UserErrorCode.EMPTY_BODY, "Write something first.", field="body")
