"""Rows of an orchard, as wrong as rows can be."""

import asyncio
from collections.abc import Generator
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from enum import Enum, StrEnum
from random import Random
from typing import Any

import strawberry

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


@dataclass(slots=True)
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
            if self._random.random() < 0.4:
                setattr(row, each.name, None)
                continue
            value = getattr(row, each.name)
            wrongs: list[Any] = [
                ValueError("a value"), 7, 2**40, "seven", True, Promise(), object(),
                strawberry.UNSET, [value], (value, value), iter([value]), {"key": value},
                float("nan"), Colour.RED, Size.LARGE, SeedRow(1, 2, 3),
            ]  # fmt: skip
            if self._random.random() < 0.1:
                delattr(row, each.name)
            else:
                setattr(row, each.name, self._random.choice(wrongs))
        return row
