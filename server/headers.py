"""What a browser is told about each answer, and about those that are neither page nor file."""

from collections.abc import Collection, Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# A page holds a token: where it was opened is told to nobody.
EVERYWHERE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
POLICY = "Content-Security-Policy"

Policy = Mapping[str, Collection[str]]


def answer_headers() -> dict[str, str]:
    """The headers of what is for programs: nobody keeps it, nor is it ever a document."""
    return {
        **EVERYWHERE,
        POLICY: written({"default-src": ("'none'",), "frame-ancestors": ("'none'",)}),
        "Cache-Control": "no-store",
    }


def written(policy: Policy) -> str:
    """A policy as the header has it."""
    return "; ".join(" ".join((name, *sources)) for name, sources in policy.items())


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
