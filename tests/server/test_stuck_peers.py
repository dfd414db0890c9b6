"""Peers that do not read what they are sent, or read it slowly."""

import asyncio
import json
import socket
from asyncio import IncompleteReadError, StreamReader
from collections.abc import Mapping

import pytest
from starlette.types import Message as Event

from server.bounded import Peer
from server.ending import PatientWebSockets
from server.json_text import write_json
from server.sockets import OPERATIONS_AT_ONCE
from tests.support.cast import user_id
from tests.support.crowd import frame, receive, upgrade
from tests.support.operations import CONVERSATION, FEED
from tests.support.people import Person, done
from tests.support.raw import small_streams
from tests.support.service import Service
from tests.support.waiting import until

# Enough to fill what the kernel and the transport hold between server and peer.
MESSAGES, LENGTH = 60, 4_000
SUBSCRIPTIONS = 90
# Each frame has the text twice, and little besides.
FRAME_BYTES = 2 * LENGTH + 1_024
# From where on a transport asks those who write to wait; each operation may have one frame beyond.
HIGH_WATER_BYTES = 64 * 1024
# What is read at once has so many operations, and more.
REFUSED = 2_000
_CLOSE = 8
_FINAL = 0x80


async def reluctant_peer(
    service: Service, name: str, subscriptions: int
) -> tuple[StreamReader, asyncio.StreamWriter]:
    """A socket with many feeds whose other end takes in next to nothing by itself."""
    reader, writer = await small_streams(service.url)
    writer.write(upgrade("127.0.0.1"))
    assert b"101 " in await reader.readuntil(b"\r\n\r\n")
    authorization = {"Authorization": f"Bearer {service.token(name)}"}
    writer.write(frame({"type": "connection_init", "payload": authorization}))
    await receive(reader)
    # From a place on: by themselves they may begin after the first messages.
    after = (await Person(service, name).viewer())["feedCursor"]
    for number in range(subscriptions):
        query = FEED.replace("body", "body more: body")
        payload = {"query": query, "variables": {"after": after}}
        message = {"id": str(number), "type": "subscribe", "payload": payload}
        writer.write(frame(message))
    await writer.drain()
    return reader, writer


async def opcodes_to_the_end(reader: StreamReader) -> set[int]:
    """The kinds of frames that come until the line is cut."""
    opcodes = set()
    try:
        while True:
            opcodes.add((await receive(reader))[0])
    except (IncompleteReadError, ConnectionResetError):
        return opcodes


@pytest.fixture
def protocols(monkeypatch: pytest.MonkeyPatch) -> list[PatientWebSockets]:
    """The server's ends of the sockets that are opened."""
    found: list[PatientWebSockets] = []
    connect = PatientWebSockets.handle_connect

    def connect_and_note(self: PatientWebSockets, event: object) -> None:
        found.append(self)
        connect(self, event)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(PatientWebSockets, "handle_connect", connect_and_note)
    return found


