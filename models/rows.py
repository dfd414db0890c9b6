"""Rows of raw SQL as light objects, alike on both databases.

A row class is a dataclass with a field for each column, in the order of the SELECT list; those with
``init=False`` are filled by who reads it. A field that is itself a dataclass takes as many columns
as it has fields; where such a field may be None, it is None if its first column is. Of a class that
is ``interned``, equal lines are one object.

What makes a row is written as Python source once for each class, as dataclasses writes a class's
constructor: a call for each column would cost five times as much. Nothing but the places of columns
stands in it; classes and conversions are handed to it by names of its own.
"""

import dataclasses
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import Enum
from functools import cache, lru_cache
from types import UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

from asyncpg.pgproto import pgproto

Row = TypeVar("Row")
Read = Callable[[Sequence[Any]], Any]

# How SQLite, which knows neither, hands these out. asyncpg's UUID, which it is on PostgreSQL, is
# made in a twentieth of the time.
_FROM_SQLITE: dict[type, Callable[[Any], Any]] = {
    UUID: pgproto.UUID,
    datetime: datetime.fromisoformat,
    bool: bool,
}


# More different lines than an interned class has.
_INTERNED = 4_096


def interned(row: type[Row]) -> type[Row]:
    """Make equal lines one object, for a frozen class of few different rows.

    It may then remember what follows from its columns.
    """
    row.__interned__ = True  # type: ignore[attr-defined]  # read below
    return row


def reader_of(row: type[Row], *, is_sqlite: bool) -> Callable[[Sequence[Any]], Row]:
    """What makes a ``row`` of the values of one line.

    It raises ValueError for a line of more or fewer columns.
    """
    return cast("Callable[[Sequence[Any]], Row]", _compiled(cast(Any, row), is_sqlite))


@cache
def _compiled(row: Any, is_sqlite: bool) -> Read:
    source = _Source(is_sqlite)
    made = source.row(row)
    columns = "".join(f"c{place}, " for place in range(source.columns))
    # Of a class's own declaration; its names are not even in it.
    exec(f"def read(values): {columns}= values; return {made}", source.names)  # noqa: S102
    return cast(Read, source.names["read"])


class _Source:
    """The expression that makes a row of the columns c0, c1 and on."""

    def __init__(self, is_sqlite: bool) -> None:
        # What the expression calls, by its names there.
        self.names: dict[str, Any] = {}
        self.columns = 0
        self._is_sqlite = is_sqlite

    def row(self, row: type) -> str:
        """A row of the next columns."""
        hints = get_type_hints(row)
        parts = [self._part(hints[each.name]) for each in dataclasses.fields(row) if each.init]
        return f"{self._name(row)}({', '.join(parts)})"

    def _part(self, hint: Any) -> str:
        kind, may_be_none = _without_none(hint)
        first = f"c{self.columns}"
        if not (dataclasses.is_dataclass(kind) and isinstance(kind, type)):
            self.columns += 1
            convert = _converter(kind, self._is_sqlite)
            return first if convert is None else _none_or(first, f"{self._name(convert)}({first})")
        made = self._once(kind) if hasattr(kind, "__interned__") else self.row(kind)
        return _none_or(first, made) if may_be_none else made

    def _once(self, row: type) -> str:
        """A row of the next columns, the one that was made of the like before."""
        alone = _Source(self._is_sqlite)
        alone.row(row)
        start, self.columns = self.columns, self.columns + alone.columns
        cells = "".join(f"c{place}, " for place in range(start, self.columns))
        read = lru_cache(_INTERNED)(_compiled(row, self._is_sqlite))
        return f"{self._name(read)}(({cells}))"

    def _name(self, thing: Any) -> str:
        name = f"n{len(self.names)}"
        self.names[name] = thing
        return name


def _none_or(column: str, made: str) -> str:
    return f"(None if {column} is None else {made})"


def _without_none(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) in (Union, UnionType):
        kinds = [kind for kind in get_args(hint) if kind is not type(None)]
        return kinds[0], len(kinds) < len(get_args(hint))
    return hint, False


def _converter(kind: Any, is_sqlite: bool) -> Callable[[Any], Any] | None:
    if isinstance(kind, type) and issubclass(kind, Enum):
        # A look at a dictionary costs a fifth of a call of the class.
        return {member.value: member for member in kind}.__getitem__
    return _FROM_SQLITE.get(kind) if is_sqlite else None
