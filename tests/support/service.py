"""The service, served in the test's own process on a free port."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from socket import socket
from typing import Any

import uvicorn

from gql import ids
from server.app import create_app, make_parts
from server.commands.serving import LARGEST_FRAME_BYTES
from server.ending import PatientWebSockets
from server.http_connections import BoundedHttp
from server.parts import Parts
from server.settings import Settings
from server.tokens import issue_token
from tests.support.cast import ACCOUNT, OTHER_ACCOUNT, STRANGERS, course_id, user_id
from tests.support.client import Client

SECRET = "a secret of the tests, long enough"

# Tests do in a second what people do in an hour.
WITHOUT_RATES = {
    "sends_per_user": "0",
    "new_chats_per_user": "0",
    "failed_sign_ins_per_address": "0",
    "sockets_per_user": 0,
    "sockets_per_address": 0,
    "subscriptions_per_user": 0,
}


@dataclass
class Service:
    """A served application, and the ways into it."""

    url: str
    settings: Settings
    parts: Parts

    def token(self, name: str, lifetime: timedelta = timedelta(hours=1)) -> str:
        """A token for one of the cast."""
        account = OTHER_ACCOUNT if name in STRANGERS else ACCOUNT
        return issue_token(self.settings, account, name, lifetime)

    def as_(self, name: str) -> Client:
        """The front end of one of the cast."""
        return Client(self.url, self.token(name))

    def anonymous(self) -> Client:
        """A front end that signed nobody in."""
        return Client(self.url)

    async def user(self, name: str) -> str:
        """The global id of one of the cast."""
        return ids.encode(ids.Kind.USER, await user_id(name))

    async def course(self, source_id: str) -> str:
        """The global id of one of the courses."""
        return ids.encode(ids.Kind.COURSE, await course_id(source_id))


def settings_for(database_url: str, **others: object) -> Settings:
    """Settings as tests need them."""
    given = {"jwt_secret": SECRET, "introspection": True, **WITHOUT_RATES, **others}
    return Settings(database_url=database_url, **given)  # type: ignore[arg-type]  # pydantic checks them


@asynccontextmanager
async def serving(
    settings: Settings, parts: Parts | None = None, **others: Any
) -> AsyncIterator[Service]:
    """The service, from started to stopped; the others are given to create_app."""
    parts = parts or make_parts(settings)
    config = uvicorn.Config(
        create_app(settings, parts, **others),
        port=0,
        lifespan="on",
        http=BoundedHttp,
        ws=PatientWebSockets,
        ws_ping_interval=None,
        ws_max_size=LARGEST_FRAME_BYTES,
        ws_per_message_deflate=False,
        log_config=None,
        timeout_graceful_shutdown=3,
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve())
    await asyncio.wait(
        {running, asyncio.create_task(server.has_started.wait())},
        return_when=asyncio.FIRST_COMPLETED,
    )
    if running.done():
        await running
        raise AssertionError("the server did not start")
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Service(f"http://127.0.0.1:{port}", settings, parts)
    finally:
        server.may_end.set()
        await running


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.has_started = asyncio.Event()
        self.may_end = asyncio.Event()

    async def main_loop(self) -> None:
        """Wait to be told to stop, where uvicorn would look ten times a second."""
        await self.on_tick(0)
        await self.may_end.wait()

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]  # narrower than stated
        await super().startup(sockets)  # type: ignore[arg-type]  # passed on as it came
        self.has_started.set()

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Pause for connections to close only where there are some, unlike uvicorn."""
        if self.server_state.connections:
            await super().shutdown(sockets)
            return
        for server in self.servers:
            server.close()
        await self._wait_tasks_to_complete()
        await self.lifespan.shutdown()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the test runner's signals alone."""
        yield


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """Every SQL statement that runs while the context is open."""
    statements: list[str] = []

    class Counter(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if isinstance(record.args, tuple) and record.args:
                statements.append(str(record.args[0]))

    logger = logging.getLogger("tortoise.db_client")
    level, handler = logger.level, Counter()
    logger.setLevel(logging.DEBUG)
    logger.addHandler(handler)
    try:
        yield statements
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
