"""What stands before the execution of an operation: its limits, and its cost."""

from collections.abc import Mapping
from typing import Any

from graphql import DocumentNode, GraphQLError, GraphQLSchema, OperationType

from gql.execution.documents import KnownDocument
from gql.execution.recent import Recent
from gql.limits import table
from gql.limits.parsing import parse_bounded
from gql.limits.sizes import Sizes
from gql.limits.variables import check_variables
from gql.limits.weighing import Weighed, shown, too_costly

# New documents that were parsed to see of which kind they are, and are about to be read.
_PARSED_AHEAD = 16


class Admission:
    """Lets pass what is within the limits of one schema."""

    def __init__(self, schema: GraphQLSchema, cost_limit: int) -> None:
        self._sizes = Sizes(schema)
        self._cost_limit = cost_limit
        self._parsed: Recent[str, DocumentNode] = Recent(_PARSED_AHEAD)

    def parse(self, text: str) -> DocumentNode:
        """The document, yet to be read. Raises OperationTooComplex, GraphQLSyntaxError."""
        node = parse_bounded(text)
        self._parsed.put(text, node)
        return node

    def read(self, text: str) -> KnownDocument:
        """The document, yet to be validated. Raises OperationTooComplex, GraphQLSyntaxError."""
        node = self._parsed.take(text) or parse_bounded(text)
        return KnownDocument(text, node, Weighed(self._sizes, node))

    def check(
        self, document: KnownDocument, name: str | None, variables: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        """The cost of that operation, as it stands in an answer's extensions.

        Empty where it is unclear which operation is meant. Raises OperationTooComplex.
        """
        check_variables(variables)
        operation = document.operation(name)
        if operation is None:
            return {}
        cost = document.weighed.cost(operation, variables)
        is_subscription = operation.operation is OperationType.SUBSCRIPTION
        limit = self._cost_limit // (table.SUBSCRIPTIONS_SHARE if is_subscription else 1)
        if cost > limit:
            raise too_costly(cost, limit)
        return {"cost": shown(cost, limit)}


def cost_in(error: GraphQLError) -> dict[str, Any]:
    """The cost in a refusal for it, as it stands in an answer's extensions."""
    cost = (error.extensions or {}).get("cost")
    return {} if cost is None else {"cost": cost}
