"""What errors about a request may tell: little of what the client did not say itself."""

import re
from collections.abc import Iterable

from graphql import GraphQLError, GraphQLSchema, specified_scalar_types

from gql.limits.table import LONGEST_MESSAGE

_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")
_QUOTED = re.compile(r"'[^']*'")
_SUGGESTION = "Did you mean "
_HIDDEN = "…"


class Teller:
    """Mends the messages of graphql-core's errors.

    ``names``: whether they may name what stands in the schema and not in the document, as is right
    where the schema may be asked for. ``suggestions``: whether they may guess what was meant.
    """

    def __init__(self, schema: GraphQLSchema, *, names: bool, suggestions: bool) -> None:
        self._suggestions = suggestions
        self._secret = frozenset() if names else frozenset(_names(schema)) - _known_to_all(schema)

    def mend(self, errors: Iterable[GraphQLError], document: str | None) -> None:
        """Mend the messages that are graphql-core's; ours, and the unforeseen, have a cause."""
        said: set[str] | None = None
        for error in errors:
            if not isinstance(error.original_error, GraphQLError | None):
                continue
            # First of all: what a message repeats of a request may be as long as that.
            message = error.message[: 2 * LONGEST_MESSAGE]
            if not self._suggestions:
                message = message.partition(_SUGGESTION)[0].rstrip()
            if self._secret:
                said = set(_NAME.findall(document or "")) if said is None else said
                message = _without(message, self._secret - said)
            if len(message) > LONGEST_MESSAGE:
                message = message[:LONGEST_MESSAGE] + _HIDDEN
            error.message = message


def _without(message: str, secret: frozenset[str]) -> str:
    """The message without these names; words of plain English are names only in quotes."""

    def hide(found: re.Match[str]) -> str:
        return _HIDDEN if found[0] in secret else found[0]

    def hide_unlike_words(found: re.Match[str]) -> str:
        return found[0] if found[0].islower() else hide(found)

    message = _QUOTED.sub(lambda quoted: _NAME.sub(hide, quoted[0]), message)
    return _NAME.sub(hide_unlike_words, message)


def _names(schema: GraphQLSchema) -> Iterable[str]:
    for name, kind in schema.type_map.items():
        yield name
        yield from getattr(kind, "values", ())
        for field_name, field in getattr(kind, "fields", {}).items():
            yield field_name
            yield from getattr(field, "args", ())
    for directive in schema.directives:
        yield directive.name
        yield from directive.args


def _known_to_all(schema: GraphQLSchema) -> frozenset[str]:
    roots = (schema.query_type, schema.mutation_type, schema.subscription_type)
    return frozenset(specified_scalar_types) | {root.name for root in roots if root is not None}
