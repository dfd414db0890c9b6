"""Many who write to one person at once hold nobody else up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from messaging.doorbell import Doorbell
from models.postgres import writers_of
from server.parts import Parts
from server.tokens import TokenVerifier
from tests.support.cast import user_id
from tests.support.client import PATIENCE_SECONDS
from tests.support.people import Person, done
from tests.support.places import Place
from tests.support.recount import assert_consistent
from tests.support.service import serving
from tests.support.waiting import WatchedOffice, until

pytestmark = pytest.mark.usefixtures("patient_writers")

WRITERS = 30


@asynccontextmanager
async def held_mailbox(place: Place, name: str) -> AsyncIterator[None]:
    """Nobody else tells this person anything while the context is open."""
    connection = await asyncpg.connect(place.database_url)
    try:
        async with connection.transaction():
            await connection.execute(
                "SELECT seq FROM mailboxes WHERE user_id = $1 FOR UPDATE", await user_id(name)
            )
            yield
    finally:
        await connection.close()


async def test_reads_are_answered_while_writers_queue_for_one_row(place: Place) -> None:
    """Thirty sends wait for one mailbox; queries are answered meanwhile, and then the sends."""
    if not place.is_postgres:
        pytest.skip("SQLite has no rows to queue for, and a connection of its own for reads")
    settings = place.settings()
    doorbell = Doorbell(place.doorbell_url)
    office = WatchedOffice(doorbell)
    parts = Parts(TokenVerifier(settings), doorbell, office)
    async with serving(settings, parts) as service:
        leo, nora = Person(service, "leo"), Person(service, "nora")
        chat = done(await leo.start("lena"))["conversation"]["id"]
        office.begun = 0
        async with held_mailbox(place, "lena"):
            sends = [asyncio.create_task(leo.send(chat, str(n))) for n in range(WRITERS)]
            await until(lambda: office.begun == WRITERS)
            # Enough of them for every connection that is not kept for reads.
            async with asyncio.timeout(PATIENCE_SECONDS):
                for _ in range(3):
                    assert len(await asyncio.gather(*(nora.viewer() for _ in range(10)))) == 10
            assert not any(send.done() for send in sends)
        for payload in await asyncio.gather(*sends):
            done(payload)
        await assert_consistent()


@pytest.mark.parametrize(
    ("pool_size", "writers"), [(1, 1), (2, 1), (3, 2), (5, 4), (10, 7), (60, 40)]
)
def test_the_share_of_writers(pool_size: int, writers: int) -> None:
    """A third of a pool, and at least one connection where it has two, is kept for reads."""
    assert writers_of(pool_size) == writers
