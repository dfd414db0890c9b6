"""What an operation is, by its document."""

from functools import lru_cache

from graphql import GraphQLError, OperationType, get_operation_ast, parse


@lru_cache(maxsize=512)
def has_one_answer(document: str, operation_name: str | None) -> bool:
    """Whether an operation is a query or a mutation, or nonsense, which is answered too."""
    try:
        operation = get_operation_ast(parse(document), operation_name)
    except GraphQLError:
        return True
    return operation is None or operation.operation is not OperationType.SUBSCRIPTION
