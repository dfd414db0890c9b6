"""The schema itself: what stands in it, what each field asks of its caller."""

from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLNamedType, GraphQLSchema, Undefined, build_schema, print_type
from strawberry.types import ExecutionResult

from gql.api import build_schema as build_own_schema
from gql.api import sdl
from gql.context import Context
from models import Role
from tests.gql.sketch import SKETCH
from tests.gql.walk import caller_of, make_things, operations, roles_of
from tests.support.cast import ACTIVE
from tests.support.client import Closed
from tests.support.people import Person
from tests.support.service import Service
from tests.support.snapshot import unchanged

ROLES = {role.value for role in Role}
_PROMISED = build_schema(SKETCH)
_BUILT_IN = {"String", "Int", "Boolean", "ID", "Float"}


def test_the_committed_schema_is_the_code() -> None:
    """schema.graphql says what the code says; `make schema` writes it anew."""
    committed = Path(__file__).parents[2] / "schema.graphql"
    assert committed.read_text() == sdl()


def _members(schema: GraphQLSchema, name: str) -> dict[str, Any]:
    """What a type consists of, in its order: fields with their types and arguments, or values."""
    kind: GraphQLNamedType | Any = schema.type_map[name]
    if hasattr(kind, "values"):
        return dict.fromkeys(kind.values)
    members = {}
    for field, each in getattr(kind, "fields", {}).items():
        arguments = {
            argument: (str(of.type), None if of.default_value is Undefined else of.default_value)
            for argument, of in getattr(each, "args", {}).items()
        }
        gate = roles_of(each) if name in ("Query", "Mutation", "Subscription") else None
        members[field] = (str(each.type), arguments, gate)
    return members


@pytest.mark.parametrize(
    "name",
    [name for name in _PROMISED.type_map if not name.startswith("__") and name not in _BUILT_IN],
)
def test_every_promised_name_is_there(name: str) -> None:
    """Types, fields, arguments with their defaults, and enum values in order are as promised."""
    own = build_schema(sdl())
    promised, found = _members(_PROMISED, name), _members(own, name)
    assert {member: found.get(member) for member in promised} == promised
    in_order = [member for member in found if member in promised]
    assert in_order == list(promised), print_type(own.type_map[name])
    interfaces = {each.name for each in getattr(_PROMISED.type_map[name], "interfaces", ())}
    assert interfaces == {each.name for each in getattr(own.type_map[name], "interfaces", ())}


def test_every_mutation_names_its_roles() -> None:
    """Every mutation carries @requiresRole with at least one role."""
    mutation = build_schema(sdl()).mutation_type
    assert mutation is not None
    assert {name for name, field in mutation.fields.items() if not roles_of(field)} == set()


async def test_every_gated_field_is_refused_to_every_other_role(service: Service) -> None:
    """Whoever holds none of a field's roles gets FORBIDDEN, and nothing changes."""
    things = await make_things(service)
    # The cast's instructors are learners too; leo becomes one who is not.
    await Person(service, "olga").staff("assignInstructor", "mechanics", "leo")
    held = {name: set((await Person(service, name).viewer())["roles"]) for name in ACTIVE}
    assert set().union(*held.values()) == ROLES
    async with unchanged():
        for operation in operations(things):
            if operation.roles is None:
                continue
            callers = [name for name in ACTIVE if held[name].isdisjoint(operation.roles)]
            refused: set[str] = set().union(*(held[name] for name in callers))
            assert refused == ROLES - operation.roles, operation.name
            for name in callers:
                answer = await service.as_(name).ask(operation.document, **operation.variables)
                assert answer.codes == ["FORBIDDEN"], f"{operation.name} as {name}: {answer.body}"


async def test_the_walk_calls_what_would_work(service: Service) -> None:
    """Who holds the role passes each gate with the walk's arguments, so its refusals say enough."""
    things = await make_things(service)
    for operation in operations(things):
        if operation.kind == "subscription":
            continue
        name = caller_of(operation)
        answer = await service.as_(name).ask(operation.document, **operation.variables)
        assert answer.data, f"{operation.name} as {name}"


async def test_every_root_field_is_refused_to_the_anonymous(service: Service) -> None:
    """Without a token every query and mutation is UNAUTHENTICATED, and nothing changes."""
    things = await make_things(service)
    async with unchanged():
        for operation in operations(things):
            if operation.kind == "subscription":
                continue
            answer = await service.anonymous().ask(operation.document, **operation.variables)
            assert (answer.status, answer.codes) == (200, ["UNAUTHENTICATED"]), operation.name
            assert not any((answer.body["data"] or {}).values())


async def test_every_subscription_is_refused_to_the_anonymous(service: Service) -> None:
    """A socket without a token is closed; beneath it every subscription has a gate of its own."""
    things = await make_things(service)
    with pytest.raises(Closed, match="4401"):
        async with service.anonymous().socket():
            pass
    nobody = Context(service.parts.office, service.parts.doorbell, service.parts.reader, None)
    async with unchanged():
        for operation in operations(things):
            if operation.kind != "subscription":
                continue
            for client in (service.as_("rita"), service.anonymous()):
                answer = await client.ask(operation.document)
                assert (answer.status, answer.codes) == (400, ["BAD_INPUT"])
            results = await build_own_schema().subscribe(operation.document, context_value=nobody)
            # Refused before its first event.
            first: Any = results if isinstance(results, ExecutionResult) else await anext(results)
            assert [error.message for error in first.errors] == ["Sign in first."], operation.name


async def test_the_anonymous_may_ask_what_there_is(service: Service) -> None:
    """__typename and introspection work without a token."""
    answer = await service.anonymous().data("{ __typename __schema { queryType { name } } }")
    assert answer == {"__typename": "Query", "__schema": {"queryType": {"name": "Query"}}}
    assert await service.anonymous().data("mutation { __typename }") == {"__typename": "Mutation"}
