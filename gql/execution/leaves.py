"""Completers for scalars and enums. graphql-core coerces, except what would stay as it is."""

from collections.abc import Callable
from enum import Enum
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
    Undefined,
)

from gql.execution.run import NotCompiled

Leaf = Callable[[Any], Any]

# Of exactly this class, values are their own coercion.
_AS_THEY_ARE: dict[str, type] = {
    GraphQLString.name: str,
    GraphQLID.name: str,
    GraphQLBoolean.name: bool,
}
_INT_FROM, _INT_TO = -(2**31), 2**31 - 1


def passing(kind: GraphQLLeafType) -> type | None:
    """Of exactly which class values of that type need no completer; None where all do."""
    own: type | None = getattr(kind.coerce_output_value, "passes", None)
    return own or _AS_THEY_ARE.get(kind.name)


def is_plain(value: Any) -> bool:
    """Whether the value is neither an error nor a promise."""
    return not isinstance(value, BaseException) and not hasattr(type(value), "__await__")


def leaf(kind: GraphQLLeafType, *, may_be_null: bool) -> Leaf:
    """What completes values of that type. Raises what graphql-core will raise again."""

    def coerced(value: Any) -> Any:
        if value is None or value is Undefined:
            if may_be_null:
                return None
            raise NotCompiled
        if not is_plain(value):
            raise NotCompiled
        result = kind.coerce_output_value(value)
        if result is None or result is Undefined:
            raise NotCompiled
        return result

    if isinstance(kind, GraphQLEnumType):
        return _enum(kind, coerced)
    if kind is GraphQLInt:
        return _int(coerced)
    return coerced


def _int(coerced: Leaf) -> Leaf:
    def complete(value: Any) -> Any:
        if type(value) is int and _INT_FROM <= value <= _INT_TO:
            return value
        return coerced(value)

    return complete


def _enum(kind: GraphQLEnumType, coerced: Leaf) -> Leaf:
    members = getattr(kind, "wrapped_cls", None)
    if not (isinstance(members, type) and issubclass(members, Enum)):
        return coerced
    # By identity: the hash of a member is a function of Python's own library.
    names: dict[int, Any] = {}

    def complete(value: Any) -> Any:
        if type(value) is not members:
            return coerced(value)
        name = names.get(id(value))
        if name is None:
            name = names[id(value)] = coerced(value)
        return name

    return complete
