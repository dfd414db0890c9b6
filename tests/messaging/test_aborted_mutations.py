"""A thousand mutations whose clients hang up midway: nothing stays taken, nothing is lost.

Ten sockets with ten sends each are given up in each of six situations, by `complete` and by
dropping the connection: twelve hundred in all, on each database, a thousand of them midway for
certain.
"""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import ParamSpec, TypeVar

import asyncpg
import pytest
from tortoise.backends.asyncpg.client import TransactionWrapper
from tortoise.connection import get_connection

from messaging.actions import sending
from messaging.doorbell import Doorbell
from messaging.feed import log
from models.postgres import ResilientPostgresClient, writers_of
from models.sqlite import ImmediateSqliteClient, _ImmediateTransaction
from server.parts import Parts
from server.tokens import TokenVerifier
from tests.support import operations
from tests.support.cast import ACTIVE
from tests.support.client import PATIENCE_SECONDS, Socket, Stream
from tests.support.people import Person, done
from tests.support.places import Place
from tests.support.recount import assert_consistent
from tests.support.service import Service, serving
from tests.support.waiting import WatchedOffice, held_write_lock, until, until_asked

pytestmark = pytest.mark.usefixtures("patient_writers")

P = ParamSpec("P")
T = TypeVar("T")

SOCKETS, SENDS_EACH = 10, 10
SENDS = SOCKETS * SENDS_EACH
OTHERS = [name for name in ACTIVE if name != "olga"]
assert len(OTHERS) == SOCKETS


