"""Errors of requests: each with its code, none a surprise, none with what is not the client's."""

import json
import logging
from dataclasses import replace
from typing import Any, NoReturn

import pytest

from messaging.work import UnitOfWork
from server.app import make_parts
from server.tokens import Claims, TokenVerifier
from tests.support.client import Failed
from tests.support.operations import MUTATIONS
from tests.support.people import Person
from tests.support.places import Place
from tests.support.raw import codes, request, wire
from tests.support.service import Service, serving
from tests.support.snapshot import unchanged

LEAK = "the password is hunter2"

BAD_BODIES = {
    "nothing": b"",
    "no JSON": b"hello",
    "half a JSON": b'{"query": ',
    "a list": b"[]",
    "a batch": b'[{"query": "{ __typename }"}]',
    "a text": b'"{ __typename }"',
    "a number": b"5",
    "null": b"null",
    "bad UTF-8": b'{"query": "{ \xff }"}',
    "half a surrogate pair as bytes": b'{"query": "{ __typename } # \xed\xa0\x80"}',
    "UTF-16": '{"query": "{ __typename }"}'.encode("utf-16"),
    "UTF-32": '{"query": "{ __typename }"}'.encode("utf-32"),
    "a huge integer": b'{"query": "{ __typename }", "variables": {"a": ' + b"9" * 5_000 + b"}}",
    "very deep lists": b"[" * 100_000,
    "very deep objects": b'{"a":' * 30_000 + b"1" + b"}" * 30_000,
    "no query": b"{}",
    "query null": b'{"query": null}',
    "query empty": b'{"query": ""}',
    "query a number": b'{"query": 5}',
    "variables a list": b'{"query": "{ __typename }", "variables": []}',
    "variables a text": b'{"query": "{ __typename }", "variables": "a"}',
    "extensions a list": b'{"query": "{ __typename }", "extensions": []}',
    "operation name a number": b'{"query": "{ __typename }", "operationName": 5}',
    "operation name a list": b'{"query": "{ __typename }", "operationName": []}',
    "operation name unknown": b'{"query": "query A { __typename }", "operationName": "B"}',
    "half a surrogate pair": b'{"query": "query A { __typename }", "operationName": "\\ud800"}',
    "no operation": b'{"query": "fragment A on Query { __typename }"}',
}

# A document, its variables.
BAD_DOCUMENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "syntax": ("{ viewer { ", {}),
    "only white space": ("  ", {}),
    "unknown field": ("{ nothing }", {}),
    "no selection": ("{ viewer }", {}),
    "unknown argument": ("{ conversations(offset: 3) { edges { cursor } } }", {}),
    "missing argument": ("{ node { id } }", {}),
    "unknown fragment": ("{ ...A }", {}),
    "recursive fragment": ("{ ...A } fragment A on Query { ...A }", {}),
    "conflicting fields": ('{ node(id: "a") { id } node(id: "b") { id } }', {}),
    "missing variable": ("query ($id: ID!) { node(id: $id) { id } }", {}),
    "variable of a wrong type": (
        "query ($n: Int) { courses(first: $n) { __typename } }",
        {"n": ""},
    ),
    "integer too large": ("query ($n: Int) { courses(first: $n) { __typename } }", {"n": 2**31}),
    "unknown enum value": ("{ users(status: AWAY) { __typename } }", {}),
    "unknown input field": (
        'mutation { deleteChat(input: {conversationId: "a", b: 1}) { __typename } }',
        {},
    ),
    "deferred": ("{ viewer { ... @defer { unreadCount } } }", {}),
    "character of no text": ("{ \x00 }", {}),
    "two subscriptions": ("subscription { a: feed { cursor } b: feed { cursor } }", {}),
}


TYPENAME = b'{"query": "{ __typename }"}'

BAD_CONTENT_TYPES = (
    None,
    "text/plain",
    "application/graphql",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=a",
    "xapplication/jsonp",
    "text/plain; application/json",
)


