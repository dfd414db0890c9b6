"""The protocol graphql-transport-ws, frame by frame."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from server import over_sockets, sockets
from tests.support.operations import FEED, MUTATIONS
from tests.support.people import Person
from tests.support.places import Place
from tests.support.raw import Wire, wire
from tests.support.service import Service, serving
from tests.support.snapshot import unchanged

TYPENAME = {"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }"}}

# What no client of the protocol sends, and the code that ends the connection.
BAD_FRAMES: dict[str, tuple[object, int]] = {
    "binary": (b'{"type": "ping"}', 4400),
    "no JSON": ("hello", 4400),
    "a list": ("[]", 4400),
    "a text": ('"ping"', 4400),
    "null": ("null", 4400),
    "very deep": ("[" * 100_000, 4400),
    "a huge integer": ("9" * 5_000, 4400),
    "no type": ({}, 4400),
    "unknown type": ({"type": "hello"}, 4400),
    "type of the legacy protocol": ({"type": "start", "id": "1", "payload": {}}, 4400),
    "type a list": ({"type": []}, 4400),
    "no id": ({"type": "subscribe", "payload": {"query": "{ __typename }"}}, 4400),
    "id a number": ({**TYPENAME, "id": 1}, 4400),
    "id a list": ({**TYPENAME, "id": []}, 4400),
    "id to complete a list": ({"type": "complete", "id": []}, 4400),
    "no id to complete": ({"type": "complete"}, 4400),
    "no payload": ({"type": "subscribe", "id": "1"}, 4400),
    "payload a text": ({**TYPENAME, "payload": "{ __typename }"}, 4400),
    "payload a list": ({**TYPENAME, "payload": []}, 4400),
    "payload null": ({**TYPENAME, "payload": None}, 4400),
    "no query": ({**TYPENAME, "payload": {}}, 4400),
    "query a number": ({**TYPENAME, "payload": {"query": 5}}, 4400),
    "query null": ({**TYPENAME, "payload": {"query": None}}, 4400),
    "variables a list": ({**TYPENAME, "payload": {"query": "{ a }", "variables": []}}, 4400),
    "name a number": ({**TYPENAME, "payload": {"query": "{ a }", "operationName": 5}}, 4400),
    "a second init": ({"type": "connection_init"}, 4429),
}


@asynccontextmanager
async def signed_in(service: Service, name: str = "ines") -> AsyncIterator[Wire]:
    """A socket of one of the cast, spoken to frame by frame."""
    async with wire(service.url) as socket:
        await socket.init(service.token(name))
        yield socket


async def test_frames_that_are_none(service: Service) -> None:
    """A frame that is none of the protocol's ends the connection with the protocol's code."""
    async with unchanged():
        for why, (frame, code) in BAD_FRAMES.items():
            async with signed_in(service) as socket:
                await socket.send(frame)
                assert await socket.closed() == code, why


@pytest.mark.parametrize(
    "message", [b"\xff", b'{"type": "ping"}\xc3', [b'{"type": "ping', b"\xed\xa0\x80", b'"}']]
)
async def test_a_text_that_is_none(
    service: Service, message: bytes | list[bytes], caplog: pytest.LogCaptureFixture
) -> None:
    """A text that is not UTF-8, in one frame or several, ends the connection with 1007, unsaid."""
    caplog.clear()
    async with unchanged(), signed_in(service) as socket:
        await socket.connection.send(message, text=True)
        assert await socket.closed() == 1007
    async with signed_in(service) as socket:
        # A character in two frames is a character.
        await socket.connection.send(
            [b'{"type": "ping", "payload": {"a": "\xc3', b'\xbc"}}'], text=True
        )
        assert await socket.receive() == {"type": "pong"}
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_text_that_is_none_and_a_farewell(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    """Who closes in the same breath is answered that, and nobody reads of it as a failure."""
    text, close = b"\x81\x81\0\0\0\0\xff", b"\x88\x82\0\0\0\0\x03\xe8"
    async with signed_in(service) as socket:
        caplog.clear()
        socket.connection.transport.write(text + text + close)
        # By what was read at once.
        assert await socket.closed() in (1000, 1007)
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


async def test_an_id_in_use(service: Service) -> None:
    """Two operations under one id at once end the connection; one after the other they may."""
    async with signed_in(service) as socket:
        for _ in range(2):
            await socket.send(TYPENAME)
            assert (await socket.receive())["type"] == "next"
            assert await socket.receive() == {"type": "complete", "id": "1"}
        await socket.subscribe(FEED)
        await socket.subscribe(FEED)
        assert await socket.closed() == 4409


@pytest.mark.parametrize("protocol", ["graphql-ws", "mqtt", None])
async def test_other_protocols(service: Service, protocol: str | None) -> None:
    """The legacy protocol and all others are refused."""
    async with wire(service.url, protocol=protocol) as socket:
        assert socket.connection.subprotocol is None
        assert await socket.closed() == 4406


async def test_no_init(service: Service) -> None:
    """Nothing runs on a connection that has not signed in."""
    async with wire(service.url) as socket:
        await socket.send(TYPENAME)
        assert await socket.closed() == 4401


async def test_init_too_late(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection on which nobody signs in is closed, though it is alive."""
    monkeypatch.setattr(over_sockets, "INIT_LIMIT", timedelta(seconds=0.05))
    async with serving(place.settings()) as service, wire(service.url) as socket:
        await socket.send({"type": "ping"})
        assert await socket.receive() == {"type": "pong"}
        assert await socket.closed() == 4408


async def test_init_of_another_form(service: Service) -> None:
    """What signs in is an object."""
    for payload in ("Bearer x", 5, True, ["Authorization", "x"]):
        async with wire(service.url) as socket:
            await socket.send({"type": "connection_init", "payload": payload})
            assert await socket.closed() == 4400, payload


