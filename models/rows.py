"""Rows of raw SQL as light objects, alike on both databases.

A row class is a dataclass with a field for each column, in the order of the SELECT list. A field
that is itself a dataclass takes as many columns as it has fields; where such a field may be None,
it is None if its first column is.
"""

import dataclasses
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

Row = TypeVar("Row")
Read = Callable[[Sequence[Any]], Any]

# How SQLite, which knows neither, hands these out.
_FROM_SQLITE: dict[type, Callable[[Any], Any]] = {
    UUID: UUID,
    datetime: datetime.fromisoformat,
    bool: bool,
}


def reader_of(row: type[Row], *, is_sqlite: bool) -> Callable[[Sequence[Any]], Row]:
    """What makes a ``row`` of the values of one line."""
    return cast("Callable[[Sequence[Any]], Row]", _compiled(cast(Any, row), is_sqlite))


@cache
def _compiled(row: Any, is_sqlite: bool) -> Read:
    return _reader(row, 0, is_sqlite)[0]


def _reader(row: type, start: int, is_sqlite: bool) -> tuple[Read, int]:
    hints = get_type_hints(row)
    reads: list[Read] = []
    position = start
    for field in dataclasses.fields(row):
        kind, may_be_none = _without_none(hints[field.name])
        if dataclasses.is_dataclass(kind) and isinstance(kind, type):
            first = position
            read, position = _reader(kind, position, is_sqlite)
            reads.append(_none_without(first, read) if may_be_none else read)
        else:
            reads.append(_column(position, _converter(kind, is_sqlite)))
            position += 1
    return lambda values: row(*[read(values) for read in reads]), position


def _without_none(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) in (Union, UnionType):
        kinds = [kind for kind in get_args(hint) if kind is not type(None)]
        return kinds[0], len(kinds) < len(get_args(hint))
    return hint, False


def _converter(kind: Any, is_sqlite: bool) -> Callable[[Any], Any] | None:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    return _FROM_SQLITE.get(kind) if is_sqlite else None


def _column(position: int, convert: Callable[[Any], Any] | None) -> Read:
    if convert is None:
        return lambda values: values[position]

    def read(values: Sequence[Any]) -> Any:
        value = values[position]
        return None if value is None else convert(value)

    return read


def _none_without(position: int, read: Read) -> Read:
    return lambda values: None if values[position] is None else read(values)
