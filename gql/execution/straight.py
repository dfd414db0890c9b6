"""One execution of an operation by its compiled root fields."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gql.execution.roots import Root
from gql.execution.run import Run

if TYPE_CHECKING:
    from gql.execution.executor import CompilingExecutor


class Straight:
    """Resolves and completes root fields in the order in which graphql-core does.

    ``found`` is what was resolved so far, by the names in the response: a value, what is still
    awaited, or what was raised.
    """

    def __init__(self, executor: "CompilingExecutor", roots: Sequence[Root]) -> None:
        self.found: dict[str, Any] = {}
        self._executor = executor
        self._roots = roots
        self._run = Run(executor)
        self._data: dict[str, Any] = {}

    async def data(self) -> dict[str, Any]:
        """The response's data. Raises whatever is wrong with it: graphql-core will say it."""
        awaited = [root for root in self._roots if self._begin(root)]
        if awaited:
            await self._wait_for(awaited)
            for root in awaited:
                self._complete(root)
        if self._run.awaited:
            await self._run.settle()
        return self._data

    def abandon(self) -> None:
        """Let go of what is awaited below the root fields."""
        self._run.abandon()

    def _begin(self, root: Root) -> bool:
        """Resolve a root field, and complete what is there at once; whether it is yet to come."""
        try:
            value = root.call(self._run, self._executor.root_value)
        except Exception as error:
            self.found[root.name] = error
            raise
        self.found[root.name] = value
        if self._executor.is_awaitable(value):
            # Keeps its place among the others.
            self._data[root.name] = None
            return True
        self._complete(root)
        return False

    async def _wait_for(self, awaited: Sequence[Root]) -> None:
        if len(awaited) == 1:
            [root] = awaited
            try:
                self.found[root.name] = await self.found[root.name]
            except Exception as error:
                self.found[root.name] = error
                raise
            return
        coming = [self.found[root.name] for root in awaited]
        values = await asyncio.gather(*coming, return_exceptions=True)
        self.found.update(zip((root.name for root in awaited), values, strict=True))

    def _complete(self, root: Root) -> None:
        value = self.found[root.name]
        if isinstance(value, BaseException):
            raise value
        self._data[root.name] = root.complete(value, self._run, root.path)
