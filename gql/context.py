"""What every resolver of one operation has at hand."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Concatenate, ParamSpec, TypeAlias, TypeVar

from strawberry.types import Info as StrawberryInfo

from gql.errors import Forbidden
from gql.loaders import Loaders
from messaging.doorbell import Doorbell
from messaging.errors import SignedOut
from messaging.feed.reader import FeedReader
from messaging.rates.allowances import UNLIMITED, Allowances
from messaging.rates.rates import Deed
from messaging.viewers import Viewer, admit_active, load_viewer
from messaging.work import UnitOfWork, Work
from models import Role
from models.database import Database, for_reading

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True)
class Context:
    """One operation: who asks, and what the server lends to it."""

    office: UnitOfWork
    doorbell: Doorbell
    reader: FeedReader
    # None for a request without a token.
    viewer_or_none: Viewer | None
    allowances: Allowances = UNLIMITED
    # From where; None where that is nobody's to limit.
    address: str | None = None
    # Whom the mutation that runs lets pass; the fields of a mutation run one after the other.
    roles_admitted: frozenset[Role] = frozenset()
    _loaders: Loaders | None = field(init=False, default=None)

    @property
    def viewer(self) -> Viewer:
        """Who asks. Raises SignedOut where nobody signed in."""
        if self.viewer_or_none is None:
            raise SignedOut
        return self.viewer_or_none

    @property
    def loaders(self) -> Loaders:
        """What reads nested fields for the viewer. Raises SignedOut."""
        if self._loaders is None:
            self._loaders = Loaders(self.viewer)
        return self._loaders

    def renew(self, viewer: Viewer) -> None:
        """Go on for the viewer as they are now, as a subscription does before each event."""
        self.viewer_or_none = viewer
        self._loaders = None

    async def perform(
        self,
        action: Callable[Concatenate[Work, Viewer, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run an action of the viewer in a transaction, under the rights they have there.

        Between the gate and the transaction lies the wait for the database's writer, in which
        they may have been deactivated or lost a role. Raises SignedOut, Forbidden.
        """

        async def act(work: Work) -> T:
            viewer = await load_viewer(work.db, self.viewer.id)
            self.admit(viewer)
            return await action(work, viewer, *args, **kwargs)

        return await self.office.run(act)

    async def spend(self, deeds: Iterable[Deed]) -> None:
        """Count what the viewer is about to do. Raises RateLimited."""
        for deed in deeds:
            await self.allowances.rates.spend(deed, user_id=self.viewer.id, address=self.address)

    def admit(self, viewer: Viewer) -> None:
        """Let the viewer, as they are now, go on in the mutation that runs.

        Raises SignedOut, Forbidden.
        """
        admit_active(viewer)
        if self.roles_admitted.isdisjoint(viewer.roles):
            raise Forbidden

    @property
    def db(self) -> Database:
        """The connection for reads."""
        return for_reading()


Info: TypeAlias = StrawberryInfo[Context, None]
