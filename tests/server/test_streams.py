"""GraphQL over server-sent events: which answers are streams, and what stands in them."""

import json

import pytest

from messaging.feed.epochs import begin_feeds_anew
from server.headers import answer_headers
from server.negotiation import GRAPHQL_RESPONSE, JSON, LONGEST_HEADER
from tests.support.operations import FEED, MUTATIONS, VIEWER
from tests.support.people import Person, done
from tests.support.places import Place
from tests.support.raw import request
from tests.support.service import Service, serving
from tests.support.snapshot import unchanged
from tests.support.streams import EVENT_STREAM, stream

QUERY = "{ __typename }"
SUBSCRIPTION = "subscription { feed { cursor } }"
# What clients send, and which type a query gets.
LISTED = {
    EVENT_STREAM: EVENT_STREAM,
    "TEXT/Event-Stream; charset=utf-8": EVENT_STREAM,
    "text/event-stream, text/html": EVENT_STREAM,
    "text/event-stream, application/json;q=0": EVENT_STREAM,
    "text/event-stream, */*": JSON,
    "text/event-stream, application/*;q=0.1": JSON,
    "text/event-stream, application/json;q=0.1": JSON,
    # urql's, and Apollo Client's for a subscription.
    "application/graphql-response+json, application/graphql+json, application/json, "
    "text/event-stream, multipart/mixed": GRAPHQL_RESPONSE,
    "text/event-stream, application/graphql-response+json;q=0.5": GRAPHQL_RESPONSE,
}
# And what does not ask for a stream at all.
UNLISTED = ("", "*/*", "text/*", JSON, GRAPHQL_RESPONSE, "text/event-stream;q=0, */*",
            "text/event-streams", "a/b," * LONGEST_HEADER + EVENT_STREAM)  # fmt: skip


async def test_a_feed(service: Service) -> None:
    """Entries come as they happen; resumed after one, exactly the later ones follow."""
    leo, lena = Person(service, "leo"), service.as_("lena")
    async with stream(lena, FEED) as feed:
        # Headers and a comment come before there is anything to tell.
        await feed.comment()
        chat = done(await leo.start("lena", "zero"))["conversation"]["id"]
        first = await feed.entry()
        assert first["__typename"] == "MessageSent"
        done(await leo.send(chat, "one\n\ndata: two\r\n\u2028three"))
        told = (await feed.entry())["message"]["body"]
        assert told == "one\n\ndata: two\r\n\u2028three"
    for body in ("four", "five"):
        done(await leo.send(chat, body))
    async with stream(lena, FEED, after=first["cursor"]) as feed:
        bodies = [(await feed.entry())["message"]["body"] for _ in range(3)]
        assert bodies == [told, "four", "five"]
        await feed.nothing()


async def test_headers(place: Place) -> None:
    """Nobody keeps it or holds it back, and listed origins may read it, others not."""
    async with serving(place.settings(allowed_origins="https://lms.example")) as service:
        lena = service.as_("lena")
        for document in (FEED, QUERY):
            async with stream(lena, document, headers={"Origin": "https://lms.example"}) as feed:
                headers = feed.response.headers
                assert headers["content-type"].partition(";")[0] == EVENT_STREAM
                for name, value in answer_headers().items():
                    assert headers.get_list(name) == [value]
                assert headers["x-accel-buffering"] == "no"
                assert headers["access-control-allow-origin"] == "https://lms.example"
                assert "content-encoding" not in headers
        async with stream(lena, FEED, headers={"Origin": "https://other.example"}) as feed:
            assert "access-control-allow-origin" not in feed.response.headers


@pytest.mark.parametrize(("accept", "media_type"), LISTED.items())
async def test_where_streams_are_listed(service: Service, accept: str, media_type: str) -> None:
    """Subscriptions are streams; queries only where nothing else is accepted."""
    lena = service.as_("lena")
    async with stream(lena, QUERY, accept=accept) as events:
        found = events.response.headers["content-type"].partition(";")[0]
        assert (events.response.status_code, found) == (200, media_type)
        if media_type == EVENT_STREAM:
            assert (await events.next())["data"] == {"__typename": "Query"}
            await events.completed()
        else:
            body = json.loads(await events.response.aread())
            assert body["data"] == {"__typename": "Query"}
    after = (await lena.data(VIEWER))["viewer"]["feedCursor"]
    done(await Person(service, "leo").start("lena"))
    async with stream(lena, FEED, accept=accept, after=after) as events:
        assert events.response.headers["content-type"].startswith(EVENT_STREAM)
        assert (await events.entry())["__typename"] == "MessageSent"


async def test_where_streams_are_not_listed(service: Service) -> None:
    """There are none, and a subscription is refused."""
    lena = service.as_("lena")
    for accept in UNLISTED:
        async with stream(lena, QUERY, accept=accept) as events:
            assert events.response.headers["content-type"] in (JSON, GRAPHQL_RESPONSE), accept
        async with stream(lena, FEED, accept=accept) as events:
            assert events.response.status_code == 400, accept
            assert events.response.headers["content-type"] in (JSON, GRAPHQL_RESPONSE), accept


