"""One event of a subscription."""

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from graphql import ExecutionResult
from strawberry.utils.await_maybe import await_maybe

from gql.execution.roots import Root
from gql.execution.run import Run

if TYPE_CHECKING:
    from gql.execution.executor import CompilingExecutor


class Event:
    """Stands in for the executor that graphql-core makes for each event.

    Most events are completed by what was compiled of their one root field. For the others
    ``by_core`` makes the executor.
    """

    def __init__(
        self,
        executor: "CompilingExecutor",
        root: Root,
        value: Any,
        by_core: Callable[[], "CompilingExecutor"],
    ) -> None:
        self._executor = executor
        self._root = root
        self._value = value
        self._by_core = by_core
        self._run = Run(executor)

    def execute_operation(self, serially: bool | None = None) -> Any:
        """The response to the event, or what it is awaited from; as graphql-core's executor."""
        run, root = self._run, self._root
        with suppress(Exception):
            part = root.complete(root.call(run, self._value), run, root.path)
            if run.awaited:
                return self._settled(part, serially)
            return self._compiled(part)
        return self._left_to_core(serially)

    async def _settled(self, part: Any, serially: bool | None) -> ExecutionResult:
        with suppress(Exception):
            await self._run.settle()
            return self._compiled(part)
        result: ExecutionResult = await await_maybe(self._left_to_core(serially))
        return result

    def _compiled(self, part: Any) -> ExecutionResult:
        self._executor.operations.compiled += 1
        return ExecutionResult({self._root.name: part}, None)

    def _left_to_core(self, serially: bool | None) -> Any:
        self._run.abandon()
        self._executor.operations.left_to_core += 1
        return self._by_core().execute_operation(serially)
