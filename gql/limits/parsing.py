"""Documents read within the limits."""

from graphql import DocumentNode, GraphQLSyntaxError, parse

from gql.limits import table


def parse_bounded(text: str) -> DocumentNode:
    """The document. Raises OperationTooComplex, GraphQLSyntaxError."""
    table.CHARACTERS.check(len(text))
    table.LINES.check(text.count("\n") + text.count("\r"))
    try:
        return parse(
            text,
            max_lexical_tokens=table.TOKENS.most,
            max_comments=table.COMMENTS.most,
        )
    except GraphQLSyntaxError as error:
        # graphql-core tells these from mistakes by their words alone.
        if not error.message.endswith("Parsing aborted."):
            raise
        limit = table.COMMENTS if "comments" in error.message else table.TOKENS
        raise limit.exceeded() from None
