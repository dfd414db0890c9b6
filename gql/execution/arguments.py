"""A field's arguments: as graphql-core coerces them, and as Strawberry hands them to a resolver."""

from collections.abc import Callable
from dataclasses import MISSING
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from graphql import Undefined, ValueNode, VariableNode, Visitor, is_non_null_type, visit
from graphql.execution import get_argument_values
from strawberry import UNSET
from strawberry.relay import GlobalID
from strawberry.scalars import is_scalar
from strawberry.schema import Schema
from strawberry.types.base import (
    StrawberryList,
    StrawberryMaybe,
    StrawberryOptional,
    has_object_definition,
)
from strawberry.types.enum import StrawberryEnumDefinition, has_enum_definition
from strawberry.types.field import StrawberryField

from gql.execution.field import Field, schema_of
from gql.execution.run import NotCompiled, Run

Arguments: TypeAlias = Callable[[Run], dict[str, Any]]
# None where a value is handed on as graphql-core coerced it.
Convert: TypeAlias = Callable[[Any], Any] | None


def coerced(field: Field, run: Run) -> Arguments:
    """The arguments as graphql-core coerces them, by their names in the schema."""
    if not field.definition.args:
        return lambda _run: {}
    if not any(_mentions_variables(each.value) for each in field.node.arguments or ()):
        constant = _coerced(field, run)
        return lambda _run: constant
    key = object()
    coerce = _by_variables(field) or partial(_coerced, field)

    def once(run: Run) -> dict[str, Any]:
        found = run.arguments.get(key)
        if found is None:
            found = run.arguments[key] = coerce(run)
        return found

    return once


class _HandedOn(NamedTuple):
    """An argument that is a variable, whose value is handed on as it is."""

    name: str
    variable: str
    # Where the variable is not set; Undefined for none.
    default: Any
    may_be_null: bool


def _by_variables(field: Field) -> Arguments | None:
    """The arguments of a field whose variables are each a whole argument, as most are.

    The other arguments are the same for all requests, once graphql-core has coerced them. None for
    what is left to graphql-core at each request.
    """
    definitions = field.definition.args
    given = {each.name.value: each.value for each in field.node.arguments or ()}
    handed_on = [
        _HandedOn(
            definition.out_name or name,
            value.name.value,
            definition.default_value,
            not is_non_null_type(definition.type),
        )
        for name, definition in definitions.items()
        # Defaults that graphql-core would have to coerce are none of Strawberry's.
        if isinstance(value := given.get(name), VariableNode) and definition.default is None
    ]
    is_simple = len(handed_on) == sum(map(_mentions_variables, given.values()))
    if not is_simple or field.details[0].fragment_variable_values is not None:
        return None
    others: dict[str, Any] | None = None

    def coerce(run: Run) -> dict[str, Any]:
        nonlocal others
        if others is None:
            others = _coerced(field, run)
            for each in handed_on:
                others.pop(each.name, None)
        values = run.executor.variable_values.coerced
        found = others.copy()
        for name, variable, default, may_be_null in handed_on:
            value = values.get(variable, default)
            if not may_be_null and (value is None or value is Undefined):
                # It says what is wrong.
                return _coerced(field, run)
            if value is not Undefined:
                found[name] = value
        return found

    return coerce


def converted(field: Field, declared: StrawberryField, run: Run) -> Arguments:
    """The arguments by the resolver's names, input objects as their classes.

    What Strawberry asks at each call (convert_arguments) is asked once. Raises NotCompiled for
    types that are made in ways of their own.
    """
    schema = schema_of(run)
    named = schema.config.name_converter.from_argument
    parts = [
        (named(each), each.python_name, _converter(each.type, schema))
        for each in declared.arguments
    ]
    given = coerced(field, run)

    def convert(run: Run) -> dict[str, Any]:
        values = given(run)
        return {
            python_name: values[name] if part is None else part(values[name])
            for name, python_name, part in parts
            if name in values
        }

    return convert


def _converter(kind: Any, schema: Schema, within: tuple[type, ...] = ()) -> Convert:
    if isinstance(kind, StrawberryMaybe) or kind is GlobalID:
        raise NotCompiled
    if isinstance(kind, StrawberryOptional):
        return _converter(kind.of_type, schema, within)
    if isinstance(kind, StrawberryList):
        return _list(_converter(kind.of_type, schema, within))
    is_enum = isinstance(kind, StrawberryEnumDefinition) or has_enum_definition(kind)
    if is_enum or is_scalar(kind, schema.schema_converter.scalar_registry):
        return None
    if not has_object_definition(kind) or kind in within:
        raise NotCompiled
    return _input(kind, schema, (*within, kind))


def _list(part: Convert) -> Convert:
    def convert(values: Any) -> Any:
        if values is None or values is UNSET:
            return values
        # A copy: a default is the same for all requests.
        return list(values) if part is None else [part(value) for value in values]

    return convert


def _input(kind: Any, schema: Schema, within: tuple[type, ...]) -> Convert:
    definition = kind.__strawberry_definition__
    if definition.from_input is not None or not definition.is_input:
        raise NotCompiled
    named = schema.config.name_converter.from_field
    parts = [
        (
            named(each),
            each.python_name,
            _converter(each.resolve_type(type_definition=definition), schema, within),
        )
        for each in definition.fields
    ]
    # What has no default and was left out is null.
    left_out = {
        each.python_name: None
        for each in definition.fields
        if each.default_value is MISSING and each.default_factory is MISSING
    }

    def convert(values: Any) -> Any:
        if values is None or values is UNSET:
            return values
        given = left_out.copy()
        for name, python_name, part in parts:
            if name in values:
                given[python_name] = values[name] if part is None else part(values[name])
        return kind(**given)

    return convert


def _coerced(field: Field, run: Run) -> dict[str, Any]:
    executor = run.executor
    return get_argument_values(
        field.definition,
        field.node,
        executor.variable_values,
        field.details[0].fragment_variable_values,
        executor.hide_suggestions,
    )


def _mentions_variables(value: ValueNode) -> bool:
    found = False

    class Variables(Visitor):
        def enter_variable(self, _node: VariableNode, *_: Any) -> None:
            nonlocal found
            found = True

    visit(value, Variables())
    return found
