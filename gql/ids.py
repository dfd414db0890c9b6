"""Global ids (https://graphql.org/learn/global-object-identification/): type and UUIDv7 in one.

Opaque to clients. What guards a thing is the access check, never that its id is hard to guess.
"""

import re
from enum import StrEnum
from uuid import UUID

import strawberry

from messaging.errors import NotFound


class Kind(StrEnum):
    """What an id is of."""

    USER = "user"
    CONVERSATION = "conversation"
    MESSAGE = "message"
    COURSE = "course"


_FORM = re.compile(f"({'|'.join(Kind)})_([0-9a-f]{{32}})")


def prefix_of(kind: Kind) -> str:
    """What stands before a key in global ids of that kind."""
    return f"{kind}_"


def encode(kind: Kind, key: UUID) -> strawberry.ID:
    """The global id of a row."""
    return strawberry.ID(prefix_of(kind) + key.hex)


def parse(text: str) -> tuple[Kind, UUID] | None:
    """The kind and key in a global id, or None for any other text."""
    match = _FORM.fullmatch(text)
    return None if match is None else (Kind(match[1]), UUID(hex=match[2]))


def decode(kind: Kind, text: str) -> UUID:
    """The key in a global id of that kind. Raises NotFound for any other text."""
    found = parse(text)
    if found is None or found[0] is not kind:
        raise NotFound
    return found[1]
