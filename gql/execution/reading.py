"""How the value of a field is had from its row.

Most fields are an attribute of their row, or a function of the row or of row and info, and are read
without graphql-core's and Strawberry's ceremony. Any other resolver is called as graphql-core does.
"""

from collections.abc import Callable
from inspect import Parameter
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
from strawberry.types.fields.resolver import StrawberryResolver

from gql.execution.run import Place, Run, path_of

Read: TypeAlias = Callable[[Any], Any]
Resolve: TypeAlias = Callable[[Any, Run, Place], Any]
Arguments: TypeAlias = Callable[[Run], dict[str, Any]]

# What Strawberry makes of declared fields; whatever else stands in their place is called as it is.
_OF_STRAWBERRY = frozenset(
    f"{GraphQLCoreConverter.from_resolver.__qualname__}.<locals>.{name}"
    for name in ("_get_basic_result", "_resolver", "_async_resolver")
)


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
    field = _declaration(definition)
    if field is None:
        return None
    if field.base_resolver is None:
        return attrgetter(field.python_name) if field.default_resolver is getattr else None
    if field.is_async or _parameters(field.base_resolver) != [field.base_resolver.parent_parameter]:
        return None
    return cast("Read", field.base_resolver.wrapped_func)


def resolve_of(field: Field, run: Run) -> Resolve:
    """How the field's resolver is called: directly where it takes a row, and info, at most."""
    declaration = _declaration(field.definition)
    resolver = declaration.base_resolver if declaration is not None else None
    if resolver is None:
        return _as_core_does(field, run)
    call = cast("Callable[..., Any]", resolver.wrapped_func)
    if _parameters(resolver) == [resolver.parent_parameter]:
        return lambda row, _run, _place: call(row)
    if _parameters(resolver) != [resolver.parent_parameter, resolver.info_parameter]:
        return _as_core_does(field, run)
    schema = run.executor.schema.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
    info_class = schema.config.info_class
    return lambda row, run, place: call(
        row, info_class(_raw_info=_LateInfo(field, run, place), _field=declaration)
    )


def _parameters(resolver: StrawberryResolver[Any]) -> list[Parameter]:
    return list(resolver.signature.parameters.values())


def _as_core_does(field: Field, run: Run) -> Resolve:
    resolve = field.definition.resolve or run.executor.field_resolver
    arguments = _arguments(field, run)
    return lambda row, run, place: resolve(row, field.info(run, place), **arguments(run))


class _LateInfo:
    """graphql-core's info, put together only when more than the context is asked of it."""

    __slots__ = ("_field", "_place", "_run", "context")

    def __init__(self, field: Field, run: Run, place: Place) -> None:
        self.context = run.executor.context_value
        self._field = field
        self._run = run
        self._place = place

    def __getattr__(self, name: str) -> Any:
        return getattr(self._field.info(self._run, self._place), name)


def _declaration(definition: GraphQLField) -> StrawberryField | None:
    """The field as it was declared, if it runs as declared and nothing stands before it."""
    if getattr(definition.resolve, "__qualname__", None) not in _OF_STRAWBERRY:
        return None
    field = definition.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    return field if isinstance(field, StrawberryField) and not field.extensions else None


def _arguments(field: Field, run: Run) -> Arguments:
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
