"""How many rows the lists of a schema have."""

from dataclasses import dataclass
from functools import cached_property

from graphql import (
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    GraphQLType,
    get_named_type,
    get_nullable_type,
    is_input_object_type,
    is_interface_type,
    is_list_type,
    is_object_type,
    is_wrapping_type,
)

from gql.limits import table
from gql.limits.counting import SIZES
from messaging.reads.messages import DEFAULT_LAST
from messaging.reads.paging import MOST_PER_PAGE


@dataclass
class Sizes:
    """The sizes of one schema's lists."""

    schema: GraphQLSchema

    @cached_property
    def connections(self) -> frozenset[str]:
        """The types that are pages of a list: their own lists are as long as was asked for."""
        return frozenset(
            get_named_type(field.type).name
            for kind in self.schema.type_map.values()
            if _is_output(kind)
            for field in kind.fields.values()  # type: ignore[attr-defined]  # as above
            if is_sized(field)
        )

    @cached_property
    def roots(self) -> frozenset[str]:
        """The types whose fields ask the database."""
        schema = self.schema
        roots = (schema.query_type, schema.mutation_type, schema.subscription_type)
        return frozenset(root.name for root in roots if root is not None)

    def of(self, parent: GraphQLNamedType, name: str, field: GraphQLField) -> float:
        """How many rows a field has in the mean that nobody can ask for a number of."""
        is_list = is_list_type(get_nullable_type(field.type))
        unknown = table.SHORT_LIST if is_list else 1
        return self._described.get((parent.name, name), unknown)

    @cached_property
    def _described(self) -> dict[tuple[str, str], float]:
        """How much there is behind the fields of introspection, in the mean of this schema."""
        kinds = list(self.schema.type_map.values())
        sizes: dict[tuple[str, str], float] = {
            ("__Schema", "types"): len(kinds),
            ("__Schema", "directives"): len(self.schema.directives),
        }
        outputs, inputs = (
            [each for kind in kinds if is_of(kind) for each in kind.fields.values()]  # type: ignore[attr-defined]  # these have fields
            for is_of in (_is_output, is_input_object_type)
        )
        sizes["__Field", "args"] = sum(len(each.args) for each in outputs) / max(len(outputs), 1)
        lists = {
            "fields": len(outputs),
            "inputFields": len(inputs),
            "interfaces": sum(len(getattr(kind, "interfaces", ())) for kind in kinds),
            "enumValues": sum(len(getattr(kind, "values", ())) for kind in kinds),
        }
        # Each type is in so many wrappers, each of which has one in it.
        wrappers = sum(_wrappers(each.type) for each in (*outputs, *inputs))
        sizes["__Type", "ofType"] = wrappers / (wrappers + len(outputs) + len(inputs))
        # An interface is implemented as often as types have interfaces.
        lists["possibleTypes"] = lists["interfaces"]
        for name, length in lists.items():
            sizes["__Type", name] = length / len(kinds)
        return sizes


def _is_output(kind: GraphQLNamedType) -> bool:
    return is_object_type(kind) or is_interface_type(kind)


def _wrappers(kind: GraphQLType) -> int:
    return 1 + _wrappers(kind.of_type) if is_wrapping_type(kind) else 0


def is_sized(field: GraphQLField) -> bool:
    """Whether one may ask for a number of rows."""
    return not SIZES.isdisjoint(field.args)


def size_unasked(field: GraphQLField) -> int:
    """The number of rows where nobody asks for one."""
    first = field.args.get("first")
    default = None if first is None else first.default_value
    return default if isinstance(default, int) else DEFAULT_LAST


def size_asked(value: object) -> int | None:
    """The number of rows that somebody asks for; None for none. Others are refused when read."""
    if isinstance(value, float) and value.is_integer():
        # GraphQL takes it for an integer.
        value = int(value)
    if type(value) is not int:
        return None
    return min(max(value, 1), MOST_PER_PAGE)
