"""Selection sets made from the schema: everything that can be reached, some steps deep."""

from collections.abc import Iterator

from graphql import (
    GraphQLArgument,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_non_null_type,
)

# What stands between a thing and the things it leads to; it takes no step.
_BETWEEN = ("edges", "node", "pageInfo", "errors")

Composite = GraphQLObjectType | GraphQLInterfaceType


def selection(schema: GraphQLSchema, kind: Composite, steps: int) -> str:
    """All that stands in a type, and in what it leads to within so many steps."""
    return "{ " + " ".join(["__typename", *_parts(schema, kind, steps)]) + " }"


def _parts(schema: GraphQLSchema, kind: Composite, steps: int) -> Iterator[str]:
    for name, field in kind.fields.items():
        assert not any(map(is_required, field.args.values())), f"{kind.name}.{name}"
        inner = get_named_type(field.type)
        if is_leaf_type(inner):
            yield name
            continue
        assert isinstance(inner, Composite), f"no union is known here: {inner}"
        if name in _BETWEEN:
            yield f"{name} {selection(schema, inner, steps)}"
        elif steps:
            yield f"{name} {selection(schema, inner, steps - 1)}"
    if isinstance(kind, GraphQLInterfaceType):
        for each in schema.get_possible_types(kind):
            yield f"... on {each.name} {selection(schema, each, steps)}"


def is_required(argument: GraphQLArgument) -> bool:
    """Whether a field cannot be asked for without it."""
    return is_non_null_type(argument.type)
