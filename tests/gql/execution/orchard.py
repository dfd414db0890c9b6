"""A schema with all that a schema can have, over rows that may be wrong."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

import strawberry
from strawberry import Info, Parent
from strawberry.dataloader import DataLoader

from gql.execution.schema import Schema
from gql.fields import drawn_from
from tests.gql.execution.rows import (
    ROOTS,
    AppleRow,
    Colour,
    PearRow,
    Rows,
    SeedRow,
    ShiftyRow,
    Size,
)


@dataclass
class Sun:
    """The context: what the resolvers did, in order, and a loader."""

    rows: Rows
    log: list[str] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    loader: DataLoader[int, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.loader = DataLoader(self._load, cache=False)

    async def _load(self, keys: list[int]) -> list[Any]:
        self.batches.append(len(keys))
        await asyncio.sleep(0)
        return [self.rows.loaded(key) for key in keys]


@strawberry.interface
class Thing:
    """What grows."""

    label: str | None


@strawberry.input
class Box:
    """An argument with parts."""

    size: Size
    notes: list[str] | None = None
    inner: "Box | None" = None


def key_of(row: Parent[AppleRow]) -> strawberry.ID:
    """A function of the row."""
    return strawberry.ID(f"fruit_{row.key}")


def path_of(row: Parent[SeedRow], info: Info) -> str:
    """What the resolver is told of its place."""
    places = []
    path: Any = info._raw_info.path  # typenames too
    while path is not None:
        places.append(f"{path.typename}.{path.key}")
        path = path.prev
    selected = [each.name for each in info.selected_fields]  # type: ignore[union-attr]
    return f"{row.key} {places} {info.field_name} {selected}"


async def resolve_slow(row: Parent[SeedRow], info: Info) -> Any:
    """Through the loader, with a step before."""
    await asyncio.sleep(0)
    return await info.context.loader.load(row.key)


def resolve_promised(row: Parent[SeedRow], info: Info) -> Any:
    """The loader's promise."""
    return info.context.loader.load(row.key)


async def resolve_refused(row: Parent[SeedRow]) -> str:
    """Fails for some rows, with a code."""
    if row.key % 5 == 0:
        raise strawberry.exceptions.StrawberryGraphQLError("no", extensions={"code": row.key})
    return "yes"


def resolve_echo(text: str = "x", times: int | None = 1, box: Box | None = None) -> str:
    """What it was given."""
    return f"{text} {times} {box}"


@strawberry.type
class Seed:
    """A type without a test of its rows."""

    key: int
    depth: int | None
    path: str = strawberry.field(resolver=path_of)
    slow: Thing | None = strawberry.field(resolver=resolve_slow)
    promised: Annotated["Apple", strawberry.lazy(__name__)] | None = strawberry.field(
        resolver=resolve_promised
    )
    refused: str = strawberry.field(resolver=resolve_refused)
    refusable: str | None = strawberry.field(resolver=resolve_refused)
    echo: str = strawberry.field(resolver=resolve_echo)


@drawn_from(AppleRow)
class Apple(Thing):
    """Of AppleRow and what inherits from it."""

    id: strawberry.ID = strawberry.field(resolver=key_of)
    colour: Colour | None
    weight: int | None
    ripe: bool | None
    picked: datetime | None
    strict: str
    tags: list[str]
    grid: list[list[int | None]] | None
    next: Thing | None
    seeds: list[Seed | None]
    fruits: list["Fruit"] | None


@drawn_from(PearRow)
class Pear(Thing):
    """Of PearRow: an Apple too, by its class, so that the order of the types decides."""

    id: strawberry.ID = strawberry.field(resolver=key_of)
    colour: Colour
    weight: float | None
    strict: str | None
    seeds: list[Seed] | None
    next: Thing


def _shifty(is_round: bool) -> Callable[[Any, Any], bool]:
    return lambda row, _info: isinstance(row, ShiftyRow) and row.is_round is is_round


@strawberry.type
class Ball(Thing):
    """What is round."""

    size: Size | None
    near: Thing | None
    is_type_of = staticmethod(_shifty(True))


@strawberry.type
class Brick(Thing):
    """What is not."""

    size: Size
    near: list[Thing | None]
    is_type_of = staticmethod(_shifty(False))


Fruit = Annotated[Apple | Pear | Ball, strawberry.union("Fruit")]


def _root(number: int, info: Info) -> Any:
    info.context.log.append(f"root {number}")
    return info.root_value[number % ROOTS]


def resolve_thing(info: Info, number: int = 0) -> Any:
    """One of the rows."""
    return _root(number, info)


async def resolve_fruits(info: Info, first: int | None = 2, box: Box | None = None) -> Any:
    """Some of the rows, a little later."""
    await asyncio.sleep(0)
    info.context.log.append(f"fruits {first} {box}")
    return info.root_value[: abs(first or 1)]


@strawberry.type
class Query:
    """What grows in the orchard."""

    thing: Thing | None = strawberry.field(resolver=resolve_thing)
    same_thing: Thing = strawberry.field(resolver=resolve_thing)
    apple: Apple | None = strawberry.field(resolver=resolve_thing)
    fruits: list[Fruit | None] = strawberry.field(resolver=resolve_fruits)
    things: list[Thing] | None = strawberry.field(resolver=resolve_fruits)
    count: int = strawberry.field(resolver=lambda: 3)


async def resolve_plant(info: Info, number: int = 0, box: Box | None = None) -> Any:
    """Takes its time, and leaves a trace."""
    info.context.log.append(f"plant {number} {box}")
    await asyncio.sleep(0)
    info.context.log.append(f"planted {number}")
    return info.root_value[number % ROOTS]


@strawberry.type
class Mutation:
    """What is done in the orchard."""

    plant: Thing | None = strawberry.mutation(resolver=resolve_plant)
    graft: Apple = strawberry.mutation(resolver=resolve_plant)


async def resolve_ripened(info: Info, box: Box | None = None) -> AsyncGenerator[Any, None]:
    """The rows, one by one."""
    info.context.log.append(f"ripened {box}")
    for row in info.root_value:
        await asyncio.sleep(0)
        yield row


@strawberry.type
class Subscription:
    """What happens in the orchard."""

    ripened: AsyncGenerator[Thing | None, None] = strawberry.subscription(resolver=resolve_ripened)
    picked: AsyncGenerator[Apple, None] = strawberry.subscription(resolver=resolve_ripened)


# Those behind the interface.
TYPES = (Apple, Pear, Ball, Brick)


def orchard(*, is_compiled: bool) -> Schema:
    """The schema, which remembers its documents: what is compiled is compiled once."""
    return Schema(
        is_compiled=is_compiled,
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=TYPES,
    )
