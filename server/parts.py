"""What the server is made of."""

from dataclasses import dataclass, field

from gql.context import Context
from messaging.doorbell import Doorbell
from messaging.feed.reader import FeedReader
from messaging.rates.allowances import Allowances
from messaging.rates.rates import Deed
from messaging.viewer_reader import ViewerReader
from messaging.viewers import Viewer
from messaging.work import UnitOfWork
from server.authentication import Session, sign_in
from server.callers import Caller
from server.tokens import TokenExpired, TokenRefused, TokenVerifier


@dataclass(frozen=True, slots=True)
class Parts:
    """What all requests of a process share; tests hand in their own."""

    verifier: TokenVerifier
    doorbell: Doorbell
    office: UnitOfWork
    reader: FeedReader = field(default_factory=FeedReader)
    viewers: ViewerReader = field(default_factory=ViewerReader)
    allowances: Allowances = field(default_factory=Allowances)

    async def sign_in(self, authorization: str, caller: Caller) -> Session:
        """Who calls. Raises TokenExpired, TokenRefused, RateLimited, KeysOutOfReach."""
        try:
            session = await sign_in(self.verifier, self.viewers, authorization)
        except TokenExpired:
            # Of somebody who was here: their page comes back with a new one.
            raise
        except TokenRefused:
            # Only who fails is counted: a neighbour behind the same address gets in all the same.
            rates = self.allowances.rates
            await rates.spend(Deed.FAILED_SIGN_IN, address=caller.address)
            raise
        caller.admit(session.viewer)
        return session

    def context(self, viewer: Viewer | None, caller: Caller) -> Context:
        """The context of one operation of that viewer."""
        return Context(
            self.office, self.doorbell, self.reader, viewer, self.allowances, caller.address
        )
