"""What a connection keeps for its peer: only so much, and only for so long."""

import asyncio
import logging
import socket

import pytest
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from server.authentication import Session
from server.callers import Caller
from server.connections import MOST_FRAGMENTS, SLICE_BYTES
from server.ending import PatientWebSockets
from server.parts import Parts
from tests.support.cast import user_id
from tests.support.client import PATIENCE_SECONDS
from tests.support.crowd import frame, upgrade
from tests.support.operations import FEED
from tests.support.people import Person, done
from tests.support.raw import small_peer
from tests.support.service import Service
from tests.support.waiting import until

# Enough to fill what the kernel and the transport hold between server and peer.
MESSAGES, LENGTH = 60, 4_000
SUBSCRIPTIONS = 90
# Pings with as much text as they may have, masked with nothing.
PING = bytes([0x89, 0x80 | 125]) + bytes(4 + 125)
PINGS_AT_ONCE = 1_000
# What one reading of uvicorn's transport may bring beyond what holds the peer up.
LARGEST_BACKLOG_BYTES = 512 * 1024


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[PatientWebSockets]:
    """Every socket's connection, as the server has it."""
    made: list[PatientWebSockets] = []
    begin = PatientWebSockets.connection_made

    def begin_and_tell(connection: PatientWebSockets, transport: asyncio.BaseTransport) -> None:
        begin(connection, transport)
        made.append(connection)

    monkeypatch.setattr(PatientWebSockets, "connection_made", begin_and_tell)
    return made


async def small_socket(service: Service) -> socket.socket:
    """A socket whose other end takes in next to nothing; nobody signed in."""
    peer = await small_peer(service.url)
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(peer, upgrade("127.0.0.1"))
    assert b"101 " in await loop.sock_recv(peer, 1_024)
    return peer


async def stuck_peer(
    service: Service, name: str, subscriptions: int = SUBSCRIPTIONS
) -> socket.socket:
    """A socket with many feeds whose other end never reads."""
    peer, loop = await small_socket(service), asyncio.get_running_loop()
    authorization = {"Authorization": f"Bearer {service.token(name)}"}
    await loop.sock_sendall(peer, frame({"type": "connection_init", "payload": authorization}))
    await loop.sock_recv(peer, 1_024)
    for number in range(subscriptions):
        payload = {"query": FEED.replace("body", "body more: body")}
        message = {"id": str(number), "type": "subscribe", "payload": payload}
        await loop.sock_sendall(peer, frame(message))
    return peer


async def fill(leo: Person) -> None:
    """Have as much told to lena's feeds as nothing between server and peer can hold."""
    chat = done(await leo.start("lena"))["conversation"]["id"]
    for _ in range(MESSAGES):
        done(await leo.send(chat, "x" * LENGTH))


async def read_all(peer: socket.socket, end: bytes) -> None:
    """Read at last, until what is said last comes."""
    loop, last = asyncio.get_running_loop(), b""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while end not in last:
            some = await loop.sock_recv(peer, 1 << 20)
            assert some, "the server hung up"
            last = last[-len(end) :] + some


def backlog_of(connection: PatientWebSockets) -> int:
    """How many bytes the server keeps for a peer."""
    return connection.transport.get_write_buffer_size()


async def is_freed(connection: PatientWebSockets) -> None:
    """Wait until neither bytes nor a descriptor are kept for a peer."""
    await until(lambda: connection.disconnected)
    await until(lambda: connection.transport.get_extra_info("socket").fileno() == -1)
    assert backlog_of(connection) == 0


