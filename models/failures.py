"""Which of a database's failures pass by themselves."""

import sqlite3

import asyncpg
from tortoise.exceptions import (
    BaseORMException,
    DBConnectionError,
    IntegrityError,
)

_GAVE_WAY = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
)
# SQLite's codes for a key that is there already.
_KEYS_TAKEN = (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)

# Nothing can be written: the server is a replica or was made one, or its disk is full.
_REFUSED = (
    asyncpg.DiskFullError,
    asyncpg.ReadOnlySQLTransactionError,
)
# SQLite's, of which the lower byte tells the kind.
_DISKS_CODES = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)

# The server went away, is not ready yet, cannot be reached, or says nothing.
_LOST = (
    asyncpg.AdminShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.CrashShutdownError,
    asyncpg.IdleInTransactionSessionTimeoutError,
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


class NoPlace(Exception):
    """Too many write already, and none of them comes to its end."""


def gave_way(error: BaseException) -> bool:
    """Whether a transaction failed against another one: certainly undone, and worth another try."""
    return isinstance(error, _GAVE_WAY) or _has_met_a_key(error)


def is_lost(error: BaseException) -> bool:
    """Whether the connection was lost: worth another try, done or not done if it was at COMMIT."""
    error = _cause(error)
    if isinstance(error, _LOST):
        return True
    is_asyncpgs = isinstance(error, asyncpg.InterfaceError | asyncpg.InternalClientError)
    return is_asyncpgs and any(words in str(error) for words in _SAID_OF_THE_GONE)


def is_blocked(error: BaseException) -> bool:
    """Whether a write waited too long for another one: certainly undone, for the caller to repeat.

    Somebody holds what it needs: a row, SQLite's lock, or all places of the pool.
    """
    error = _cause(error)
    return isinstance(error, asyncpg.LockNotAvailableError | NoPlace) or (
        _kind_of_sqlite(error) == sqlite3.SQLITE_BUSY
    )


def is_refused(error: BaseException) -> bool:
    """Whether the database takes no writes at present: certainly undone, as above."""
    error = _cause(error)
    return isinstance(error, _REFUSED) or _kind_of_sqlite(error) in _DISKS_CODES


def _cause(error: BaseException) -> BaseException:
    """The driver's error, where Tortoise has wrapped it."""
    if isinstance(error, BaseORMException) and error.args:
        cause = error.args[0]
        return cause if isinstance(cause, BaseException) else error
    return error


def _kind_of_sqlite(error: BaseException) -> int | None:
    if not isinstance(error, sqlite3.OperationalError):
        return None
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _has_met_a_key(error: BaseException) -> bool:
    """Whether somebody else was first to use a unique key; other constraints are our mistakes."""
    if not isinstance(error, IntegrityError):
        return False
    cause = _cause(error)
    if isinstance(cause, sqlite3.IntegrityError):
        return cause.sqlite_errorcode in _KEYS_TAKEN
    return isinstance(cause, asyncpg.UniqueViolationError)
