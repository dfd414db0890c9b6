"""A walk over every root field, its arguments made from the schema and things that exist."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLNonNull,
    GraphQLSchema,
    build_schema,
    get_named_type,
    is_leaf_type,
    is_non_null_type,
    print_ast,
)

from gql.api import sdl
from tests.support.people import Person
from tests.support.service import Service


@dataclass(frozen=True)
class Things:
    """Global ids of things that exist, by what arguments call them."""

    user: str
    course: str
    conversation: str
    message: str

    def named(self, argument: str) -> str:
        """The id that an argument of that name asks for."""
        kind = argument.removesuffix("Id")
        people = {"recipient", "instructor", "user"}
        found: str = getattr(self, "user" if kind in people else kind, self.course)
        return found


@dataclass(frozen=True)
class Operation:
    """A root field, called with arguments that it would take of who may call it."""

    kind: str
    name: str
    # None where every role passes without being named.
    roles: frozenset[str] | None
    document: str
    variables: dict[str, Any]


async def make_things(service: Service) -> Things:
    """A chat between rita and ines in which rita has written."""
    ines = await service.user("ines")
    sent = await Person(service, "rita").start("ines")
    return Things(
        user=ines,
        course=await service.course("mechanics"),
        conversation=sent["conversation"]["id"],
        message=sent["message"]["id"],
    )


def caller_of(operation: Operation) -> str:
    """Who may call it with the things of make_things."""
    if operation.name in ("sendMessage", "deleteMessage", "deleteChat", "markRead"):
        return "rita"
    return "nora" if operation.name == "contactInstructor" else "olga"


def operations(things: Things) -> Iterator[Operation]:
    """Every root field of the schema."""
    schema = build_schema(sdl())
    for root in (schema.query_type, schema.mutation_type, schema.subscription_type):
        assert root is not None
        for name, field in root.fields.items():
            yield _operation(schema, root.name.lower(), name, field, things)


def _operation(
    schema: GraphQLSchema, kind: str, name: str, field: GraphQLField, things: Things
) -> Operation:
    required = {
        argument: each.type for argument, each in field.args.items() if is_non_null_type(each.type)
    }
    declared = ", ".join(f"${argument}: {kind_}" for argument, kind_ in required.items())
    passed = ", ".join(f"{argument}: ${argument}" for argument in required)
    head = f"{kind}({declared})" if required else kind
    call = f"{name}({passed})" if required else name
    selection = "" if is_leaf_type(get_named_type(field.type)) else "{ __typename }"
    return Operation(
        kind,
        name,
        roles_of(field),
        f"{head} {{ {call} {selection} }}",
        {
            argument: value_of(schema, argument, kind_, things)
            for argument, kind_ in required.items()
        },
    )


def roles_of(field: GraphQLField) -> frozenset[str] | None:
    """The roles in a field's @requiresRole."""
    assert field.ast_node is not None
    for directive in field.ast_node.directives or ():
        if directive.name.value == "requiresRole":
            [any_of] = directive.arguments or ()
            return frozenset(re.findall(r"\w+", print_ast(any_of.value)))
    return None


def value_of(schema: GraphQLSchema, name: str, kind: Any, things: Things) -> Any:
    """A value of that type for an argument or variable of that name."""
    inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if isinstance(inner, GraphQLInputObjectType):
        return {
            field: value_of(schema, field, each.type, things)
            for field, each in inner.fields.items()
        }
    if isinstance(inner, GraphQLEnumType):
        # The last is never what holds already: OFF, FOR_EVERYONE.
        return list(inner.values)[-1]
    return {"ID": things.named(name), "String": f"some {name}", "Int": 1}[inner.name]
