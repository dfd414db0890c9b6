"""A service to be asked anything, and what each of its answers must be."""

import asyncio
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.places import Place
from tests.support.service import serving
from tests.wall.callers import NOBODY, Caller, calling, cursors_in, data_of
from tests.wall.calls import Call, calls
from tests.wall.usual import SIGNED_IN, is_refused
from tests.wall.world import World, make_world

# All that a top-level error may say of any input while the database is there.
_CODES = {
    "BAD_INPUT",
    "FORBIDDEN",
    "NOT_FOUND",
    "OPERATION_TOO_COMPLEX",
    "RATE_LIMITED",
    "RESYNC_REQUIRED",
    "UNAUTHENTICATED",
}
ASKING = (*SIGNED_IN, NOBODY)
# What is no query of its own.
FEEDS, THREADS = "feeds", "threads"
_THREADS = "{ conversations { edges { node { messages { edges { cursor } } } } } }"


@dataclass
class Target:
    """The served world; asked from outside of its loop, which runs only meanwhile."""

    world: World
    callers: Mapping[str, Caller]
    runner: asyncio.Runner
    # Real cursors by the query that gave them out, and those of feeds and threads.
    given_out: dict[str, list[str]] = field(default_factory=dict)
    asked: int = 0

    @property
    def ids(self) -> list[str]:
        """The ids of all things."""
        return [thing.id for thing in self.world.things]

    @property
    def cursors(self) -> list[str]:
        """The cursors of everything."""
        return [cursor for each in self.given_out.values() for cursor in each]

    def ask(self, name: str, document: str, variables: Mapping[str, Any] | None = None) -> bytes:
        """Ask over HTTP, and see that the answer is sound."""
        self.asked += 1
        raw = self.runner.run(self.callers[name].over_http(document, variables or {}))
        assert_sound(raw)
        return raw

    def follow(self, name: str, document: str, variables: Mapping[str, Any]) -> None:
        """Begin a subscription, see that its first frame is sound, and end it."""
        self.asked += 1
        try:
            raw = self.runner.run(self.callers[name].over_socket(document, variables, silence=0.05))
        except TimeoutError:
            return
        payload = json.loads(raw)["payload"]
        errors = payload if isinstance(payload, list) else payload.get("errors", [])
        assert_coded(errors, raw)


def assert_sound(raw: bytes) -> None:
    """No 5xx, no error without a code, none that nobody foresaw."""
    assert raw[:3] in (b"200", b"400", b"401", b"413", b"429"), raw
    assert_coded(data_of(raw).get("errors", []), raw)


def assert_coded(errors: Iterable[Any], raw: bytes) -> None:
    """Each error has a code that a client may meet."""
    for error in errors:
        assert error["extensions"]["code"] in _CODES, raw


@contextmanager
def target(place: Place) -> Iterator[Target]:
    """The service over a place with the cast in it."""
    with asyncio.Runner() as runner, tempfile.TemporaryDirectory() as directory:
        stack = AsyncExitStack()

        async def open_() -> Target:
            service = await stack.enter_async_context(serving(place.settings()))
            world = await make_world(service, Path(directory))
            callers = await stack.enter_async_context(calling(service, ASKING))
            return Target(world, callers, runner)

        try:
            opened = runner.run(open_())
            _collect_cursors(opened)
            yield opened
        finally:
            runner.run(stack.aclose())


def _collect_cursors(opened: Target) -> None:
    opened.given_out[FEEDS] = list(opened.world.beginnings.values())
    for call in listings():
        allowed = [name for name in SIGNED_IN if not is_refused(opened.world, name, call)]
        raw = [opened.ask(name, call.document(), call.variables({})) for name in allowed]
        opened.given_out[call.name] = _cursors_in(raw)
    threads = [opened.ask(name, _THREADS, {}) for name in SIGNED_IN]
    chats = set(opened.given_out["conversations"])
    opened.given_out[THREADS] = [each for each in _cursors_in(threads) if each not in chats]


def _cursors_in(raw: Iterable[bytes]) -> list[str]:
    return sorted(set().union(*(cursors_in(data_of(each)) for each in raw)))


def listings() -> list[Call]:
    """The queries that give out cursors."""
    return [
        call for call in calls() if call.root == "Query" and f"{call.name}.after" in call.others
    ]
