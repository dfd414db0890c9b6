"""Documents that were parsed and found valid, so that neither is done again."""

from typing import TypeAlias

from graphql import DocumentNode
from strawberry.extensions import SchemaExtension

from gql.execution.recent import Recent

# The page's documents have 20,000 together. Parsed, a character takes up to 300 bytes of memory.
CHARACTERS_KEPT = 500_000

# The text, and the rules that it was found to keep.
_Key: TypeAlias = tuple[str | None, tuple[type, ...]]
Documents: TypeAlias = Recent[_Key, DocumentNode]


class DocumentCache(SchemaExtension):
    """Remembers valid documents of one schema, in ``documents``; of others it remembers nothing."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._is_known = False

    def on_parse(self) -> None:  # type: ignore[override]  # a hook may be a plain function
        """Hand out a known document, as one without errors."""
        context = self.execution_context
        document = self._documents.get(self._key)
        if document is not None:
            self._is_known = True
            context.graphql_document = document
            context.pre_execution_errors = []

    def on_execute(self) -> None:  # type: ignore[override]  # as above
        """Remember the document: this far come only valid ones."""
        context = self.execution_context
        text, document = context.query, context.graphql_document
        if not self._is_known and text is not None and document is not None:
            self._documents.put(self._key, document, len(text))

    @property
    def _key(self) -> _Key:
        return self.execution_context.query, self.execution_context.validation_rules
