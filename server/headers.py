"""What a browser is told about each answer, and about those that are neither page nor file."""

from collections.abc import Collection, Iterable, Mapping
from typing import TypeAlias

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# A page holds a token: where it was opened is told to nobody.
EVERYWHERE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
POLICY = "Content-Security-Policy"

Policy = Mapping[str, Collection[str]]
# As ASGI has them.
Header: TypeAlias = tuple[bytes, bytes]


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

    Pages and files have a policy of their own, and with it all the rest. Beside it a browser is
    told which origins' pages may read an answer (CORS). That depends on the origin alone: it is
    known before anybody asks, where Starlette's middleware would work it out for each answer.
    """

    def __init__(self, app: ASGIApp, allowed_origins: Collection[str]) -> None:
        self._app = app
        # Answers who asks for leave first, by OPTIONS.
        self._cors = CORSMiddleware(
            app,
            allow_origins=allowed_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type"],
            expose_headers=["Retry-After"],
            max_age=86_400,
        )
        self._to_others = _raw(self._cors.simple_headers)
        self._by_origin = {
            origin.encode(): [*self._to_others, (_ALLOWED, origin.encode())]
            for origin in allowed_origins
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_asking = scope["method"] == "OPTIONS"
        about_origin = None if is_asking else self._about(scope["headers"])

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _with(message["headers"], about_origin)
            await send(message)

        await (self._cors if is_asking else self._app)(scope, receive, send_with_headers)

    def _about(self, headers: Iterable[Header]) -> list[Header]:
        """What an answer to a request with these headers says of its origin."""
        for name, value in headers:
            if name == b"origin":
                return self._by_origin.get(value, self._to_others)
        return []


def _with(given: Iterable[Header], about_origin: list[Header] | None) -> list[Header]:
    headers = list(given)
    names = {name for name, _ in headers}
    if about_origin is not None:
        headers += about_origin
        if _VARY in names:
            headers = [
                (name, value + b", Origin" if name == _VARY else value) for name, value in headers
            ]
        else:
            headers.append((_VARY, b"Origin"))
    if _POLICY not in names:
        headers += _ADDED
    return headers


def _raw(headers: Mapping[str, str]) -> list[Header]:
    """Headers as ASGI has them."""
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


_VARY, _POLICY, _ALLOWED = b"vary", POLICY.lower().encode(), b"access-control-allow-origin"
# One list for all answers.
_ADDED = _raw(answer_headers())
