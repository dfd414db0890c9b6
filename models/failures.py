"""Which of a database's failures pass by themselves."""

import sqlite3

import asyncpg
from tortoise.exceptions import DBConnectionError, IntegrityError

_GAVE_WAY = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
)
# SQLite's codes for a key that is there already.
_KEYS_TAKEN = (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)

# The server went away, is not ready yet, cannot be reached, or says nothing.
_LOST = (
    asyncpg.AdminShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.CrashShutdownError,
    asyncpg.IdleSessionTimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.TargetServerAttributeNotMatched,
    asyncpg.TooManyConnectionsError,
    ConnectionError,
    DBConnectionError,
    TimeoutError,
)
# What asyncpg says, in errors that it also raises for mistakes, of a connection that is gone.
_SAID_OF_THE_GONE = (
    "is closed",
    "pool is closing",
    "released back to the pool",
    "on a free connection holder",
    # It was told of its end between two statements.
    "cannot switch to",
)


def gave_way(error: BaseException) -> bool:
    """Whether a transaction failed against another one: certainly undone, and worth another try."""
    return isinstance(error, _GAVE_WAY) or _has_met_a_key(error)


def is_lost(error: BaseException) -> bool:
    """Whether the connection was lost: worth another try, done or not done if it was at COMMIT."""
    if isinstance(error, _LOST):
        return True
    is_asyncpgs = isinstance(error, asyncpg.InterfaceError | asyncpg.InternalClientError)
    return is_asyncpgs and any(words in str(error) for words in _SAID_OF_THE_GONE)


def _has_met_a_key(error: BaseException) -> bool:
    """Whether somebody else was first to use a unique key; other constraints are our mistakes."""
    if not isinstance(error, IntegrityError):
        return False
    cause = error.args[0] if error.args else None
    if isinstance(cause, sqlite3.IntegrityError):
        return cause.sqlite_errorcode in _KEYS_TAKEN
    return isinstance(cause, asyncpg.UniqueViolationError)
