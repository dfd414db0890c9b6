"""Completes what operations find both ways, wherever they run in the test's process."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from graphql.execution.executor import CollectedErrors

from gql.execution.executor import CompilingExecutor


@dataclass
class Comparison:
    """How many root values were compared, and which came out differently."""

    count: int = 0
    differences: list[str] = field(default_factory=list)


@contextmanager
def compared() -> Iterator[Comparison]:
    """Have graphql-core complete each root value too. The values must only be read."""
    comparison = Comparison()
    complete_value = CompilingExecutor.complete_value

    def complete_both(executor: CompilingExecutor, *given: Any) -> Any:
        path = given[3]
        if path.prev is not None or executor._is_core_to_complete:
            return complete_value(executor, *given)
        core = copy.copy(executor)
        core.collected_errors = CollectedErrors()
        core._is_core_to_complete = True
        return _both(
            comparison,
            str(path.key),
            lambda: complete_value(core, *given),
            lambda: complete_value(executor, *given),
        )

    with patch.object(CompilingExecutor, "complete_value", complete_both):
        yield comparison


async def _both(comparison: Comparison, name: str, by_core: Any, compiled: Any) -> Any:
    expected = await _outcome(by_core)
    found = await _outcome(compiled)
    comparison.count += 1
    if repr(expected) != repr(found):
        comparison.differences.append(f"{name}: {expected!r} became {found!r}")
    if isinstance(found, Exception):
        raise found
    return found


async def _outcome(complete: Any) -> Any:
    try:
        part = complete()
        return await part if hasattr(part, "__await__") else part
    except Exception as error:  # noqa: BLE001  # to be compared, then raised
        return error
