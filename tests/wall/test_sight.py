"""What is reached from what is one's own: everything there, to some depth, is for one to see."""

from collections import Counter
from collections.abc import Iterable

from graphql import GraphQLInterfaceType

from gql.ids import Kind
from messaging.feed.cursor import Cursor
from tests.support.cast import ORGS
from tests.support.people import Person
from tests.support.service import Service
from tests.wall.callers import Caller, calling, data_of, ways
from tests.wall.calls import SCHEMA, Call, calls
from tests.wall.usual import SIGNED_IN, is_found, is_refused, own, usual_ids
from tests.wall.world import World

# How many things an answer leads through: chat, peer, their chat, its last message.
STEPS = 3
_DEPARTMENTS = {name for _, name, _, _ in ORGS if name != "Academy"} | {"Faraway"}


def assert_in_sight(world: World, name: str, raw: bytes, what: str) -> None:
    """Nothing in the bytes of an answer is of a thing that its viewer may not be told."""
    text = raw.decode()
    for thing in world.things:
        if world.is_told(name, thing):
            continue
        assert thing.text is None or thing.text not in text, f"{what} shows {name} {thing}"
        # Of a message that is gone, those whose it was are told just that, by its id.
        if not (thing.kind is Kind.MESSAGE and name in thing.people):
            assert thing.key not in text, f"{what} shows {name} {thing}"
    if not world.is_administrative(name):
        assert not [each for each in _DEPARTMENTS if f'"{each}' in text], f"{what} as {name}"


def shown(world: World, answers: Iterable[bytes]) -> set[str]:
    """The ids of the things that answers show."""
    text = b"\n".join(answers).decode()
    return {thing.id for thing in world.things if thing.key in text}


async def told(world: World, caller: Caller, call: Call) -> list[bytes]:
    """All that a query tells, of everything that it may be asked for."""
    answers = []
    document = call.document(STEPS)
    for thing in world.things if call.ids else [None]:
        ids = dict.fromkeys(call.ids, thing.id) if thing else {}
        for way in ways(caller):
            ask = caller.over_http if way == "http" else caller.over_socket
            raw = await ask(document, call.variables(ids))
            assert b'"errors":[' not in raw, raw
            assert_in_sight(world, caller.name, raw, call.name)
            answers.append(raw)
    return answers


async def test_queries_lead_to_what_one_sees_and_nowhere_else(
    service: Service, world: World
) -> None:
    """From every root, to some depth, everybody is told of all that they see, and nothing else."""
    async with calling(service, SIGNED_IN) as callers:
        for name, caller in callers.items():
            answers: list[bytes] = []
            for call in calls():
                if call.root == "Query" and not is_refused(world, name, call):
                    answers += await told(world, caller, call)
            theirs = {thing.id for thing in world.things if world.is_told(name, thing)}
            assert shown(world, answers) == theirs, name


async def test_payloads_lead_to_what_one_sees_and_nowhere_else(
    service: Service, world: World
) -> None:
    """What mutations answer, to some depth, is for who called; each is found with what is theirs.

    So that no refusal of the walk over ids is for another reason than the id.
    """
    done: Counter[str] = Counter()
    async with calling(service, SIGNED_IN) as callers:
        for call in calls():
            if call.root != "Mutation":
                continue
            for name, caller in callers.items():
                things = usual_ids(world, name, call)
                if is_refused(world, name, call) or not is_found(world, name, things):
                    continue
                ids = {path: thing.id for path, thing in things.items()}
                raw = await caller.over_http(call.document(STEPS), call.variables(ids))
                assert_in_sight(world, name, raw, call.name)
                answer = data_of(raw)
                assert "errors" not in answer, f"{call.name} as {name}: {answer}"
                done[call.name] += not answer["data"][call.name]["errors"]
    assert all(done.values()), done


async def test_feeds_tell_what_one_sees_and_nothing_else(service: Service, world: World) -> None:
    """Entries of every kind, to some depth, are for who follows."""
    streams = {call.name: call for call in calls() if call.root == "Subscription"}
    assert set(streams) == {"feed", "messageSent"}
    feed, sent = streams["feed"], streams["messageSent"]
    text = ""
    async with calling(service, SIGNED_IN) as callers:
        for name, caller in callers.items():
            begun = world.beginnings[name]
            head = (await Person(service, name).viewer())["feedCursor"]
            entries = Cursor.parse(head).seq - Cursor.parse(begun).seq
            raw = await caller.over_socket(
                feed.document(STEPS), feed.variables({}, after=begun), most=entries
            )
            assert_in_sight(world, name, raw, feed.name)
            text += raw.decode()
            messages = raw.decode().count('"MessageSent"')
            chat = own(world, name, Kind.CONVERSATION).id
            for only, most in ((None, messages), (chat, 1)):
                variables = sent.variables(dict.fromkeys(sent.ids, only), after=begun)
                raw = await caller.over_socket(sent.document(STEPS), variables, most=most)
                assert_in_sight(world, name, raw, sent.name)
    assert isinstance(feed.kind, GraphQLInterfaceType)
    kinds = {each.name for each in SCHEMA.get_possible_types(feed.kind)}
    assert {kind for kind in kinds if f'"{kind}"' in text} == kinds
