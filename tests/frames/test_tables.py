"""What no client of the protocol sends, one by one, and what becomes of the connection."""

import json
from typing import Any

import pytest

from server.commands.serving import LARGEST_FRAME_BYTES
from tests.frames.running import complaints
from tests.support.client import Closed
from tests.support.operations import FEED, MUTATIONS
from tests.support.people import Person, done
from tests.support.raw import Wire, wire
from tests.support.service import Service
from tests.support.snapshot import unchanged

MEGABYTE = 1 << 20


def subscribe(document: object = "{ __typename }", id_: object = "1", **more: object) -> Any:
    """The message that begins an operation."""
    return {"type": "subscribe", "id": id_, "payload": {"query": document, **more}}


def deep(levels: int) -> str:
    """A ping with a payload so deep."""
    return '{"type": "ping", "payload": {"a": ' + "[" * levels + "]" * levels + "}}"


def init(payload: object) -> Any:
    """The message that signs in."""
    return {"type": "connection_init", "payload": payload}


# Before anybody signed in.
FIRST_FRAMES: dict[str, tuple[object, int]] = {
    "subscribe": (subscribe(), 4401),
    "subscribe to a feed": (subscribe(FEED), 4401),
    "nothing to sign in with": ({"type": "connection_init"}, 4401),
    "payload null": (init(None), 4401),
    "payload empty": (init({}), 4401),
    "payload an empty text": (init(""), 4400),
    "payload an empty list": (init([]), 4400),
    "payload zero": (init(0), 4400),
    "payload false": (init(False), 4400),
    "token null": (init({"Authorization": None}), 4401),
    "token a number": (init({"Authorization": 5}), 4401),
    "token a list": (init({"Authorization": ["Bearer x"]}), 4401),
    "token empty": (init({"Authorization": ""}), 4401),
    "another scheme": (init({"Authorization": "Basic eA=="}), 4401),
    "token no token": (init({"Authorization": "Bearer x"}), 4401),
    "token with NUL": (init({"Authorization": "Bearer x\0.y.z"}), 4401),
    "token half of a pair": (init({"Authorization": "Bearer \ud800.y.z"}), 4401),
    "token of many dots": (init({"Authorization": "Bearer " + "." * 100_000}), 4401),
    "token very long": (init({"Authorization": "Bearer " + "a" * 200_000}), 4401),
    "many keys": (init({str(number): number for number in range(10_000)}), 4401),
    "an acknowledgement": ({"type": "connection_ack"}, 4400),
    "binary": (json.dumps(init({})).encode(), 4400),
}

# Signed in; those of tests/server/test_sockets.py besides.
LATER_FRAMES: dict[str, tuple[object, int]] = {
    "empty": ("", 4400),
    "white space": (" \n", 4400),
    "empty and binary": (b"", 4400),
    "binary that is no text": (b"\xff\xfe", 4400),
    "two messages": ('{"type": "ping"}{"type": "ping"}', 4400),
    "a byte order mark": ('\ufeff{"type": "ping"}', 4400),
    "NaN": ('{"type": "ping", "payload": {"a": NaN}}', 4400),
    "infinite": ('{"type": "ping", "payload": {"a": -Infinity}}', 4400),
    "true": ("true", 4400),
    "deep objects": ('{"a":' * 40_000 + "1" + "}" * 40_000, 4400),
    "deep payload": (deep(100_000), 4400),
    "deep and open": ('{"type": "ping", "payload": ' + '{"a":' * 40_000, 4400),
    "a huge integer within": ('{"type": "ping", "payload": {"a": ' + "9" * 5_000 + "}}", 4400),
    "type null": ({"type": None}, 4400),
    "type an object": ({"type": {}}, 4400),
    "type empty": ({"type": ""}, 4400),
    "type of another case": ({"type": "PING"}, 4400),
    "type very long": ({"type": "x" * 200_000}, 4400),
    "type half of a pair": ({"type": "\ud800"}, 4400),
    "next": ({"type": "next", "id": "1", "payload": {"data": None}}, 4400),
    "error": ({"type": "error", "id": "1", "payload": []}, 4400),
    "stop": ({"type": "stop", "id": "1"}, 4400),
    "connection_terminate": ({"type": "connection_terminate"}, 4400),
    "ping with a text": ({"type": "ping", "payload": "x"}, 4400),
    "ping with a list": ({"type": "ping", "payload": []}, 4400),
    "pong with a number": ({"type": "pong", "payload": 1}, 4400),
    "id empty": (subscribe(id_=""), 4400),
    "id null": (subscribe(id_=None), 4400),
    "id true": (subscribe(id_=True), 4400),
    "id an object": (subscribe(id_={}), 4400),
    "id to complete empty": ({"type": "complete", "id": ""}, 4400),
    "id to complete null": ({"type": "complete", "id": None}, 4400),
    "query a list": (subscribe([]), 4400),
    "variables a text": (subscribe(variables="{}"), 4400),
    "variables false": (subscribe(variables=False), 4400),
    "name a list": (subscribe(operationName=[]), 4400),
    "name false": (subscribe(operationName=False), 4400),
    "extensions a list": (subscribe(extensions=[]), 4400),
    "a second init without a payload": ({"type": "connection_init"}, 4429),
    "a second init of nobody": (init({"Authorization": "Bearer x"}), 4429),
    "a long id": (subscribe(id_="x" * 129), 4400),
    "an id of a megabyte": (subscribe(id_="x" * MEGABYTE), 1009),
    "a frame of 17 megabytes": ("x" * 17 * MEGABYTE, 1009),
    "bytes of 17 megabytes": (b"\0" * 17 * MEGABYTE, 1009),
    "a byte too many": ('{"type": "ping"}'.ljust(LARGEST_FRAME_BYTES + 1), 1009),
}

