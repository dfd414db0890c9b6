"""What the server is made of."""

from dataclasses import dataclass, field

from gql.context import Context
from messaging.doorbell import Doorbell
from messaging.feed.reader import FeedReader
from messaging.viewer_reader import ViewerReader
from messaging.viewers import Viewer
from messaging.work import UnitOfWork
from server.authentication import Session, sign_in
from server.tokens import TokenVerifier


@dataclass(frozen=True, slots=True)
class Parts:
    """What all requests of a process share; tests hand in their own."""

    verifier: TokenVerifier
    doorbell: Doorbell
    office: UnitOfWork
    reader: FeedReader = field(default_factory=FeedReader)
    viewers: ViewerReader = field(default_factory=ViewerReader)

    async def sign_in(self, authorization: str) -> Session:
        """Who calls. Raises TokenExpired, TokenRefused."""
        return await sign_in(self.verifier, self.viewers, authorization)

    def context(self, viewer: Viewer | None) -> Context:
        """The context of one operation of that viewer."""
        return Context(self.office, self.doorbell, self.reader, viewer)
