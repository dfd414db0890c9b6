"""graphql-core's validation, with an end."""

from collections.abc import Collection

from graphql import ASTValidationRule, DocumentNode, GraphQLError, GraphQLSchema, validate
from graphql.validation.rules import overlapping_fields_can_be_merged as overlapping
from graphql.validation.validate import ValidationAbortedError
from strawberry.extensions import SchemaExtension
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from gql.errors import OperationTooComplex
from gql.limits import table

# This is how graphql-core lets one set it.
overlapping.MAX_COMPLEXITY_BUDGET = table.COMPARISONS

# What graphql-core says where it stops for having compared too much.
_ABORTED = "Validation aborted."


def validate_bounded(
    schema: GraphQLSchema,
    document: DocumentNode,
    rules: Collection[type[ASTValidationRule]],
    *,
    suggestions: bool,
) -> list[GraphQLError]:
    """What is wrong with a document; the first errors where there are many."""
    # These two Strawberry adds.
    rules = (*rules, MaybeNullValidationRule, OneOfInputValidationRule)
    errors = validate(
        schema, document, rules, max_errors=table.ERRORS_TOLD, hide_suggestions=not suggestions
    )
    last = errors[-1] if errors else None
    if isinstance(last, ValidationAbortedError) and last.message == _ABORTED:
        repeating = OperationTooComplex(
            f"It takes more than {table.COMPARISONS:,} comparisons to see whether the document's "
            "fields agree with each other: mention each only once in a selection."
        )
        return [repeating]
    return errors


class BoundedValidation(SchemaExtension):
    """Validates in Strawberry's place."""

    def __init__(self, *, suggestions: bool) -> None:
        self._suggestions = suggestions

    def on_validate(self) -> None:  # type: ignore[override]  # a hook may be a plain function
        """Validate what is not known to be valid."""
        context = self.execution_context
        if context.pre_execution_errors is None and context.graphql_document is not None:
            context.pre_execution_errors = validate_bounded(
                context.schema._schema,
                context.graphql_document,
                context.validation_rules,
                suggestions=self._suggestions,
            )
