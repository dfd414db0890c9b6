"""A field of a selection set, and what is known of its declaration."""

from typing import Any, NamedTuple

from graphql import FieldNode, GraphQLField, GraphQLObjectType, GraphQLResolveInfo
from graphql.execution.collect_fields import FieldDetailsList
from strawberry.schema import Schema
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

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


def schema_of(run: Run) -> Schema:
    """Strawberry's schema of a run."""
    found = run.executor.schema.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
    assert isinstance(found, Schema)  # noqa: S101  # for the type checker
    return found


class LateInfo:
    """Strawberry's Info, put together only when more than the context is asked of it."""

    __slots__ = ("_declared", "_field", "_place", "_run", "context")

    def __init__(self, field: Field, declared: StrawberryField, run: Run, place: Place) -> None:
        self.context = run.executor.context_value
        self._field = field
        self._declared = declared
        self._run = run
        self._place = place

    def __getattr__(self, name: str) -> Any:
        info_class = schema_of(self._run).config.info_class
        raw = self._field.info(self._run, self._place)
        return getattr(info_class(_raw_info=raw, _field=self._declared), name)
