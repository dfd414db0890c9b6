"""NUL and lone surrogates, which no database takes alike, are refused in every string."""

import json
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, build_schema, get_named_type

from gql.api import sdl
from messaging.reads.paging import encode_cursor
from tests.gql.walk import caller_of, make_things, operations
from tests.support.client import Failed
from tests.support.people import Person, refusals
from tests.support.raw import codes, request
from tests.support.service import Service
from tests.support.snapshot import unchanged

BAD_TEXTS = ("a\x00b", "\x00", "a\ud800b", "\udfff")
TEXT_TYPES = ("ID", "String")


async def test_every_text_of_every_mutation(service: Service) -> None:
    """Every text of an input is refused with BAD_INPUT, a body with INVALID_TEXT."""
    mutation = build_schema(sdl()).mutation_type
    assert mutation is not None
    called = 0
    things = await make_things(service)
    async with unchanged():
        for operation in operations(things):
            if operation.kind != "mutation":
                continue
            input_type: Any = get_named_type(mutation.fields[operation.name].args["input"].type)
            assert isinstance(input_type, GraphQLInputObjectType)
            client = service.as_(caller_of(operation))
            for name, field in input_type.fields.items():
                if get_named_type(field.type).name not in TEXT_TYPES:
                    continue
                for text in BAD_TEXTS:
                    variables = {"input": {**operation.variables["input"], name: text}}
                    answer = await client.ask(operation.document, **variables)
                    called += 1
                    if name != "body":
                        assert answer.codes == ["BAD_INPUT"], f"{operation.name} {name} {text!r}"
    assert called > 60


async def test_bodies(service: Service) -> None:
    """A body that cannot be stored is the person's to mend: INVALID_TEXT, and nothing changes."""
    chat = (await Person(service, "rita").start("ines"))["conversation"]["id"]
    async with unchanged():
        for text in BAD_TEXTS:
            for payload in (
                await Person(service, "ines").send(chat, text),
                await Person(service, "rita").start("lena", text),
                await Person(service, "nora").contact("ines", "mechanics", text),
            ):
                assert refusals(payload) == [("INVALID_TEXT", None)]
                assert payload["errors"][0]["field"] == "body"


async def test_every_text_of_every_query(service: Service) -> None:
    """Every text among a root field's own arguments is refused with BAD_INPUT."""
    query = build_schema(sdl()).query_type
    assert query is not None
    called = 0
    for name, field in query.fields.items():
        for argument, each in field.args.items():
            if get_named_type(each.type).name not in TEXT_TYPES:
                continue
            document = f"query ($a: {each.type}) {{ {name}({argument}: $a) {{ __typename }} }}"
            for text in BAD_TEXTS:
                answer = await service.as_("olga").ask(document, a=text)
                assert answer.codes == ["BAD_INPUT"], f"{name} {argument} {text!r}"
                called += 1
    assert called == 4 * 10


async def test_texts_in_the_document(service: Service) -> None:
    """A literal says no more than a variable may."""
    for literal in ("\\u0000", "\\ud800", "\ud800", "\\u{d800}"):
        body = json.dumps({"query": f'{{ conversations(search: "{literal}") {{ __typename }} }}'})
        response = await request(
            f"{service.url}/graphql", content=body.encode(), token=service.token("ines")
        )
        assert codes(response) == ["BAD_INPUT"]


async def test_texts_inside_cursors(service: Service) -> None:
    """A cursor wraps no text that would be refused without it."""
    key = "0" * 32
    for text in BAD_TEXTS:
        for name, listing in (("users", "people"), ("recipients", "people"), ("courses",) * 2):
            answer = await service.as_("olga").ask(
                f"query ($a: String) {{ {name}(after: $a) {{ __typename }} }}",
                a=encode_cursor(listing, text, key),
            )
            assert answer.codes == ["BAD_INPUT"], f"{name} {text!r}"


async def test_texts_of_nested_fields(service: Service) -> None:
    """A thread's cursors are refused likewise."""
    chat = (await Person(service, "rita").start("ines"))["conversation"]["id"]
    for argument in ("after", "before"):
        document = f"""query ($id: ID!, $a: String) {{ conversation(id: $id) {{
            messages({argument}: $a) {{ __typename }} }} }}"""
        for text in BAD_TEXTS:
            answer = await service.as_("ines").ask(document, id=chat, a=text)
            assert answer.codes == ["BAD_INPUT"]


async def test_texts_of_subscriptions(service: Service) -> None:
    """A subscription with such a text ends with its first frame; the socket lives on."""
    documents = (
        "subscription ($a: String) { feed(after: $a) { cursor } }",
        "subscription ($a: String) { messageSent(after: $a) { cursor } }",
        "subscription ($a: ID) { messageSent(conversationId: $a) { cursor } }",
    )
    async with service.as_("ines").socket() as socket:
        for document in documents:
            for text in BAD_TEXTS:
                stream = await socket.subscribe(document, a=text)
                with pytest.raises(Failed) as failed:
                    await stream.next()
                assert failed.value.codes == ["BAD_INPUT"]
        alive = await socket.subscribe("{ __typename }")
        assert await alive.next() == {"__typename": "Query"}
