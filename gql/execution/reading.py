"""How the value of a field is had from its row.

Most fields are an attribute of their row or a function of the row alone, and are read without
graphql-core's and Strawberry's ceremony. Any other resolver is called as graphql-core calls it.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias, cast

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    VariableNode,
    Visitor,
    visit,
)
from graphql.execution import get_argument_values
from graphql.execution.collect_fields import FieldDetailsList
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from gql.execution.run import Place, Run, path_of

Read: TypeAlias = Callable[[Any], Any]
Arguments: TypeAlias = Callable[[Run], dict[str, Any]]

# What Strawberry makes of fields; whatever else stands in their place is called as it is.
_OF_STRAWBERRY = GraphQLCoreConverter.from_resolver.__qualname__ + ".<locals>."
_BASIC, _RESOLVER = _OF_STRAWBERRY + "_get_basic_result", _OF_STRAWBERRY + "_resolver"


class Field(NamedTuple):
    """A field of a selection set, all its mentions taken together."""

    parent: GraphQLObjectType
    definition: GraphQLField
    details: FieldDetailsList

    @property
    def node(self) -> FieldNode:
        """Its first mention, the one whose arguments count."""
        return self.details[0].node

    def info(self, run: Run, place: Place) -> GraphQLResolveInfo[Any]:
        """What its resolver is told."""
        nodes = [each.node for each in self.details]
        return run.executor.build_resolve_info(self.definition, nodes, self.parent, path_of(place))


def plain_read(definition: GraphQLField) -> Read | None:
    """How the field is read where it needs nothing but its row; None where it needs more."""
    made_by = getattr(definition.resolve, "__qualname__", None)
    field = definition.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if not isinstance(field, StrawberryField):
        return None
    if made_by == _BASIC and field.default_resolver is getattr:
        return attrgetter(field.python_name)
    resolver = field.base_resolver
    if made_by == _RESOLVER and resolver is not None and not field.extensions:
        parameters = list(resolver.signature.parameters.values())
        if parameters == [resolver.parent_parameter]:
            return cast("Read", resolver.wrapped_func)
    return None


def arguments_of(field: Field, run: Run) -> Arguments:
    """What the field's resolver is given, as graphql-core coerces it."""
    if not field.definition.args:
        return lambda _run: {}
    if not _mentions_variables(field.node):
        constant = _coerced(field, run)
        return lambda _run: constant
    key = object()

    def once(run: Run) -> dict[str, Any]:
        found = run.arguments.get(key)
        if found is None:
            found = run.arguments[key] = _coerced(field, run)
        return found

    return once


def _coerced(field: Field, run: Run) -> dict[str, Any]:
    executor = run.executor
    return get_argument_values(
        field.definition,
        field.node,
        executor.variable_values,
        field.details[0].fragment_variable_values,
        executor.hide_suggestions,
    )


def _mentions_variables(node: FieldNode) -> bool:
    found = False

    class Variables(Visitor):
        def enter_variable(self, _node: VariableNode, *_: Any) -> None:
            nonlocal found
            found = True

    for argument in node.arguments or ():
        visit(argument, Variables())
    return found
