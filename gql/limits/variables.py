"""What comes beside a document."""

from collections.abc import Mapping
from typing import Any

from gql.limits import table


def check_variables(variables: Mapping[str, Any] | None) -> None:
    """Raise OperationTooComplex for more, or deeper, than any operation takes."""
    if not variables:
        return
    found = depth = 0
    level: list[Any] = [variables]
    while level:
        deeper: list[Any] = []
        for each in level:
            found += len(each)
            if found > table.VARIABLE_VALUES.most:
                raise table.VARIABLE_VALUES.exceeded()
            values = each.values() if isinstance(each, dict) else each
            deeper += [value for value in values if isinstance(value, dict | list)]
        level = deeper
        depth += 1
        table.VARIABLE_DEPTH.check(depth)
