"""What a browser is told about each answer that is neither a page nor a file of one."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.pages.headers import POLICY, answer_headers


class WithHeaders:
    """An application whose answers all have the headers that keep a browser from misusing them.

    Pages and files have a policy of their own, and with it all the rest.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = message["headers"]
                if not any(name == _POLICY for name, _ in given):
                    message["headers"] = [*given, *_ADDED]
            await send(message)

        await self._app(scope, receive, send_with_headers)


# As ASGI has them: one list for all answers.
_POLICY = POLICY.lower().encode()
_ADDED = [(name.lower().encode(), value.encode()) for name, value in answer_headers().items()]
