"""A field of a selection set, and what is known of its declaration."""

from collections.abc import Callable
from typing import Any, NamedTuple

from graphql import FieldNode, GraphQLField, GraphQLObjectType, GraphQLResolveInfo
from graphql.execution.collect_fields import FieldDetailsList
from strawberry.schema import Schema
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField
from strawberry.types.info import Info

from gql.execution.run import Place, Run, path_of

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

    @property
    def declared(self) -> StrawberryField | None:
        """The field as it was declared, if it runs as declared."""
        if getattr(self.definition.resolve, "__qualname__", None) not in _OF_STRAWBERRY:
            return None
        found = self.definition.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
        return found if isinstance(found, StrawberryField) else None

    def info(self, run: Run, place: Place) -> GraphQLResolveInfo[Any]:
        """What its resolver is told."""
        nodes = [each.node for each in self.details]
        return run.executor.build_resolve_info(self.definition, nodes, self.parent, path_of(place))

    def teller(self, declared: StrawberryField, run: Run) -> Callable[[Run, Place], Info[Any, Any]]:
        """What makes what a resolver of Strawberry's is told, whose parts wait to be asked for."""
        found = run.executor.schema.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
        info_class = found.config.info_class
        return lambda run, place: info_class(_raw_info=_LateInfo(self, run, place), _field=declared)


def schema_of(run: Run) -> Schema:
    """Strawberry's schema of a run."""
    found = run.executor.schema.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
    assert isinstance(found, Schema)  # noqa: S101  # for the type checker
    return found


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