async def test_a_peer_that_was_given_up_is_freed(
    service: Service, connections: list[PatientWebSockets], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its feeds end, its bells and its descriptor are freed although it lives; others are served.

    Meanwhile the server keeps no more for it than a feed's slice each.
    """
    monkeypatch.setattr("server.bounded.SEND_LIMIT_SECONDS", 0.5)
    monkeypatch.setattr("server.connections.CUT_SECONDS", 0.6)
    leo, lena = Person(service, "leo"), await user_id("lena")
    doorbell = service.parts.doorbell
    with await stuck_peer(service, "lena"):
        [connection] = connections
        await until(lambda: lena in doorbell.listening_users())
        await fill(leo)
        assert backlog_of(connection) < LARGEST_BACKLOG_BYTES
        await until(lambda: lena not in doorbell.listening_users())
        await is_freed(connection)
        assert (await Person(service, "lena").viewer())["unreadCount"] == MESSAGES + 1


async def test_a_peer_that_reads_in_the_end_stays(
    service: Service, connections: list[PatientWebSockets], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Held up, it is read from no more; once it has taken what was sent, all is as before."""
    monkeypatch.setattr("server.connections.CUT_SECONDS", 3.0)
    leo, lena = Person(service, "leo"), await user_id("lena")
    with await stuck_peer(service, "lena", SUBSCRIPTIONS // 4) as peer:
        [connection] = connections
        await until(lambda: lena in service.parts.doorbell.listening_users())
        filling = asyncio.create_task(fill(leo))
        await until(lambda: not connection.writable.is_set())
        assert not connection.transport.is_reading()
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        reading = asyncio.create_task(read_all(peer, b'"pong"'))
        await filling
        await asyncio.get_running_loop().sock_sendall(peer, frame({"type": "ping"}))
        await reading
        # The time that it was given is over.
        await asyncio.sleep(3.1)
        await asyncio.get_running_loop().sock_sendall(peer, frame({"type": "ping"}))
        await read_all(peer, b'"pong"')


async def test_a_flood_of_pings_fills_nothing(
    service: Service, connections: list[PatientWebSockets], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who pings, needs no token for it and reads no answer, is held up and then cut off."""
    monkeypatch.setattr("server.connections.CUT_SECONDS", 1.0)
    largest = 0
    with await small_socket(service) as peer:
        [connection] = connections

        async def flood() -> None:
            # Taken up by the application, a message would have the transport read on.
            batch = frame({"type": "ping"}) + PING * PINGS_AT_ONCE
            while True:
                await asyncio.get_running_loop().sock_sendall(peer, batch)

        flooding = asyncio.create_task(flood())
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not flooding.done():
                largest = max(largest, backlog_of(connection))
                assert (await Person(service, "leo").viewer())["unreadCount"] == 0
        with pytest.raises(ConnectionError):
            await flooding
        await is_freed(connection)
    assert largest < LARGEST_BACKLOG_BYTES


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (b"Content-Length: 1", b"400"),
        (b"Transfer-Encoding: chunked", b"400"),
        (b"X-Other: " + b"x" * 10_000, b"431"),
    ],
    ids=["a body", "chunks", "a long header"],
)
async def test_a_handshake_that_is_none_is_refused(
    service: Service,
    connections: list[PatientWebSockets],
    header: bytes,
    status: bytes,
) -> None:
    """Who asks for a socket in no way that there is is told so, and keeps no connection."""
    host, port = service.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(upgrade(host).removesuffix(b"\r\n") + header + b"\r\n\r\n")
    async with asyncio.timeout(PATIENCE_SECONDS):
        answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 " + status)
    assert b"\r\n\r\n" in answer
    [connection] = connections
    await is_freed(connection)


async def test_who_breaks_the_protocol_midway_is_no_news(
    service: Service,
    connections: list[PatientWebSockets],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A frame that is none ends the connection, and the answer that was on its way ends quietly."""
    begun, is_broken = asyncio.Event(), asyncio.Event()
    sign_in, end = Parts.sign_in, PatientWebSockets.handle_parser_exception

    async def sign_in_late(parts: Parts, authorization: str, caller: Caller) -> Session:
        session = await sign_in(parts, authorization, caller)
        begun.set()
        await is_broken.wait()
        return session

    def tell_and_end(connection: PatientWebSockets) -> None:
        is_broken.set()
        end(connection)

    monkeypatch.setattr(Parts, "sign_in", sign_in_late)
    monkeypatch.setattr(PatientWebSockets, "handle_parser_exception", tell_and_end)
    loop = asyncio.get_running_loop()
    with await small_socket(service) as peer:
        authorization = {"Authorization": f"Bearer {service.token('lena')}"}
        await loop.sock_sendall(peer, frame({"type": "connection_init", "payload": authorization}))
        await begun.wait()
        await loop.sock_sendall(peer, b"\xff\xff")
        await until(lambda: not connections[0].tasks)
    assert [line for line in caplog.records if line.levelno >= logging.WARNING] == []


async def test_a_flood_of_frames_holds_up_nobody(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is taken in slices, others have their turns between them, and the order is kept."""
    turn, turns_and_sizes = 0, []
    take = WebSocketsSansIOProtocol.data_received

    def take_and_note(connection: WebSocketsSansIOProtocol, data: bytes) -> None:
        turns_and_sizes.append((turn, len(data)))
        take(connection, data)

    async def take_turns() -> None:
        nonlocal turn
        while True:
            turn += 1
            await asyncio.sleep(0)

    monkeypatch.setattr(WebSocketsSansIOProtocol, "data_received", take_and_note)
    loop = asyncio.get_running_loop()
    numbers = range(10_000)
    with await small_socket(service) as peer:
        taking_turns = asyncio.create_task(take_turns())
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        flood = b"".join(
            bytes([0x8A, 0x80]) + bytes(4) + bytes([0x89, 0x84]) + bytes(4) + number.to_bytes(4)
            for number in numbers
        )
        sending = asyncio.create_task(loop.sock_sendall(peer, flood))
        answers = b"".join(bytes([0x8A, 4]) + number.to_bytes(4) for number in numbers)
        got = b""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(got) < len(answers):
                got += await loop.sock_recv(peer, 1 << 20)
            await sending
            await loop.sock_sendall(peer, frame({"type": "ping"}))
            await read_all(peer, b'"pong"')
        taking_turns.cancel()
    assert got == answers
    assert max(size for _, size in turns_and_sizes) <= SLICE_BYTES
    flooded = [turn for turn, size in turns_and_sizes if size == SLICE_BYTES]
    assert len(flooded) > 1
    assert len(set(flooded)) == len(flooded)


async def test_a_message_in_endless_fragments(
    service: Service, connections: list[PatientWebSockets]
) -> None:
    """It ends its connection, although nothing in it has any size."""
    loop = asyncio.get_running_loop()
    with await small_socket(service) as peer:
        empty = bytes([0x00, 0x80]) + bytes(4)
        await loop.sock_sendall(peer, bytes([0x01, 0x80]) + bytes(4) + empty * 2_000)
        async with asyncio.timeout(PATIENCE_SECONDS):
            head = await loop.sock_recv(peer, 4)
        assert head[0] == 0x88
        assert int.from_bytes(head[2:]) == 1009
        assert len(connections[0].frames) <= MOST_FRAGMENTS
