"""From a request's words to the one calling."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from messaging.patience import BRIEFLY_SECONDS, patiently
from messaging.viewer_reader import ViewerReader
from messaging.viewers import Viewer
from server.tokens import TokenRefused, TokenVerifier


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in, and until when."""

    viewer: Viewer
    expires_at: datetime


async def sign_in(verifier: TokenVerifier, viewers: ViewerReader, authorization: str) -> Session:
    """Who calls with this Authorization (RFC 6750 §2.1).

    Raises TokenExpired; TokenRefused also for the unknown, deactivated and removed (W4).
    """
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenRefused("Authorization must be `Bearer` and a token.")
    claims = await verifier.verify(token.strip())
    find = partial(viewers.find, claims.account, claims.source_id)
    viewer = await patiently(find, limit_seconds=BRIEFLY_SECONDS)
    if viewer is None or not viewer.is_active:
        raise TokenRefused("The token is of nobody who may be here.")
    return Session(viewer, claims.expires_at)
