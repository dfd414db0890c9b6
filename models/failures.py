"""Which of a database's failures pass by themselves."""

import asyncpg
from tortoise.exceptions import DBConnectionError, IntegrityError

# The transaction gave way to another one, or met its unique key: nothing of it stands.
_GAVE_WAY = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    IntegrityError,
)

# The server went away, or is not ready yet.
_LOST = (
    asyncpg.CannotConnectNowError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.OperatorInterventionError,
    asyncpg.PostgresConnectionError,
    asyncpg.TooManyConnectionsError,
    DBConnectionError,
    OSError,
)


def gave_way(error: BaseException) -> bool:
    """Whether a transaction failed against another one: certainly undone, and worth another try."""
    return isinstance(error, _GAVE_WAY)


def is_lost(error: BaseException) -> bool:
    """Whether the connection was lost: worth another try, done or not done if it was at COMMIT."""
    # asyncpg's complaints about arguments are interface errors, too.
    return isinstance(error, _LOST) and not isinstance(error, ValueError)
