"""Completers: what graphql-core's ``complete_value`` does, its questions asked once.

A completer takes a value, the run and the value's place, and returns that part of the response; a
putter does so for a field of a row, or for several leaves, and puts the part among its siblings.
They raise where graphql-core would raise or has more to ask: what they raise is never seen.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from graphql import (
    GraphQLAbstractType,
    GraphQLObjectType,
    GraphQLOutputType,
    TypeNameMetaFieldDef,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql.execution.collect_fields import FieldDetailsList

from gql.execution.field import Field
from gql.execution.leaves import Leaf, is_plain, leaf, passing
from gql.execution.reading import Read, plain_read, resolve_of
from gql.execution.run import Awaited, Complete, NotCompiled, Place, Run

if TYPE_CHECKING:
    from gql.execution.operations import Plan

# Takes the row, the part of the response that is being made of it, the run and the row's place.
Put: TypeAlias = Callable[[Any, dict[str, Any], Run, Place], None]
# A scalar or an enum that is read of its row: its name, how it is read, the class of which a value
# needs no completer, and the completer of any other.
_OwnLeaf: TypeAlias = tuple[str, Read, type | None, Leaf]


def completer(kind: GraphQLOutputType, field: Field, plan: "Plan") -> Complete:
    """What completes values of that type in that field."""
    may_be_null = not is_non_null_type(kind)
    inner = get_nullable_type(kind)
    if is_list_type(inner):
        return _list(inner.of_type, field, plan, may_be_null=may_be_null)
    if is_leaf_type(inner):
        complete = leaf(inner, may_be_null=may_be_null)
        return lambda value, _run, _place: complete(value)
    if is_abstract_type(inner):
        return _abstract(inner, field, plan, may_be_null=may_be_null)
    return _object(cast(GraphQLObjectType, inner), field, plan, may_be_null=may_be_null)


def _list(kind: GraphQLOutputType, field: Field, plan: "Plan", *, may_be_null: bool) -> Complete:
    complete = completer(kind, field, plan)

    def complete_list(value: Any, run: Run, place: Place) -> Any:
        # Anything else may be readable only once, or asynchronous.
        if isinstance(value, list | tuple):
            return [complete(each, run, (place, index, None)) for index, each in enumerate(value)]
        if value is None and may_be_null:
            return None
        raise NotCompiled

    return complete_list


def _object(kind: GraphQLObjectType, field: Field, plan: "Plan", *, may_be_null: bool) -> Complete:
    # Classes whose rows are all of this type.
    known: set[type] = set()
    puts: tuple[Put, ...] | None = None

    def complete(value: Any, run: Run, place: Place) -> Any:
        nonlocal puts
        if type(value) not in known:
            if value is None and may_be_null:
                return None
            _check(kind, value, field, run, place)
            if kind.is_type_of is None or _is_decided_by_class(kind):
                known.add(type(value))
        if puts is None:
            # Not before a row is met: fragments in fragments select more than any row has.
            puts = _putters(kind, field, plan, run)
        part: dict[str, Any] = {}
        for put in puts:
            put(value, part, run, place)
        return part

    return complete


def _check(kind: GraphQLObjectType, value: Any, field: Field, run: Run, place: Place) -> None:
    """Raise NotCompiled unless the value is a row of that type."""
    if value is None or not is_plain(value):
        raise NotCompiled
    if kind.is_type_of is not None and kind.is_type_of(value, field.info(run, place)) is not True:
        raise NotCompiled


def _abstract(
    kind: GraphQLAbstractType, field: Field, plan: "Plan", *, may_be_null: bool
) -> Complete:
    # By the row's class, where that decides; and by the name of the type.
    known: dict[type, Complete] = {}
    objects: dict[str, Complete] = {}

    def complete(value: Any, run: Run, place: Place) -> Any:
        found = known.get(type(value))
        if found is not None:
            return found(value, run, place)
        if value is None and may_be_null:
            return None
        concrete = _type_of(kind, value, field, run, place)
        found = objects.get(concrete.name)
        if found is None:
            found = objects[concrete.name] = _object(concrete, field, plan, may_be_null=False)
        part = found(value, run, place)
        possible = run.executor.schema.get_possible_types(kind)
        # A row with a dictionary of its own may have been told its type in there.
        if not hasattr(value, "__dict__") and all(map(_is_decided_by_class, possible)):
            known[type(value)] = found
        return part

    return complete


def _type_of(
    kind: GraphQLAbstractType, value: Any, field: Field, run: Run, place: Place
) -> GraphQLObjectType:
    if value is None or not is_plain(value):
        raise NotCompiled
    executor = run.executor
    info = field.info(run, place)
    name = (kind.resolve_type or executor.type_resolver)(value, info, kind)
    return executor.ensure_valid_runtime_type(name, kind, field.details, info, value)


def _is_decided_by_class(kind: GraphQLObjectType) -> bool:
    return getattr(kind.is_type_of, "is_decided_by_class", False)


def _putters(kind: GraphQLObjectType, field: Field, plan: "Plan", run: Run) -> tuple[Put, ...]:
    groups = run.executor.collect_subfields(kind, field.details).grouped_field_set
    plan.spend(len(groups))
    puts: list[Put] = []
    leaves: list[_OwnLeaf] = []
    for name, details in groups.items():
        found = _putter(name, details, kind, plan, run)
        if isinstance(found, tuple):
            leaves.append(found)
            continue
        if leaves:
            puts.append(_leaves(leaves))
            leaves = []
        puts.append(found)
    return (*puts, _leaves(leaves)) if leaves else tuple(puts)


def _putter(
    name: str, details: FieldDetailsList, parent: GraphQLObjectType, plan: "Plan", run: Run
) -> Put | _OwnLeaf:
    definition = run.executor.schema.get_field(parent, details[0].node.name.value)
    if definition is None:
        raise NotCompiled
    if definition is TypeNameMetaFieldDef:
        return _constant(name, parent.name)
    field = Field(parent, definition, details)
    read = plain_read(field)
    if read is None:
        return _resolved(name, field, plan, run)
    inner = get_nullable_type(definition.type)
    if is_leaf_type(inner):
        complete = leaf(inner, may_be_null=not is_non_null_type(definition.type))
        return name, read, passing(inner), complete
    return _composite(name, read, field, plan)


def _constant(name: str, value: str) -> Put:
    def put(_row: Any, part: dict[str, Any], _run: Run, _place: Place) -> None:
        part[name] = value

    return put


def _leaves(leaves: list[_OwnLeaf]) -> Put:
    # A call for each would cost as much again as all that is done here.
    def put(row: Any, part: dict[str, Any], _run: Run, _place: Place) -> None:
        for name, read, passing_class, complete in leaves:
            value = read(row)
            part[name] = value if type(value) is passing_class else complete(value)

    return put


def _composite(name: str, read: Read, field: Field, plan: "Plan") -> Put:
    complete = completer(field.definition.type, field, plan)
    parent = field.parent.name

    def put(row: Any, part: dict[str, Any], run: Run, place: Place) -> None:
        part[name] = complete(read(row), run, (place, name, parent))

    return put


def _resolved(name: str, field: Field, plan: "Plan", run: Run) -> Put:
    complete = completer(field.definition.type, field, plan)
    parent = field.parent.name
    resolve = resolve_of(field, run)

    def put(row: Any, part: dict[str, Any], run: Run, place: Place) -> None:
        here = (place, name, parent)
        found = resolve(row, run, here)
        if found is not None and run.executor.is_awaitable(found):
            # Keeps the field's place among its siblings.
            part[name] = None
            run.awaited.append(Awaited(part, name, found, complete, here))
        else:
            part[name] = complete(found, run, here)

    return put
