"""Which failures are another try's, and which are mistakes that another try repeats."""

from collections.abc import Awaitable, Callable

import asyncpg
import pytest
from tortoise.exceptions import (
    DBConnectionError,
    IntegrityError,
    OperationalError,
    TransactionManagementError,
)

from models.database import Database, connect, disconnect, transaction
from models.failures import NoPlace, gave_way, is_blocked, is_lost, is_refused
from tests.support.places import Place

LOST = (
    asyncpg.AdminShutdownError("terminating connection"),
    asyncpg.CrashShutdownError("terminating connection"),
    asyncpg.CannotConnectNowError("the database system is starting up"),
    asyncpg.TooManyConnectionsError("sorry, too many clients already"),
    asyncpg.ConnectionDoesNotExistError("closed in the middle of operation"),
    asyncpg.InterfaceError("connection is closed"),
    asyncpg.InterfaceError("cannot perform operation: connection is closed"),
    asyncpg.InterfaceError("cannot call Connection.fetch(): released back to the pool"),
    asyncpg.InternalClientError("cannot switch to state 15; another operation (2) is in progress"),
    DBConnectionError("nowhere"),
    TransactionManagementError(asyncpg.IdleInTransactionSessionTimeoutError("idle")),
    ConnectionRefusedError(),
    ConnectionResetError(),
    TimeoutError(),
)
BLOCKED = (
    asyncpg.LockNotAvailableError("canceling statement due to lock timeout"),
    NoPlace("all who may write wait for something"),
)
REFUSED = (
    asyncpg.DiskFullError("could not extend file"),
    asyncpg.ReadOnlySQLTransactionError("cannot execute UPDATE in a read-only transaction"),
    TransactionManagementError(asyncpg.ReadOnlySQLTransactionError("read-only")),
)
MISTAKEN = (
    asyncpg.QueryCanceledError("canceling statement due to user request"),
    asyncpg.InterfaceError("the server expects 1 argument for this query, 2 were passed"),
    asyncpg.InterfaceError("cannot perform operation: another operation is in progress"),
    asyncpg.DataError("invalid input for query argument $1"),
    asyncpg.InternalClientError("unknown error in protocol implementation"),
    FileNotFoundError("roster.csv"),
    PermissionError("roster.csv"),
    OSError(28, "No space left on device"),
    OperationalError("no such table"),
    IntegrityError(asyncpg.ForeignKeyViolationError("no such account")),
    IntegrityError(asyncpg.NotNullViolationError("null value")),
    IntegrityError(asyncpg.CheckViolationError("not so")),
    IntegrityError(),
)


@pytest.mark.parametrize("error", LOST, ids=repr)
def test_what_is_lost(error: Exception) -> None:
    """A connection that is gone or cannot be had is lost, and gave way to nobody."""
    assert is_lost(error)
    assert not gave_way(error)


@pytest.mark.parametrize("error", [*BLOCKED, *REFUSED], ids=repr)
def test_what_the_caller_may_repeat(error: Exception) -> None:
    """What was held up, or is not taken now, is certainly undone, and for others to repeat."""
    assert is_blocked(error) is (error in BLOCKED)
    assert is_refused(error) is (error in REFUSED)
    assert not is_lost(error)
    assert not gave_way(error)


@pytest.mark.parametrize("error", MISTAKEN, ids=repr)
def test_what_is_a_mistake(error: Exception) -> None:
    """A mistake, of ours or an operator's, is neither: it is told, and not tried again."""
    assert not is_lost(error)
    assert not is_blocked(error)
    assert not is_refused(error)
    assert not gave_way(error)


async def _take_a_key(db: Database) -> None:
    await db.execute("UPDATE accounts SET slug = 'academy' WHERE slug = 'elsewhere'")


async def _take_a_primary_key(db: Database) -> None:
    await db.execute("INSERT INTO mailboxes SELECT * FROM mailboxes LIMIT 1")


async def _name_nobody(db: Database) -> None:
    await db.execute("UPDATE accounts SET slug = NULL")


@pytest.mark.parametrize(
    ("write", "is_race"),
    [(_take_a_key, True), (_take_a_primary_key, True), (_name_nobody, False)],
    ids=["key", "primary key", "null"],
)
async def test_only_a_key_that_is_taken_is_a_race(
    place: Place, write: Callable[[Database], Awaitable[None]], *, is_race: bool
) -> None:
    """Of the constraints only a unique one tells of somebody else who was first."""
    await connect(place.database_url)
    try:
        with pytest.raises(IntegrityError) as raised:
            async with transaction() as db:
                await write(db)
    finally:
        await disconnect()
    assert gave_way(raised.value) is is_race
    assert not is_lost(raised.value)
