"""The Messages page's own operations, each with the fragments it needs and nothing else."""

from functools import cache
from pathlib import Path

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    Node,
    OperationDefinitionNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

_FOLDER = Path(__file__).parents[1] / "web" / "src" / "operations"


@cache
def document(name: str) -> str:
    """The text of an operation as the page sends it. Raises KeyError where it has none so named."""
    operation = _operations()[name]
    needed: dict[str, FragmentDefinitionNode] = {}
    _collect(operation, needed)
    return print_ast(DocumentNode(definitions=(operation, *needed.values())))


@cache
def _definitions() -> tuple[Node, ...]:
    text = "\n".join(path.read_text() for path in sorted(_FOLDER.glob("*.graphql")))
    return tuple(parse(text).definitions)


@cache
def _operations() -> dict[str, OperationDefinitionNode]:
    return {
        each.name.value: each
        for each in _definitions()
        if isinstance(each, OperationDefinitionNode) and each.name is not None
    }


@cache
def _fragments() -> dict[str, FragmentDefinitionNode]:
    return {
        each.name.value: each for each in _definitions() if isinstance(each, FragmentDefinitionNode)
    }


def _collect(node: Node, needed: dict[str, FragmentDefinitionNode]) -> None:
    class Spreads(Visitor):
        def enter_fragment_spread(self, spread: FragmentSpreadNode, *_: object) -> None:
            name = spread.name.value
            if name not in needed:
                needed[name] = _fragments()[name]
                _collect(needed[name], needed)

    visit(node, Spreads())
