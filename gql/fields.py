"""How the schema's classes say what they are drawn from.

A type's description in the schema is its docstring, a field's that of its resolver. The helpers
for fields are typed Any: a field is declared
with its GraphQL type, while its resolver returns the row that the type is drawn from.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterable
from operator import attrgetter
from typing import Any, TypeVar

import strawberry
from strawberry import Parent

from gql.context import Info
from gql.gates import gates
from gql.ids import Kind, prefix_of
from messaging.rates.rates import Deed
from models import Role

Cls = TypeVar("Cls", bound=type)


def drawn_from(row: type) -> Callable[[Cls], Cls]:
    """Make a class the GraphQL type of such rows."""

    def is_type_of(found: Any, _info: Any) -> bool:
        return isinstance(found, row)

    # Not looking at the row itself, it need be asked only once for each class of rows.
    is_type_of.is_decided_by_class = True  # type: ignore[attr-defined]  # functions have no types

    def declare(cls: Cls) -> Cls:
        cls.is_type_of = staticmethod(is_type_of)  # type: ignore[attr-defined]  # Strawberry looks for it
        return strawberry.type(cls, description=inspect.getdoc(cls))

    return declare


def object_type(cls: Cls) -> Cls:
    """Make a class a GraphQL type."""
    return strawberry.type(cls, description=inspect.getdoc(cls))


def interface(cls: Cls) -> Cls:
    """Make a class a GraphQL interface."""
    return strawberry.interface(cls, description=inspect.getdoc(cls))


def input_type(cls: Cls) -> Cls:
    """Make a class a GraphQL input object."""
    return strawberry.input(cls, description=inspect.getdoc(cls))


def field(resolver: Callable[..., Any] | None = None, description: str | None = None) -> Any:
    """A field of an object: of the row's attribute of that name, unless there is a resolver."""
    if resolver is None:
        return strawberry.field(description=description)
    return strawberry.field(resolver=resolver, description=description or inspect.getdoc(resolver))


def id_field(kind: Kind, key: str = "id", description: str = "The global id.") -> Any:
    """A field with the global id of the thing of that kind whose key the row has."""
    # An answer has a hundred ids: one function makes them, and calls no other of Python's.
    prefix, hex_of = prefix_of(kind), attrgetter(f"{key}.hex")

    def resolve(row: Parent[Any]) -> strawberry.ID:
        return prefix + hex_of(row)  # type: ignore[no-any-return]  # ID(…), a call, costs as much

    return field(resolve, description)


def query(resolver: Callable[..., Any], *, roles: Iterable[Role] | None = None) -> Any:
    """A root field of Query, behind its gates."""
    return strawberry.field(
        resolver=resolver, description=inspect.getdoc(resolver), extensions=[gates(roles)]
    )


def mutation(
    resolver: Callable[..., Awaitable[Any]],
    *,
    takes: type,
    roles: Iterable[Role],
    spends: Iterable[Deed] = (),
) -> Any:
    """A root field of Mutation, behind its gates and within its rates.

    It takes one input object, whose fields are the resolver's arguments.
    """

    async def resolve(info: Any, input: Any) -> Any:  # noqa: A002  # the API's name
        await info.context.spend(spends)
        info.context.roles_admitted = frozenset(roles)
        return await resolver(info, **vars(input))

    resolve.__annotations__ = {"info": Info, "input": takes}
    return strawberry.mutation(
        resolver=resolve, description=inspect.getdoc(resolver), extensions=[gates(roles)]
    )


def subscription(resolver: Callable[..., Any]) -> Any:
    """A root field of Subscription, behind its gates."""
    return strawberry.subscription(
        resolver=resolver, description=inspect.getdoc(resolver), extensions=[gates(None)]
    )
