"""Cursors, searches and idempotency keys of others: they open nothing."""

import json
from collections import Counter

from graphql import GraphQLObjectType

from gql.ids import Kind
from models.ids import new_id
from tests.support.service import Service
from tests.support.snapshot import unchanged
from tests.wall.callers import Caller, calling, cursors_in, data_of
from tests.wall.calls import ROOTS, SCHEMA, Call, calls
from tests.wall.test_sight import assert_in_sight, shown
from tests.wall.usual import SIGNED_IN, is_found, is_refused, own, usual_ids
from tests.wall.world import World, account_of

_NOBODYS_NAME = "Xenia Xylander"
_PATTERNS = ("%", "_", "", " ", "Cast", "\\", "%Cast%", "s_d", "*", "' OR '1'='1")


def taking(argument: str, root: str) -> list[Call]:
    """The root fields that take an argument of that name, wherever it stands."""
    return [
        call
        for call in calls()
        if call.root == root and any(path.rpartition(".")[2] == argument for path in call.others)
    ]


async def list_all(world: World, caller: Caller, call: Call) -> bytes:
    """The list as the caller sees it."""
    return await caller.over_http(call.document(1), call.variables(usual(world, caller, call)))


def usual(world: World, caller: Caller, call: Call) -> dict[str, str]:
    """The usual ids of a call, as they are handed over."""
    things = usual_ids(world, caller.name, call)
    return {path: thing.id for path, thing in things.items()}


def nested_fields_taking(arguments: set[str]) -> set[str]:
    """The fields below the roots that take one of these arguments."""
    return {
        f"{kind.name}.{name}"
        for kind in SCHEMA.type_map.values()
        if isinstance(kind, GraphQLObjectType) and kind.name not in ROOTS
        for name, field in kind.fields.items()
        if arguments & set(field.args) and not kind.name.startswith("__")
    }


async def test_cursors_of_others_open_nothing(service: Service, world: World) -> None:
    """A page behind another's or another tenant's cursor is of one's own list, or BAD_INPUT."""
    listings = taking("after", "Query")
    tried: Counter[str] = Counter()
    async with calling(service, SIGNED_IN) as callers:
        given: dict[str, set[str]] = {}
        for name, caller in callers.items():
            allowed = [call for call in listings if not is_refused(world, name, call)]
            answers = [await list_all(world, caller, call) for call in allowed]
            given[name] = set().union(*(cursors_in(data_of(raw)) for raw in answers))
        for call in listings:
            for name, caller in callers.items():
                if is_refused(world, name, call):
                    continue
                whole = shown(world, [await list_all(world, caller, call)])
                others = set().union(*given.values()) - given[name]
                for cursor in sorted(others):
                    variables = call.variables({}, after=cursor)
                    raw = await caller.over_http(call.document(1), variables)
                    assert_in_sight(world, name, raw, call.name)
                    assert shown(world, [raw]) <= whole, call.name
                    is_refusal = b'"BAD_INPUT"' in raw
                    assert is_refusal or "errors" not in data_of(raw), raw
                    tried[call.name] += not is_refusal
    # One that lists nobody's would prove nothing.
    assert all(tried[call.name] for call in listings), tried


async def test_cursors_in_threads_open_nothing(service: Service, world: World) -> None:
    """Behind or before a cursor of another's thread stand only messages of one's own."""
    assert nested_fields_taking({"after", "before"}) == {"Conversation.messages"}
    document = """query ($id: ID!, $after: String, $before: String) { conversation(id: $id) {
        messages(after: $after, before: $before) { edges { cursor node { id body } } } } }"""
    async with calling(service, SIGNED_IN) as callers:
        given = set()
        chats = {name: own(world, name, Kind.CONVERSATION).id for name in SIGNED_IN}
        for name, caller in callers.items():
            given |= cursors_in(data_of(await caller.over_http(document, {"id": chats[name]})))
        assert given
        for name, caller in callers.items():
            for cursor in given:
                for side in ("after", "before"):
                    variables = {"id": chats[name], side: cursor}
                    raw = await caller.over_http(document, variables)
                    assert_in_sight(world, name, raw, side)
                    assert "errors" not in data_of(raw)
                    unseen = {**variables, "id": chats["sam" if name != "sam" else "lena"]}
                    if name != "sid":
                        missing = data_of(await caller.over_http(document, unseen))
                        assert missing["data"] == {"conversation": None}


