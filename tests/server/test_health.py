"""What a browser and an operator's machinery meet: health, switches, CORS."""

from collections.abc import AsyncIterator
from typing import NoReturn

import pytest

from models.database import Database
from tests.support.client import Client
from tests.support.places import Place
from tests.support.raw import codes, request
from tests.support.service import Service, serving
from tests.support.snapshot import unchanged

PAGE = "https://lms.example"
QUERY = "/graphql?query={viewer{user{name}}}"
MODE = "mutation{setMessagingMode(input:{mode:OFF}){viewer{messagingMode}}}"


@pytest.fixture
async def open_service(place: Place) -> AsyncIterator[Service]:
    """The service with everything on that the demo has on, and a page elsewhere."""
    settings = place.settings(get_queries=True, explorer=True, allowed_origins=PAGE)
    async with serving(settings) as service:
        yield service


async def test_health(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """/health answers 200 while the database does, else 503, and asks nobody who they are."""
    response = await request(f"{service.url}/health", "GET")
    assert (response.status_code, response.json()) == (200, {"database": "ok", "doorbell": "ok"})

    async def fail(*_: object) -> NoReturn:
        raise ConnectionError("the password is hunter2")

    monkeypatch.setattr(Database, "values", fail)
    response = await request(f"{service.url}/health", "GET")
    assert (response.status_code, response.json()) == (
        503,
        {"database": "unreachable", "doorbell": "ok"},
    )


async def test_queries_by_get(open_service: Service) -> None:
    """Queries come by GET where that is on; mutations never do."""
    on = await request(open_service.url + QUERY, "GET", token=open_service.token("lena"))
    assert on.json()["data"] == {"viewer": {"user": {"name": "Lena Cast"}}}
    assert codes(await request(open_service.url + QUERY, "GET")) == ["UNAUTHENTICATED"]
    async with unchanged():
        mode = f"{open_service.url}/graphql?query={MODE}"
        response = await request(mode, "GET", token=open_service.token("olga"))
        assert (response.status_code, codes(response)) == (405, ["BAD_INPUT"])


async def test_no_queries_by_get(service: Service) -> None:
    """Nothing comes by GET where that is off."""
    async with unchanged():
        for query in (QUERY, f"/graphql?query={MODE}"):
            off = await request(service.url + query, "GET", token=service.token("olga"))
            assert (off.status_code, codes(off)) == (405, ["BAD_INPUT"])
            assert off.headers["allow"] == "POST"


async def test_introspection(place: Place) -> None:
    """With introspection off nobody is told what there is, not even by a suggestion."""
    settings = place.settings().model_copy(update={"introspection": False})
    async with serving(settings) as service:
        for name in ("olga", None):
            client = service.as_(name) if name else Client(service.url)
            for document in (
                "{ __schema { queryType { name } } }",
                '{ __type(name: "User") { name } }',
            ):
                assert set((await client.ask(document)).codes) == {"BAD_INPUT"}
            typo = await client.ask("{ viewr { unreadCount } }")
            assert typo.codes == ["BAD_INPUT"]
            assert "viewer" not in str(typo.body)
            assert await client.data("{ __typename }") == {"__typename": "Query"}


def preflight(origin: str) -> dict[str, str]:
    """What a browser asks before a page of that origin may call."""
    return {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }


async def test_cors(open_service: Service) -> None:
    """Pages of listed origins may call, errors included."""
    url = f"{open_service.url}/graphql"
    allowed = await request(url, "OPTIONS", headers=preflight(PAGE))
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == PAGE
    for body in (b'{"query": "{ __typename }"}', b"no JSON", b" " * 300_000):
        answer = await request(url, content=body, headers={"Origin": PAGE})
        assert answer.headers["access-control-allow-origin"] == PAGE
        assert "access-control-allow-credentials" not in answer.headers
    bad = await request(url, content=b"{}", token="x", headers={"Origin": PAGE})
    assert (bad.status_code, bad.headers["access-control-allow-origin"]) == (401, PAGE)
    assert bad.headers["access-control-expose-headers"] == "Retry-After"
    refused = await request(url, "OPTIONS", headers=preflight("https://evil.example"))
    assert refused.status_code == 400
    assert "access-control-allow-origin" not in refused.headers


async def test_no_cors(service: Service) -> None:
    """Where no origin is listed, no page elsewhere may call."""
    refused = await request(f"{service.url}/graphql", "OPTIONS", headers=preflight(PAGE))
    assert refused.status_code == 400
    assert "access-control-allow-origin" not in refused.headers
