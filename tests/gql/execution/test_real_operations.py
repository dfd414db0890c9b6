"""The real schema over real databases: compiled or not, operations answer the same."""

import json
import re
from random import Random
from typing import Any

from graphql import GraphQLNonNull, OperationDefinitionNode, parse, type_from_ast

from gql.api import build_schema
from gql.context import Context
from gql.errors import coded
from gql.schema.feed import ENTRIES
from tests.gql.execution.author import write
from tests.gql.execution.comparing import compared
from tests.gql.execution.documents import handed_out
from tests.gql.execution.test_differential import OPERATIONS, SEED
from tests.gql.walk import Things, make_things, value_of
from tests.support.cast import viewer_of
from tests.support.people import Person
from tests.support.service import Service

# The first is the one that services of tests use.
COMPILED = build_schema(introspection=True, compiled=True)
CORE = build_schema(introspection=True, compiled=False)
PEOPLE = ("rita", "ines", "nora", "olga")
# After these, some of the people may do less.
LAST = re.compile("setMessagingMode|assignInstructor|unassignInstructor|User\\(|deleteChat")


async def test_operations_handed_out(service: Service) -> None:
    """The page's operations, the explorer's and the guide's, for several people."""
    things = await make_things(service)
    await Person(service, "nora").contact("ines", "mechanics", "A question")
    documents = [text for text in handed_out(COMPILED._schema).values() if not _is_live(text)]
    assert len(documents) >= 40
    documents.sort(key=lambda text: ("mutation" in text, bool(LAST.search(text))))
    before = COMPILED.operations.compiled
    with compared() as comparison:
        for text in documents:
            for name in PEOPLE:
                await service.as_(name).ask(text, **_variables(text, things))
    assert comparison.differences == []
    # Some are refused at their gate, for some people.
    assert comparison.count >= len(PEOPLE) * 25
    assert COMPILED.operations.compiled - before >= len(PEOPLE) * 25


async def test_feeds_handed_out(service: Service) -> None:
    """Each event of each subscription, through sockets."""
    rita, nora = Person(service, "rita"), Person(service, "nora")
    beginning = (await Person(service, "ines").viewer())["feedCursor"]
    chat = (await rita.start("ines"))["conversation"]["id"]
    sent = await nora.contact("ines", "mechanics", "A question")
    await Person(service, "ines").read(chat, 1)
    await nora.delete(sent["message"]["id"])
    await nora.contact("ines", "mechanics", "Another question")
    await Person(service, "olga").manage("deactivateUser", "nora")
    await Person(service, "ines").delete_chat(chat)
    await Person(service, "olga").set_mode("OFF")
    end = (await Person(service, "ines").viewer())["feedCursor"]
    documents = [text for text in handed_out(COMPILED._schema).values() if _is_live(text)]
    assert len(documents) >= 3
    before = COMPILED.operations.compiled
    with compared() as comparison:
        for text in documents:
            kinds = set()
            from_beginning = text.replace("feed {", f'feed(after: "{beginning}") {{')
            variables = {"after": beginning} if "$after" in text else {}
            async with service.as_("ines").follow(from_beginning, **variables) as stream:
                entry = {"cursor": beginning}
                while entry["cursor"] != end:
                    entry = await stream.entry()
                    kinds.add(entry["__typename"])
            assert len(kinds) == len(ENTRIES)
    assert comparison.differences == []
    assert COMPILED.operations.compiled - before == comparison.count


async def test_random_queries(service: Service) -> None:
    """Any query over what the cast has written, errors and their codes included."""
    things = await make_things(service)
    for _ in range(3):
        await Person(service, "nora").contact("ines", "mechanics", "A question")
    random = Random(f"{SEED} real")  # noqa: S311  # repeatable
    ids = (things.conversation, things.user, things.course, things.message, "nothing")
    before = COMPILED.operations.compiled
    with_errors = 0
    for _ in range(OPERATIONS // 2):
        written = write(CORE._schema, random, "query", ids)
        viewer = await viewer_of(random.choice(PEOPLE))
        answers = []
        for schema in (COMPILED, CORE):
            parts = service.parts
            context = Context(parts.office, parts.doorbell, parts.reader, viewer)
            result = await schema.execute(written.text, written.variables, context)
            errors = sorted(json.dumps(each.formatted) for each in coded(result.errors or ()))
            answers.append((json.dumps(result.data, default=str), errors))
        assert answers[0] == answers[1], written
        with_errors += bool(answers[0][1])
    assert with_errors > OPERATIONS // 20
    assert COMPILED.operations.compiled - before > OPERATIONS // 3


def _is_live(text: str) -> bool:
    return "subscription" in text


def _variables(text: str, things: Things) -> dict[str, Any]:
    """Values for the variables that a document requires."""
    schema = COMPILED._schema
    [operation] = (
        each for each in parse(text).definitions if isinstance(each, OperationDefinitionNode)
    )
    required = {
        each.variable.name.value: type_from_ast(schema, each.type)
        for each in operation.variable_definitions or ()
    }
    return {
        name: _value(name, kind, things)
        for name, kind in required.items()
        if isinstance(kind, GraphQLNonNull)
    }


def _value(name: str, kind: Any, things: Things) -> Any:
    if str(kind) == "Boolean!":
        return True
    names = {"id": "conversation", "openChat": "conversation"}
    return value_of(COMPILED._schema, names.get(name, name), kind, things)
