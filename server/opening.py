"""Opening the service's parts for work, and closing them so that nothing is cut off."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from messaging.doorbell import Doorbell
from messaging.work import UnitOfWork
from models import database
from server.settings import Settings


@asynccontextmanager
async def opened(settings: Settings, doorbell: Doorbell, office: UnitOfWork) -> AsyncIterator[None]:
    """The database open and the doorbell ringing; what runs at the end is waited for first.

    Raises DatabaseUnusable.
    """
    async with AsyncExitStack() as stack:
        await database.connect(settings.database_url, settings.database_pool)
        stack.push_async_callback(database.disconnect)
        await doorbell.start()
        stack.push_async_callback(doorbell.stop)
        stack.push_async_callback(office.drain)
        yield