async def test_places_in_feeds_of_others_open_nothing(service: Service, world: World) -> None:
    """Behind a place in another's feed stands one's own; one of another tenant resumes nowhere."""
    tried: Counter[bool] = Counter()
    async with calling(service, SIGNED_IN) as callers:
        for call in taking("after", "Subscription"):
            for name, caller in callers.items():
                for other in SIGNED_IN:
                    place = world.beginnings[other]
                    is_foreign = account_of(name) != account_of(other)
                    # Behind a later one than where one's own chats begin may be nothing to hear.
                    if not is_foreign and place > world.beginnings[name]:
                        continue
                    variables = call.variables(usual(world, caller, call), after=place)
                    raw = await caller.over_socket(call.document(2), variables)
                    assert_in_sight(world, name, raw, call.name)
                    assert (b'"RESYNC_REQUIRED"' in raw) == is_foreign, (name, other, raw)
                    tried[is_foreign] += name != other
    assert tried[True]
    assert tried[False]


async def test_searches_find_nobody_else(service: Service, world: World) -> None:
    """The name of somebody who is not on one's list is, to the byte, the name of nobody."""
    unfound = 0
    async with calling(service, SIGNED_IN) as callers:
        for call in taking("search", "Query"):
            for name, caller in callers.items():
                if is_refused(world, name, call):
                    continue
                document = call.document(1)
                listed = shown(world, [await list_all(world, caller, call)])
                nobody = await caller.over_http(document, call.variables({}, search=_NOBODYS_NAME))
                for person in world.of(Kind.USER):
                    raw = await caller.over_http(document, call.variables({}, search=person.text))
                    is_found = person.id in shown(world, [raw])
                    # A list of chats shows oneself as the sender of messages.
                    is_listed = person.id in listed and not (
                        call.name == "conversations" and name in person.people
                    )
                    assert is_found == is_listed, (call.name, name, person)
                    if not is_listed:
                        assert raw == nobody, (call.name, name, person)
                        unfound += 1
                for pattern in _PATTERNS:
                    raw = await caller.over_http(document, call.variables({}, search=pattern))
                    assert_in_sight(world, name, raw, call.name)
                    assert shown(world, [raw]) <= listed, (call.name, pattern)
    assert unfound


async def test_idempotency_keys_of_others_are_none(service: Service, world: World) -> None:
    """A key that another sender used is no key: one sends anew, and is refused as without it."""
    shared, sent = str(new_id()), set()
    async with calling(service, SIGNED_IN) as callers:
        for call in taking("idempotencyKey", "Mutation"):
            senders = set()
            for name, caller in callers.items():
                things = usual_ids(world, name, call)
                if is_refused(world, name, call) or not is_found(world, name, things):
                    continue
                ids = usual(world, caller, call)
                for key in (f"{shared} {call.name}", str(new_id())):
                    variables = call.variables(ids, idempotencyKey=key, body=f"of {name}")
                    raw = await caller.over_http(call.document(2), variables)
                    assert_in_sight(world, name, raw, call.name)
                    assert b"IDEMPOTENCY" not in raw, raw
                    message = data_of(raw)["data"][call.name]["message"]
                    if message is None:
                        continue
                    assert message["body"] == f"of {name}"
                    assert message["id"] not in sent
                    sent.add(message["id"])
                    senders.add(name)
                async with unchanged():
                    await refuse_with_key(world, callers, call, ids, variables, name)
            assert len(senders) >= 2, call.name


async def refuse_with_key(
    world: World,
    callers: dict[str, Caller],
    call: Call,
    ids: dict[str, str],
    variables: dict[str, object],
    sender: str,
) -> None:
    """Have everybody who may not make the sender's very call be answered as with a fresh key."""
    by_id = {thing.id: thing for thing in world.things}
    things = {path: by_id[id_] for path, id_ in ids.items()}
    for name, caller in callers.items():
        if name == sender:
            continue
        if not is_refused(world, name, call) and is_found(world, name, things):
            continue
        fresh = json.loads(json.dumps(variables).replace(str(key_in(variables)), str(new_id())))
        taken = await caller.over_http(call.document(), variables)
        assert taken == await caller.over_http(call.document(), fresh), (call.name, name)
        assert b'"FORBIDDEN"' in taken or b'"NOT_FOUND"' in taken, taken


def key_in(variables: dict[str, object]) -> object:
    """The idempotency key in a mutation's variables."""
    given = variables["input"]
    assert isinstance(given, dict)
    return given["idempotencyKey"]
