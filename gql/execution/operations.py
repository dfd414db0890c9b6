"""What was compiled of the operations used last."""

from typing import TYPE_CHECKING, Any

from graphql import (
    DirectiveNode,
    GraphQLIncludeDirective,
    GraphQLSkipDirective,
    Node,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    visit,
)

from gql.execution.completion import completer
from gql.execution.field import Field
from gql.execution.recent import Recent
from gql.execution.roots import Root, roots
from gql.execution.run import Complete, NotCompiled

if TYPE_CHECKING:
    from gql.execution.executor import CompilingExecutor

# Several front ends have fewer; a stream of unique ones evicts, not grows.
OPERATIONS_KEPT = 128
# A page's largest operation has about a hundred. What selects more is left to graphql-core, so that
# nobody fills the memory with operations that are large and compiled.
MOST_FIELDS = 1_000


class Plan:
    """The completers of one operation's root fields, for one outcome of its @skip and @include."""

    def __init__(self, operation: "Operation") -> None:
        self._operation = operation
        self._completers: dict[str | int, Complete] = {}
        self._roots: tuple[Root, ...] | None = None
        self._has_roots = True

    def completer(self, name: str | int, field: Field) -> Complete:
        """What completes the values of a root field, whichever way they were resolved."""
        found = self._completers.get(name)
        if found is None:
            found = self._completers[name] = completer(field.definition.type, field, self)
        return found

    def roots(self, executor: "CompilingExecutor") -> tuple[Root, ...] | None:
        """The root fields, in their order; None where graphql-core has to resolve them."""
        if self._roots is None and self._has_roots:
            try:
                self._roots = roots(executor, self)
            except Exception:  # noqa: BLE001  # graphql-core will say what it means
                self._has_roots = False
        return self._roots

    def spend(self, fields: int) -> None:
        """Compile so many fields more. Raises NotCompiled once it is too many."""
        self._operation.spend(fields)


class Operation:
    """One operation of a document. Holds its node, by whose identity it is known."""

    def __init__(self, node: OperationDefinitionNode, conditions: frozenset[str]) -> None:
        self.node = node
        self._conditions = tuple(sorted(conditions))
        self._plans: dict[tuple[Any, ...], Plan] = {}
        self._left = MOST_FIELDS

    def plan(self, variables: dict[str, Any]) -> Plan | None:
        """The plan for these variables; None for an operation that is too large."""
        outcome = tuple([variables.get(name) for name in self._conditions])
        plan = self._plans.get(outcome)
        if plan is None and self._left > 0:
            self.spend(1)
            plan = self._plans[outcome] = Plan(self)
        return plan

    def spend(self, fields: int) -> None:
        """Compile so many fields more, in all plans together. Raises NotCompiled."""
        self._left -= fields
        if self._left < 0:
            self._plans.clear()
            raise NotCompiled


class Operations:
    """The operations of one schema."""

    def __init__(self) -> None:
        self._recent: Recent[int, Operation] = Recent(OPERATIONS_KEPT)
        # Root fields that were completed here, and that had to be left to graphql-core.
        self.compiled = 0
        self.left_to_core = 0

    def __len__(self) -> int:
        return len(self._recent)

    def plan(self, executor: "CompilingExecutor") -> Plan | None:
        """The plan for what is executed; None where graphql-core is to do all of it."""
        node = executor.operation
        operation = self._recent.get(id(node))
        if operation is None:
            nodes = (node, *executor.fragment_definitions.values())
            operation = Operation(node, frozenset().union(*map(_conditions, nodes)))
            self._recent.put(id(node), operation)
        return operation.plan(executor.variable_values.coerced)


def _conditions(node: Node) -> set[str]:
    """The variables on which it depends what is selected."""
    found: set[str] = set()

    class Conditions(Visitor):
        def enter_directive(self, directive: DirectiveNode, *_: Any) -> None:
            if directive.name.value in (GraphQLSkipDirective.name, GraphQLIncludeDirective.name):
                for argument in directive.arguments or ():
                    if isinstance(argument.value, VariableNode):
                        found.add(argument.value.name.value)

    visit(node, Conditions())
    return found
