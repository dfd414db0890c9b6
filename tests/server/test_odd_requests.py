"""Requests of forms and with values that nobody would send: nothing in them is unforeseen."""

import json
from typing import Any

import pytest

from tests.support.client import Failed
from tests.support.raw import codes, request, wire
from tests.support.service import Service
from tests.support.snapshot import unchanged

REFUSALS = {"BAD_INPUT", "OPERATION_TOO_COMPLEX"}

ODD_VALUES: dict[str, str] = {
    "not a number": "NaN",
    "infinite": "Infinity",
    "beyond floats": "1e999",
    "a huge integer": "1" + "0" * 4_000,
    "a huge float": "1e308",
    "minus": "-1",
    "nothing": "0",
    "true": "true",
    "null": "null",
    "a list": "[1]",
    "an object": '{"a": 1}',
    "a text": '"5"',
    "half a surrogate pair": '"\\ud800"',
    "NUL": '"\\u0000"',
    "an emoji": '"\\ud83d\\ude00"',
    "very long": '"' + "a" * 200_000 + '"',
    "of base64": '"AAAAAAAAAAAA=="',
    "a cursor of nothing": '"W10"',
    "a cursor of much": '"' + "W1tb" * 40_000 + '"',
    "a path": '"../../etc/passwd"',
    "a statement": '"\'; DROP TABLE users; --"',
    "a pattern": '"%_!%"',
    "the prototype": '{"__proto__": null, "constructor": []}',
}

# Every argument that a query or a subscription has, of any type.
ODD_DOCUMENTS = (
    "query ($a: Int) { conversations(first: $a) { __typename } }",
    "query ($a: Int) { users(first: $a) { __typename } }",
    "query ($a: String) { conversations(after: $a) { __typename } }",
    "query ($a: String) { recipients(search: $a) { __typename } }",
    "query ($a: String) { courses(after: $a) { __typename } }",
    "query ($a: Boolean) { conversations(unreadOnly: $a) { __typename } }",
    "query ($a: UserStatus) { users(status: $a) { __typename } }",
    "query ($a: ID!) { node(id: $a) { __typename } }",
    'query ($a: ID!) { conversation(id: $a) { messages(before: "W10") { __typename } } }',
    "query ($a: Boolean!) { viewer @skip(if: $a) { unreadCount } }",
    "mutation ($a: SendMessageInput!) { sendMessage(input: $a) { __typename } }",
    "mutation ($a: ID!) { sendMessage(input: {conversationId: $a, body: $a}) { __typename } }",
    'mutation ($a: Int!) { markRead(input: {conversationId: "a", upToSeq: $a}) { __typename } }',
)
ODD_CODES = {*REFUSALS, "NOT_FOUND", "FORBIDDEN"}


async def test_odd_values(service: Service) -> None:
    """Whatever a variable is, nothing fails that the client is not told of by a code."""
    token, asked = service.token("olga"), 0
    async with unchanged():
        for document in ODD_DOCUMENTS:
            for name, value in ODD_VALUES.items():
                body = f'{{"query": {json.dumps(document)}, "variables": {{"a": {value}}}}}'
                response = await request(
                    f"{service.url}/graphql", content=body.encode(), token=token
                )
                found = set(codes(response))
                assert response.status_code in (200, 400), (document, name)
                assert found <= ODD_CODES, (document, name, response.text[:300])
                asked += 1
    assert asked == len(ODD_DOCUMENTS) * len(ODD_VALUES)


