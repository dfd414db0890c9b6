"""What is not there and what is not for the viewer to see answer alike, to the byte."""

from collections.abc import Iterator
from typing import Any

import pytest

from gql import ids
from models import Account, Mailbox, User
from models.ids import new_id
from tests.gql.walk import Operation, Things, caller_of, make_things, operations
from tests.support.cast import OTHER_ACCOUNT
from tests.support.client import Failed
from tests.support.people import Person
from tests.support.raw import request
from tests.support.service import Service
from tests.support.snapshot import unchanged

MALFORMED = ("", "x", "1", "user_", "user_" + "0" * 31, "USER_" + "0" * 32, "é" * 40, "user:1\n")


async def things_elsewhere(service: Service) -> Things:
    """A chat in another account, in which sam has written."""
    elsewhere = await Account.get(slug=OTHER_ACCOUNT)
    sid = await User.create(account=elsewhere, source_id="sid", name="Sid", search_name="sid")
    await Mailbox.create(user_id=sid.id)
    sent = await Person(service, "sam").start("sid")
    edges = (await service.as_("sam").data("{ courses { edges { node { id } } } }"))["courses"]
    return Things(
        user=ids.encode(ids.Kind.USER, sid.id),
        course=edges["edges"][0]["node"]["id"],
        conversation=sent["conversation"]["id"],
        message=sent["message"]["id"],
    )


async def things_of_others(service: Service) -> Things:
    """A chat of the account in which mia has written to lena, and nobody else."""
    sent = await Person(service, "mia").start("lena")
    return Things(
        user=await service.user("lena"),
        course=await service.course("mechanics"),
        conversation=sent["conversation"]["id"],
        message=sent["message"]["id"],
    )


def _kind(argument: str) -> ids.Kind:
    kind = argument.removesuffix("Id")
    return ids.Kind.USER if kind in ("recipient", "instructor") else ids.Kind(kind)


def _with(operation: Operation, argument: str, value: str) -> dict[str, Any]:
    return {"input": {**operation.variables["input"], argument: value}}


def _ids_taken(things: Things) -> Iterator[tuple[Operation, str]]:
    for operation in operations(things):
        if operation.kind == "mutation":
            for argument in operation.variables["input"]:
                if argument.endswith("Id"):
                    yield operation, argument


async def test_no_mutation_tells_what_exists(service: Service) -> None:
    """An id that is malformed, of another type, another's or another account's is NOT_FOUND.

    To the byte as one that never was, and nothing changes.
    """
    things = await make_things(service)
    elsewhere, others = await things_elsewhere(service), await things_of_others(service)
    called = 0
    async with unchanged():
        for operation, argument in _ids_taken(things):
            client = service.as_(caller_of(operation))
            kind = _kind(argument)
            answers = []
            foreign = [ids.encode(kind, new_id()), *MALFORMED, elsewhere.named(argument)]
            # What exists, under the name of another type.
            key = operation.variables["input"][argument].partition("_")[2]
            foreign += [f"{other}_{key}" for other in ids.Kind if other is not kind]
            foreign += [value for value in vars(things).values() if not value.startswith(kind)]
            if kind in (ids.Kind.CONVERSATION, ids.Kind.MESSAGE):
                foreign.append(others.named(argument))
            for value in foreign:
                answer = await client.ask(operation.document, **_with(operation, argument, value))
                assert answer.codes == ["NOT_FOUND"], f"{operation.name} {argument} {value!r}"
                answers.append((answer.status, answer.body))
                called += 1
            assert all(answer == answers[0] for answer in answers), operation.name
    assert called > 150


async def test_nobody_is_started_with_unseen(service: Service) -> None:
    """Starting with somebody the viewer does not see is NOT_FOUND; with a visible one, refused."""
    async with unchanged():
        unseen = await Person(service, "leo").attempt(
            "startChat", recipientId=await service.user("luca"), body="Hello"
        )
        assert unseen.codes == ["NOT_FOUND"]
        visible = await Person(service, "leo").start("leo")
        assert [error["code"] for error in visible["errors"]] == ["MAY_NOT_START"]


async def test_queries_answer_null(service: Service) -> None:
    """conversation, course and node answer null for whatever is not there, always alike."""
    await make_things(service)
    elsewhere, others = await things_elsewhere(service), await things_of_others(service)
    values = [*MALFORMED, *vars(elsewhere).values(), others.conversation, others.message]
    values += [ids.encode(kind, new_id()) for kind in ids.Kind]
    token = service.token("ines")
    for field in ("conversation", "course", "node"):
        bodies = set()
        for value in values:
            answer = await service.as_("ines").ask(
                f"query ($id: ID!) {{ {field}(id: $id) {{ id }} }}", id=value
            )
            assert answer.data == {field: None}, value
        for value in ("x", elsewhere.course):
            document = f'{{"query": "{{ {field}(id: \\"{value}\\") {{ id }} }}"}}'
            response = await request(
                f"{service.url}/graphql", content=document.encode(), token=token
            )
            bodies.add(response.content)
        assert len(bodies) == 1


async def test_ids_of_another_type_are_null(service: Service) -> None:
    """A conversation and a course are found by their own ids only, whatever the viewer sees."""
    things = await make_things(service)
    for field, own in (("conversation", things.conversation), ("course", things.course)):
        document = f"query ($id: ID!) {{ {field}(id: $id) {{ id }} }}"
        for value in vars(things).values():
            found = (await service.as_("rita").data(document, id=value))[field]
            assert found == ({"id": own} if value == own else None)
        for kind in ids.Kind:
            renamed = f"{kind}_{own.partition('_')[2]}"
            found = (await service.as_("rita").data(document, id=renamed))[field]
            assert (found is not None) == (renamed == own)


async def test_a_subscription_to_what_is_not_there(service: Service) -> None:
    """Following a chat that is not the viewer's ends in NOT_FOUND, its socket lives on."""
    things = await make_things(service)
    elsewhere, others = await things_elsewhere(service), await things_of_others(service)
    document = "subscription ($id: ID) { messageSent(conversationId: $id) { cursor } }"
    values = [*MALFORMED, elsewhere.conversation, others.conversation, things.message]
    async with service.as_("ines").socket() as socket:
        for value in [*values, ids.encode(ids.Kind.CONVERSATION, new_id())]:
            stream = await socket.subscribe(document, id=value)
            with pytest.raises(Failed) as failed:
                await stream.next()
            assert failed.value.codes == ["NOT_FOUND"], value
        stream = await socket.subscribe(document, id=things.conversation)
        await stream.nothing()