async def test_a_peer_that_never_reads_is_given_up(
    service: Service, protocols: list[PatientWebSockets], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its subscriptions and bells are gone, little is kept for it, and it sees its line cut."""
    monkeypatch.setattr("server.bounded.SEND_LIMIT_SECONDS", 0.5)
    leo, lena = Person(service, "leo"), await user_id("lena")
    doorbell = service.parts.doorbell
    reader, writer = await reluctant_peer(service, "lena", SUBSCRIPTIONS)
    [protocol] = protocols
    most = 0
    await until(lambda: lena in doorbell.listening_users())
    chat = done(await leo.start("lena"))["conversation"]["id"]
    for _ in range(MESSAGES):
        done(await leo.send(chat, "x" * LENGTH))
        most = max(most, protocol.transport.get_write_buffer_size())
    await until(lambda: lena not in doorbell.listening_users())
    assert 0 < most <= HIGH_WATER_BYTES + SUBSCRIPTIONS * FRAME_BYTES
    assert (await Person(service, "lena").viewer())["unreadCount"] == MESSAGES + 1
    await until(protocol.transport.is_closing)
    # Clients take an end without a close frame for 1006, and come back.
    assert _FINAL | _CLOSE not in await opcodes_to_the_end(reader)
    writer.close()


async def test_one_message_waits_as_text(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many operations have something to say, a peer that takes nothing keeps one text."""
    asked = written = taken = most = 0
    send, push = Peer.send, Peer.push

    async def counted_send(peer: Peer, message: Mapping[str, object]) -> None:
        nonlocal asked
        asked += 1
        await send(peer, message)

    def counted_write(message: object) -> bytes:
        nonlocal written, most
        written += 1
        most = max(most, written - taken)
        return write_json(message)

    async def counted_push(peer: Peer, event: Event) -> None:
        nonlocal taken
        await push(peer, event)
        taken += 1

    leo = Person(service, "leo")
    chat = done(await leo.start("lena"))["conversation"]["id"]
    _, writer = await reluctant_peer(service, "lena", SUBSCRIPTIONS)
    monkeypatch.setattr(Peer, "send", counted_send)
    monkeypatch.setattr("server.bounded.write_json", counted_write)
    monkeypatch.setattr(Peer, "push", counted_push)
    for _ in range(MESSAGES):
        done(await leo.send(chat, "x" * LENGTH))
    await until(lambda: asked - taken == SUBSCRIPTIONS)
    writer.transport.abort()
    assert most == 1


async def test_a_peer_that_reads_slowly_is_told_all(service: Service) -> None:
    """Whoever takes what comes, however slowly, is served: all entries, in order, once."""
    subscriptions = 5
    leo, lena = Person(service, "leo"), await user_id("lena")
    chat = done(await leo.start("lena"))["conversation"]["id"]
    reader, writer = await reluctant_peer(service, "lena", subscriptions)
    # Answered behind the subscriptions' start.
    writer.write(frame({"type": "ping"}))
    assert json.loads((await receive(reader))[1]) == {"type": "pong"}
    assert lena in service.parts.doorbell.listening_users()
    for number in range(MESSAGES):
        done(await leo.send(chat, str(number).ljust(LENGTH)))
    told: dict[str, list[int]] = {str(number): [] for number in range(subscriptions)}
    while any(len(bodies) < MESSAGES for bodies in told.values()):
        await asyncio.sleep(0.005)
        message = json.loads((await receive(reader))[1])
        if message["type"] == "ping":
            # It has not said anything for long, on a slow machine.
            writer.write(frame({"type": "pong"}))
            continue
        assert message["type"] == "next"
        body = message["payload"]["data"]["feed"]["message"]["body"]
        told[message["id"]].append(int(body))
    assert set(map(tuple, told.values())) == {tuple(range(MESSAGES))}
    writer.close()


async def test_what_is_refused_counts_until_it_is_told(
    service: Service, protocols: list[PatientWebSockets], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A peer that takes nothing has no more operations wait with a last word than may run."""
    waiting = most = 0
    send = Peer.send

    async def counted_send(peer: Peer, message: Mapping[str, object]) -> None:
        nonlocal waiting, most
        waiting += 1
        most = max(most, waiting)
        try:
            await send(peer, message)
        finally:
            waiting -= 1

    monkeypatch.setattr(Peer, "send", counted_send)
    reader, writer = await reluctant_peer(service, "lena", 0)
    keep_little_in_the_kernel(protocols[0])
    ids = {str(number) for number in range(REFUSED)}
    refused = {"type": "subscribe", "payload": {"query": "{"}}
    writer.write(b"".join(frame({**refused, "id": id_}) for id_ in ids))
    # From the first that waits on it takes nothing; then everything.
    await until(lambda: waiting > 0)
    told = [json.loads((await receive(reader))[1]) for _ in ids]
    writer.close()
    assert {message["type"] for message in told} == {"error"}
    assert {message["id"] for message in told} == ids
    # One more is told that it is one too many.
    assert most <= OPERATIONS_AT_ONCE + 1


async def test_the_last_word_at_the_end_of_the_service(
    service: Service, protocols: list[PatientWebSockets]
) -> None:
    """Who takes an answer slowly hears that it is complete before 1012: nobody asks it again."""
    leo = Person(service, "leo")
    chat = done(await leo.start("lena"))["conversation"]["id"]
    for _ in range(HIGH_WATER_BYTES // LENGTH + 5):
        done(await leo.send(chat, "x" * LENGTH))
    reader, writer = await reluctant_peer(service, "lena", 0)
    [protocol] = protocols
    keep_little_in_the_kernel(protocol)
    payload = {"query": CONVERSATION, "variables": {"id": chat}}
    writer.write(frame({"id": "1", "type": "subscribe", "payload": payload}))
    await until(lambda: protocol.transport.get_write_buffer_size() > HIGH_WATER_BYTES)
    # As uvicorn does when it is told to stop.
    protocol.shutdown()
    told = []
    while (heard := await receive(reader))[0] != _FINAL | _CLOSE:
        told.append(json.loads(heard[1])["type"])
    writer.close()
    assert told == ["next", "complete"]
    assert heard[1][:2] == (1012).to_bytes(2)


def keep_little_in_the_kernel(protocol: PatientWebSockets) -> None:
    """Have what a peer does not take wait in the service."""
    sock = protocol.transport.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
