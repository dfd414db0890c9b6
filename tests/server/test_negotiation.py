"""GraphQL over HTTP: types, status codes and methods, where the audits do not look."""

import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gql.execution.documents import DocumentCache
from server.negotiation import GRAPHQL_RESPONSE, JSON, LONGEST_HEADER, answered_as
from tests.support.operations import MUTATIONS
from tests.support.places import Place
from tests.support.raw import request
from tests.support.service import Service, serving
from tests.support.snapshot import unchanged

# What clients send, and which type they get.
ACCEPTED = {
    "": JSON,
    "*/*": JSON,
    "application/*": JSON,
    "application/json": JSON,
    "text/html": JSON,
    "text/event-stream": JSON,
    "application/json, application/graphql-response+json": GRAPHQL_RESPONSE,
    "application/graphql-response+json": GRAPHQL_RESPONSE,
    "APPLICATION/GraphQL-Response+JSON; charset=utf-8, application/json": GRAPHQL_RESPONSE,
    "*/*, application/graphql-response+json": GRAPHQL_RESPONSE,
    # urql's, Apollo Client's, and the draft's own.
    "application/graphql-response+json, application/graphql+json, application/json, "
    "text/event-stream, multipart/mixed": GRAPHQL_RESPONSE,
    "application/graphql-response+json,application/json;q=0.9": GRAPHQL_RESPONSE,
    "application/graphql-response+json; charset=utf-8, application/json; charset=utf-8": (
        GRAPHQL_RESPONSE
    ),
    "application/graphql-response+json;q=0.5, application/json": JSON,
    "application/graphql-response+json;q=0, */*": JSON,
    "application/graphql-response+json;q=0": JSON,
    "application/json;q=0, */*": GRAPHQL_RESPONSE,
    "application/json; q=0.2, */*; q=0.3": GRAPHQL_RESPONSE,
    "application/graphql-response+json;q=high": GRAPHQL_RESPONSE,
    # A weight out of range is none.
    "application/graphql-response+json, application/json;q=7": GRAPHQL_RESPONSE,
    "application/graphql-response+json, application/json;q=inf": GRAPHQL_RESPONSE,
    "application/graphql-response+json;q=-1, application/json;q=0.5": GRAPHQL_RESPONSE,
    "application/graphql-response+json;q=nan, application/json;q=0.5": GRAPHQL_RESPONSE,
    "xapplication/graphql-response+jsonp": JSON,
}

# Requests of which nothing is executed, which both types tell apart.
NOT_BEGUN = {
    "syntax": {"query": "{"},
    "unknown field": {"query": "{ nothing }"},
    "variable": {"query": "query A($id: ID!) { __typename }", "variables": {"id": None}},
    "several operations": {"query": "query A { __typename } query B { __typename }"},
}
# And those that are no request at all.
NO_REQUESTS = {
    "no JSON": b"{",
    "no query": b"{}",
    "no such operation": b'{"query": "query A { __typename }", "operationName": "B"}',
    "a subscription": b'{"query": "subscription { feed { cursor } }"}',
}
TYPES = (JSON, GRAPHQL_RESPONSE)


@pytest.mark.parametrize(("accept", "media_type"), ACCEPTED.items())
def test_accept(accept: str, media_type: str) -> None:
    """The newer type is for who names it and wants it no less, the older for all others."""
    assert answered_as(accept) == media_type


@given(st.lists(st.sampled_from([*ACCEPTED, ";", "q=", ",", "nan", "=", " "]) | st.text()))
def test_accept_anything(parts: list[str]) -> None:
    """Whatever stands there, there is an answer."""
    assert answered_as(",".join(parts)) in TYPES


def test_accept_too_much() -> None:
    """A header that no client sends is not looked through."""
    assert answered_as("a/b," * LONGEST_HEADER + GRAPHQL_RESPONSE) == JSON


