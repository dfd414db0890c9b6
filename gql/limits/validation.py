"""graphql-core's validation, with an end."""

from collections.abc import Collection

from graphql import (
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    ParallelVisitor,
    TypeInfo,
    TypeInfoVisitor,
    ValidationContext,
    visit,
)
from graphql.validation.rules import overlapping_fields_can_be_merged as overlapping
from graphql.validation.validate import ValidationAbortedError
from strawberry.extensions import SchemaExtension
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from gql.errors import OperationTooComplex
from gql.limits import table

# This is how graphql-core lets one set it.
overlapping.MAX_COMPLEXITY_BUDGET = table.COMPARISONS


class _EnoughSaid(Exception):
    """There are more errors than anybody needs."""


def validate_bounded(
    schema: GraphQLSchema,
    document: DocumentNode,
    rules: Collection[type[ASTValidationRule]],
    *,
    suggestions: bool,
) -> list[GraphQLError]:
    """What is wrong with a document; the first errors where there are many.

    As graphql-core's validate() does. That leaves thousands of objects in circles when it stops
    early, and after a hundred such documents the garbage collector stops the service for 150 ms.
    """
    errors: list[GraphQLError] = []

    def note(error: GraphQLError) -> None:
        errors.append(error)
        if len(errors) >= table.ERRORS_TOLD:
            raise _EnoughSaid

    types = TypeInfo(schema)
    context = ValidationContext(schema, document, types, note, hide_suggestions=not suggestions)
    # The last two Strawberry adds.
    all_rules = (*rules, MaybeNullValidationRule, OneOfInputValidationRule)
    visitors = [rule(context) for rule in all_rules]
    together = ParallelVisitor(visitors)
    try:
        visit(document, TypeInfoVisitor(types, together))
    except _EnoughSaid:
        pass
    except ValidationAbortedError:
        return [_repeating()]
    finally:
        for each in (*visitors, together):
            vars(each).clear()
    return errors


def _repeating() -> OperationTooComplex:
    return OperationTooComplex(
        f"It takes more than {table.COMPARISONS:,} comparisons to see whether the document's "
        "fields agree with each other: mention each only once in a selection."
    )


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
