"""Services whose rings are lost, all or some."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from messaging.doorbell import Doorbell, Ring, Topic
from messaging.work import UnitOfWork
from server.parts import Parts
from server.tokens import TokenVerifier
from tests.support.places import Place
from tests.support.service import Service, serving


class DeafDoorbell(Doorbell):
    """A doorbell whose rings are all lost."""

    def ring(self, rings: Iterable[Ring]) -> None:
        """Do nothing."""


class HalfDeafDoorbell(Doorbell):
    """A doorbell that wakes nobody for their feed."""

    def wake(self, rings: Iterable[Ring]) -> None:
        """Ring for what a person may do."""
        super().wake(ring for ring in rings if ring.topic is Topic.ACCESS)


@asynccontextmanager
async def serving_with(
    doorbell: Doorbell, place: Place, *, poll_seconds: float
) -> AsyncIterator[Service]:
    """The service with that doorbell."""
    settings = place.settings(poll_seconds=poll_seconds)
    parts = Parts(TokenVerifier(settings), doorbell, UnitOfWork(doorbell))
    async with serving(settings, parts) as service:
        yield service
