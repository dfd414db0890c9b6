"""Two processes on PostgreSQL and Redis: what is done in one ends in the other within a second."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from server.tokens import issue_token
from tests.support import operations
from tests.support.cast import ACCOUNT
from tests.support.client import Client, Socket
from tests.support.operations import FEED, VIEWER
from tests.support.outside import front_end, serving, start_chat
from tests.support.places import Place
from tests.support.process import Served, command
from tests.support.raw import request
from tests.support.service import SECRET
from tests.support.streams import CutOff, stream

# What the issue allows; the poll would take minutes.
LIMIT_SECONDS = 1.0
VARIABLES = {"LMS_MESSAGES_POLL_SECONDS": "300"}
BODY = b'{"query": "{ viewer { unreadCount } }"}'


@asynccontextmanager
async def two_processes(place: Place) -> AsyncIterator[tuple[Served, Served]]:
    """Two that share nothing but the database and the doorbell."""
    if not place.is_postgres:
        pytest.skip("SQLite has one process")
    async with (
        serving(place, variables=VARIABLES) as here,
        serving(place, variables=VARIABLES) as there,
    ):
        yield here, there


async def within_a_second(waiting: Coroutine[Any, Any, int]) -> int:
    """What is waited for, if it comes in time."""
    async with asyncio.timeout(LIMIT_SECONDS):
        return await waiting


async def user_id(client: Client) -> str:
    """The global id of whoever is signed in."""
    found: str = (await client.data(VIEWER))["viewer"]["user"]["id"]
    return found


async def listening(socket: Socket) -> None:
    """Return once all that was subscribed to before has begun."""
    await (await socket.subscribe(VIEWER)).next()


@pytest.mark.parametrize("mutation", ["deactivateUser", "removeUser"])
async def test_w4_put_out_by_another_process(place: Place, mutation: str) -> None:
    """W4: sockets end with 4401, idle ones too, and a token that was good is none any more."""
    async with two_processes(place) as (here, there):
        olga, lena = front_end(place, here, "olga"), front_end(place, there, "lena")
        user = await user_id(lena)
        async with (
            lena.socket() as idle,
            lena.socket() as following,
            front_end(place, there, "nora").socket() as others,
        ):
            await following.subscribe(FEED)
            await listening(following)
            done = await olga.data(operations.MUTATIONS[mutation], input={"userId": user})
            assert done[mutation]["errors"] == []
            for socket in (idle, following):
                assert await within_a_second(socket.closed()) == 4401
            await listening(others)
        for service in (here, there):
            # Its verification is remembered in one of them.
            answer = await request(f"{service.url}/graphql", content=BODY, token=lena.token)
            assert answer.status_code == 401


@pytest.mark.parametrize("mutation", ["deactivateUser", "removeUser"])
async def test_w4_streams_of_who_was_put_out(place: Place, mutation: str) -> None:
    """W4: streams of server-sent events say so, and are complete."""
    async with two_processes(place) as (here, there):
        olga, lena = front_end(place, here, "olga"), front_end(place, there, "lena")
        user = await user_id(lena)
        async with stream(lena, FEED) as feed:
            await feed.comment()
            done = await olga.data(operations.MUTATIONS[mutation], input={"userId": user})
            assert done[mutation]["errors"] == []
            async with asyncio.timeout(LIMIT_SECONDS):
                assert await feed.codes() == ["UNAUTHENTICATED"]


async def test_the_end_of_a_streams_token(place: Place) -> None:
    """A stream is cut off with its token, not before and at most a second after it."""
    async with two_processes(place) as (_, there):
        lifetime = 3
        token = issue_token(place.settings(), ACCOUNT, "lena", timedelta(seconds=lifetime))
        clock = asyncio.get_running_loop().time
        ends_at = clock() + lifetime
        async with stream(Client(there.url, token), FEED) as feed:
            with pytest.raises(CutOff):
                await feed.event()
            # Whole seconds stand in a token.
            assert ends_at - 1 <= clock() <= ends_at + LIMIT_SECONDS


async def test_the_end_of_a_token(place: Place) -> None:
    """A socket ends with its token, not before and at most a second after it: 4403."""
    async with two_processes(place) as (_, there):
        lifetime = 3
        token = issue_token(place.settings(), ACCOUNT, "lena", timedelta(seconds=lifetime))
        lena = Client(there.url, token)
        clock = asyncio.get_running_loop().time
        ends_at = clock() + lifetime
        async with lena.socket() as idle, lena.socket() as following:
            await following.subscribe(FEED)
            await listening(following)
            for socket in (idle, following):
                assert await socket.closed() == 4403
                # Whole seconds stand in a token.
                assert ends_at - 1 <= clock() <= ends_at + LIMIT_SECONDS


async def test_a_role_that_was_taken(place: Place) -> None:
    """Who is an administrator no longer sees and does as one no longer, on sockets that are open.

    The next entry and the next operation are of the rights of now.
    """
    async with two_processes(place) as (here, there):
        settings = {**place.variables, "LMS_MESSAGES_JWT_SECRET": SECRET}
        leo, lena = front_end(place, there, "leo"), front_end(place, here, "lena")
        chat = await start_chat(leo)
        await lena.data(VIEWER)
        async with leo.socket() as socket:
            after = (await leo.data(VIEWER))["viewer"]["feedCursor"]
            feed = await socket.subscribe(FEED, after=after)
            await listening(socket)
            person = ("--account", ACCOUNT, "--user", "leo", "--role", "DEPARTMENT_ADMIN")
            await command(settings, "revoke-role", *person, "--department", "physics")
            async with asyncio.timeout(LIMIT_SECONDS):
                entry = await feed.entry()
                while entry["__typename"] != "AccessChanged":
                    entry = await feed.entry()
            assert entry["viewer"]["roles"] == ["LEARNER"]
            refused = await socket.subscribe(operations.RECIPIENTS)
            frame = await refused.frames.get()
            assert [each["extensions"]["code"] for each in frame["payload"]["errors"]] == [
                "FORBIDDEN"
            ]
            given = {"conversationId": chat, "body": "As whom?"}
            sent = await leo.data(operations.MUTATIONS["sendMessage"], input=given)
            assert [each["code"] for each in sent["sendMessage"]["errors"]] == ["CHAT_CLOSED"]
