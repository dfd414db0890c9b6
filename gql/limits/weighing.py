"""How deep a document's operations go, and what they cost.

Each field counts, what is in a list as many times as the list is long. Fragments are weighed once,
those first that others spread; of fragments that spread each other in a circle, which validation
refuses, one is weighed without the rest. So time is linear in the document, however it is nested.
"""

from collections.abc import Mapping
from math import ceil
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    InlineFragmentNode,
    IntValueNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_interface_type,
    is_object_type,
)

from gql.errors import OperationTooComplex
from gql.limits import table
from gql.limits.counting import SIZES, count
from gql.limits.sizes import Sizes, is_sized, size_asked, size_unasked

# Fragments in fragments come to numbers with hundreds of digits.
_BEYOND_ALL = 1e9
# Outcomes of an operation's variables that are remembered.
_COSTS_KEPT = 64

# By the names of variables.
Asked = Mapping[str, int | None]


class Weight(NamedTuple):
    """Of a selection: its levels, its cost once, and that of a row where it is a page's."""

    depth: int = 0
    once: float = 0
    each_row: float = 0


NOTHING = Weight()


class Weighed:
    """A document within its limits, and the costs of its operations.

    Raises OperationTooComplex for a document that is not.
    """

    def __init__(self, sizes: Sizes, document: DocumentNode) -> None:
        self._sizes = sizes
        self._counted = count(document)
        self._order = _inner_first(self._counted.spreads)
        self._names = tuple(sorted(self._counted.sizes))
        self._costs: dict[tuple[Any, ...], int] = {}
        weighing = self._weighing({})
        for operation in self._counted.operations:
            table.DEPTH.check(weighing.operation(operation).depth)

    def cost(self, operation: OperationDefinitionNode, variables: Mapping[str, Any] | None) -> int:
        """What an operation costs with these variables."""
        if not self._names:
            key: tuple[Any, ...] = (id(operation),)
        else:
            given = variables or {}
            key = (id(operation), *[_given(given, name) for name in self._names])
        cost = self._costs.get(key)
        if cost is None:
            if len(self._costs) >= _COSTS_KEPT:
                self._costs.clear()
            cost = self._costs[key] = self._cost(operation, variables or {})
        return cost

    def _cost(self, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> int:
        asked = {name: size_asked(variables[name]) for name in self._names if name in variables}
        for each in operation.variable_definitions or ():
            default = each.default_value
            if isinstance(default, IntValueNode):
                asked.setdefault(each.variable.name.value, _literal(default))
        weight = self._weighing(asked).operation(operation)
        return ceil(min(weight.once, _BEYOND_ALL))

    def _weighing(self, asked: Asked) -> "Weighing":
        weighing = Weighing(self._sizes, asked)
        for name in self._order:
            fragment = self._counted.fragments[name]
            kind = weighing.named(fragment.type_condition.name.value)
            weighing.fragments[name] = weighing.selection(fragment.selection_set, kind)
        return weighing


class Weighing:
    """One walk over operations and their fragments. ``visits`` counts the selections met."""

    def __init__(self, sizes: Sizes, asked: Asked) -> None:
        self.fragments: dict[str, Weight] = {}
        self.visits = 0
        self._sizes = sizes
        self._asked = asked

    def operation(self, operation: OperationDefinitionNode) -> Weight:
        """The weight of an operation, whose fragments have been weighed."""
        root = self._sizes.schema.get_root_type(operation.operation)
        return self.selection(operation.selection_set, root)

    def named(self, name: str) -> GraphQLNamedType | None:
        """The type of that name."""
        return self._sizes.schema.type_map.get(name)

    def selection(
        self, selected: SelectionSetNode | None, parent: GraphQLNamedType | None
    ) -> Weight:
        """The weight of a selection on a type, None for one that is not there."""
        if selected is None:
            return NOTHING
        depth, once, each_row = 0, 0.0, 0.0
        for node in selected.selections:
            self.visits += 1
            weight = self._weigh(node, parent)
            depth = max(depth, weight.depth)
            once += weight.once
            each_row += weight.each_row
        return Weight(depth, min(once, _BEYOND_ALL), min(each_row, _BEYOND_ALL))

    def _weigh(self, node: Node, parent: GraphQLNamedType | None) -> Weight:
        if isinstance(node, FieldNode):
            return self._field(node, parent)
        if isinstance(node, FragmentSpreadNode):
            return self.fragments.get(node.name.value, NOTHING)
        assert isinstance(node, InlineFragmentNode)  # noqa: S101  # there is nothing else
        condition = node.type_condition
        kind = parent if condition is None else self.named(condition.name.value)
        return self.selection(node.selection_set, kind)

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None) -> Weight:
        field = self._definition(node, parent)
        kind = None if field is None else get_named_type(field.type)
        within = self.selection(node.selection_set, kind)
        depth = within.depth + 1
        if field is None or parent is None:
            return Weight(depth, table.FIELD + within.once + within.each_row)
        own = table.FIELD + (table.READ if parent.name in self._sizes.roots else 0)
        if (parent.name, node.name.value) in table.TEXTS:
            own += table.TEXT
        if is_sized(field):
            rows = self._rows(node, field) * within.each_row
            return Weight(depth, own + table.READ + within.once + rows)
        length = self._sizes.of(parent, node.name.value, field)
        if length != 1 and parent.name in self._sizes.connections:
            return Weight(depth, own, within.once)
        return Weight(depth, own + length * within.once)

    def _definition(self, node: FieldNode, parent: GraphQLNamedType | None) -> GraphQLField | None:
        if not (is_object_type(parent) or is_interface_type(parent)):
            return None
        return self._sizes.schema.get_field(parent, node.name.value)

    def _rows(self, node: FieldNode, field: GraphQLField) -> int:
        """The number of rows asked for."""
        asked: list[int] = []
        for argument in node.arguments or ():
            if argument.name.value in SIZES:
                size = self._size(argument.value)
                if size is not None:
                    asked.append(size)
        return max(asked, default=size_unasked(field))

    def _size(self, value: Node) -> int | None:
        if isinstance(value, VariableNode):
            return self._asked.get(value.name.value)
        return _literal(value) if isinstance(value, IntValueNode) else None


def too_costly(cost: int, limit: int) -> OperationTooComplex:
    """What to say of an operation that costs more than it may."""
    return OperationTooComplex(
        f"The operation costs {cost:,}, and may cost {limit:,}: ask for shorter lists (`first`, "
        "`last`) or fewer fields.",
        cost=shown(cost, limit),
    )


def shown(cost: int, limit: int) -> dict[str, int]:
    """A cost as clients are shown it."""
    return {"requested": cost, "limit": limit}


def _given(variables: Mapping[str, Any], name: str) -> object:
    """What tells sizes apart: "" where there is none, which leaves it to defaults."""
    return size_asked(variables[name]) if name in variables else ""


def _literal(value: IntValueNode) -> int | None:
    # Nobody's number of rows has more digits, and Python refuses to read very many.
    text = value.value[:9]
    return size_asked(int(text)) if text not in ("", "-") else None


def _inner_first(spreads: Mapping[str, list[str]]) -> list[str]:
    """The names of fragments, each behind those that it spreads."""
    order: list[str] = []
    met: set[str] = set()
    for start in spreads:
        if start in met:
            continue
        met.add(start)
        path = [(start, iter(spreads[start]))]
        while path:
            name, inner = path[-1]
            following = next((each for each in inner if each in spreads and each not in met), None)
            if following is None:
                order.append(name)
                path.pop()
            else:
                met.add(following)
                path.append((following, iter(spreads[following])))
    return order
