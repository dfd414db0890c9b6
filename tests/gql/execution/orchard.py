"""A schema with all that a schema can have, over rows that are as wrong as rows can be."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from enum import Enum, StrEnum
from random import Random
from typing import Annotated, Any

import strawberry
from strawberry import Info, Parent
from strawberry.dataloader import DataLoader

from gql.api import Schema
from gql.fields import drawn_from

DEPTH = 4
ROOTS = 3


@strawberry.enum
class Colour(StrEnum):
    """An enum whose members are texts."""

    RED = "red"
    GREEN = "green"


@strawberry.enum
class Size(Enum):
    """An enum whose members are not."""

    SMALL = 1
    LARGE = 2


@dataclass(slots=True)
class AppleRow:
    """A row that tells its type by its class."""

    key: int
    label: Any
    colour: Any
    weight: Any
    ripe: Any
    picked: Any
    strict: Any
    tags: Any
    grid: Any
    next: Any
    seeds: Any
    fruits: Any


@dataclass(slots=True)
class PearRow(AppleRow):
    """Another, of which some fields are required that are not of the first."""


@dataclass
class ShiftyRow:
    """A row whose type depends on what is in it."""

    is_round: bool
    label: Any
    size: Any
    near: Any


@dataclass(slots=True)
class SeedRow:
    """A row that is whatever the schema says."""

    key: Any
    depth: Any
    parent_key: Any


@dataclass
class Sun:
    """The context: what the resolvers did, in order, and a loader."""

    rows: "Rows"
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


class Promise:
    """Something to await, as often as one likes."""

    def __await__(self) -> Generator[Any, None, str]:
        yield from asyncio.sleep(0).__await__()
        return "promised"


class Rows:
    """Rows made from a seed, of which a share of the values is wrong."""

    def __init__(self, seed: int, wrong: float) -> None:
        self._seed = seed
        self._random = Random(seed)  # noqa: S311  # repeatable
        self._wrong = wrong

    def roots(self) -> list[Any]:
        """What the root fields find."""
        return [self._thing(DEPTH) for _ in range(ROOTS)]

    def loaded(self, key: int) -> Any:
        """What the loader finds: the same at each time."""
        rows = Rows(self._seed + key, self._wrong)
        return rows._thing(1)

    def _thing(self, depth: int) -> Any:
        random = self._random
        if depth == 0 or random.random() < 0.1:
            return None
        if random.random() < 0.25:
            return self._spoilt(
                ShiftyRow(
                    random.random() < 0.5,
                    "shifty",
                    random.choice(list(Size)),
                    self._thing(depth - 1),
                )
            )
        row = random.choice([AppleRow, AppleRow, PearRow])
        return self._spoilt(row(
            random.randrange(100), random.choice(["a", "", None]), random.choice(list(Colour)),
            random.choice([0, -3, 2**31 - 1]), random.random() < 0.5,
            datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=random.randrange(3)),
            "strict", ["one", "two"][: random.randrange(3)], [[1, None], []],
            self._thing(depth - 1),
            [self._spoilt(SeedRow(random.randrange(100), depth, None)) for _ in range(2)],
            [self._thing(depth - 1) for _ in range(random.randrange(3))],
        ))  # fmt: skip

    def _spoilt(self, row: Any) -> Any:
        for each in fields(row):
            if each.name in ("key", "is_round") or self._random.random() >= self._wrong:
                continue
            value = getattr(row, each.name)
            wrongs: list[Any] = [
                None, ValueError("a value"), 7, 2**40, "seven", True, Promise(), object(),
                strawberry.UNSET, [value], (value, value), iter([value]), {"key": value},
                float("nan"), Colour.RED, Size.LARGE, SeedRow(1, 2, 3),
            ]  # fmt: skip
            if self._random.random() < 0.1:
                delattr(row, each.name)
            else:
                setattr(row, each.name, self._random.choice(wrongs))
        return row


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
    """The schema."""
    return Schema(
        is_compiled=is_compiled,
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=TYPES,
    )
