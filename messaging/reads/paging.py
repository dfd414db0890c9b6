"""Keyset pages: each starts behind the last row of the one before, never at an offset.

Relay's Cursor Connections (https://relay.dev/graphql/connections.htm): ``first``/``after`` and,
for threads, ``last``/``before``.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeAlias, TypeVar
from uuid import UUID

from messaging.errors import BadInput
from messaging.text import is_storable

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

MOST_PER_PAGE = 100
DEFAULT_FIRST = 20


Key: TypeAlias = str | int | UUID | datetime


class Edge(Protocol[T_co]):
    """A line of a list, as it was read: a row, and what it stands in the list by."""

    @property
    def node(self) -> T_co:
        """The row."""

    @property
    def cursor(self) -> str:
        """Its place, made where it is asked for: few ask for more than the last of a page."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list, in the list's order."""

    edges: Sequence[Edge[T]]
    has_next_page: bool
    has_previous_page: bool

    @property
    def page_info(self) -> "Page[T]":
        """Where the page stands in its list: Relay wants it as an object of its own."""
        return self

    @property
    def start_cursor(self) -> str | None:
        """The place of the first row."""
        return self.edges[0].cursor if self.edges else None

    @property
    def end_cursor(self) -> str | None:
        """The place of the last row."""
        return self.edges[-1].cursor if self.edges else None


def page_size(count: int | None, argument: str, default: int = DEFAULT_FIRST) -> int:
    """The number of rows asked for. Raises BadInput unless it is between 1 and 100."""
    if count is None:
        return default
    if not 1 <= count <= MOST_PER_PAGE:
        raise BadInput(f"`{argument}` must be between 1 and {MOST_PER_PAGE}.")
    return count


def encode_cursor(*place: Key) -> str:
    """An opaque place in a listing: its name, then the key, in which ids are hex and times ISO."""
    text = json.dumps(place, separators=(",", ":"), default=_as_text)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def _as_text(part: UUID | datetime) -> str:
    return part.hex if isinstance(part, UUID) else part.isoformat()


def decode_cursor(listing: str, cursor: str, *kinds: type) -> list[str | int]:
    """Undo encode_cursor. Raises BadInput for what is no place in that listing."""
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        parts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        parts = None
    is_place = (
        isinstance(parts, list)
        and parts[:1] == [listing]
        and [type(part) for part in parts[1:]] == list(kinds)
        and all(is_storable(part) for part in parts if isinstance(part, str))
    )
    if not is_place:
        raise foreign_cursor()
    return list(parts[1:])


def id_in_cursor(part: str | int) -> UUID:
    """The id in a decoded cursor. Raises BadInput where it is none."""
    try:
        return UUID(hex=str(part))
    except ValueError as error:
        raise foreign_cursor() from error


def foreign_cursor() -> BadInput:
    """What to say of a cursor from elsewhere."""
    return BadInput("The cursor is none that this list has given out.")


def forward_page(found: Sequence[Edge[T]], first: int, after: str | None) -> Page[T]:
    """The page of lines read in order behind ``after``, one more than asked for."""
    return Page(found[:first], len(found) > first, after is not None)