async def test_what_is_not_begun(service: Service) -> None:
    """A request of which nothing was executed has no data; its status is 400 in the newer type."""
    for media_type, status in ((JSON, 200), (GRAPHQL_RESPONSE, 400)):
        for why, body in NOT_BEGUN.items():
            response = await request(
                f"{service.url}/graphql",
                content=json.dumps(body).encode(),
                headers={"Accept": media_type},
            )
            assert response.status_code == status, (why, media_type)
            assert response.headers["content-type"] == media_type
            assert "data" not in response.json()


async def test_what_is_no_request(service: Service) -> None:
    """What is no request at all is 400 in either type; so are the other refusals in theirs."""
    url = f"{service.url}/graphql"
    for media_type in TYPES:
        headers = {"Accept": media_type}
        for why, body in NO_REQUESTS.items():
            response = await request(url, content=body, headers=headers)
            assert (response.status_code, why) == (400, why)
            assert response.headers["content-type"] == media_type
            assert list(response.json()) == ["errors"]
        for status, response in (
            (401, await request(url, content=b"{}", token="x", headers=headers)),
            (405, await request(url, "PUT", headers=headers)),
            (413, await request(url, content=b" " * 300_000, headers=headers)),
            (415, await request(url, content=b"{}", content_type="text/plain", headers=headers)),
        ):
            assert response.status_code == status
            assert response.headers["content-type"] == media_type


async def test_what_failed_in_its_execution(service: Service) -> None:
    """An operation that was executed is 200 in either type, also where nothing came of it."""
    body = b'{"query": "{ viewer { unreadCount } }"}'
    for media_type in TYPES:
        response = await request(
            f"{service.url}/graphql", content=body, headers={"Accept": media_type}
        )
        assert (response.status_code, response.json()["data"]) == (200, None)
        assert response.headers["content-type"] == media_type


async def test_what_nobody_foresaw(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails before its execution through no fault of the client is 500 in either type."""

    def fail(_: DocumentCache) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr(DocumentCache, "on_execute", fail)
    for media_type in TYPES:
        response = await request(
            f"{service.url}/graphql",
            content=b'{"query": "{ __typename } # which nobody has asked yet"}',
            headers={"Accept": media_type},
        )
        assert response.status_code == 500
        [error] = response.json()["errors"]
        assert error["extensions"] == {"code": "INTERNAL"}
        assert "hunter2" not in response.text


async def test_content_types(service: Service) -> None:
    """The request's type is known in any case, and with parameters."""
    for content_type in ("Application/JSON", "application/json;charset=UTF-8", JSON + " ; a=b"):
        response = await request(
            f"{service.url}/graphql",
            content=b'{"query": "{ __typename }"}',
            content_type=content_type,
        )
        assert response.json()["data"] == {"__typename": "Query"}, content_type


async def test_get(place: Place) -> None:
    """By GET come queries alone, where it is on: a page elsewhere can have a browser send it."""
    mutation = urlencode(
        {"query": MUTATIONS["setMessagingMode"], "variables": '{"input": {"mode": "OFF"}}'}
    )
    async with serving(place.settings(get_queries=True)) as service:
        url, token = f"{service.url}/graphql", service.token("olga")
        async with unchanged():
            for query in (mutation, urlencode({"query": "subscription { feed { cursor } }"})):
                for media_type in TYPES:
                    response = await request(
                        f"{url}?{query}", "GET", token=token, headers={"Accept": media_type}
                    )
                    assert (response.status_code, response.headers["allow"]) == (405, "POST")
                    assert response.json()["errors"][0]["extensions"] == {"code": "BAD_INPUT"}
        # Empty is as good as missing, and + is a space.
        for query in ("query={__typename}&operationName=", "query=query+A+{__typename}"):
            answer = await request(f"{url}?{query}", "GET", headers={"Accept": GRAPHQL_RESPONSE})
            assert answer.json()["data"] == {"__typename": "Query"}