ODD_REQUESTS: dict[str, Any] = {
    "an empty document": {"query": ""},
    "only comments": {"query": "# nothing"},
    "only fragments": {"query": "fragment a on Query { __typename }"},
    "an empty selection": {"query": "{ }"},
    "an empty selection below": {"query": "{ viewer { } }"},
    "a schema": {"query": "type A { b: C }"},
    "an extension": {"query": "extend type Query { b: Int } query { __typename }"},
    "an unknown operation": {"query": "query a { __typename }", "operationName": "b"},
    "half a pair for a name": {"query": "query a { __typename }", "operationName": "\ud800"},
    "NUL for a name": {"query": "query a { __typename }", "operationName": "\x00"},
    "an empty name": {"query": "{ __typename }", "operationName": ""},
    "a long name": {"query": "query a { __typename }", "operationName": "a" * 200_000},
    "odd names of variables": {
        "query": "{ __typename }",
        "variables": {"\ud800": 1, "\x00": 2, "": 3, "a" * 10_000: 4},
    },
    "the same variable twice": {
        "query": "query ($a: Int, $a: Int) { courses(first: $a) { __typename } }"
    },
    "a variable that is its own default": {
        "query": "query ($a: Int = $a) { courses(first: $a) { __typename } }"
    },
    "directives everywhere": {
        "query": "query @a ($b: Int @c) { ...d @e ... @f { __typename @g } } "
        "fragment d on Query @h { __typename }",
    },
    "the same directive": {"query": "{ __typename @skip(if: true) @skip(if: false) }"},
    "deferred": {"query": "{ ... @defer { __typename } }"},
    "streamed": {"query": "{ courses { edges @stream { cursor } } }"},
    "extensions with anything": {
        "query": "{ nothing }",
        "extensions": {"persistedQuery": {"version": 1, "sha256Hash": "\ud800"}, "a": [[[]]]},
    },
    "a persisted query": {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0"}}},
    "a number for extensions": {"query": "{ __typename }", "extensions": 5},
    "a batch": [{"query": "{ __typename }"}, {"query": "{ __typename }"}],
    "an empty batch": [],
}


async def test_odd_requests(service: Service) -> None:
    """No form of a request is unforeseen. Batches are no requests."""
    token = service.token("olga")
    async with unchanged():
        for name, body in ODD_REQUESTS.items():
            response = await request(
                f"{service.url}/graphql", content=json.dumps(body).encode(), token=token
            )
            assert response.status_code in (200, 400), name
            assert set(codes(response)) <= REFUSALS, name
            assert bool(codes(response)) is ("data" not in response.json()), name


async def test_odd_frames(service: Service) -> None:
    """The same by a socket, which lives on unless the frame is none of the protocol's."""
    olga = service.as_("olga")
    async with unchanged(), wire(service.url) as socket:
        await socket.init(olga.token)
        for number, (name, body) in enumerate(ODD_REQUESTS.items()):
            if not isinstance(body, dict) or not isinstance(body.get("extensions", {}), dict):
                continue
            if not body.get("query"):
                continue
            await socket.send({"type": "subscribe", "id": str(number), "payload": body})
            frame = await socket.receive()
            assert frame["type"] in ("error", "next"), name
            if frame["type"] == "next":
                assert (await socket.receive())["type"] == "complete"
        await socket.subscribe("{ __typename }", "last")
        assert (await socket.receive())["payload"]["data"] == {"__typename": "Query"}


async def test_typename_on_roots(service: Service) -> None:
    """__typename alone is answered wherever it may stand, and refused where it may not."""
    for kind, named in (("query", "Query"), ("mutation", "Mutation")):
        answer = await service.as_("ines").data(f"{kind} {{ __typename a: __typename }}")
        assert answer == {"__typename": named, "a": named}
    async with service.as_("ines").socket() as socket:
        stream = await socket.subscribe("subscription { __typename }")
        with pytest.raises(Failed) as failed:
            await stream.next()
        assert failed.value.codes == ["BAD_INPUT"]


async def test_uploads_and_batches_are_off(service: Service) -> None:
    """A multipart form is of a type that is not taken, and a list is no request."""
    form = (
        '--a\r\nContent-Disposition: form-data; name="operations"\r\n\r\n'
        '{"query": "{ __typename }"}\r\n--a--\r\n'
    )
    url = f"{service.url}/graphql"
    uploaded = await request(
        url, content=form.encode(), content_type="multipart/form-data; boundary=a"
    )
    assert (uploaded.status_code, codes(uploaded)) == (415, ["BAD_INPUT"])
    batch = await request(url, content=b'[{"query": "{ __typename }"}]')
    assert (batch.status_code, codes(batch)) == (400, ["BAD_INPUT"])
