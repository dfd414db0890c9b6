"""The floor on SQLite: Starlette, the standard library's sqlite3 on one thread, and orjson."""

import os
import re
import sqlite3
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.peers.shapes import Json, Shapes
from bench.statements import CURSOR, INBOX_LIST, THREAD_CHAT, THREAD_MESSAGES

_PATH = os.environ["LMS_MESSAGES_DATABASE_URL"].removeprefix("sqlite://")
_connection = sqlite3.connect(f"file:{_PATH}?mode=ro", uri=True, isolation_level=None)
_shapes = Shapes(
    as_hex=lambda key: key.replace("-", ""), as_time=lambda time: time.replace(" ", "T")
)


def _for_sqlite(statement: str) -> str:
    # Sorting within an aggregate came with SQLite 3.44; here everybody has one department.
    statement = statement.replace(
        "string_agg(d.name, ', ' ORDER BY d.name)", "group_concat(d.name)"
    )
    return re.sub(r"\$(\d+)", r"?\1", statement)


_CURSOR, _INBOX, _CHAT, _MESSAGES = map(
    _for_sqlite, (CURSOR, INBOX_LIST, THREAD_CHAT, THREAD_MESSAGES)
)


async def inbox(request: Request) -> Response:
    """The query Chats."""
    viewer = {"1": request.headers["x-viewer"]}
    cursor = _connection.execute(_CURSOR, viewer).fetchone()
    chats = _connection.execute(_INBOX, viewer).fetchall()
    return _answer(_shapes.inbox(viewer["1"], cursor, chats, 0))


async def thread(request: Request) -> Response:
    """The query Thread."""
    hexadecimal = orjson.loads(await request.body())["id"].removeprefix("conversation_")
    chat_id = "-".join(hexadecimal[a:b] for a, b in _GROUPS)
    both = {"1": request.headers["x-viewer"], "2": chat_id}
    chat = _connection.execute(_CHAT, both).fetchone()
    messages = _connection.execute(_MESSAGES, both).fetchall()
    return _answer(_shapes.thread(both["1"], chat, 3, messages))


_GROUPS: Any = ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32))


def _answer(data: Json) -> Response:
    return Response(orjson.dumps({"data": data}), media_type="application/json")


app = Starlette(
    routes=[Route(f"/{each.__name__}", each, methods=["POST"]) for each in (inbox, thread)]
)
