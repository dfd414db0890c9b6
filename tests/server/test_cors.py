"""What an answer tells of its origin, held against Starlette's middleware, which it stands for."""

from itertools import product

import pytest
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.headers import WithHeaders, answer_headers

pytestmark = pytest.mark.sqlite_only("no database")

ALLOWED = ("https://lms.example", "http://localhost:3000")
ORIGINS = (
    [],
    *[[(b"origin", each.encode())] for each in (*ALLOWED, "https://evil.example", "null", "")],
    [(b"origin", b"https://evil.example"), (b"origin", b"https://lms.example")],
    [(b"origin", b"https://lms.example"), (b"origin", b"https://evil.example")],
    [(b"origin", b"HTTPS://LMS.example")],
    [(b"origin", b"https://b\xfccher.example")],
)
ASKING: tuple[list[tuple[bytes, bytes]], ...] = (
    [],
    [(b"access-control-request-method", b"POST")],
    [(b"access-control-request-method", b"PUT")],
    [
        (b"access-control-request-method", b"POST"),
        (b"access-control-request-headers", b"authorization, x-other"),
    ],
)
GIVEN: tuple[list[tuple[bytes, bytes]], ...] = (
    [],
    [(b"content-length", b"0"), (b"vary", b"Accept"), (b"x-last", b"1")],
    [(b"content-security-policy", b"default-src 'self'"), (b"vary", b"Accept-Encoding")],
)


async def answered(app: ASGIApp, method: str, headers: list[tuple[bytes, bytes]]) -> list[Message]:
    """What the application sends."""
    scope: Scope = {"type": "http", "method": method, "path": "/", "headers": headers}
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent


@pytest.mark.parametrize("given", GIVEN)
@pytest.mark.parametrize("allowed", [(), ALLOWED])
async def test_as_starlette_has_it(
    allowed: tuple[str, ...], given: list[tuple[bytes, bytes]]
) -> None:
    """Every header of every answer, in its place, with those that all answers have behind."""

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": list(given)})
        await send({"type": "http.response.body", "body": b"Hello"})

    starlettes = CORSMiddleware(
        app,
        allow_origins=allowed,
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type"],
        expose_headers=["Retry-After"],
        max_age=86_400,
    )
    on_all = [(name.lower().encode(), value.encode()) for name, value in answer_headers().items()]
    ours = WithHeaders(app, allowed)
    for method, origin, asking in product(("GET", "POST", "OPTIONS", "HEAD"), ORIGINS, ASKING):
        headers = [(b"host", b"h"), *asking, *origin]
        start, *rest = await answered(starlettes, method, headers)
        has_policy = any(name == b"content-security-policy" for name, _ in start["headers"])
        start["headers"] = [*start["headers"], *([] if has_policy else on_all)]
        assert await answered(ours, method, headers) == [start, *rest], (method, origin, asking)
