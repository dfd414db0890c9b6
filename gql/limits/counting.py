"""Everything in a document, looked at once."""

from collections import Counter
from dataclasses import dataclass, field

from graphql import (
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    ListValueNode,
    Node,
    ObjectFieldNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableDefinitionNode,
    VariableNode,
)
from graphql.language.ast import QUERY_DOCUMENT_KEYS

from gql.limits import table
from gql.limits.table import Limit

# What a list is sized by (gql/schema/connection.py).
SIZES = frozenset({"first", "last"})

_LIMIT_OF: dict[type[Node], Limit] = {
    OperationDefinitionNode: table.OPERATIONS,
    FragmentDefinitionNode: table.FRAGMENTS,
    FragmentSpreadNode: table.SPREADS,
    InlineFragmentNode: table.SPREADS,
    FieldNode: table.FIELDS,
    DirectiveNode: table.DIRECTIVES,
    ArgumentNode: table.VALUES,
    ObjectFieldNode: table.VALUES,
    VariableDefinitionNode: table.VALUES,
}


@dataclass(slots=True)
class Counted:
    """What was found in a document that is within its limits."""

    operations: list[OperationDefinitionNode] = field(default_factory=list)
    fragments: dict[str, FragmentDefinitionNode] = field(default_factory=dict)
    # By the name of a fragment, those that it spreads.
    spreads: dict[str, list[str]] = field(default_factory=dict)
    # The variables by which lists are sized.
    sizes: set[str] = field(default_factory=set)
    # Parts looked at.
    visits: int = 0


def count(document: DocumentNode) -> Counted:
    """Count what is in a document. Raises OperationTooComplex."""
    counted = Counted()
    counts: Counter[Limit] = Counter()
    for definition in document.definitions:
        spreads: list[str] = []
        if isinstance(definition, OperationDefinitionNode):
            counted.operations.append(definition)
        elif isinstance(definition, FragmentDefinitionNode):
            counted.fragments[definition.name.value] = definition
            counted.spreads[definition.name.value] = spreads
        _count(definition, counts, counted, spreads)
    for limit, found in counts.items():
        limit.check(found)
    return counted


def _count(definition: Node, counts: Counter[Limit], counted: Counted, spreads: list[str]) -> None:
    waiting: list[tuple[Node, int]] = [(definition, 0)]
    while waiting:
        node, depth = waiting.pop()
        counted.visits += 1
        limit = _LIMIT_OF.get(type(node))
        if limit is not None:
            counts[limit] += 1
        if isinstance(node, FieldNode):
            counts[table.ALIASES] += node.alias is not None
        elif isinstance(node, FragmentSpreadNode):
            spreads.append(node.name.value)
        elif isinstance(node, ArgumentNode):
            if node.name.value in SIZES and isinstance(node.value, VariableNode):
                counted.sizes.add(node.value.name.value)
        elif isinstance(node, ListValueNode):
            counts[table.VALUES] += len(node.values)
        elif isinstance(node, SelectionSetNode):
            # Whoever follows may then go through a definition by calling itself.
            depth += 1
            table.DEPTH.check(depth)
        waiting += [(part, depth) for part in _parts(node)]


def _parts(node: Node) -> list[Node]:
    parts: list[Node] = []
    for key in QUERY_DOCUMENT_KEYS.get(node.kind, ()):
        value = getattr(node, key, None)
        if isinstance(value, Node):
            parts.append(value)
        elif value and isinstance(value, tuple | list):
            parts += value
    return parts
