"""The servers that are measured, and how each is started."""

import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.database import VAR
from bench.people import SECRET
from bench.statements import FOR_NODE

_HERE = Path(__file__).parent
_STATEMENTS = VAR / "statements.json"


@dataclass(frozen=True, eq=False)
class Contender:
    """A server."""

    name: str
    command: tuple[str, ...]
    is_graphql: bool = True
    # Instead of the question's own path.
    paths: Mapping[str, str] | None = None
    environment: Mapping[str, str] | None = None
    only: tuple[str, ...] = ("inbox", "thread", "send")


def _uvicorn(app: str) -> tuple[str, ...]:
    return (
        sys.executable, "-m", "uvicorn", app, "--port", "{port}", "--log-level", "warning",
        "--no-access-log", "--loop", "uvloop", "--http", "httptools", "--no-server-header",
    )  # fmt: skip


def _node(script: str) -> tuple[str, ...]:
    return (shutil.which("node") or "node", str(_HERE / "node" / script))


OURS = Contender("ours", (sys.executable, "-m", "server", "serve", "--port", "{port}"))
FLOOR = Contender("floor", _uvicorn("bench.peers.floor:app"), is_graphql=False)
SIGNED_IN_FLOOR = Contender(
    "floor, signed in",
    FLOOR.command,
    is_graphql=False,
    environment={"FLOOR_SIGNS_IN": "1"},
)
FLOOR_IN_ONE = Contender(
    "floor, one statement",
    FLOOR.command,
    is_graphql=False,
    paths={"/send": "/send_in_one"},
    only=("send",),
)
PLAIN = Contender("Strawberry", _uvicorn("bench.peers.plain:app"))
YOGA = Contender("Yoga", _node("yoga.js"))
MERCURIUS = Contender("Mercurius", _node("mercurius.js"))
SQLITE_FLOOR = Contender(
    "floor on SQLite", _uvicorn("bench.peers.sqlite_floor:app"), is_graphql=False, only=("sqlite",)
)
LIVE_PEER = Contender("graphql-ws", _node("live.js"), only=("live",))
WATCHED = Contender("ours, watched", (sys.executable, "-m", "bench.watched"), only=("live",))

ALL = (FLOOR, SIGNED_IN_FLOOR, FLOOR_IN_ONE, OURS, PLAIN, YOGA, MERCURIUS)


def environment(contender: Contender, database_url: str) -> dict[str, str]:
    """What the server is told."""
    _STATEMENTS.parent.mkdir(parents=True, exist_ok=True)
    _STATEMENTS.write_text(json.dumps(FOR_NODE))
    return {
        "BENCH_STATEMENTS": str(_STATEMENTS),
        "LMS_MESSAGES_DATABASE_URL": database_url,
        "LMS_MESSAGES_JWT_SECRET": SECRET,
        # The rows are of one day; nothing is to be pruned while others are measured.
        "LMS_MESSAGES_FEED_RETENTION_DAYS": "36500",
        # Fifty people write as thousands would; what counting costs is measured all the same.
        "LMS_MESSAGES_SENDS_PER_USER": "1000000/second",
        "LMS_MESSAGES_NEW_CHATS_PER_USER": "1000000/second",
        "NODE_ENV": "production",
        **(contender.environment or {}),
    }
