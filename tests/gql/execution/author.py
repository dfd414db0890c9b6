"""Writes operations at random that are valid for a schema, with the variables they are sent with.

hypothesis-graphql writes literals; the point here is variables, conditions, nested fragments.
"""

import json
from dataclasses import dataclass
from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    Undefined,
    get_named_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
    parse,
    validate,
)

Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType
MOST_SELECTIONS = 60


@dataclass(frozen=True)
class Written:
    """A document with one operation, and its variables."""

    kind: str
    text: str
    variables: dict[str, Any]


class Author:
    """Writes one document; ``ids`` are values for arguments of the type ID."""

    def __init__(
        self, schema: GraphQLSchema, random: Random, ids: tuple[str, ...] = ("x",)
    ) -> None:
        self._schema = schema
        self._random = random
        self._ids = ids
        self._declared: list[str] = []
        self._variables: dict[str, Any] = {}
        self._fragments: dict[str, str] = {}
        self._left = random.randrange(3, MOST_SELECTIONS)

    def operation(self, kind: str) -> Written:
        """A query, mutation or subscription."""
        root = getattr(self._schema, f"{kind}_type")
        if kind == "subscription":
            # Exactly one root field, without @skip and @include.
            selections = (
                "{ " + self._field(root, self._choice(list(root.fields)), 5, bare=True) + " }"
            )
        else:
            selections = self._selections(root, 5)
        declared = f"({', '.join(self._declared)})" if self._declared else ""
        fragments = "\n".join(self._fragments.values())
        text = f"{kind} Written{declared} {selections}\n{fragments}"
        return Written(kind, text, self._variables)

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _choice(self, values: Any) -> Any:
        return self._random.choice(values)

    def _selections(self, parent: Composite, depth: int) -> str:
        written = [self._selection(parent, depth) for _ in range(self._random.randrange(1, 5))]
        return "{ " + " ".join(written) + " }"

    def _selection(self, parent: Composite, depth: int) -> str:
        self._left -= 1
        if depth > 0 and self._left > 0 and self._chance(0.3):
            return self._fragment(parent, depth)
        names = ["__typename"] if isinstance(parent, GraphQLUnionType) else list(parent.fields)
        if self._chance(0.1):
            return self._alias("__typename", 0.5) + self._directives()
        return self._field(parent, self._choice(names), depth)

    def _field(self, parent: Composite, name: str, depth: int, *, bare: bool = False) -> str:
        if name == "__typename" or isinstance(parent, GraphQLUnionType):
            return "__typename"
        definition: GraphQLField = parent.fields[name]
        kind = get_named_type(definition.type)
        if is_composite_type(kind) and (depth == 0 or self._left <= 0):
            return self._alias("__typename", 0.5)
        arguments = [
            f"{each}: {self._value(argument)}"
            for each, argument in definition.args.items()
            if _is_required(argument) or self._chance(0.6)
        ]
        text = self._alias(name, 0.4)
        text += f"({', '.join(arguments)})" if arguments else ""
        text += "" if bare else self._directives()
        return f"{text} {self._selections(kind, depth - 1)}" if is_composite_type(kind) else text

    def _alias(self, name: str, share: float) -> str:
        # Of few names, so that some mentions merge and some change places.
        return f"a{self._random.randrange(30)}: {name}" if self._chance(share) else name

    def _fragment(self, parent: Composite, depth: int) -> str:
        if self._chance(0.2):
            return f"...{self._directives()} {self._selections(parent, depth - 1)}"
        target = self._choice(self._overlapping(parent))
        if self._chance(0.5):
            inner = self._selections(target, depth - 1)
            return f"... on {target.name}{self._directives()} {inner}"
        known = [name for name in self._fragments if name.endswith(f"On{target.name}")]
        if known and self._chance(0.5):
            return f"...{self._choice(known)}{self._directives()}"
        selections = self._selections(target, depth - 1)
        name = f"F{len(self._fragments)}On{target.name}"
        self._fragments[name] = f"fragment {name} on {target.name} {selections}"
        return f"...{name}{self._directives()}"

    def _overlapping(self, parent: Composite) -> list[Composite]:
        own = self._possible(parent)
        return [
            each
            for each in self._schema.type_map.values()
            if is_composite_type(each)
            and not each.name.startswith("__")
            and own & self._possible(each)
        ]

    def _possible(self, kind: Composite) -> set[str]:
        if isinstance(kind, GraphQLObjectType):
            return {kind.name}
        return {each.name for each in self._schema.get_possible_types(kind)}

    def _directives(self) -> str:
        text = ""
        for name in ("skip", "include"):
            if self._chance(0.08):
                text += f" @{name}(if: {self._condition()})"
        return text

    def _condition(self) -> str:
        if self._chance(0.3):
            return "true" if self._chance(0.5) else "false"
        # Few, so that some stand in several places.
        name = f"c{self._random.randrange(3)}"
        if not any(each.startswith(f"${name}:") for each in self._declared):
            default = self._choice(["!", "! = true", " = false"])
            self._declared.append(f"${name}: Boolean{default}")
            if default == "!" or self._chance(0.5):
                self._variables[name] = self._chance(0.5)
        return f"${name}"

    def _value(self, argument: GraphQLArgument) -> str:
        value = self._plain_value(argument.type)
        if self._chance(0.5):
            return _literal(value, argument.type)
        name = f"v{len(self._declared)}"
        default = ""
        if not _is_required(argument) and self._chance(0.3):
            default = f" = {_literal(self._plain_value(argument.type), argument.type)}"
        self._declared.append(f"${name}: {argument.type}{default}")
        may_be_left_out = default or not is_non_null_type(argument.type)
        if not (may_be_left_out and self._chance(0.4)):
            self._variables[name] = value
        return f"${name}"

    def _plain_value(self, kind: Any) -> Any:
        if is_non_null_type(kind):
            kind = kind.of_type
        elif self._chance(0.2):
            return None
        if is_list_type(kind):
            return [self._plain_value(kind.of_type) for _ in range(self._random.randrange(3))]
        if isinstance(kind, GraphQLInputObjectType):
            return {
                name: self._plain_value(each.type)
                for name, each in kind.fields.items()
                if is_non_null_type(each.type) or self._chance(0.4)
            }
        if isinstance(kind, GraphQLEnumType):
            return self._choice(list(kind.values))
        values = {
            "Int": [1, 2, 20, -1],
            "Boolean": [True, False],
            "ID": self._ids,
            "String": ["a", "", 'é\n"', "x"],
        }
        return self._choice(values[kind.name])


def write(
    schema: GraphQLSchema, random: Random, kind: str, ids: tuple[str, ...] = ("x",)
) -> Written:
    """A document that the schema finds valid."""
    while True:
        written = Author(schema, random, ids).operation(kind)
        if not validate(schema, parse(written.text), max_errors=1):
            return written


def _is_required(argument: GraphQLArgument) -> bool:
    return is_non_null_type(argument.type) and argument.default_value is Undefined


def _literal(value: Any, kind: Any) -> str:
    if is_non_null_type(kind):
        kind = kind.of_type
    if value is None:
        return "null"
    if is_list_type(kind):
        return "[" + ", ".join(_literal(each, kind.of_type) for each in value) + "]"
    if isinstance(kind, GraphQLInputObjectType):
        parts = (
            f"{name}: {_literal(each, kind.fields[name].type)}" for name, each in value.items()
        )
        return "{" + ", ".join(parts) + "}"
    if isinstance(kind, GraphQLEnumType):
        return str(value)
    return json.dumps(value)
