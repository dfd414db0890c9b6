"""What is reached from what is one's own: everything there, to some depth, is for one to see."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

import pytest

from gql.ids import Kind
from tests.support.cast import ORGS
from tests.support.service import Service
from tests.wall.callers import Caller, calling, data_of
from tests.wall.calls import REACHES, SCHEMA, Call, calls, inlined
from tests.wall.test_ids import SIGNED_IN, ask, is_refused, own, ways
from tests.wall.world import Thing, World

# How many things an answer leads through: chat, peer, their chat, its messages, their senders.
_STEPS = 3
_FIRST = {"first": 20}
_DEPARTMENTS = {name for _, name, _, _ in ORGS if name != "Academy"} | {"Faraway"}


def assert_in_sight(world: World, name: str, raw: bytes, what: str) -> None:
    """Nothing in the bytes of an answer is of a thing that its viewer may not be told."""
    text = raw.decode()
    for thing in world.things:
        if not world.is_told(name, thing):
            assert thing.key not in text, f"{what} shows {name} {thing}"
            assert thing.text is None or thing.text not in text, f"{what} shows {name} {thing}"
    if not world.is_administrative(name):
        assert not [each for each in _DEPARTMENTS if f'"{each}' in text], f"{what} as {name}"


def shown(world: World, raw: Iterable[bytes]) -> set[str]:
    """The ids of the things that answers show."""
    text = b"\n".join(raw).decode()
    return {thing.id for thing in world.things if thing.key in text}
