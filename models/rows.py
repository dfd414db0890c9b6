"""Rows of raw SQL as light objects, alike on both databases.

A row class is a dataclass with a field for each column, in the order of the SELECT list; those with
``init=False`` are filled by who reads it. A field that is itself a dataclass takes as many columns
as it has fields; where such a field may be None, it is None if its first column is. Of a class that
is ``interned``, equal lines are one object.
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
    """What makes a ``row`` of the values of one line."""
    return cast("Callable[[Sequence[Any]], Row]", _compiled(cast(Any, row), is_sqlite))


@cache
def _compiled(row: Any, is_sqlite: bool) -> Read:
    return _part_reader(row, 0, is_sqlite)[0]


def _reader(row: type, start: int, is_sqlite: bool) -> tuple[Read, int]:
    hints = get_type_hints(row)
    # By the field's place: what is done with the value of its column.
    converts: dict[int, Callable[[Any], Any]] = {}
    # By the field's place: what is made of several columns, and how many.
    nested: dict[int, tuple[Read, int]] = {}
    position = start
    columns = [field for field in dataclasses.fields(row) if field.init]
    for place, field in enumerate(columns):
        kind, may_be_none = _without_none(hints[field.name])
        if dataclasses.is_dataclass(kind) and isinstance(kind, type):
            first = position
            read, position = _part_reader(kind, position, is_sqlite)
            nested[place] = (_none_without(first, read) if may_be_none else read, position - first)
        else:
            convert = _converter(kind, is_sqlite)
            if convert is not None:
                converts[place] = _none_as_it_is(convert)
            position += 1
    return _made(row, start, position, converts, nested), position


def _part_reader(row: type, start: int, is_sqlite: bool) -> tuple[Read, int]:
    if not hasattr(row, "__interned__"):
        return _reader(row, start, is_sqlite)
    read, width = _reader(row, 0, is_sqlite)
    read_once, stop = lru_cache(_INTERNED)(read), start + width
    return lambda values: read_once(tuple(values[start:stop])), stop


def _made(
    row: type,
    start: int,
    stop: int,
    converts: dict[int, Callable[[Any], Any]],
    nested: dict[int, tuple[Read, int]],
) -> Read:
    """What makes a row of its columns: all of them at once, then those that need more."""
    changes = tuple(converts.items())
    # Each column of a nested row behind its first is taken out again.
    parts = tuple((place, place + width, read) for place, (read, width) in nested.items())

    def read(values: Sequence[Any]) -> Any:
        cells = list(values[start:stop])
        for first, behind, read_part in parts:
            cells[first:behind] = (read_part(values),)
        for place, convert in changes:
            cells[place] = convert(cells[place])
        return row(*cells)

    return read


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


def _none_as_it_is(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else convert(value)


def _none_without(position: int, read: Read) -> Read:
    return lambda values: None if values[position] is None else read(values)
