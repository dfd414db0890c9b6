"""Opening the service's parts for work, and closing them so that nothing is cut off."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from messaging.doorbell import Doorbell
from messaging.work import UnitOfWork
from models import database
from server.settings import Settings

# How long a statement may take. Of those that serve, the longest wait for a row that an import of
# a thousand people has locked; a caller who waits longer has left.
SERVING_SECONDS = 10.0
# Of an import's, one goes through all that an account has.
COMMAND_SECONDS = 300.0


@asynccontextmanager
async def opened(
    settings: Settings, doorbell: Doorbell, office: UnitOfWork, *, statement_limit_seconds: float
) -> AsyncIterator[None]:
    """The database open and the doorbell ringing; what runs at the end is waited for first.

    Raises DatabaseUnusable.
    """
    async with AsyncExitStack() as stack:
        await database.connect(
            settings.database_url,
            settings.database_pool,
            statement_limit_seconds=statement_limit_seconds,
        )
        stack.push_async_callback(database.disconnect)
        await doorbell.start()
        stack.push_async_callback(doorbell.stop)
        stack.push_async_callback(office.drain)
        yield
