"""Documents that were parsed and found valid, so that neither is done again."""

from typing import TypeAlias

from graphql import DocumentNode, OperationDefinitionNode
from strawberry.extensions import SchemaExtension

from gql.execution.prepared import Prepared
from gql.execution.recent import Recent
from gql.limits.weighing import Weighed

# The page's documents have 11,000 together, each with the fragments that it uses. Parsed, a
# character takes up to 300 bytes of memory.
CHARACTERS_KEPT = 500_000


class KnownDocument:
    """A document within its limits, and its operations.

    ``prepared`` is what was found out of them since it is known to be valid, by their names.
    """

    __slots__ = ("_operations", "node", "prepared", "text", "weighed")

    def __init__(self, text: str, node: DocumentNode, weighed: Weighed) -> None:
        self.text = text
        self.node = node
        self.weighed = weighed
        self.prepared: dict[str | None, Prepared] = {}
        found = [each for each in node.definitions if isinstance(each, OperationDefinitionNode)]
        self._operations: dict[str | None, OperationDefinitionNode] = {
            each.name.value: each for each in found if each.name is not None
        }
        if len(found) == 1:
            self._operations[None] = found[0]

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """The operation of that name; without one the only operation; None where it is unclear."""
        # A request may name it by something that is no text.
        return self._operations.get(name) if isinstance(name, str | None) else None


# By their text. They belong to one schema, and are valid by its rules.
Documents: TypeAlias = Recent[str, KnownDocument]


class DocumentCache(SchemaExtension):
    """Remembers valid documents of one schema, in ``documents``; of others it remembers nothing."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._is_known = False

    def on_parse(self) -> None:  # type: ignore[override]  # a hook may be a plain function
        """Hand out a known document, as one without errors."""
        context = self.execution_context
        document = None if context.query is None else self._documents.get(context.query)
        if document is not None:
            self._is_known = True
            context.graphql_document = document.node
            context.pre_execution_errors = []

    def on_execute(self) -> None:  # type: ignore[override]  # as above
        """Remember the document: this far come only valid ones."""
        context = self.execution_context
        text, document = context.query, getattr(context, "document", None)
        if not self._is_known and text is not None and document is not None:
            self._documents.put(text, document, len(text))
