"""From a database's address to how it is opened."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tortoise.backends.base.config_generator import expand_db_url
from tortoise.exceptions import ConfigurationError

from models.postgres import keep_session

# More than the thousand pages after which the log is moved into the file: writing over it in place
# costs the disk half of making it longer, or less. What an import made of it is cut back to this.
SQLITE_LOG_BYTES = 8 * 1024 * 1024
# Long enough for the longest batch of an import on a slow disk.
SQLITE_BUSY_TIMEOUT_MS = 15_000

POSTGRES_ENGINE = "models.postgres"
CONNECT_LIMIT_SECONDS = 5.0
# How long a write waits for a row that another holds: many of them would hold all places else.
LOCK_LIMIT_SECONDS = 2.0
# How long a process may say nothing in the middle of a transaction: one that is frozen, or whose
# host is gone, holds its rows until then. An import computes between two statements, for less.
IDLE_LIMIT_SECONDS = 10.0

_SQLITE_PRAGMAS = {
    "journal_mode": "WAL",
    # An acknowledged message survives the loss of power, not only of the process.
    "synchronous": "FULL",
    "foreign_keys": "ON",
    # A message deleted for everyone leaves no readable rest in the file (D1).
    "secure_delete": "ON",
    "busy_timeout": SQLITE_BUSY_TIMEOUT_MS,
    "journal_size_limit": SQLITE_LOG_BYTES,
}


class DatabaseUnusable(Exception):
    """The database cannot serve; the message is one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class PoolSize:
    """How many connections a process keeps to PostgreSQL; SQLite has its own."""

    least: int = 1
    most: int = 10


def configuration(
    url: str,
    pool: PoolSize = PoolSize(),  # frozen
    statement_limit_seconds: float | None = None,
    *,
    session: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Tortoise's configuration for a database address; ``session`` is set in PostgreSQL's sessions.

    Raises DatabaseUnusable for an address that is neither SQLite's nor PostgreSQL's.
    """
    try:
        connection = expand_db_url(url)
    except (ConfigurationError, ValueError) as error:
        raise DatabaseUnusable(_ADDRESS_HELP) from error
    engine = connection["engine"]
    if engine == "tortoise.backends.sqlite":
        connections = _sqlite_connections(connection["credentials"]["file_path"])
    elif engine == "tortoise.backends.asyncpg":
        sizes = {"minsize": pool.least, "maxsize": pool.most}
        habits = {"reset": keep_session, "max_inactive_connection_lifetime": 0}
        limits = {"timeout": CONNECT_LIMIT_SECONDS, "command_timeout": statement_limit_seconds}
        credentials = {**connection["credentials"], **sizes, **habits, **limits}
        if session is not None:
            credentials["server_settings"] = dict(session)
        connections = {"default": {"engine": POSTGRES_ENGINE, "credentials": credentials}}
    else:
        raise DatabaseUnusable(_ADDRESS_HELP)
    app = {"models": ["models"], "default_connection": "default", "migrations": "models.migrations"}
    return {"connections": connections, "apps": {"models": app}}


def session_habits() -> dict[str, str]:
    """How PostgreSQL plans, and what it is to end by itself, in milliseconds.

    Not for migrations, which wait as long as they have to.
    """
    return {
        # A statement is planned once for a connection. Otherwise those that take lists are planned
        # anew for each short one, which takes ten times as long as running them.
        "plan_cache_mode": "force_generic_plan",
        "lock_timeout": str(round(LOCK_LIMIT_SECONDS * 1_000)),
        "idle_in_transaction_session_timeout": str(round(IDLE_LIMIT_SECONDS * 1_000)),
    }


_ADDRESS_HELP = (
    "LMS_MESSAGES_DATABASE_URL must be sqlite:///path/to/file or postgres://user@host/name."
)


def _sqlite_connections(file_path: str) -> dict[str, Any]:
    if file_path == ":memory:":
        raise DatabaseUnusable(
            "An SQLite database must be a file: set LMS_MESSAGES_DATABASE_URL to sqlite://PATH."
        )
    credentials = {"file_path": file_path, **_SQLITE_PRAGMAS}
    return {
        "default": {"engine": "models.sqlite", "credentials": credentials},
        # Reads would otherwise wait for every fsync of the one writing connection.
        "reader": {"engine": "models.sqlite", "credentials": {**credentials, "query_only": "ON"}},
    }


def sqlite_path(config: dict[str, Any]) -> Path | None:
    """The file that a configuration is of; None for PostgreSQL."""
    file_path = config["connections"]["default"]["credentials"].get("file_path")
    return None if file_path is None else Path(file_path)
