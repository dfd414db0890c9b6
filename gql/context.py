"""What every resolver of one operation has at hand."""

from dataclasses import dataclass, field
from typing import TypeAlias

from strawberry.types import Info as StrawberryInfo

from gql.loaders import Loaders
from messaging.doorbell import Doorbell
from messaging.errors import SignedOut
from messaging.viewers import Viewer
from messaging.work import UnitOfWork
from models.database import Database, for_reading


@dataclass(slots=True)
class Context:
    """One operation: who asks, and what the server lends to it."""

    office: UnitOfWork
    doorbell: Doorbell
    # None for a request without a token. A subscription renews it before each event.
    viewer_or_none: Viewer | None
    loaders: Loaders = field(init=False)

    def __post_init__(self) -> None:
        self.loaders = Loaders(lambda: self.viewer.id)

    @property
    def viewer(self) -> Viewer:
        """Who asks. Raises SignedOut where nobody signed in."""
        if self.viewer_or_none is None:
            raise SignedOut
        return self.viewer_or_none

    @property
    def db(self) -> Database:
        """The connection for reads."""
        return for_reading()


Info: TypeAlias = StrawberryInfo[Context, None]
