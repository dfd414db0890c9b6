"""How many sockets one address, and one person, may have open in a process.

A stream of server-sent events is open for as long, and counts as one.
"""

from contextlib import AbstractContextManager, ExitStack

from starlette.types import ASGIApp, Receive, Scope, Send

from messaging.errors import RateLimited
from messaging.rates.allowances import Allowances
from messaging.viewers import Viewer
from server.callers import CALLER, Caller, caller_of
from server.closing import TRY_AGAIN_LATER
from server.over_sockets import PROTOCOL


class CountedSockets:
    """Sockets, as many as are allowed."""

    def __init__(self, app: ASGIApp, allowances: Allowances) -> None:
        self._app = app
        self._allowances = allowances

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one, or refuse it; its place is free again when it has ended."""
        host = caller_of(scope).host
        with ExitStack() as places:

            def admit(viewer: Viewer) -> None:
                places.enter_context(self._allowances.sockets_of_user.one_more(viewer.id))

            caller = Caller(host, admit)
            if caller.address is not None:
                try:
                    place = self._allowances.sockets_of_address.one_more(caller.address)
                    places.enter_context(place)
                except RateLimited as limited:
                    await _refuse(limited, scope, receive, send)
                    return
            scope[CALLER] = caller
            await self._app(scope, receive, send)


def places_of_stream(
    allowances: Allowances, caller: Caller, viewer: Viewer | None
) -> AbstractContextManager[object]:
    """The places that a stream has among the sockets while the context is open.

    Raises RateLimited where there are none, and takes none then.
    """
    with ExitStack() as places:
        if caller.address is not None:
            places.enter_context(allowances.sockets_of_address.one_more(caller.address))
        if viewer is not None:
            places.enter_context(allowances.sockets_of_user.one_more(viewer.id))
        return places.pop_all()


async def _refuse(limited: RateLimited, scope: Scope, receive: Receive, send: Send) -> None:
    """Accept and close at once: a browser tells nobody why a handshake failed."""
    await receive()
    protocol = PROTOCOL if PROTOCOL in scope["subprotocols"] else None
    await send({"type": "websocket.accept", "subprotocol": protocol})
    await send({"type": "websocket.close", "code": TRY_AGAIN_LATER, "reason": str(limited)})
