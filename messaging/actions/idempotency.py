"""The same request twice is one: keyed by the sender, told apart by mutation and input."""

import hashlib
import json
from dataclasses import dataclass
from uuid import UUID

from messaging.errors import BadInput, Refused, UserErrorCode
from models.database import Database

KEY_LIMIT = 128


@dataclass(frozen=True, slots=True)
class Request:
    """A send as its sender may repeat it."""

    key: str | None
    # SHA-256 over mutation and input, in hexadecimal.
    digest: str


@dataclass(slots=True)
class First:
    """The message that the first of equal requests made."""

    message_id: UUID
    digest: str | None
    is_deleted: bool


def request_of(key: str | None, mutation: str, *inputs: object) -> Request:
    """The identity of a mutation with its input. Raises BadInput for a key of a wrong length."""
    if key is not None and not 1 <= len(key) <= KEY_LIMIT:
        raise BadInput(f"`idempotencyKey` must have 1 to {KEY_LIMIT} characters.")
    text = json.dumps([mutation, *map(str, inputs)])
    return Request(key, hashlib.sha256(text.encode()).hexdigest())


# The SELECT list of a First over a row of messages called first.
FIRST_COLUMNS = "first.id, first.idempotency_hash, first.deleted_at IS NOT NULL"


async def first_of(db: Database, sender_id: UUID, request: Request) -> First | None:
    """What an earlier request under the same key made, or None.

    Uses index: messages (sender_id, idempotency_key).
    """
    if request.key is None:
        return None
    return await db.row(
        First,
        f"""SELECT {FIRST_COLUMNS} FROM messages first
            WHERE sender_id = $1 AND idempotency_key = $2""",
        sender_id,
        request.key,
    )


def check_same(first: First, request: Request) -> None:
    """Raise Refused where the earlier request was another, or its message is deleted by now."""
    if first.is_deleted:
        raise message_deleted()
    if first.digest != request.digest:
        raise Refused(
            UserErrorCode.IDEMPOTENCY_KEY_REUSED,
            "This idempotency key was used for something else. Use a new one for each message.",
            field="idempotencyKey",
        )


def message_deleted() -> Refused:
    """What to say to a repeated send whose message is gone."""
    return Refused(UserErrorCode.MESSAGE_DELETED, "The message was sent, and deleted since.")
