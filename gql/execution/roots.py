"""Root fields: arguments, gates and resolver, called without Strawberry's ceremony.

A field of any other make is resolved as graphql-core does.
"""

from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

from graphql import OperationType, TypeNameMetaFieldDef
from graphql.execution.collect_fields import FieldDetailsList, collect_fields
from graphql.pyutils import Path
from strawberry.exceptions import PermissionReturnedNonBooleanError
from strawberry.execution.is_awaitable import optimized_is_awaitable
from strawberry.permission import BasePermission, PermissionExtension
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from gql.execution.arguments import converted
from gql.execution.field import Field, LateInfo
from gql.execution.reading import as_core_does
from gql.execution.run import Complete, NotCompiled, Run

if TYPE_CHECKING:
    from gql.execution.executor import CompilingExecutor
    from gql.execution.operations import Plan

# What Strawberry has a subscription's field resolved by.
_OF_EVENTS = f"{GraphQLCoreConverter.from_field.__qualname__}.<locals>.<lambda>"

# Takes the run and the root value.
Call: TypeAlias = Callable[[Run, Any], Any]


class Root(NamedTuple):
    """A root field: its name in the response, its place, how its value is had, and completed."""

    name: str
    path: Path
    call: Call
    complete: Complete


def roots(executor: "CompilingExecutor", plan: "Plan") -> tuple[Root, ...]:
    """The root fields of an operation, in their order. Raises NotCompiled."""
    kind = executor.operation.operation
    parent = executor.schema.get_root_type(kind)
    if parent is None:
        raise NotCompiled
    collected = collect_fields(
        executor.schema, executor.fragments, executor.variable_values, parent, executor.operation
    )
    groups = collected.grouped_field_set
    # A mutation's are run one after the other, by graphql-core; a subscription has one.
    if collected.new_defer_usages or (kind is not OperationType.QUERY and len(groups) != 1):
        raise NotCompiled
    plan.spend(len(groups))
    run = Run(executor)
    return tuple(_root(name, details, plan, run, parent) for name, details in groups.items())


def _root(name: str, details: FieldDetailsList, plan: "Plan", run: Run, parent: Any) -> Root:
    path = Path(None, name, parent.name)
    definition = run.executor.schema.get_field(parent, details[0].node.name.value)
    if definition is TypeNameMetaFieldDef:
        return Root(name, path, lambda _run, _root: parent.name, lambda value, _run, _place: value)
    # The schema's description of itself is rarely asked for.
    if definition is None or details[0].node.name.value.startswith("__"):
        raise NotCompiled
    field = Field(parent, definition, details)
    call = _event if _hands_out_events(field) else _call(field, path, run)
    return Root(name, path, call, plan.completer(name, field))


def _event(_run: Run, event: Any) -> Any:
    return event


def _hands_out_events(field: Field) -> bool:
    """Whether it is a subscription's as Strawberry makes them, whose value is the event."""
    if field.definition.subscribe is None:
        return False
    if field.definition.resolve.__qualname__ != _OF_EVENTS:  # type: ignore[union-attr]  # a function
        raise NotCompiled
    return True


def _call(field: Field, path: Path, run: Run) -> Call:
    try:
        return _as_declared(field, path, run)
    except NotCompiled:
        resolve = as_core_does(field, run)
        return lambda run, root: resolve(root, run, path)


def _as_declared(field: Field, path: Path, run: Run) -> Call:
    declared = field.declared
    resolver = declared.base_resolver if declared is not None else None
    if declared is None or resolver is None:
        raise NotCompiled
    if resolver.self_parameter or resolver.parent_parameter or resolver.root_parameter:
        raise NotCompiled
    info_name = resolver.info_parameter.name if resolver.info_parameter else None
    # By any other name the gates would be handed it among the arguments.
    if info_name not in (None, "info"):
        raise NotCompiled
    gates, arguments = _gates(declared), converted(field, declared, run)
    resolve = cast(Callable[..., Any], resolver.wrapped_func)

    def call(run: Run, root: Any) -> Any:
        given = arguments(run)
        info: Any = LateInfo(field, declared, run, path)
        for gate in gates:
            passes = gate.has_permission(root, info, **given)
            if not isinstance(passes, bool):
                raise PermissionReturnedNonBooleanError(gate, passes)
            if not passes:
                return gate.on_unauthorized()
        return resolve(info=info, **given) if info_name else resolve(**given)

    async def call_later(run: Run, root: Any) -> Any:
        found = call(run, root)
        return await found if optimized_is_awaitable(found) else found

    # An asynchronous field is refused when it is awaited: of several errors the same is told.
    return call_later if declared.is_async else call


def _gates(declared: StrawberryField) -> tuple[BasePermission, ...]:
    """What stands before the field. Raises NotCompiled unless it is gates that answer at once."""
    gates: list[BasePermission] = []
    for extension in declared.extensions:
        if type(extension) is not PermissionExtension or extension.fail_silently:
            raise NotCompiled
        gates += extension.permissions
    if any(iscoroutinefunction(gate.has_permission) for gate in gates):
        raise NotCompiled
    return tuple(gates)
