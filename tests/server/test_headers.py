"""What a browser is told with answers that are for programs."""

import httpx2
import pytest

from messaging.work import UnitOfWork
from server.parts import Parts
from tests.support.raw import codes, request, wire
from tests.support.service import Service

ON_ALL = {
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}
ASKED = b'{"query": "{ __typename }"}'
# Method, path, body, status.
ANSWERS = (
    ("POST", "/graphql", ASKED, 200),
    ("POST", "/graphql", b'{"query": "{ nothing }"}', None),
    ("POST", "/graphql", b"hello", 400),
    ("POST", "/graphql", b" " * 300_000, 413),
    ("PUT", "/graphql", b"", 405),
    ("OPTIONS", "/graphql", b"", 405),
    ("GET", "/health", b"", 200),
    ("POST", "/health", b"", 405),
    ("GET", "/nowhere", b"", 404),
    ("HEAD", "/nowhere", b"", 404),
    ("POST", "/nowhere", b"", 404),
    ("GET", "/assets/none.js", b"", 404),
    ("POST", "/", b"", 405),
)


def told(response: httpx2.Response) -> dict[str, list[str]]:
    """What the response says of itself under those names, each as often as it is said."""
    return {name: response.headers.get_list(name) for name in ON_ALL}


async def test_every_answer(service: Service) -> None:
    """Data, errors, health, what is not there, what may not be: all have the headers, once."""
    once = {name: [value] for name, value in ON_ALL.items()}
    for method, path, body, status in ANSWERS:
        response = await request(service.url + path, method, body)
        assert status in (None, response.status_code), (method, path)
        assert told(response) == once, (method, path)
    refused = await request(f"{service.url}/graphql", content=ASKED, token="x")
    assert (refused.status_code, told(refused)) == (401, once)


async def test_cookies_are_nobodys(service: Service) -> None:
    """No answer leaves a cookie, and none that comes signs anybody in."""
    token = service.token("lena")
    cookies = {"Cookie": f"Authorization=Bearer {token}; token={token}; session={token}"}
    for method, path, body, _ in ANSWERS:
        response = await request(service.url + path, method, body, headers=cookies)
        assert "set-cookie" not in response.headers, (method, path)
    asked = b'{"query": "{ viewer { unreadCount } }"}'
    response = await request(f"{service.url}/graphql", content=asked, headers=cookies)
    assert codes(response) == ["UNAUTHENTICATED"]
    async with wire(service.url, headers=cookies) as socket:
        await socket.send({"type": "connection_init"})
        assert await socket.closed() == 4401


async def test_an_answer_by_accident(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also what fails unforeseen has them."""

    def fail(*_: object) -> UnitOfWork:
        raise RuntimeError

    monkeypatch.setattr(Parts, "context", fail)
    failed = await request(f"{service.url}/graphql", content=ASKED)
    assert failed.status_code == 500
    assert told(failed) == {name: [value] for name, value in ON_ALL.items()}