async def test_mutations(service: Service) -> None:
    """One that accepts streams alone is done once, and answered by one event."""
    given = {"recipientId": await service.user("lena"), "body": "Hello"}
    async with stream(service.as_("leo"), MUTATIONS["startChat"], input=given) as events:
        result = await events.next()
        assert result["data"]["startChat"]["message"]["body"] == "Hello"
        await events.completed()
    chat = result["data"]["startChat"]["conversation"]["id"]
    assert await Person(service, "lena").bodies(chat) == ["Hello"]


async def test_what_is_wrong_with_an_operation(service: Service) -> None:
    """It is told in the stream, which then is complete (PROTOCOL.md, the second observation)."""
    lena = service.as_("lena")
    unseen = (await service.course("mechanics")).replace("course", "conversation")
    wrong = {
        "{": "BAD_INPUT",
        "{ nothing }": "BAD_INPUT",
        "subscription { nothing }": "BAD_INPUT",
        "subscription A { feed { cursor } messageSent { cursor } }": "BAD_INPUT",
        'subscription { feed(after: "x") { cursor } }': "RESYNC_REQUIRED",
        f'subscription {{ messageSent(conversationId: "{unseen}") {{ cursor }} }}': "NOT_FOUND",
        "{ recipients { edges { node { id } } } }": "FORBIDDEN",
    }
    for document, code in wrong.items():
        async with stream(lena, document) as events:
            assert events.response.status_code == 200, document
            assert await events.codes() == [code], document


async def test_what_was_not_begun_has_no_data(service: Service) -> None:
    """Only what was executed has data, if null."""
    for document in ("{ nothing }", "subscription { nothing }"):
        async with stream(service.as_("lena"), document) as events:
            assert "data" not in await events.next()


async def test_without_a_token(service: Service) -> None:
    """The operation runs, and its field answers UNAUTHENTICATED."""
    for document in (VIEWER, SUBSCRIPTION):
        async with stream(service.anonymous(), document) as events:
            assert await events.codes() == ["UNAUTHENTICATED"]
    async with stream(service.anonymous(), QUERY) as events:
        assert (await events.next())["data"] == {"__typename": "Query"}


async def test_what_is_no_request(service: Service) -> None:
    """It is answered as without streams, by its status."""
    url, token, body = f"{service.url}/graphql", service.token("lena"), b'{"query": "{ a }"}'
    headers = {"Accept": EVENT_STREAM}
    for status, content, content_type, signed in (
        (400, b"{", JSON, token),
        (400, b"{}", JSON, token),
        (400, b'{"query": "query A { __typename }", "operationName": "B"}', JSON, token),
        (413, b" " * 300_000, JSON, token),
        (415, body, "text/plain", token),
        (401, body, JSON, "nonsense"),
        (401, json.dumps({"query": FEED}).encode(), JSON, service.token("remo")),
    ):
        response = await request(
            url, content=content, content_type=content_type, token=signed, headers=headers
        )
        assert response.status_code == status
        assert response.headers["content-type"] == JSON
        assert response.json()["errors"][0]["extensions"]["code"]


async def test_by_get(place: Place) -> None:
    """As queries: subscriptions where GET is on, mutations never; and nothing where it is off."""
    document = MUTATIONS["setMessagingMode"]
    async with serving(place.settings(get_queries=True)) as service:
        olga = service.as_("olga")
        async with stream(olga, QUERY, method="GET") as events:
            assert (await events.next())["data"] == {"__typename": "Query"}
        async with stream(olga, FEED, method="GET") as events:
            await events.comment()
            done(await Person(service, "olga").start("lena"))
            assert (await events.entry())["__typename"] == "MessageSent"
        async with (
            unchanged(),
            stream(olga, document, method="GET", input={"mode": "OFF"}) as events,
        ):
            assert events.response.status_code == 405
            assert events.response.headers["allow"] == "POST"
    async with serving(place.settings(get_queries=False)) as service:
        for document in (QUERY, FEED):
            async with stream(service.as_("olga"), document, method="GET") as events:
                assert events.response.status_code == 405


async def test_a_feed_begun_anew(service: Service) -> None:
    """A cursor that cannot be resumed at is an error, and the end: the client reads its lists."""
    lena = service.as_("lena")
    after = (await lena.data(VIEWER))["viewer"]["feedCursor"]
    async with stream(lena, FEED, after=after) as feed:
        await feed.comment()
        await begin_feeds_anew(service.parts.office)
        service.parts.doorbell.wake_everybody()
        assert await feed.codes() == ["RESYNC_REQUIRED"]
    async with stream(lena, FEED, after=after) as feed:
        assert await feed.codes() == ["RESYNC_REQUIRED"]