async def test_init_twice_at_once(service: Service) -> None:
    """A second init is one too many, even before the first is answered."""
    async with wire(service.url) as socket:
        init = {"type": "connection_init"}
        payload = {"Authorization": f"Bearer {service.token('ines')}"}
        await socket.send({**init, "payload": payload})
        await socket.send(init)
        assert await socket.receive() == {"type": "connection_ack"}
        assert await socket.closed() == 4429


async def test_pings(service: Service) -> None:
    """A ping is answered, signed in or not, and a pong is taken."""
    async with wire(service.url) as socket:
        await socket.send({"type": "ping", "payload": {"a": 1}})
        assert await socket.receive() == {"type": "pong"}
        await socket.init(service.token("ines"))
        await socket.send({"type": "pong"})
        await socket.send({"type": "ping"})
        assert await socket.receive() == {"type": "pong"}


async def test_our_pings(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever says nothing is pinged, stays with a pong, and is closed without: 4408."""
    monkeypatch.setattr(sockets, "PING_SECONDS", 0.05)
    async with signed_in(service) as socket:
        for _ in range(2):
            assert await socket.receive() == {"type": "ping"}
            await socket.send({"type": "pong"})
        assert await socket.receive() == {"type": "ping"}
        assert await socket.closed() == 4408


async def test_complete_stops(service: Service) -> None:
    """A subscription that the client completes says nothing more; to complete none is no fault."""
    async with signed_in(service) as socket:
        await socket.send({"type": "complete", "id": "never begun"})
        await socket.subscribe(FEED, "stopped")
        await socket.subscribe(FEED, "going on")
        # Answered behind the subscriptions' starts.
        await socket.subscribe("{ __typename }", "x")
        assert [(await socket.receive())["type"] for _ in range(2)] == ["next", "complete"]
        await socket.send({"type": "complete", "id": "stopped"})
        await Person(service, "rita").start("ines")
        assert (await socket.receive())["id"] == "going on"
        await socket.send({"type": "ping"})
        assert await socket.receive() == {"type": "pong"}


async def test_queries_and_mutations(service: Service) -> None:
    """Queries and mutations run over a socket as over HTTP, refusals and gates included."""
    rita = Person(service, "rita")
    chat = (await rita.start("ines"))["conversation"]["id"]

    async def ask(socket: Wire, document: str, **variables: Any) -> Any:
        await socket.subscribe(document, variables=variables)
        frame = await socket.receive()
        assert frame["type"] == "next"
        assert await socket.receive() == {"type": "complete", "id": "1"}
        return frame["payload"]

    async with signed_in(service) as socket:
        send = MUTATIONS["sendMessage"]
        sent = await ask(socket, send, input={"conversationId": chat, "body": "Hello"})
        assert sent["data"]["sendMessage"]["message"]["seq"] == 2
        empty = await ask(socket, send, input={"conversationId": chat, "body": " "})
        assert empty["data"]["sendMessage"]["errors"][0]["code"] == "EMPTY_BODY"
        async with unchanged():
            mode = await ask(socket, MUTATIONS["setMessagingMode"], input={"mode": "OFF"})
            assert mode["errors"][0]["extensions"] == {"code": "FORBIDDEN"}
            assert mode["data"] == {"setMessagingMode": None}
        some = await ask(socket, '{ viewer { unreadCount } node(id: "x") { id } }')
        assert some["data"] == {"viewer": {"unreadCount": 1}, "node": None}
    assert await rita.bodies(chat) == ["Hello", "Hello"]


async def test_error_frames(service: Service) -> None:
    """A subscription that cannot begin ends in one error frame with a code, and nothing more."""
    faults = {
        'subscription { feed(after: "x") { cursor } }': "RESYNC_REQUIRED",
        'subscription { messageSent(after: "x") { cursor } }': "RESYNC_REQUIRED",
        'subscription { messageSent(conversationId: "x") { cursor } }': "NOT_FOUND",
        "subscription { nothing }": "BAD_INPUT",
        "subscription { feed { ": "BAD_INPUT",
    }
    async with signed_in(service) as socket:
        for document, code in faults.items():
            await socket.subscribe(document)
            frame = await socket.receive()
            assert (frame["type"], frame["id"]) == ("error", "1"), document
            assert [error["extensions"]["code"] for error in frame["payload"]] == [code], document
        await socket.send({"type": "ping"})
        assert await socket.receive() == {"type": "pong"}


async def test_too_many_operations(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """One operation too many on a connection is RATE_LIMITED, the others go on."""
    monkeypatch.setattr(sockets, "OPERATIONS_AT_ONCE", 3)
    async with signed_in(service) as socket:
        for number in range(4):
            await socket.subscribe(FEED, str(number))
        frame = await socket.receive()
        assert (frame["type"], frame["id"]) == ("error", "3")
        assert frame["payload"][0]["extensions"] == {"code": "RATE_LIMITED", "retryAfter": 1}
        await socket.send({"type": "complete", "id": "0"})
        await socket.subscribe("{ __typename }", "3")
        assert (await socket.receive())["type"] == "next"


async def test_origins(place: Place) -> None:
    """A page opens a socket from our own host and from listed origins, from no other."""
    settings = place.settings(allowed_origins="https://lms.example")
    async with serving(settings) as service:
        for origin in (None, "https://lms.example", service.url):
            async with wire(service.url, origin=origin) as socket:
                await socket.init(service.token("ines"))
        for origin in (
            "https://evil.example",
            "http://lms.example",
            "https://lms.example.evil.example",
            "https://lms.example:8443",
            "null",
        ):
            with pytest.raises(InvalidStatus, match="403"):
                async with wire(service.url, origin=origin):
                    pass
