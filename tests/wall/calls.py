"""Every way to hand something over, found in the schema, and what is handed over there.

What the schema takes and no table here knows fails by its name: whoever adds a field or an
argument says whose things it may reach.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from gql.api import sdl
from gql.ids import Kind
from tests.gql.walk import roles_of
from tests.wall.selections import Composite, selection
from tests.wall.world import Thing, World

SCHEMA = build_schema(sdl())
ROOTS = ("Query", "Mutation", "Subscription")


@dataclass(frozen=True)
class Reach:
    """The things that an argument of the type ID may reach, and who reaches them."""

    kinds: frozenset[Kind]
    reaches: Callable[[World, str, Thing], bool] = World.sees

    def takes(self, world: World, name: str, thing: Thing) -> bool:
        """Whether the argument, given by somebody, finds the thing."""
        return thing.kind in self.kinds and self.reaches(world, name, thing)


def _takes_part(_: World, name: str, thing: Thing) -> bool:
    return name in thing.people


_USER, _COURSE = Reach(frozenset({Kind.USER})), Reach(frozenset({Kind.COURSE}))
_CHAT = Reach(frozenset({Kind.CONVERSATION}), _takes_part)

REACHES: Mapping[str, Reach] = {
    "conversation.id": _CHAT,
    "course.id": _COURSE,
    "node.id": Reach(frozenset(Kind)),
    "startChat.input.recipientId": _USER,
    "contactInstructor.input.courseId": _COURSE,
    "contactInstructor.input.instructorId": _USER,
    "sendMessage.input.conversationId": _CHAT,
    "deleteMessage.input.messageId": Reach(frozenset({Kind.MESSAGE}), World.may_delete),
    "deleteChat.input.conversationId": _CHAT,
    "markRead.input.conversationId": _CHAT,
    "assignInstructor.input.courseId": _COURSE,
    "assignInstructor.input.userId": _USER,
    "unassignInstructor.input.courseId": _COURSE,
    "unassignInstructor.input.userId": _USER,
    "deactivateUser.input.userId": _USER,
    "activateUser.input.userId": _USER,
    "removeUser.input.userId": _USER,
    "messageSent.conversationId": _CHAT,
}
# What else is handed over, by what arguments call it: a value with which the call succeeds.
_VALUES: Mapping[str, object] = {
    "body": "said at the wall",
    "scope": "FOR_ME",
    "upToSeq": 1,
    "mode": "ON",
    "idempotencyKey": None,
    "first": 20,
    "last": None,
    "after": None,
    "before": None,
    "search": None,
    "status": None,
    "unreadOnly": False,
}


@dataclass(frozen=True)
class Call:
    """A root field and the paths of all it takes, those of the type ID apart; some are texts."""

    root: str
    name: str
    roles: frozenset[str] | None
    ids: tuple[str, ...]
    others: tuple[str, ...]
    texts: tuple[str, ...]
    arguments: Mapping[str, GraphQLArgument]
    # What it leads to, where that has fields.
    kind: Composite | None

    def document(self, steps: int = 0) -> str:
        """An operation that takes variables by the arguments' names and selects so deep."""
        declared = ", ".join(f"${name}: {each.type}" for name, each in self.arguments.items())
        passed = ", ".join(f"{name}: ${name}" for name in self.arguments)
        head = f"{self.root.lower()}({declared})" if declared else self.root.lower()
        inner = "" if self.kind is None else selection(SCHEMA, self.kind, steps)
        return f"{head} {{ {self.name}{f'({passed})' if passed else ''} {inner} }}"

    def variables(self, ids: Mapping[str, str | None], **others: object) -> dict[str, Any]:
        """The variables with these ids by their paths; the others by their names."""
        values: dict[str, Any] = {}
        for path in (*self.ids, *self.others):
            name = path.rpartition(".")[2]
            value = ids[path] if path in self.ids else others.get(name, _VALUES[name])
            inside = values
            for part in path.split(".")[1:-1]:
                inside = inside.setdefault(part, {})
            inside[name] = value
        return values

    def is_refused_to(self, roles: frozenset[str]) -> bool:
        """Whether the gate is closed to whoever holds these roles only."""
        return self.roles is not None and self.roles.isdisjoint(roles)


def calls() -> Iterator[Call]:
    """Every root field."""
    for root in ROOTS:
        kind = SCHEMA.get_type(root)
        assert isinstance(kind, GraphQLObjectType)
        for name, field in kind.fields.items():
            taken = [each for key, arg in field.args.items() for each in _paths(key, arg.type)]
            ids = tuple(f"{name}.{path}" for path, scalar in taken if scalar == "ID")
            others = tuple(f"{name}.{path}" for path, scalar in taken if scalar != "ID")
            texts = tuple(f"{name}.{path}" for path, scalar in taken if scalar == "String")
            inner = get_named_type(field.type)
            leads_to = inner if isinstance(inner, Composite) else None
            yield Call(root, name, roles_of(field), ids, others, texts, field.args, leads_to)


def unknown(schema: GraphQLSchema = SCHEMA) -> set[str]:
    """What the schema takes and the tables here do not know, by name."""
    missing = set()
    for kind in schema.type_map.values():
        if not isinstance(kind, GraphQLObjectType) or kind.name.startswith("__"):
            continue
        for name, field in kind.fields.items():
            at = name if kind.name in ROOTS else f"{kind.name}.{name}"
            for key, argument in field.args.items():
                for path, scalar in _paths(key, argument.type):
                    is_id = scalar == "ID"
                    table: Mapping[str, object] = REACHES if is_id else _VALUES
                    known = f"{at}.{path}" if is_id else path.rpartition(".")[2]
                    if known not in table:
                        missing.add(f"{at}.{path}")
    return missing


def _paths(name: str, kind: Any) -> Iterator[tuple[str, str]]:
    """The paths to all leaves of an argument, each with its type's name."""
    inner = get_named_type(kind)
    if isinstance(inner, GraphQLInputObjectType):
        for key, each in inner.fields.items():
            yield from ((f"{name}.{path}", leaf) for path, leaf in _paths(key, each.type))
    else:
        # A list of ids is another name: nothing here makes one, and it fails as unknown.
        listed = "[]" if is_list_type(get_nullable_type(kind)) else ""
        yield name + listed, inner.name


def inlined(call: Call, document: str, variables: Mapping[str, Any]) -> str:
    """The document with the variables as literals in it."""
    declaration = document.find("{")
    head = document[:declaration].partition("(")[0].strip() + " "
    body = document[declaration:]
    for name, argument in call.arguments.items():
        body = body.replace(f"${name}", literal(variables[name], argument.type), 1)
    return head + body


def literal(value: Any, kind: Any) -> str:
    """A value as GraphQL writes it."""
    if is_non_null_type(kind):
        kind = kind.of_type
    if isinstance(value, Mapping):
        inner = (f"{key}: {literal(each, kind.fields[key].type)}" for key, each in value.items())
        return "{" + ", ".join(inner) + "}"
    if value is not None and isinstance(kind, GraphQLEnumType):
        return str(value)
    assert value is None or is_leaf_type(kind)
    # What JSON escapes, GraphQL escapes alike.
    return json.dumps(value)
