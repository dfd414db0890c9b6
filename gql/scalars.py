"""Scalars that are written as JSON later, and until then stay what they are."""

from datetime import datetime
from typing import Any

import strawberry
from strawberry.schema.types.base_scalars import DateTimeDefinition
from strawberry.types.scalar import ScalarDefinition


def _left_as_it_is(value: Any) -> Any:
    return value if type(value) is datetime else value.isoformat()


# Completing such values is nothing to do.
_left_as_it_is.passes = datetime  # type: ignore[attr-defined]  # functions have no types

# Whoever writes JSON writes a datetime faster than isoformat() does, and alike.
SCALARS: dict[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name=DateTimeDefinition.name,
        description=DateTimeDefinition.description,
        serialize=_left_as_it_is,
        parse_value=DateTimeDefinition.parse_value,
    )
}