# What is taken as it is: the connection goes on.
HARMLESS_FRAMES: dict[str, object] = {
    "as large as may be": '{"type": "pong"}'.ljust(LARGEST_FRAME_BYTES),
    "more keys": {"type": "pong", "id": 5, "more": []},
    "a key twice": '{"type": "subscribe", "type": "pong"}',
    "pong with a payload": {"type": "pong", "payload": {"a": [{}]}},
    "pong with null": {"type": "pong", "payload": None},
    "complete of none": {"type": "complete", "id": "never begun"},
    "complete with a payload": {"type": "complete", "id": "never begun", "payload": 5},
    "complete of a long id": {"type": "complete", "id": "x" * 128},
    "complete of half of a pair": {"type": "complete", "id": "\ud800"},
}

# What is wrong with an operation, and its code.
FAULTS: dict[str, tuple[Any, str]] = {
    "no document": (subscribe(""), "BAD_INPUT"),
    "white space": (subscribe(" \n"), "BAD_INPUT"),
    "a comment": (subscribe("# nothing"), "BAD_INPUT"),
    "a syntax error": (subscribe("{ viewer { "), "BAD_INPUT"),
    "NUL": (subscribe("{ viewer\0 }"), "BAD_INPUT"),
    "half of a pair": (subscribe("{ \ud800 }"), "BAD_INPUT"),
    "an unknown field": (subscribe("{ nothing }"), "BAD_INPUT"),
    "no subfields": (subscribe("{ viewer }"), "BAD_INPUT"),
    "a schema": (subscribe("type A { a: Int }"), "BAD_INPUT"),
    "a fragment alone": (subscribe("fragment A on Query { __typename }"), "BAD_INPUT"),
    "fragments in a circle": (subscribe("{ ...A } fragment A on Query { ...A }"), "BAD_INPUT"),
    "several operations": (subscribe("query A { __typename } query B { __typename }"), "BAD_INPUT"),
    "another name": (subscribe("query A { __typename }", operationName="B"), "BAD_INPUT"),
    "an empty name": (subscribe("query A { __typename }", operationName=""), "BAD_INPUT"),
    "a missing variable": (subscribe("query ($id: ID!) { node(id: $id) { id } }"), "BAD_INPUT"),
    "a variable of another type": (
        subscribe("query ($id: ID!) { node(id: $id) { id } }", variables={"id": [[]]}),
        "BAD_INPUT",
    ),
    "a huge variable": (
        subscribe(
            "query ($n: Int) { courses(first: $n) { edges { cursor } } }", variables={"n": 10**400}
        ),
        "BAD_INPUT",
    ),
    "a huge literal": (
        subscribe("{ courses(first: " + "9" * 5_000 + ") { edges { cursor } } }"),
        "BAD_INPUT",
    ),
    "two feeds in one": (
        subscribe("subscription { a: feed { cursor } b: feed { cursor } }"),
        "BAD_INPUT",
    ),
    "a stale cursor": (
        subscribe('subscription { feed(after: "x") { cursor } }'),
        "RESYNC_REQUIRED",
    ),
    "a feed of nobody's chat": (
        subscribe('subscription { messageSent(conversationId: "x") { cursor } }'),
        "NOT_FOUND",
    ),
    "a cursor of half a pair": (subscribe(FEED, variables={"after": "\ud800"}), "BAD_INPUT"),
    "an unknown directive": (subscribe("{ viewer @nothing { unreadCount } }"), "BAD_INPUT"),
}


async def ended_by(socket: Wire, frame: object) -> int:
    """The code that a frame ends a connection with. Fails where it goes on."""
    try:
        await socket.send(frame)
        await socket.send({"type": "ping"})
    except Exception:  # noqa: BLE001  # closed while it was sent
        return await socket.closed()
    while True:
        try:
            assert await socket.receive() != {"type": "pong"}, "the connection goes on"
        except Closed as closed:
            return closed.code


@pytest.mark.parametrize("why", FIRST_FRAMES)
async def test_first_frames(service: Service, why: str, caplog: pytest.LogCaptureFixture) -> None:
    """Without a sign-in nothing runs, and whatever else comes has its code."""
    frame, code = FIRST_FRAMES[why]
    caplog.clear()
    async with unchanged(), wire(service.url) as socket:
        assert await ended_by(socket, frame) == code
    assert complaints(caplog) == []


