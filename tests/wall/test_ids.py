"""Every operation, with every id, as everybody: what is not theirs answers as if it were not."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack

import pytest

from gql.ids import Kind, encode
from models.ids import new_id
from tests.support.people import Person
from tests.support.service import Service
from tests.support.snapshot import unchanged
from tests.wall.callers import NOBODY, Caller, calling, ways
from tests.wall.calls import REACHES, Call, calls, inlined, unknown
from tests.wall.usual import CALLERS, SIGNED_IN, is_found, is_refused, own, usual_ids
from tests.wall.world import Thing, World, account_of

_MALFORMED = ("", "x", "user_", "USER_" + "0" * 32, "é" * 40, "user:1\n", "message_" + "0" * 31)
# Of each relation to the caller so many things are tried; of another type, one of each.
_MOST_OF_A_RELATION = 2


def relation(world: World, name: str, thing: Thing) -> str:
    """What somebody has to do with a thing."""
    if name in CALLERS and name != NOBODY:
        if thing.account != account_of(name):
            return "another tenant's"
        if name in thing.people:
            return "own"
        if thing.people & world.peers(name):
            return "a peer's"
    return "another department's" if thing.department == "arts" else "a neighbour's"


def values(world: World, name: str, path: str) -> Iterator[tuple[str, str, Thing | None]]:
    """What is handed over at a path: its relation to the caller, the id, what it is of."""
    reach = REACHES[path]
    taken: Counter[str] = Counter()
    for thing in world.things:
        label = relation(world, name, thing)
        most = _MOST_OF_A_RELATION
        if thing.kind not in reach.kinds:
            label, most = f"another type's, {thing.kind}", 1
        taken[label] += 1
        if taken[label] <= most:
            yield label, thing.id, thing
    # By turns, the next caller's turn being another: of these one is as good as the other.
    turn = CALLERS.index(name)
    key = own(world, name, min(reach.kinds)).key
    if others := sorted(set(Kind) - reach.kinds):
        yield "under another type's name", f"{others[turn % len(others)]}_{key}", None
    yield "malformed", _MALFORMED[turn % len(_MALFORMED)], None
    for kind in reach.kinds:
        yield "of what is not there", encode(kind, new_id()), None


def has_refused(name: str, call: Call, answer: bytes, way: str, *, by_gate: bool) -> bool:
    """Whether an answer is the refusal that is due."""
    if name == "dora":
        return answer.startswith(b"401 ") and b'"UNAUTHENTICATED"' in answer
    if call.root == "Subscription" and way == "http":
        return answer.startswith(b"400 ") and b'"BAD_INPUT"' in answer
    if name == NOBODY:
        return b'"UNAUTHENTICATED"' in answer
    if by_gate:
        return b'"FORBIDDEN"' in answer
    if call.root == "Query":
        return f'"data":{{"{call.name}":null}}'.encode() in answer and b"errors" not in answer
    return b'"NOT_FOUND"' in answer


async def ask(caller: Caller, way: str, call: Call, ids: Mapping[str, str]) -> bytes:
    """Ask: over HTTP with variables, over a socket with the same as literals."""
    document, variables = call.document(), call.variables(ids)
    if way == "http":
        return await caller.over_http(document, variables)
    return await caller.over_socket(inlined(call, document, variables))


async def refuse_alike(
    world: World, caller: Caller, call: Call, path: str, tally: Counter[tuple[str, str]]
) -> None:
    """Have a caller hand over everything at one path, and be refused all that is not theirs."""
    name = caller.name
    by_gate = is_refused(world, name, call)
    usual = usual_ids(world, name, call)
    ids = {each: thing.id for each, thing in usual.items()}
    del usual[path]
    by_company = not is_found(world, name, usual)
    never = encode(min(REACHES[path].kinds), new_id())
    for way in ways(caller):
        due = await ask(caller, way, call, {**ids, path: never})
        assert has_refused(name, call, due, way, by_gate=by_gate), f"{path} as {name}: {due!r}"
        over_http = call.root == "Subscription" and way == "http"
        for label, value, thing in values(world, name, path):
            takes = thing is not None and REACHES[path].takes(world, name, thing)
            if takes and not (by_gate or by_company or over_http):
                continue
            answer = await ask(caller, way, call, {**ids, path: value})
            tally[path, label] += 1
            assert answer == due, f"{path} as {name} over {way}, {label} {value!r}: {answer!r}"


def test_the_tables_know_all_that_the_schema_takes() -> None:
    """A new field that takes an id, or a new argument, is refused here until the walk knows it."""
    assert unknown() == set()
    taken = {path for call in calls() for path in call.ids}
    assert set(REACHES) == taken


# Thousands of requests: seconds on an idle machine, minutes on one that others load.
@pytest.mark.timeout(300)
async def test_what_is_not_theirs_is_not_there(service: Service, world: World) -> None:
    """Another tenant's, another department's, a peer's: refused to the byte as what never was.

    Nothing changes, nothing stands in any feed, and nobody who listens hears anything.
    """
    tally: Counter[tuple[str, str]] = Counter()
    async with calling(service, CALLERS) as callers, AsyncExitStack() as stack:
        feeds = [Person(service, name).feed() for name in SIGNED_IN]
        heard = [await stack.enter_async_context(feed) for feed in feeds]
        assert {name for name, each in callers.items() if each.has_socket} == set(SIGNED_IN)
        for call in calls():
            for path in call.ids:
                async with unchanged():
                    for caller in callers.values():
                        await refuse_alike(world, caller, call, path, tally)
        await heard[-1].nothing()
        assert all(stream.frames.empty() for stream in heard)
    tried = defaultdict(set)
    for path, label in tally:
        tried[path].add(label)
    for path, labels in tried.items():
        assert {"another tenant's", "malformed", "of what is not there"} <= labels, path
    assert {"own", "a peer's", "a neighbour's", "another department's"} <= set().union(
        *tried.values()
    )
    assert tally.total() > 3_000
