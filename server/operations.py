"""What an operation is, by its document."""

from functools import lru_cache

from graphql import GraphQLError, OperationType, get_operation_ast

from gql.limits import table
from gql.limits.parsing import parse_bounded


def has_one_answer(document: str, operation_name: str | None) -> bool:
    """Whether an operation is a query or a mutation, or nonsense, which is answered too."""
    # Not to be kept.
    if len(document) > table.CHARACTERS.most:
        return True
    return _has_one_answer(document, operation_name)


@lru_cache(maxsize=512)
def _has_one_answer(document: str, operation_name: str | None) -> bool:
    try:
        operation = get_operation_ast(parse_bounded(document), operation_name)
    except GraphQLError:
        return True
    return operation is None or operation.operation is not OperationType.SUBSCRIPTION
