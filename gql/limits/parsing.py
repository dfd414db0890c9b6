"""Documents read within the limits."""

from graphql import DocumentNode, GraphQLSyntaxError, Source
from graphql.language import Lexer
from graphql.language.parser import Parser

from gql.limits import table


def parse_bounded(text: str) -> DocumentNode:
    """The document. Raises OperationTooComplex, GraphQLSyntaxError."""
    table.CHARACTERS.check(len(text))
    table.LINES.check(text.count("\n") + text.count("\r"))
    source = Source(text)
    lexer = Lexer(source)
    try:
        # As graphql-core's parse() does, with the lexer at hand.
        parser = Parser(
            source,
            lexer=lexer,
            max_lexical_tokens=table.TOKENS.most,
            max_comments=table.COMMENTS.most,
        )
        return parser.parse_document()
    except RecursionError:
        raise table.DEPTH.exceeded() from None
    except GraphQLSyntaxError as error:
        # graphql-core tells these from mistakes by their words alone.
        if not error.message.endswith("Parsing aborted."):
            raise
        limit = table.COMMENTS if "comments" in error.message else table.TOKENS
        raise limit.exceeded() from None
    finally:
        _part(lexer)


def _part(lexer: Lexer) -> None:
    """Let no token hold the one before, which holds it.

    They would wait for the garbage collector with all that is made of them, and a hundred faulty
    documents would have it stop the service for 150 ms.
    """
    token = lexer.token
    while token.next is not None:
        token = token.next
    while (before := token.prev) is not None:
        token.prev = None
        token = before
