"""What an HTTP connection keeps for its peer: only so much, and only for so long."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus

import pytest
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from server import http_connections
from server.http_connections import BoundedHttp
from tests.support.client import PATIENCE_SECONDS
from tests.support.crowd import frame, receive, upgrade
from tests.support.outside import serving as serving_outside
from tests.support.places import Place
from tests.support.raw import request, small_peer, wire
from tests.support.service import Service, serving
from tests.support.waiting import until

HEALTH = b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
CHUNK = b"x" * 50_000
CHUNKS = 100

pytestmark = pytest.mark.sqlite_only("no database knows of connections")


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[BoundedHttp]:
    """Every HTTP connection, as the server has it."""
    made: list[BoundedHttp] = []
    begin = BoundedHttp.connection_made

    def begin_and_tell(connection: BoundedHttp, transport: asyncio.Transport) -> None:
        begin(connection, transport)
        made.append(connection)

    monkeypatch.setattr(BoundedHttp, "connection_made", begin_and_tell)
    return made


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets limits of a connection."""

    def limit(**values: float) -> None:
        for name, value in values.items():
            assert hasattr(http_connections, name)
            monkeypatch.setattr(http_connections, name, value)

    return limit


@asynccontextmanager
async def connected(
    service: Service,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection on which nothing was said yet."""
    reader, writer = await asyncio.open_connection(*address_of(service))
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            yield reader, writer
    finally:
        writer.close()


def address_of(service: Service) -> tuple[str, int]:
    """Where it listens."""
    host, port = service.url.removeprefix("http://").split(":")
    return host, int(port)


async def said_to(service: Service, *parts: bytes) -> bytes:
    """All that is answered until the server hangs up."""
    async with connected(service) as (reader, writer):
        for part in parts:
            writer.write(part)
            await writer.drain()
        return await reader.read()


@pytest.mark.parametrize(
    "endless",
    [
        b"GET /" + b"a" * 3_000,
        b"GET / HTTP/1.1\r\nA: " + b"a" * 3_000,
        b"GET / HTTP/1.1\r\n" + b"a:b\r\n" * 600,
        b"\r\n" * 1_500,
        CHUNKED + b"1\r\n{\r\n0\r\nA: " + b"a" * 40_000,
    ],
    ids=["address", "header", "headers", "nothing", "trailer"],
)
async def test_a_head_without_end(
    service: Service, limits: Callable[..., None], endless: bytes
) -> None:
    """It is refused once it is too large, whichever of its parts has no end."""
    limits(LARGEST_HEAD_BYTES=2_000)
    assert (await said_to(service, endless)).startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize("end", [b"\r\n", b"a:b\r\n"], ids=["complete", "incomplete"])
async def test_too_many_headers(service: Service, end: bytes) -> None:
    """They are refused before anything is made of them; as many as are permitted are not."""
    head = b"GET /health HTTP/1.1\r\n" + b"a:b\r\n" * 100
    assert (await said_to(service, head + b"a:b\r\n" + end)).startswith(b"HTTP/1.1 431 ")
    answer = await said_to(service, head[: -len(b"a:b\r\n")] + b"Connection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "half",
    [
        b"GET / HTTP/1.1\r\nHo",
        HEALTH + b"GET",
        POST + b"Content-Length: 9\r\n\r\n{",
        CHUNKED + b"1\r\n{\r\n",
    ],
    ids=["head", "second head", "body", "chunks"],
)
async def test_half_a_request(
    service: Service,
    connections: list[BoundedHttp],
    limits: Callable[..., None],
    half: bytes,
) -> None:
    """Whoever does not come to an end of it in time is told so, and nothing is kept for it."""
    limits(HEAD_SECONDS=0.3, REQUEST_SECONDS=0.5)
    assert b"HTTP/1.1 408 " in await said_to(service, half)
    await until(lambda: not any(each in each.connections for each in connections))


async def test_nothing_said(service: Service, limits: Callable[..., None]) -> None:
    """A connection on which nothing is asked is closed without an answer to nothing."""
    limits(HEAD_SECONDS=0.3)
    assert await said_to(service) == b""


async def test_a_connection_is_kept(service: Service, limits: Callable[..., None]) -> None:
    """No limit of a request's is the connection's: the next one is served long after."""
    limits(HEAD_SECONDS=0.2, REQUEST_SECONDS=0.2, CUT_SECONDS=0.2)
    async with connected(service) as (reader, writer):
        for _ in range(3):
            writer.write(HEALTH)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 ")
            [size] = [line for line in head.split(b"\r\n") if line.startswith(b"content-length")]
            await reader.readexactly(int(size.split(b":")[1]))
            await asyncio.sleep(0.5)


async def test_a_flood_of_requests(place: Place) -> None:
    """Of ten thousand in one go only a few wait, or the connection ends; others are served."""
    asked = 0
    is_enough = asyncio.Event()

    async def answer(_: Request) -> Response:
        nonlocal asked
        asked += 1
        await is_enough.wait()
        return Response()

    async with serving(place.settings(), demo=[Route("/slow", answer)]) as service:
        async with connected(service) as (reader, writer):
            writer.write(b"GET /slow HTTP/1.1\r\n\r\n" * 10_000)
            with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                await reader.readexactly(1)
        is_enough.set()
        assert (await request(f"{service.url}/health", "GET")).status_code == 200
    assert asked == 1


async def test_a_few_requests_at_once(service: Service) -> None:
    """They are all answered."""
    last = HEALTH.replace(b"Host", b"Connection: close\r\nHost")
    answers = await said_to(service, HEALTH * 15 + last)
    assert answers.count(b"HTTP/1.1 200 ") == 16


@asynccontextmanager
async def serving_much(place: Place) -> AsyncIterator[Service]:
    """The service, with more to tell than what is between server and peer can hold."""

    async def tell() -> AsyncIterator[bytes]:
        for _ in range(CHUNKS):
            yield CHUNK

    async def answer(_: Request) -> Response:
        return StreamingResponse(tell())

    async with serving(place.settings(), demo=[Route("/much", answer)]) as service:
        yield service


MUCH = b"GET /much HTTP/1.1\r\nConnection: close\r\n\r\n"


@asynccontextmanager
async def held_up(place: Place, connections: list[BoundedHttp]) -> AsyncIterator[BoundedHttp]:
    """A connection whose peer asked for much, and takes nothing of it."""
    async with serving_much(place) as service:
        with await small_peer(service.url) as peer:
            await asyncio.get_running_loop().sock_sendall(peer, MUCH)
            await until(lambda: bool(connections) and connections[0].flow.write_paused)
            [connection] = connections
            yield connection


async def test_a_peer_that_takes_nothing(
    place: Place, connections: list[BoundedHttp], limits: Callable[..., None]
) -> None:
    """Little is kept for it, and that only for a while."""
    limits(CUT_SECONDS=0.4)
    async with held_up(place, connections) as connection:
        assert connection.transport.get_write_buffer_size() < 4 * len(CHUNK)
        await until(lambda: connection not in connection.connections)
        assert connection.transport.get_extra_info("socket").fileno() == -1


async def test_a_peer_that_does_not_take_the_end(
    place: Place, connections: list[BoundedHttp], limits: Callable[..., None]
) -> None:
    """A connection that was closed does not wait for ever with the rest of an answer."""
    limits(CUT_SECONDS=0.4)
    async with held_up(place, connections) as connection:
        connection._refuse(HTTPStatus.BAD_REQUEST)
        await until(lambda: connection not in connection.connections)


async def test_a_peer_that_takes_it_slowly(place: Place, limits: Callable[..., None]) -> None:
    """Whoever takes something now and then gets all of it, however long that takes."""
    limits(CUT_SECONDS=0.3, HEAD_SECONDS=0.3, REQUEST_SECONDS=0.3)
    loop = asyncio.get_running_loop()
    async with serving_much(place) as service, asyncio.timeout(PATIENCE_SECONDS):
        with await small_peer(service.url) as peer:
            await loop.sock_sendall(peer, MUCH)
            taken, began = 0, loop.time()
            while some := await loop.sock_recv(peer, 8_192):
                taken += len(some)
                await asyncio.sleep(0.001)
            assert taken > CHUNKS * len(CHUNK)
            assert loop.time() - began > 0.6


async def test_a_stream_is_told_that_its_peer_went(place: Place) -> None:
    """Also where the peer asked for something else behind it."""
    is_told, is_over = asyncio.Event(), asyncio.Event()

    async def tell() -> AsyncIterator[bytes]:
        yield b"something"
        try:
            await is_over.wait()
        finally:
            is_told.set()

    async def answer(_: Request) -> Response:
        return StreamingResponse(tell())

    async with (
        serving(place.settings(), demo=[Route("/stream", answer)]) as service,
        connected(service) as (reader, writer),
    ):
        writer.write(b"GET /stream HTTP/1.1\r\n\r\n" + HEALTH)
        await reader.readuntil(b"something")
        writer.transport.abort()
        try:
            async with asyncio.timeout(5):
                await is_told.wait()
        finally:
            is_over.set()


async def test_a_socket_has_no_such_limits(service: Service, limits: Callable[..., None]) -> None:
    """A connection that was handed over is the socket's, and stays."""
    limits(HEAD_SECONDS=0.2, REQUEST_SECONDS=0.2, CUT_SECONDS=0.2)
    async with wire(service.url) as socket_:
        await socket_.init(service.token("lena"))
        await asyncio.sleep(0.6)
        await socket_.send({"type": "ping"})
        assert await socket_.receive() == {"type": "pong"}


async def test_no_socket_behind_an_unfinished_answer(place: Place) -> None:
    """The answer would land among the socket's frames."""

    async def tell() -> AsyncIterator[bytes]:
        yield b"something"
        await asyncio.Event().wait()

    async def answer(_: Request) -> Response:
        return StreamingResponse(tell())

    async with serving(place.settings(), demo=[Route("/stream", answer)]) as service:
        said = await said_to(service, b"GET /stream HTTP/1.1\r\n\r\n" + upgrade("a"))
    assert b" 101 " not in said


async def test_no_request_at_all(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    """What is no request is told so, and the log is not any peer's to fill."""
    assert (await said_to(service, b"\x16\x03\x01\r\n\r\n")).startswith(b"HTTP/1.1 400 ")
    assert [line for line in caplog.records if line.levelno >= logging.WARNING] == []


@pytest.mark.parametrize("path", ["/courses/", "/health/", "/assets", "/new/"])
async def test_no_redirect_to_whatever_host_is_named(service: Service, path: str) -> None:
    """An address with a slash too many is none, and nobody is sent elsewhere."""
    answer = await request(f"{service.url}{path}", "GET", headers={"Host": "evil.example"})
    assert answer.status_code == 404
    assert "location" not in answer.headers


async def test_no_query_in_the_log(place: Place) -> None:
    """A token in a socket's address, where it has no business, is not written down."""
    async with serving_outside(place) as service:
        host, port = service.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(upgrade(host).replace(b"/graphql", b"/graphql?token=secret", 1))
        assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        writer.write(frame({"type": "ping"}))
        await receive(reader)
        await until(lambda: any("[accepted]" in line for line in service.said))
        writer.close()
        assert "secret" not in "".join(service.said)
