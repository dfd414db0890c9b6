"""Rights are those of the transaction, not of the moment at which somebody asked."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from messaging.actions.grants import revoke_role
from messaging.doorbell import Doorbell
from models import Account, Role
from server.parts import Parts
from server.tokens import TokenVerifier
from tests.support.cast import ACCOUNT
from tests.support.client import Answer
from tests.support.people import Person, done
from tests.support.places import Place
from tests.support.service import Service, serving
from tests.support.snapshot import rows_of
from tests.support.waiting import WatchedOffice, held_write_lock, until

pytestmark = pytest.mark.sqlite_only(
    "a transaction that waits has read nothing yet; on PostgreSQL it has, READ COMMITTED"
)


async def queued(
    office: WatchedOffice, place: Place, *requests: Coroutine[Any, Any, Answer]
) -> list[Answer]:
    """The answers to requests that pass their gates now and wait for the writer in this order."""
    async with held_write_lock(place):
        tasks = []
        for number, request in enumerate(requests, start=office.begun + 1):
            tasks.append(asyncio.create_task(request))
            await until(lambda number=number: office.begun == number)  # type: ignore[misc]  # bound now
    return await asyncio.gather(*tasks)


async def test_w4_a_mutation_that_waited_is_refused_to_the_deactivated(place: Place) -> None:
    """W4: whoever is deactivated while their message waits for the writer writes nothing."""
    settings = place.settings()
    doorbell = Doorbell(place.doorbell_url)
    office = WatchedOffice(doorbell)
    async with serving(settings, Parts(TokenVerifier(settings), doorbell, office)) as service:
        olga, lena = Person(service, "olga"), Person(service, "lena")
        chat = done(await olga.start("lena"))["conversation"]["id"]
        before = await rows_of("messages")
        deactivated, sent = await queued(
            office,
            place,
            olga.attempt("deactivateUser", userId=await service.user("lena")),
            lena.attempt("sendMessage", conversationId=chat, body="After the end"),
        )
        assert deactivated.data["deactivateUser"]["errors"] == []
        assert sent.codes == ["UNAUTHENTICATED"]
        assert await rows_of("messages") == before


async def test_a_mutation_that_waited_meets_its_gate_again(place: Place) -> None:
    """A2: an administrator who loses the role while a mutation waits does not administer."""
    settings = place.settings()
    doorbell = Doorbell(place.doorbell_url)
    office = WatchedOffice(doorbell)
    async with serving(settings, Parts(TokenVerifier(settings), doorbell, office)) as service:
        adam = Person(service, "adam")
        _, refused = await queued(
            office,
            place,
            _revoke(service),
            adam.attempt("deactivateUser", userId=await service.user("nora")),
        )
        assert refused.codes == ["FORBIDDEN"]
        [nora] = [row for row in await rows_of("users") if row["source_id"] == "nora"]
        assert nora["status"] == "ACTIVE"


async def _revoke(service: Service) -> Answer:
    """Take adam's role away by hand."""
    account = (await Account.get(slug=ACCOUNT)).id
    await service.parts.office.run(revoke_role, account, "adam", Role.ACCOUNT_ADMIN, None)
    return Answer(200, {})
