"""What errors tell of the schema: nothing that the client did not say, unless it may ask for it."""

import json
import re

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, build_schema, specified_scalar_types

from gql.api import sdl
from tests.support.places import Place
from tests.support.raw import codes, request
from tests.support.service import serving

# A document, its variables: each faulty in a way of which graphql-core would tell names.
FAULTY: dict[str, tuple[str, dict[str, object]]] = {
    "an unknown field": ("{ nothing }", {}),
    "a field nearly known": ("{ viewr { unreadCount } }", {}),
    "a field nearly known below": ("{ viewer { unredCount } }", {}),
    "no selection": ("{ conversations }", {}),
    "a selection of a scalar": ("{ viewer { unreadCount { a } } }", {}),
    "no argument": ("{ node { __typename } }", {}),
    "an unknown argument": ("{ conversations(frst: 1) { __typename } }", {}),
    "an unknown enum value": ("{ users(status: ACTIV) { __typename } }", {}),
    "an enum value as a text": ('{ users(status: "ACTIVE") { __typename } }', {}),
    "an unknown type": ("{ ... on Usr { a } }", {}),
    "a type of a variable": ("query ($a: Usr) { users(status: $a) { __typename } }", {}),
    "a variable of another type": ("query ($a: Int) { users(status: $a) { __typename } }", {}),
    "an unknown directive": ("{ viewer @requiresRol { unreadCount } }", {}),
    "a fragment that never fits": ("{ viewer { ... on Course { title } } }", {}),
    "no input": ("mutation { sendMessage(input: {}) { __typename } }", {}),
    "an unknown input field": (
        'mutation { sendMessage(input: {bdy: "a"}) { __typename } }',
        {},
    ),
    "another input": ("mutation { setMessagingMode(input: 5) { __typename } }", {}),
    "input without fields": (
        "mutation ($i: SendMessageInput!) { sendMessage(input: $i) { __typename } }",
        {"i": {}},
    ),
    "input with other fields": (
        "mutation ($i: SendMessageInput!) { sendMessage(input: $i) { __typename } }",
        {"i": {"bod": "it's", "conversationIdd": '"'}},
    ),
    "an enum value by a variable": (
        "mutation ($i: SetMessagingModeInput!) { setMessagingMode(input: $i) { __typename } }",
        {"i": {"mode": "ONN"}},
    ),
    "a number by a variable": (
        "mutation ($i: SetMessagingModeInput!) { setMessagingMode(input: $i) { __typename } }",
        {"i": {"mode": 5}},
    ),
    "two subscriptions": ("subscription { feed { cursor } messageSent { cursor } }", {}),
    "conflicting fields": ("{ viewer { a: unreadCount a: user { id } } }", {}),
    "introspection": ("{ __schema { types { name } } }", {}),
    "introspection of a type": ('{ __type(name: "User") { name } }', {}),
}

ROOTS = {"Query", "Mutation", "Subscription"}


def names() -> set[str]:
    """The names of the schema: of types, fields, arguments and enum values."""
    schema = build_schema(sdl())
    found = set()
    for name, kind in schema.type_map.items():
        if name.startswith("__"):
            continue
        found.add(name)
        if isinstance(kind, GraphQLEnumType):
            found |= set(kind.values)
        for field, declared in getattr(kind, "fields", {}).items():
            found.add(field)
            if not isinstance(kind, GraphQLInputObjectType):
                found |= set(declared.args)
    return found - set(specified_scalar_types) - ROOTS


def told(message: str, document: str) -> set[str]:
    """The schema's names in a message that are not in the document: as words, where none is one."""
    secret = names() - set(re.findall(r"\w+", document))
    quoted = set(re.findall(r"\w+", " ".join(re.findall(r"'([^']*)'", message))))
    words = {word for word in re.findall(r"\w+", message) if not word.islower()}
    return secret & (quoted | words)


async def _messages(place: Place, **settings: bool) -> dict[str, list[str]]:
    async with serving(place.settings(**settings)) as service:
        answers = {}
        for name, (document, variables) in FAULTY.items():
            body = json.dumps({"query": document, "variables": variables}).encode()
            response = await request(
                f"{service.url}/graphql", content=body, token=service.token("olga")
            )
            if "introspection" in name and settings.get("introspection"):
                continue
            assert set(codes(response)) == {"BAD_INPUT"}, (name, response.text)
            answers[name] = [each["message"] for each in response.json()["errors"]]
    return answers


async def test_names_are_kept(place: Place) -> None:
    """With introspection off no error names what its document does not, and none guesses."""
    for name, messages in (await _messages(place, introspection=False)).items():
        for message in messages:
            assert not told(message, FAULTY[name][0]), (name, message)
            assert "Did you mean" not in message, name


async def test_names_are_told(place: Place) -> None:
    """With introspection on errors name what is wrong; they guess where that is on too."""
    by_names = await _messages(place, introspection=True)
    secrets = [
        name
        for name, messages in by_names.items()
        if any(told(message, FAULTY[name][0]) for message in messages)
    ]
    # The test above is about something.
    assert len(secrets) > 10
    assert "Did you mean" not in json.dumps(by_names)
    guessing = await _messages(place, introspection=True, suggestions=True)
    assert json.dumps(guessing).count("Did you mean") >= 5


@pytest.mark.parametrize("document", ["{ viewer { nothing } }", "{ nothing { viewer } }"])
async def test_a_message_says_enough(place: Place, document: str) -> None:
    """What the client wrote is named, so that it can be mended."""
    async with serving(place.settings(introspection=False)) as service:
        answer = await service.as_("olga").ask(document)
        [error] = answer.body["errors"]
        assert error["message"].startswith("Cannot query field 'nothing' on type '")
        assert error["locations"]
