"""Completes what operations find both ways, wherever they run in the test's process."""

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from graphql import MiddlewareManager
from graphql.execution.executor import CollectedErrors
from strawberry.utils.await_maybe import await_maybe

from gql.execution import executor
from gql.execution.event import Event
from gql.execution.executor import CompilingExecutor, handing_out
from gql.execution.roots import Root
from gql.execution.straight import Straight


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

    def complete_both(compiling: CompilingExecutor, *given: Any) -> Any:
        path = given[3]
        if path.prev is not None or compiling._is_core_to_complete:
            return complete_value(compiling, *given)
        core = copy.copy(compiling)
        core.collected_errors = CollectedErrors()
        core._is_core_to_complete = True
        return _both(
            comparison,
            str(path.key),
            lambda: complete_value(core, *given),
            lambda: complete_value(compiling, *given),
        )

    with (
        patch.object(CompilingExecutor, "complete_value", complete_both),
        patch.object(executor, "Straight", lambda *given: _Compared(comparison, *given)),
        patch.object(executor, "Event", lambda *given: _ComparedEvent(comparison, *given)),
    ):
        yield comparison


class _ComparedEvent(Event):
    """Has graphql-core execute the event too."""

    def __init__(self, comparison: Comparison, *given: Any) -> None:
        super().__init__(*given)
        self._comparison = comparison

    async def execute_operation(self, serially: bool | None = None) -> Any:
        """The result, compared with graphql-core's."""
        before = self._executor.operations.compiled
        result: Any = await await_maybe(super().execute_operation(serially))
        if self._executor.operations.compiled > before:
            expected: Any = await await_maybe(self._by_core().execute_operation(serially))
            self._comparison.count += 1
            if repr((result.data, None)) != repr((expected.data, expected.errors)):
                self._comparison.differences.append(f"{expected} became {result}")
        return result


class _Compared(Straight):
    """Has graphql-core make the data too, of what the root fields were resolved to."""

    def __init__(
        self, comparison: Comparison, executor: CompilingExecutor, roots: Sequence[Root]
    ) -> None:
        super().__init__(executor, roots)
        self._comparison = comparison
        self._core = copy.copy(executor)
        self._core.collected_errors = CollectedErrors()

    async def data(self) -> dict[str, Any]:
        """The data, if it is to be had without graphql-core, compared with graphql-core's."""
        data = await super().data()
        self._core._is_core_to_complete = True
        self._core.middleware_manager = MiddlewareManager(handing_out(self.found))
        result: Any = await await_maybe(self._core.execute_operation())
        self._comparison.count += len(self.found)
        if repr((data, None)) != repr((result.data, result.errors)):
            self._comparison.differences.append(f"{result} became {data!r}")
        return data


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