async def test_a_body_that_is_no_request(service: Service) -> None:
    """Whatever is no GraphQL request gets 400 and BAD_INPUT as JSON, and changes nothing."""
    token = service.token("ines")
    async with unchanged():
        for name, body in BAD_BODIES.items():
            response = await request(f"{service.url}/graphql", content=body, token=token)
            assert (response.status_code, codes(response)) == (400, ["BAD_INPUT"]), name


async def test_what_is_no_text(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    """Bytes that are not UTF-8 get a code wherever they stand, and the log says nothing."""
    async with serving(place.settings(get_queries=True)) as service:
        caplog.clear()
        url = f"{service.url}/graphql"
        for query in ("query={__typename}%23%ff", "query={__typename}&operationName=%ed%a0%80"):
            response = await request(f"{url}?{query}", "GET")
            assert (response.status_code, codes(response)) == (400, ["BAD_INPUT"]), query
        for name, status in (("Content-Type", 415), ("Authorization", 401)):
            headers = {"Content-Type": "application/json", name: "\xff\xfe"}
            response = await request(url, content=TYPENAME, content_type=None, headers=headers)
            assert (response.status_code, len(codes(response))) == (status, 1), name
        for body in (BAD_BODIES["bad UTF-8"], BAD_BODIES["UTF-16"]):
            assert codes(await request(url, content=body)) == ["BAD_INPUT"]
        assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []
        marked = await request(url, content=b"\xef\xbb\xbf" + TYPENAME)
        assert marked.json()["data"] == {"__typename": "Query"}


async def test_another_content_type(service: Service) -> None:
    """Only application/json is taken: a page elsewhere can send the others unasked."""
    body = b'{"query": "{ __typename }"}'
    for content_type in BAD_CONTENT_TYPES:
        response = await request(f"{service.url}/graphql", content=body, content_type=content_type)
        assert (response.status_code, codes(response)) == (415, ["BAD_INPUT"]), content_type


async def test_a_body_too_large(service: Service) -> None:
    """A body of more than 256 KB is not read to its end: 413 and BAD_INPUT as JSON."""
    for size in (256 * 1024 + 1, 3_000_000):
        response = await request(f"{service.url}/graphql", content=b" " * size)
        assert (response.status_code, codes(response)) == (413, ["BAD_INPUT"]), size


async def test_the_largest_body(service: Service) -> None:
    """A body of 256 KB is read."""
    body = b'{"query": "{ __typename }"}'
    response = await request(f"{service.url}/graphql", content=body.ljust(256 * 1024))
    assert response.json()["data"] == {"__typename": "Query"}


async def test_another_method(service: Service) -> None:
    """Only GET and POST are known at /graphql."""
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS"):
        response = await request(f"{service.url}/graphql", method)
        assert (response.status_code, codes(response)) == (405, ["BAD_INPUT"])
        assert response.headers["allow"] == "GET, POST"


async def test_a_document_that_is_none(service: Service) -> None:
    """A faulty document gets BAD_INPUT without data, and its socket lives on."""
    async with unchanged(), service.as_("ines").socket() as socket:
        for name, (document, variables) in BAD_DOCUMENTS.items():
            answer = await service.as_("ines").ask(document, **variables)
            assert answer.status < 500, name
            assert set(answer.codes) == {"BAD_INPUT"}, name
            assert answer.body.get("data") is None, name
            stream = await socket.subscribe(document, **variables)
            with pytest.raises(Failed) as failed:
                await stream.next()
            assert set(failed.value.codes) == {"BAD_INPUT"}, name
        alive = await socket.subscribe("{ __typename }")
        assert await alive.next() == {"__typename": "Query"}


# Several operations, one of each kind first.
SEVERAL = (
    "query A { __typename } query B { __typename }",
    "query A { viewer { ...C } } mutation B { __typename } fragment C on Viewer { unreadCount }",
    "mutation A { setMessagingMode(input: {mode: OFF}) { __typename } } query B { __typename }",
    "subscription A { feed { cursor } } query B { __typename }",
)


@pytest.mark.parametrize("compiled", [True, False])
async def test_several_operations_and_no_name(place: Place, *, compiled: bool) -> None:
    """Which of several operations is meant has to be said; none of them runs."""
    settings = place.settings(compiled=compiled)
    async with serving(settings) as service, service.as_("olga").socket() as socket:
        async with unchanged():
            for document in SEVERAL:
                # Twice: what is known to be valid is not looked at again.
                for _ in range(2):
                    answer = await service.as_("olga").ask(document)
                    assert (answer.codes, answer.body.get("data")) == (["BAD_INPUT"], None)
                    stream = await socket.subscribe(document)
                    with pytest.raises(Failed) as failed:
                        await stream.next()
                    assert failed.value.codes == ["BAD_INPUT"]
        named = {"query": SEVERAL[1], "operationName": "A"}
        body, token = json.dumps(named).encode(), service.token("olga")
        response = await request(f"{service.url}/graphql", content=body, token=token)
        assert response.json()["data"] == {"viewer": {"unreadCount": 0}}


class BrokenOffice(UnitOfWork):
    """An office in which nothing gets done."""

    async def run(self, *_: Any, **__: Any) -> NoReturn:
        """Fail with something that is nobody's to know."""
        raise RuntimeError(LEAK)


class BrokenVerifier(TokenVerifier):
    """A verifier that fails for reasons that are not the token's."""

    async def verify(self, token: str) -> Claims:
        """Fail with something that is nobody's to know."""
        raise RuntimeError(f"{LEAK} {token}")


def _logged(caplog: pytest.LogCaptureFixture) -> bool:
    return any(
        record.levelno == logging.ERROR and record.exc_info and LEAK in str(record.exc_info[1])
        for record in caplog.records
    )


async def test_what_nobody_foresaw(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    """A failing resolver answers INTERNAL and nothing of the exception, which is logged."""
    settings = place.settings()
    parts = make_parts(settings)
    parts = replace(parts, office=BrokenOffice(parts.doorbell))
    async with serving(settings, parts) as service:
        caplog.clear()
        answer = await Person(service, "olga").attempt("setMessagingMode", mode="OFF")
        assert (answer.status, answer.codes) == (200, ["INTERNAL"])
        assert answer.body["data"] == {"setMessagingMode": None}
        assert "hunter2" not in json.dumps(answer.body)
        assert _logged(caplog)
        async with service.as_("olga").socket() as socket:
            document = MUTATIONS["setMessagingMode"]
            stream = await socket.subscribe(document, input={"mode": "OFF"})
            frame = await stream.frames.get()
            assert (frame["type"], frame["payload"]["data"]) == ("next", {"setMessagingMode": None})
            [error] = frame["payload"]["errors"]
            assert error["extensions"] == {"code": "INTERNAL"}
            assert "hunter2" not in json.dumps(frame)
            other = await socket.subscribe("{ viewer { messagingMode } }")
            assert await other.next() == {"viewer": {"messagingMode": "ON"}}


async def test_what_nobody_foresaw_before_an_operation(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    """What fails outside any resolver is a 500 with the code, or a close that invites a retry."""
    settings = place.settings()
    parts = replace(make_parts(settings), verifier=BrokenVerifier(settings))
    async with serving(settings, parts) as service:
        caplog.clear()
        token = service.token("olga")
        response = await request(f"{service.url}/graphql", content=b"{}", token=token)
        assert (response.status_code, codes(response)) == (500, ["INTERNAL"])
        assert "hunter2" not in response.text
        assert _logged(caplog)
        async with wire(service.url) as socket:
            await socket.send(
                {"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}}
            )
            assert await socket.closed() == 4408