async def test_later_frames(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    """A frame that is none ends its connection with its code; the log has nothing to tell."""
    found: dict[str, int] = {}
    caplog.clear()
    async with unchanged():
        for why, (frame, _) in LATER_FRAMES.items():
            async with wire(service.url) as socket:
                await socket.init(service.token("ines"))
                found[why] = await ended_by(socket, frame)
    assert found == {why: code for why, (_, code) in LATER_FRAMES.items()}
    assert complaints(caplog) == []


@pytest.mark.parametrize("id_", ["1", "x" * 100, "ü" * 128, "\ud800", '"\\\n'])
async def test_an_id_twice(service: Service, id_: str, caplog: pytest.LogCaptureFixture) -> None:
    """An id that is in use ends the connection with 4409, whatever the id looks like."""
    caplog.clear()
    async with wire(service.url) as socket:
        await socket.init(service.token("ines"))
        await socket.subscribe("{ __typename }", id_)
        assert (await socket.receive())["id"] == id_
        assert await socket.receive() == {"type": "complete", "id": id_}
        await socket.subscribe(FEED, id_)
        await socket.subscribe(FEED, id_)
        assert await socket.closed() == 4409
    assert complaints(caplog) == []


async def test_harmless_frames(service: Service) -> None:
    """What the protocol permits is taken."""
    async with wire(service.url) as socket:
        await socket.init(service.token("ines"))
        for why, frame in HARMLESS_FRAMES.items():
            await socket.send(frame)
            await socket.send({"type": "ping"})
            assert await socket.receive() == {"type": "pong"}, why


async def test_faults(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    """One bad operation ends in one error frame with a code, and never another's.

    Its id may be used again at once; a feed beside it hears all.
    """
    caplog.clear()
    rita, ines = Person(service, "rita"), Person(service, "ines")
    after = (await ines.viewer())["feedCursor"]
    found: dict[str, Any] = {}
    async with wire(service.url) as socket:
        await socket.init(service.token("ines"))
        await socket.subscribe(FEED, "feed", variables={"after": after})
        for why, (frame, _) in FAULTS.items():
            await socket.send(frame)
            answer = await socket.receive()
            assert (answer["type"], answer["id"]) == ("error", "1"), (why, answer)
            [found[why]] = {error["extensions"]["code"] for error in answer["payload"]}
            done(await rita.start("ines", why))
            told = await socket.receive()
            assert (told["type"], told["id"]) == ("next", "feed"), why
            assert told["payload"]["data"]["feed"]["message"]["body"] == why
    assert found == {why: code for why, (_, code) in FAULTS.items()}
    assert complaints(caplog) == []


async def test_complete_while_entries_flow(service: Service) -> None:
    """What was completed says nothing behind the completion; a feed beside it misses nothing."""
    rita, ines = Person(service, "rita"), Person(service, "ines")
    after = (await ines.viewer())["feedCursor"]
    chat = done(await rita.start("ines", "0"))["conversation"]["id"]
    bodies = [str(number) for number in range(30)]
    heard: dict[str, list[str]] = {"stopped": [], "going on": []}
    async with wire(service.url) as socket:
        await socket.init(service.token("ines"))
        for id_ in heard:
            await socket.subscribe(FEED, id_, variables={"after": after})
        is_stopped = False
        for body in bodies[1:]:
            done(await rita.send(chat, body))
            if body == "15":
                await socket.send({"type": "complete", "id": "stopped"})
                await socket.send({"type": "ping"})
        while len(heard["going on"]) < len(bodies) or not is_stopped:
            message = await socket.receive()
            if message["type"] == "pong":
                is_stopped = True
                continue
            assert message["type"] == "next"
            assert message["id"] == "going on" or not is_stopped
            body = message["payload"]["data"]["feed"]["message"]["body"]
            heard[message["id"]].append(body)
    assert heard["going on"] == bodies
    assert heard["stopped"] == bodies[: len(heard["stopped"])]


async def test_a_mutation_that_is_completed(service: Service) -> None:
    """Completed before its answer, a send is done or not, once; the connection goes on."""
    rita, ines = Person(service, "rita"), Person(service, "ines")
    chat = done(await rita.start("ines"))["conversation"]["id"]
    given = {"conversationId": chat, "body": "Once", "idempotencyKey": "once"}
    async with wire(service.url) as socket:
        await socket.init(service.token("ines"))
        for _ in range(3):
            await socket.subscribe(MUTATIONS["sendMessage"], variables={"input": given})
            await socket.send({"type": "complete", "id": "1"})
        await socket.subscribe(MUTATIONS["sendMessage"], "2", variables={"input": given})
        while (message := await socket.receive())["id"] != "2":
            pass
        assert message["payload"]["data"]["sendMessage"]["message"]["body"] == "Once"
    assert await ines.bodies(chat) == ["Hello", "Once"]
