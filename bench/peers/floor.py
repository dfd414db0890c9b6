"""The floor: an endpoint by hand for just these questions, Starlette and asyncpg and orjson.

The viewer's id comes unchecked in a header, unless FLOOR_SIGNS_IN is set: then the token is
checked and the account and status read, as in any service that is really used.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from hashlib import sha256
from operator import attrgetter
from typing import Any
from uuid import UUID

import asyncpg
import jwt
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.peers.shapes import Json, Shapes
from bench.statements import INBOX, SEND, SEND_FACTS, SEND_IN_ONE, THREAD_CHAT, THREAD_MESSAGES
from models.ids import new_id
from models.postgres import keep_session

_SIGNS_IN = bool(os.environ.get("FLOOR_SIGNS_IN"))
_SECRET = os.environ["LMS_MESSAGES_JWT_SECRET"]
_WHO = """SELECT u.id FROM users u JOIN accounts a ON a.id = u.account_id
    WHERE a.slug = $1 AND u.source_id = $2 AND u.status = 'ACTIVE'"""

_pool: asyncpg.Pool
_shapes = Shapes(as_hex=attrgetter("hex"), as_time=lambda time: time)


@asynccontextmanager
async def _lifespan(_: Starlette) -> AsyncIterator[None]:
    global _pool  # by hand, as short as can be
    address = os.environ["LMS_MESSAGES_DATABASE_URL"]
    async with asyncpg.create_pool(
        address, min_size=10, max_size=10, reset=keep_session, max_inactive_connection_lifetime=0
    ) as _pool:
        yield


async def _viewer(request: Request) -> UUID:
    if not _SIGNS_IN:
        return UUID(request.headers["x-viewer"])
    token = request.headers["authorization"][len("Bearer ") :]
    options: Any = {"require": ["exp", "sub", "account"]}
    claims = jwt.decode(token, _SECRET, algorithms=["HS256"], options=options)
    found: UUID = await _pool.fetchval(_WHO, claims["account"], claims["sub"])
    return found


async def inbox(request: Request) -> Response:
    """The query Chats."""
    viewer = await _viewer(request)
    lines = await _pool.fetch(INBOX, viewer)
    chats = [] if lines[0]["chat_id"] is None else lines
    return _answer(_shapes.inbox(viewer, lines[0], chats, 2))


async def thread(request: Request) -> Response:
    """The query Thread."""
    viewer = await _viewer(request)
    wanted = orjson.loads(await request.body())
    chat_id = UUID(wanted["id"].removeprefix("conversation_"))
    async with _pool.acquire() as connection:
        chat = await connection.fetchrow(THREAD_CHAT, viewer, chat_id)
        messages = await connection.fetch(THREAD_MESSAGES, viewer, chat_id)
    return _answer(_shapes.thread(viewer, chat, 3, messages))


async def send(request: Request) -> Response:
    """The mutation SendMessage: the facts, then one statement that writes."""
    viewer = await _viewer(request)
    wanted = orjson.loads(await request.body())["input"]
    chat_id = UUID(wanted["conversationId"].removeprefix("conversation_"))
    args = _args(wanted, viewer, chat_id)
    async with _pool.acquire() as connection:
        line = await connection.fetchrow(SEND_FACTS, viewer, chat_id, wanted["idempotencyKey"])
        if line["closed_reason"] is not None or line["first_id"] is not None:
            return _refused(line)
        posted = await connection.fetchrow(SEND, *args)
    return _sent(line, viewer, args, *posted)


async def send_in_one(request: Request) -> Response:
    """The same, facts and all, in one statement."""
    viewer = await _viewer(request)
    wanted = orjson.loads(await request.body())["input"]
    chat_id = UUID(wanted["conversationId"].removeprefix("conversation_"))
    args = _args(wanted, viewer, chat_id)
    line = await _pool.fetchrow(SEND_IN_ONE, *args)
    if line["new_seq"] is None:
        return _refused(line)
    return _sent(line, viewer, args, line["new_seq"], line["new_sent_at"], line["new_unread_count"])


def _args(wanted: Json, viewer: UUID, chat_id: UUID) -> tuple[object, ...]:
    body, key = wanted["body"], wanted["idempotencyKey"]
    if not 1 <= len(body) <= 4000 or body.isspace() or not 1 <= len(key) <= 128:
        raise ValueError("nothing to send")
    digest = sha256(orjson.dumps(["sendMessage", str(chat_id), body])).hexdigest()
    return chat_id, datetime.now(UTC), new_id(), viewer, body, None, key, digest


def _sent(
    line: asyncpg.Record, viewer: UUID, args: tuple[Any, ...], seq: int, at: datetime, unread: int
) -> Response:
    chat = _shapes.chat(line, viewer, 0)
    message = _shapes.message(chat["id"], viewer, 0, args[2], seq, args[4], at, viewer, None, None)
    chat |= {"lastMessage": message, "unreadCount": unread, "lastActivityAt": at}
    return _answer({"sent": {"message": message, "conversation": chat, "errors": []}})


def _refused(line: asyncpg.Record) -> Response:
    refusal = {"code": "CHAT_CLOSED", "message": "No.", "reason": line["closed_reason"]}
    return _answer({"sent": {"message": None, "conversation": None, "errors": [refusal]}})


def _answer(data: Json) -> Response:
    return Response(orjson.dumps({"data": data}), media_type="application/json")


app = Starlette(
    routes=[
        Route(f"/{each.__name__}", each, methods=["POST"])
        for each in (inbox, thread, send, send_in_one)
    ],
    lifespan=_lifespan,
)
