"""How the value of a field is had from its row.

Most fields are an attribute of their row, or a function of the row or of row and info, and are read
without graphql-core's and Strawberry's ceremony. Any other resolver is called as graphql-core does.
"""

from collections.abc import Callable
from inspect import Parameter
from typing import Any, TypeAlias, cast

from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from gql.execution.arguments import coerced, converted
from gql.execution.field import Field, LateInfo
from gql.execution.run import NotCompiled, Place, Run

# The name of the row's attribute, or a function of the row.
Read: TypeAlias = str | Callable[[Any], Any]
Resolve: TypeAlias = Callable[[Any, Run, Place], Any]


def plain_read(field: Field) -> Read | None:
    """How the field is read where it needs nothing but its row; None where it needs more."""
    declared = _unguarded(field)
    if declared is None:
        return None
    if declared.base_resolver is None:
        return declared.python_name if declared.default_resolver is getattr else None
    resolver = declared.base_resolver
    if declared.is_async or _parameters(resolver) != [resolver.parent_parameter]:
        return None
    return cast("Read", resolver.wrapped_func)


def resolve_of(field: Field, run: Run) -> Resolve:
    """How the field's resolver is called: directly where a row comes first, and info next."""
    declared = _unguarded(field)
    resolver = declared.base_resolver if declared is not None else None
    if declared is None or resolver is None:
        return as_core_does(field, run)
    call = cast("Callable[..., Any]", resolver.wrapped_func)
    known = [resolver.parent_parameter, resolver.info_parameter]
    if _parameters(resolver) == known[:1]:
        return lambda row, _run, _place: call(row)
    if _parameters(resolver) == known:
        return lambda row, run, place: call(row, LateInfo(field, declared, run, place))
    if _parameters(resolver)[:2] != known or resolver.self_parameter or resolver.root_parameter:
        return as_core_does(field, run)
    try:
        arguments = converted(field, declared, run)
    except NotCompiled:
        return as_core_does(field, run)
    return lambda row, run, place: call(
        row, LateInfo(field, declared, run, place), **arguments(run)
    )


def as_core_does(field: Field, run: Run) -> Resolve:
    """How graphql-core calls the field's resolver."""
    resolve = field.definition.resolve or run.executor.field_resolver
    arguments = coerced(field, run)
    return lambda row, run, place: resolve(row, field.info(run, place), **arguments(run))


def _unguarded(field: Field) -> StrawberryField | None:
    """The field as it was declared, if nothing stands before it."""
    declared = field.declared
    return declared if declared is not None and not declared.extensions else None


def _parameters(resolver: StrawberryResolver[Any]) -> list[Parameter]:
    return list(resolver.signature.parameters.values())