class Gate:
    """Where those who pass wait while it is shut."""

    def __init__(self) -> None:
        self.arrived = 0
        self._open = asyncio.Event()
        self._open.set()

    def before(self, function: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
        """The same function behind the gate."""

        async def gated(*args: P.args, **kwargs: P.kwargs) -> T:
            self.arrived += 1
            await self._open.wait()
            return await function(*args, **kwargs)

        return gated

    @contextlib.contextmanager
    def shut(self) -> Iterator[None]:
        """Let nobody through while the context is open."""
        self.arrived = 0
        self._open.clear()
        try:
            yield
        finally:
            self._open.set()


class GatedOffice(WatchedOffice):
    """One whose actions may be held before their transaction asks for anything."""

    def __init__(self, doorbell: Doorbell) -> None:
        super().__init__(doorbell)
        self.gate = Gate()
        self._transact = self.gate.before(self._transact)  # type: ignore[method-assign, assignment]  # a gate


class Scene:
    """The service, and olga's hundred sends to ten people on their way."""

    def __init__(self, service: Service, office: GatedOffice, place: Place) -> None:
        self.service = service
        self.office = office
        self.place = place
        self.chats: list[str] = []
        self.peers: list[str] = []
        self.sockets: list[Socket] = []
        self.streams: list[Stream] = []

    async def send_all(self, mutation: str = "sendMessage") -> None:
        """Have every socket send, and wait until each send has begun."""
        await self.send(mutation)
        await until(lambda: self.office.begun == SENDS)

    async def send(self, mutation: str = "sendMessage") -> None:
        """Have every socket send to a chat of its own; startChat does it in a transaction."""
        self.office.begun = self.office.left = 0
        for number in range(SENDS):
            which = number % SOCKETS
            place = (
                {"conversationId": self.chats[which]}
                if mutation == "sendMessage"
                else {"recipientId": self.peers[which]}
            )
            given = {**place, "body": f"Number {number}"}
            document = operations.MUTATIONS[mutation]
            self.streams.append(await self.sockets[which].subscribe(document, input=given))

    def acknowledged(self) -> set[str]:
        """The texts that were answered before their callers were gone."""
        texts = set()
        for stream in self.streams:
            while not stream.frames.empty():
                frame = stream.frames.get_nowait()
                if frame["type"] == "next":
                    [payload] = frame["payload"]["data"].values()
                    texts.add(payload["message"]["body"])
        return texts


HangUp = Callable[[Scene], Awaitable[None]]


async def complete(scene: Scene) -> None:
    """Say that nobody listens any more."""
    for stream in scene.streams:
        await stream.complete()


async def drop(scene: Scene) -> None:
    """Cut the connections without a word."""
    for socket in scene.sockets:
        socket.drop()


async def waiting_for_the_lock(scene: Scene, hang_up: HangUp) -> None:
    """Another connection holds what they have to lock."""
    async with held_write_lock(scene.place):
        await scene.send_all()
        await hang_up(scene)
        await until(lambda: scene.office.left == SENDS)


async def waiting_for_a_connection(scene: Scene, hang_up: HangUp) -> None:
    """Every connection of the pool, or the only one that writes, is in other hands."""
    async with AsyncExitStack() as stack:
        with scene.office.gate.shut():
            await scene.send_all()
            await stack.enter_async_context(held_connections())
        if scene.place.is_postgres:
            await until(writing_client().places.locked)
        await hang_up(scene)
        await until(lambda: scene.office.left == SENDS)


async def in_the_transaction(scene: Scene, hang_up: HangUp) -> None:
    """One has written all but the feed; the others wait for that one's rows, or for a place."""
    await _held_at(scene, hang_up, log, "append", "startChat")


async def at_commit(scene: Scene, hang_up: HangUp) -> None:
    """COMMIT is what comes next for one; the others wait for that one's rows."""
    wrapper = TransactionWrapper if scene.place.is_postgres else _ImmediateTransaction
    await _held_at(scene, hang_up, wrapper, "commit", "startChat")


async def before_the_statement(scene: Scene, hang_up: HangUp) -> None:
    """They have read what they need; the statement that writes everything comes next."""
    await _held_at(scene, hang_up, sending, "post", "sendMessage")


async def anywhere(scene: Scene, hang_up: HangUp) -> None:
    """Nothing holds them: some are answered, some wait, some have not begun."""
    await scene.send()
    await until(lambda: scene.office.begun >= SENDS // 3)
    await hang_up(scene)


async def _held_at(scene: Scene, hang_up: HangUp, owner: object, name: str, mutation: str) -> None:
    gate = Gate()
    with pytest.MonkeyPatch.context() as patch, gate.shut():
        patch.setattr(owner, name, gate.before(getattr(owner, name)))
        await scene.send_all(mutation)
        await until(lambda: gate.arrived > 0)
        if scene.place.is_postgres:
            await until(writing_client().places.locked)
        await hang_up(scene)
        await until(lambda: scene.office.left == SENDS)


def writing_client() -> ResilientPostgresClient:
    """The client behind the transactions, where that is PostgreSQL."""
    client = get_connection("default")
    assert isinstance(client, ResilientPostgresClient)
    return client


@asynccontextmanager
async def held_connections() -> AsyncIterator[None]:
    """No connection is left to write with while the context is open."""
    client = get_connection("default")
    if isinstance(client, ImmediateSqliteClient):
        async with client._lock:
            yield
        return
    async with AsyncExitStack() as stack, asyncio.timeout(PATIENCE_SECONDS):
        for _ in range(writing_client().pool_maxsize):
            await stack.enter_async_context(writing_client().acquire_connection())
        yield


async def assert_nothing_is_held(place: Place) -> None:
    """No lock is taken, no transaction open, and the pool gives out all that it has."""
    if place.is_postgres:
        await until_nobody_holds_anything(place)
        async with held_connections():
            pass
        places = writing_client().places
        writers = writers_of(writing_client().pool_maxsize)
        async with asyncio.timeout(PATIENCE_SECONDS):
            for _ in range(writers):
                await places.acquire()
        assert places.locked()
        for _ in range(writers):
            places.release()
    else:
        other = await asyncio.create_subprocess_exec(sys.executable, "-c", LOCK, str(place.path))
        assert await other.wait() == 0


# What another process does that waits for nobody.
LOCK = """
import sqlite3, sys
file = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
file.execute("BEGIN IMMEDIATE")
"""

# A statement of the background holds a lock for its moment only.
HELD = """
    SELECT (SELECT count(*) FROM pg_locks JOIN pg_stat_activity other USING (pid)
            WHERE other.datname = current_database() AND pid <> pg_backend_pid())
        + (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
            AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%')
"""


async def until_nobody_holds_anything(place: Place) -> None:
    """Return once no session but this one holds a lock or an idle transaction."""
    connection = await asyncpg.connect(place.database_url)

    async def holds_nothing() -> bool:
        return bool(await connection.fetchval(HELD) == 0)

    try:
        await until_asked(holds_nothing)
    finally:
        await connection.close()


def operations_running() -> bool:
    """Whether the service still works on what a socket asked for."""
    return any("run_operation" in repr(task.get_coro()) for task in asyncio.all_tasks())


@asynccontextmanager
async def staged(place: Place) -> AsyncIterator[Scene]:
    """The service with chats of olga and ten others, and a socket of hers for each."""
    settings = place.settings()
    office = GatedOffice(doorbell := Doorbell(place.doorbell_url))
    parts = Parts(TokenVerifier(settings), doorbell, office)
    async with serving(settings, parts) as service, AsyncExitStack() as stack:
        olga = Person(service, "olga")
        scene = Scene(service, office, place)
        for name in OTHERS:
            chat = done(await olga.start(name, f"Hello {name}"))["conversation"]["id"]
            scene.chats.append(chat)
            scene.peers.append(await service.user(name))
            scene.sockets.append(await stack.enter_async_context(olga.client.socket()))
        yield scene


SITUATIONS = (
    waiting_for_the_lock,
    waiting_for_a_connection,
    in_the_transaction,
    at_commit,
    before_the_statement,
    anywhere,
)


@pytest.mark.parametrize("hang_up", [complete, drop], ids=lambda way: str(way.__name__))
@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda each: str(each.__name__))
async def test_mutations_whose_clients_hang_up(
    place: Place, situation: Callable[[Scene, HangUp], Awaitable[None]], hang_up: HangUp
) -> None:
    """The service answers, pool and locks are free, the counters right, and nothing is lost."""
    async with staged(place) as scene:
        await situation(scene, hang_up)
        await until(lambda: not operations_running())
        async with asyncio.timeout(PATIENCE_SECONDS):
            await scene.office.drain()
        lena = Person(scene.service, "lena")
        [chat] = await lena.chats()
        done(await lena.send(chat["id"], "Still there?"))
        await assert_nothing_is_held(place)
        messages = (await assert_consistent())["messages"]
        bodies = {message["body"] for message in messages}
        # Each that has begun is there once, whoever hung up.
        assert len(bodies) == len(messages) == SOCKETS + scene.office.begun
        assert scene.acknowledged() <= bodies
