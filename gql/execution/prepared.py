"""What graphql-core finds out of an operation at each request, found out once."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from graphql import OperationType, Undefined, is_non_null_type
from graphql.execution import Executor, VariableValues
from graphql.execution.values import VariableValueSource
from graphql.utilities import coerce_input_value

if TYPE_CHECKING:
    from gql.execution.documents import KnownDocument


class Asked(NamedTuple):
    """What a request asks, whose operation is in a document that is known to be valid."""

    document: "KnownDocument"
    operation_name: str | None
    variables: dict[str, Any] | None
    context_value: Any
    root_value: Any
    operation_extensions: dict[str, Any] | None

    @property
    def is_subscription(self) -> bool:
        """Whether it has no one answer."""
        operation = self.document.operation(self.operation_name)
        return operation is not None and operation.operation is OperationType.SUBSCRIPTION


class Prepared:
    """One operation of a valid document."""

    __slots__ = ("_is_awaitable", "_make", "_of_document", "_operation", "_resolvers", "_unset")

    def __init__(self, first: Executor[Any]) -> None:
        """``first`` executes the operation for the first time: its variables can be coerced."""
        # Strawberry's take more than graphql-core's.
        self._make: Any = getattr(type(first), "late", type(first))
        self._of_document = first.schema, first.fragment_definitions, first.fragments
        self._operation = first.operation
        self._resolvers = first.field_resolver, first.type_resolver, first.subscribe_field_resolver
        self._is_awaitable = first.is_awaitable
        # As they stand in an executor where a request does not set them.
        self._unset = {
            name: VariableValueSource(source.signature)
            for name, source in first.variable_values.sources.items()
        }

    def executor(self, asked: Asked) -> Executor[Any] | None:
        """What executes it; None where graphql-core has to look at its variables."""
        values = self._values(asked.variables or {})
        if values is None:
            return None
        executor: Executor[Any] = self._make(
            *self._of_document, asked.root_value, asked.context_value, self._operation, values,
            *self._resolvers, is_awaitable=self._is_awaitable,
            operation_extensions=asked.operation_extensions,
        )  # fmt: skip
        return executor

    def _values(self, variables: Mapping[str, Any]) -> VariableValues | None:
        """The coerced variables; None where one is wrong, or is left out and has a default.

        How deep they are does not matter here: what comes beside a document has a limit of its own
        (gql/limits/variables.py).
        """
        sources: dict[str, VariableValueSource] = {}
        coerced: dict[str, Any] = {}
        for name, unset in self._unset.items():
            signature = unset.signature
            value = variables.get(name, Undefined)
            if value is not Undefined:
                sources[name] = VariableValueSource(signature, value)
                coerced[name] = coerce_input_value(value, signature.type)
                if coerced[name] is Undefined:
                    return None
            elif signature.default is None and not is_non_null_type(signature.type):
                sources[name] = unset
            else:
                return None
        return VariableValues(sources, coerced)
