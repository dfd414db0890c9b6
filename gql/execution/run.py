"""One walk over the resolved value of one root field, and what it still waits for."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from graphql.pyutils import Path

if TYPE_CHECKING:
    from gql.execution.executor import CompilingExecutor

# A place in the response as (place before, key, type): a Path, which costs five times as much to
# make, or what becomes one where a resolver asks.
Place: TypeAlias = tuple[Any, str | int, str | None]


class NotCompiled(Exception):
    """Something that graphql-core has to complete, be it to say what is wrong with it."""


class Awaited(NamedTuple):
    """A part of the response that its resolver has promised."""

    part: dict[str, Any]
    name: str
    found: Awaitable[Any]
    complete: "Complete"
    place: Place


class Run:
    """What completers have at hand."""

    __slots__ = ("arguments", "awaited", "executor")

    def __init__(self, executor: "CompilingExecutor") -> None:
        self.executor = executor
        self.awaited: list[Awaited] = []
        # By the field that they are of: alike for all rows of a list.
        self.arguments: dict[object, dict[str, Any]] = {}

    async def settle(self) -> None:
        """Complete what is awaited, level by level, so that a loader sees a level as one batch."""
        while self.awaited:
            level, self.awaited = self.awaited, []
            if len(level) == 1:
                values = [await level[0].found]
            else:
                # All to their end, failed or not: a load that joins a batch whose other loads were
                # cancelled, as graphql-core's next would, waits for ever.
                values = await asyncio.gather(
                    *[each.found for each in level], return_exceptions=True
                )
            for each, value in zip(level, values, strict=True):
                each.part[each.name] = each.complete(value, self, each.place)

    def abandon(self) -> None:
        """Let go of what is awaited: graphql-core begins anew."""
        futures = []
        for each in self.awaited:
            if asyncio.iscoroutine(each.found):
                each.found.close()
            else:
                futures.append(each.found)
        if futures:
            self.executor.settle_in_background(futures)


Complete: TypeAlias = Callable[[Any, Run, Place], Any]
# Takes the row, the part of the response that is being made of it, the run and the row's place.
Put: TypeAlias = Callable[[Any, dict[str, Any], Run, Place], None]


def path_of(place: Place) -> Path:
    """The place as graphql-core knows it."""
    if isinstance(place, Path):
        return place
    before, key, typename = place
    return Path(path_of(before), key, typename)
